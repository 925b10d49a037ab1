/** Commands in a link: `3200000.broker.kill.2` is the time in µs, what to do, and its arguments in a fixed order. */
import { micros } from '#base/time';
import { isErrorName } from '#record/Errors';
import { NETWORK_FIELDS, readField, TOPIC_FIELDS, WORKLOAD_FIELDS, type QueryFields } from './queryFields.ts';
import { DEFAULT_NETWORK, DEFAULT_TOPIC, DEFAULT_WORKLOAD } from './defaultScenario.ts';
import { escapePart, readInteger, unescapePart } from './queryText.ts';
import { ANSWER_APIS } from './ranges.ts';
import type { AnswerRule, Command, CommandBody } from './Scenario.ts';

/** One argument: how it is written, and how it is read. `undefined`: it cannot be. */
interface Codec<T> {
  readonly write: (value: T) => string;
  readonly read: (text: string) => T | undefined;
}

const integer: Codec<number> = {
  write: String,
  read: (text) => readInteger(text) ?? undefined,
};
const flag: Codec<boolean> = {
  write: (value) => (value ? '1' : '0'),
  read: (text) => (text === '1' ? true : text === '0' ? false : undefined),
};
const name: Codec<string> = {
  write: escapePart,
  read: (text) => unescapePart(text) ?? undefined,
};
/** null is the empty argument; a text that is there begins with `~`. */
const orNull = <T>(codec: Codec<T>): Codec<T | null> => ({
  write: (value) => (value === null ? '' : `~${codec.write(value)}`),
  read: (text) => (text === '' ? null : text.startsWith('~') ? codec.read(text.slice(1)) : undefined),
});
const word = <W extends string>(words: readonly W[]): Codec<W> => ({
  write: (value) => value,
  read: (text) => words.find((one) => one === text),
});

/** Kafka properties, as `linger%2Ems=5!acks=all`. */
const properties: Codec<Readonly<Record<string, string>>> = {
  write: (value) =>
    Object.entries(value)
      .map(([key, text]) => `${escapePart(key)}=${escapePart(text)}`)
      .join('!'),
  read: (text) => {
    const read: Record<string, string> = {};
    for (const part of text === '' ? [] : text.split('!')) {
      const [key, value, ...more] = part.split('=').map(unescapePart);
      if (key === undefined || key === null || value === undefined || value === null || more.length > 0) {
        return undefined;
      }
      read[key] = value;
    }
    return read;
  },
};

/** Some fields of T under their keys; `base` only lends its shape. */
function someOf<T extends object>(fields: QueryFields<T>, base: T): Codec<Partial<T>> {
  return {
    write: (value) =>
      fields
        .filter((field) =>
          changesOf(field.read, base, field.write({ ...base, ...value })).some((k) => k in value),
        )
        .map((field) => `${field.key}=${escapePart(field.write({ ...base, ...value }))}`)
        .join('!'),
    read: (text) => {
      let whole = base;
      const names = new Set<string>();
      for (const part of text === '' ? [] : text.split('!')) {
        const [key, escaped] = part.split('=');
        const value = escaped === undefined ? null : unescapePart(escaped);
        if (key === undefined || value === null) return undefined;
        const next = readField(fields, { key, value }, whole);
        if (next === null || typeof next === 'string') return undefined;
        const field = fields.find((one) => one.key === key);
        if (field !== undefined) for (const changed of changesOf(field.read, base, value)) names.add(changed);
        whole = next;
      }
      return Object.fromEntries(Object.entries(whole).filter(([key]) => names.has(key))) as Partial<T>;
    },
  };
}

/** Names of the properties that reading `text` sets: those that are other objects or values than in a blank. */
function changesOf<T extends object>(
  read: (text: string, into: T) => T | string,
  base: T,
  text: string,
): readonly string[] {
  const blank = Object.fromEntries(
    Object.entries(base).map(([key, value]) => [key, typeof value === 'object' ? value : undefined]),
  ) as T;
  const result = read(text, blank);
  if (typeof result === 'string') return [];
  return Object.entries(result)
    .filter(([key, value]) => (blank as Record<string, unknown>)[key] !== value)
    .map(([key]) => key);
}

