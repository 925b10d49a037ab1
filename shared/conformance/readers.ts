/** Small readers of untrusted JSON: a value of the wanted type, or an error that says where it is not. */

export class CaseError extends Error {
  override readonly name = 'CaseError';

  constructor(path: string, what: string) {
    super(`${path} ${what}`);
  }
}

/** @throws CaseError when `value`, found at `path`, is not a T. */
export type Reader<T> = (value: unknown, path: string) => T;

export const text: Reader<string> = (value, path) => {
  if (typeof value === 'string') return value;
  throw new CaseError(path, 'is not a text');
};

export const number: Reader<number> = (value, path) => {
  if (typeof value === 'number') return value;
  throw new CaseError(path, 'is not a number');
};

export const integer: Reader<number> = (value, path) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new CaseError(path, 'is not a whole number');
};

export const boolean: Reader<boolean> = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw new CaseError(path, 'is not true or false');
};

export const nullable =
  <T>(reader: Reader<T>): Reader<T | null> =>
  (value, path) =>
    value === null ? null : reader(value, path);

export const oneOf =
  <const W extends string>(words: readonly W[]): Reader<W> =>
  (value, path) => {
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    throw new CaseError(path, `is none of ${words.join(', ')}`);
  };

export const list =
  <T>(reader: Reader<T>): Reader<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw new CaseError(path, 'is not a list');
    return value.map((item: unknown, index) => reader(item, `${path}[${index}]`));
  };

function entriesOf(value: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CaseError(path, 'is not an object');
  return Object.entries(value);
}

export const map =
  <T>(reader: Reader<T>): Reader<Readonly<Record<string, T>>> =>
  (value, path) =>
    Object.fromEntries(entriesOf(value, path).map(([key, item]) => [key, reader(item, `${path}.${key}`)]));

/** A field without a default has to be there. */
type FieldReader<T> = readonly [Reader<T>] | readonly [Reader<T>, T];

/** An object with exactly these fields: one that is not listed is refused. */
export const object =
  <T extends object>(fields: { readonly [K in keyof T]: FieldReader<T[K]> }): Reader<T> =>
  (value, path) => {
    const given = new Map(entriesOf(value, path));
    const unknown = [...given.keys()].find((key) => !Object.hasOwn(fields, key));
    if (unknown !== undefined) throw new CaseError(path, `has the unknown field "${unknown}"`);
    const result: Partial<T> = {};
    for (const key in fields) {
      const field: FieldReader<T[typeof key]> = fields[key];
      if (given.has(key)) result[key] = field[0](given.get(key), `${path}.${key}`);
      else if (field.length === 2) result[key] = field[1];
      else throw new CaseError(path, `needs the field "${key}"`);
    }
    return result as T;
  };
