/** The value of `sasl.jaas.config`: a login module, a flag, and options up to a semicolon (JaasConfig). */

const TOKEN = /\s*(?:"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|([=;])|([^\s=;"']+))/y;

interface Token {
  readonly text: string;
  readonly isSign: boolean;
}

export interface JaasConfig {
  readonly loginModule: string;
  readonly options: ReadonlyMap<string, string>;
}

/** null: it is no such thing. Its text is never repeated: it holds a password. */
export function parseJaasConfig(text: string): JaasConfig | null {
  const tokens = tokensOf(text);
  const [loginModule, flag, ...rest] = tokens ?? [];
  if (loginModule === undefined || flag === undefined || loginModule.isSign || flag.isSign) return null;
  const options = new Map<string, string>();
  for (let i = 0; i < rest.length; i += 3) {
    const [name, equals, value] = rest.slice(i, i + 3);
    if (name?.isSign === true && name.text === ';')
      return i === rest.length - 1 ? { loginModule: loginModule.text, options } : null;
    if (name === undefined || value === undefined || name.isSign || value.isSign) return null;
    if (equals?.isSign !== true || equals.text !== '=') return null;
    options.set(name.text, value.text);
  }
  return null;
}

function tokensOf(text: string): readonly Token[] | null {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (match === null) return null;
    const [, double, single, sign, word] = match;
    const quoted = double ?? single;
    tokens.push({
      text: quoted === undefined ? (sign ?? word ?? '') : unescape(quoted),
      isSign: sign !== undefined,
    });
  }
  return tokens;
}

/** Java's StreamTokenizer has C's escapes. */
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const unescape = (quoted: string): string =>
  quoted.replace(/\\([0-3]?[0-7]{1,2}|[^])/g, (_, escaped: string) =>
    /^[0-7]/.test(escaped) ? String.fromCharCode(Number.parseInt(escaped, 8)) : (ESCAPES[escaped] ?? escaped),
  );
