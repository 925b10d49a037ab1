/** Parts of a scenario as `key=value` lists: what differs from a base is written, what is read is laid over a base. */
import {
  COMPRESSIBILITIES,
  DELAY_RANGES,
  isInRange,
  NETWORK_RANGES,
  SHAPES,
  TOPIC_RANGES,
  WORKLOAD_RANGES,
  type NumberRange,
} from './ranges.ts';
import { readInteger, type Parameter } from './queryText.ts';
import type { NetworkSpec, TopicSpec, WorkloadSpec } from './Scenario.ts';
import { rangeText } from './validateScenario.ts';

/** How one field of T is written and read. `read` gives the value, or a sentence about what is wrong. */
interface QueryField<T> {
  readonly key: string;
  readonly write: (value: T) => string;
  readonly read: (text: string, into: T) => T | string;
}
export type QueryFields<T> = readonly QueryField<T>[];

type Ranges<T> = { readonly [K in keyof T]?: NumberRange };

/** The number fields of T as its table of ranges lists them. */
export function numberFields<T extends object>(ranges: Ranges<T>): QueryFields<T> {
  return (Object.keys(ranges) as (keyof T & string)[]).map((name) => {
    const limits = ranges[name] as NumberRange;
    return {
      key: limits.key,
      write: (from) => String(from[name]),
      read: (text, into) => {
        const value = readInteger(text);
        if (value === null || !isInRange(limits, value)) {
          return `${text === '' ? 'nothing' : text} is not a whole number from ${rangeText(limits)}`;
        }
        return { ...into, [name]: value };
      },
    };
  });
}

export const wordField = <T extends object, K extends keyof T & string>(
  key: string,
  name: K,
  words: readonly (T[K] & string)[],
): QueryField<T> => ({
  key,
  write: (from) => String(from[name]),
  read: (text, into) =>
    words.some((word) => word === text)
      ? { ...into, [name]: text }
      : `${text} is none of ${words.join(', ')}`,
});

export const flagField = <T extends object>(key: string, name: keyof T & string): QueryField<T> => ({
  key,
  write: (from) => (from[name] === true ? '1' : '0'),
  read: (text, into) =>
    text === '0' || text === '1' ? { ...into, [name]: text === '1' } : `${text} is neither 0 nor 1`,
});

export const textField = <T extends object>(
  key: string,
  name: keyof T & string,
  legal: RegExp,
): QueryField<T> => ({
  key,
  write: (from) => String(from[name]),
  read: (text, into) => (legal.test(text) ? { ...into, [name]: text } : `${text} is not a legal name`),
});

const TOPIC_NAME = /^[a-zA-Z0-9._-]{1,249}$/;

export const WORKLOAD_FIELDS: QueryFields<WorkloadSpec> = [
  textField('topic', 'topic', TOPIC_NAME),
  wordField('shape', 'shape', SHAPES),
  ...numberFields<WorkloadSpec>(WORKLOAD_RANGES),
  wordField('data', 'compressibility', COMPRESSIBILITIES),
];

/** Without its name, which the application's workload has too. */
export const TOPIC_FIELDS: QueryFields<TopicSpec> = [
  ...numberFields<TopicSpec>(TOPIC_RANGES),
  flagField('unclean', 'uncleanLeaderElection'),
];
export const TOPIC_NAME_FIELD: QueryField<TopicSpec> = textField('name', 'topic', TOPIC_NAME);

/** The fields of one part of T as fields of T. */
export const within = <T extends object, K extends keyof T & string>(
  name: K,
  fields: QueryFields<T[K] & object>,
): QueryFields<T> =>
  fields.map((field) => ({
    key: field.key,
    write: (from) => field.write(from[name] as T[K] & object),
    read: (text, into) => {
      const part = field.read(text, into[name] as T[K] & object);
      return typeof part === 'string' ? part : { ...into, [name]: part };
    },
  }));

export const NETWORK_FIELDS: QueryFields<NetworkSpec> = [
  ...numberFields<NetworkSpec>(NETWORK_RANGES),
  ...within<NetworkSpec, 'delay'>('delay', numberFields<NetworkSpec['delay']>(DELAY_RANGES)),
];

/** What of `value` differs from `base`. */
export function writeFields<T>(fields: QueryFields<T>, value: T, base: T): readonly Parameter[] {
  return fields
    .map((field) => ({ key: field.key, value: field.write(value) }))
    .filter((parameter, i) => parameter.value !== fields[i]?.write(base));
}

/** `into` with one parameter laid over it; null: no such key; a text: what is wrong with its value. */
export function readField<T>(fields: QueryFields<T>, { key, value }: Parameter, into: T): T | string | null {
  const field = fields.find((one) => one.key === key);
  return field === undefined ? null : field.read(value, into);
}
