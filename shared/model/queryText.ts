/** The text level of links: parameters, and lists inside of one. No browser API: the same in Node and in every browser. */

export interface Parameter {
  readonly key: string;
  readonly value: string;
}

/** Characters that separate the parts of a command and of a list inside it. */
const SPECIAL = /[%.!=~]/g;

/** A text that can stand between the separators. */
export const escapePart = (text: string): string =>
  text.replace(SPECIAL, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** null: not a text that `escapePart` made. */
export function unescapePart(text: string): string | null {
  let isGood = true;
  const plain = text.replace(/%(..)?/g, (_, hex: string | undefined) => {
    const code = hex === undefined ? NaN : Number.parseInt(hex, 16);
    if (Number.isNaN(code)) isGood = false;
    return String.fromCharCode(code);
  });
  return isGood ? plain : null;
}

/** Keeps what is harmless in a query readable. */
export const encodeValue = (value: string): string =>
  encodeURIComponent(value).replace(/%(3A|2C|21|3D|22|40|24)/g, (hex) => decodeURIComponent(hex));

export const writeParameter = ({ key, value }: Parameter): string =>
  value === '' ? encodeValue(key) : `${encodeValue(key)}=${encodeValue(value)}`;

/** The parameters, and those that cannot be decoded. A leading `?` or `#` is passed over. */
export function readParameters(query: string): {
  readonly parameters: readonly Parameter[];
  readonly unreadable: readonly string[];
} {
  const parameters: Parameter[] = [];
  const unreadable: string[] = [];
  for (const part of query.replace(/^[?#]/, '').split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const key = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? '' : part.slice(equals + 1);
    try {
      parameters.push({ key: decode(key), value: decode(value) });
    } catch {
      unreadable.push(part);
    }
  }
  return { parameters, unreadable };
}

/** @throws URIError for a text cut in the middle of a character. */
const decode = (text: string): string => decodeURIComponent(text.replace(/\+/g, ' '));

/** A whole number, or null. No signs but minus, no exponents: links are written by us. */
export function readInteger(text: string): number | null {
  if (!/^-?\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}