/** An argument of a command: the property's name and its codec. */
type Arguments<B> = { readonly [K in Exclude<keyof B, 'do'>]: Codec<B[K]> };
type BodyOf<D, B = CommandBody> = B extends { readonly do: infer Kinds }
  ? D extends Kinds
    ? B
    : never
  : never;

const application = { application: integer };
const node = { node: integer };
const rule: { readonly [K in keyof AnswerRule]: Codec<AnswerRule[K]> } = {
  api: word(ANSWER_APIS),
  node: orNull(integer),
  topic: orNull(name),
  partition: orNull(integer),
  nth: integer,
  times: integer,
  error: { write: (error) => error, read: (text) => (isErrorName(text) ? text : undefined) },
  appended: flag,
};

/** Every command with its arguments in order. A new one is a line here; the compiler asks for it. */
const COMMANDS: { readonly [D in CommandBody['do']]: Arguments<BodyOf<D>> } = {
  'producer.replace': { ...application, producer: properties },
  'producer.start': application,
  'producer.flush': application,
  'producer.close': { ...application, timeoutMs: orNull(integer) },
  'producer.kill': application,
  'record.send': { ...application, key: orNull(name), valueBytes: integer, partition: orNull(integer) },
  'transaction.begin': application,
  'transaction.commit': application,
  'transaction.abort': application,
  'workload.set': { ...application, workload: someOf(WORKLOAD_FIELDS, DEFAULT_WORKLOAD) },
  'workload.pause': application,
  'workload.resume': application,
  'broker.kill': node,
  'broker.freeze': node,
  'broker.restart': node,
  'broker.slow': { ...node, addedUs: integer },
  'replica.stall': node,
  'replica.catchUp': node,
  'leader.move': { topic: name, partition: integer, leader: integer },
  'link.set': { node: orNull(integer), addedUs: integer, cut: flag },
  'answer.set': {
    rule: {
      write: (value) => writeArguments(rule, value).join('!'),
      read: (text) => readArguments(rule, text.split('!')) as AnswerRule | undefined,
    },
  },
  'next.lose': { what: word(['request', 'response']), node: orNull(integer) },
  'network.set': { network: someOf(NETWORK_FIELDS, DEFAULT_NETWORK) },
  'topic.set': { topic: name, settings: someOf(TOPIC_FIELDS, DEFAULT_TOPIC) },
  'topic.addPartitions': { topic: name, partitions: integer },
  'topic.delete': { topic: name },
  'topic.create': { topic: name, partitions: integer },
  'quota.set': { bytesPerS: integer },
};

type AnyArguments = Readonly<Record<string, Codec<never>>>;

function writeArguments(codecs: object, value: object): string[] {
  const values = value as Readonly<Record<string, never>>;
  return Object.entries(codecs as AnyArguments).map(([key, codec]) => codec.write(values[key] as never));
}

function readArguments(codecs: object, texts: readonly string[]): Record<string, unknown> | undefined {
  const entries = Object.entries(codecs as AnyArguments);
  if (texts.length !== entries.length) return undefined;
  const values: Record<string, unknown> = {};
  for (const [i, [key, codec]] of entries.entries()) {
    const value: unknown = codec.read(texts[i] ?? '');
    if (value === undefined) return undefined;
    values[key] = value;
  }
  return values;
}

/** The text of one command, as a value of `do`. */
export function writeCommand(command: Command): string {
  return [String(command.at), command.do, ...writeArguments(COMMANDS[command.do], command)].join('.');
}

/** null: it is no command, or a cut one. */
export function readCommand(text: string): Command | null {
  const [atText, subject, verb, ...texts] = text.split('.');
  const at = readInteger(atText ?? '');
  const kind = `${subject}.${verb}`;
  if (at === null || at < 0 || !Object.hasOwn(COMMANDS, kind)) return null;
  const values = readArguments(COMMANDS[kind as CommandBody['do']], texts);
  return values === undefined ? null : ({ at: micros(at), do: kind, ...values } as unknown as Command);
}
