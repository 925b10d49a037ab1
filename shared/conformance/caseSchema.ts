/** A conformance case as typed data (FORMAT.md §1, §2, §6). What is not in the format is refused by name. */
import type {
  FaultAnswer,
  FaultMatch,
  FaultRule,
  ScriptedClusterSpec,
  ScriptedNetworkSpec,
  ScriptedTopicSpec,
} from '#cluster/ScriptedBroker/spec';
import type { ApiName } from '#engine/requests';
import { isErrorName, type ErrorName } from '#record/Errors';
import {
  boolean,
  CaseError,
  integer,
  list,
  map,
  nullable,
  number,
  object,
  oneOf,
  text,
  type Reader,
} from './readers.ts';

/** A value of a producer setting as JSON has it; what Kafka makes of it is `ProducerConfig`'s business. */
export type SettingValue = string | number | boolean | null;

/** Where the sticky partitioner's random numbers come from (FORMAT.md §7). */
export type StickySpec =
  | { readonly kind: 'counter' }
  | { readonly kind: 'values'; readonly values: readonly number[] }
  | { readonly kind: 'seed'; readonly seed: number };

export const WORLD_COMMANDS = [
  'leaderChange',
  'disconnect',
  'refuseConnections',
  'fence',
  'createTopic',
] as const;
export const APPLICATION_COMMANDS = [
  'send',
  'flush',
  'initTransactions',
  'beginTransaction',
  'commitTransaction',
  'abortTransaction',
  'sendOffsetsToTransaction',
  'close',
  'partitionsFor',
] as const;
export type CommandName = (typeof WORLD_COMMANDS)[number] | (typeof APPLICATION_COMMANDS)[number];

/** One command. As in the format, fields that its `do` does not use are allowed and mean nothing. */
export interface CaseCommand {
  /** Case time in ms. */
  readonly at: number;
  readonly do: CommandName;
  readonly thread: string;
  readonly count: number;
  readonly everyMs: number;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly key: string | null;
  readonly value: string | null;
  /** −1 (and no `value`): a null value. */
  readonly valueBytes: number;
  readonly headers: readonly { readonly key: string; readonly valueBytes: number }[];
  /** Case time in ms. */
  readonly timestamp: number | null;
  readonly sync: boolean;
  /** null: unbounded. */
  readonly timeoutMs: number | null;
  readonly leader: number | null;
  readonly epoch: number | null;
  /** Case time in ms from which Metadata responses show a leader change; null: at once. */
  readonly metadataAt: number | null;
  readonly node: number | null;
  readonly on: boolean;
  readonly partitions: number | null;
  readonly transactionalId: string | null;
  /** Consumer group of sendOffsetsToTransaction. */
  readonly group: string | null;
  /** `topic-partition` -> offset. */
  readonly offsets: Readonly<Record<string, number>>;
  readonly generation: number;
  readonly member: string;
}

/** An interceptor that does what the case says (FORMAT.md §2). */
export interface InterceptorSpec {
  readonly name: string;
  /** Sends (n) in whose onSend it throws; −1: all. */
  readonly throwsOnSend: readonly number[];
  readonly throwsOnAcknowledgement: boolean;
  /** Size of the header that onSend adds; −1: none. */
  readonly addsHeaderBytes: number;
}

export const REPORTS = ['topicMetrics', 'nodeMetrics'] as const;

export interface ConformanceCase {
  readonly name: string;
  readonly covers: readonly string[];
  readonly why: string;
  readonly start: 'warm' | 'cold';
  readonly cluster: ScriptedClusterSpec;
  readonly network: ScriptedNetworkSpec;
  readonly producer: Readonly<Record<string, SettingValue>>;
  readonly random: {
    readonly sticky: StickySpec;
    readonly leastLoadedOffset: number;
    /** Seed of the stream that all back-offs draw from; null: their factor is 1. */
    readonly jitter: number | null;
  };
  readonly codec: { readonly ratios: readonly number[] };
  readonly interceptors: readonly InterceptorSpec[];
  /** Further lines at the end. */
  readonly report: readonly (typeof REPORTS)[number][];
  readonly commands: readonly CaseCommand[];
  readonly faults: readonly FaultRule[];
  /** Case time in ms: nothing at or after it happens. */
  readonly until: number;
}

const FAULT_APIS: readonly ApiName[] = [
  'PRODUCE',
  'METADATA',
  'INIT_PRODUCER_ID',
  'FIND_COORDINATOR',
  'ADD_PARTITIONS_TO_TXN',
  'ADD_OFFSETS_TO_TXN',
  'TXN_OFFSET_COMMIT',
  'END_TXN',
  'API_VERSIONS',
];

const errorName: Reader<ErrorName> = (value, path) => {
  if (typeof value === 'string' && isErrorName(value)) return value;
  throw new CaseError(path, 'is no error of the protocol');
};

const setting: Reader<SettingValue> = (value, path) => {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new CaseError(path, 'is no value of a setting');
};

const topicSpec = object<ScriptedTopicSpec>({
  partitions: [integer, 1],
  leaders: [nullable(list(integer)), null],
  epochs: [nullable(list(integer)), null],
});

const clusterSpec = object<ScriptedClusterSpec>({
  nodes: [integer, 1],
  topics: [map(topicSpec), {}],
  bootstrap: [list(integer), [0]],
  transactionVersion: [integer, 2],
  coordinator: [integer, 0],
  groupCoordinator: [nullable(integer), null],
  maxMessageBytes: [integer, 1048588],
  leaderHints: [boolean, true],
});

const networkSpec = object<ScriptedNetworkSpec>({
  connectMs: [integer, 1],
  apiVersionsMs: [integer, 1],
  metadataMs: [integer, 2],
  latencyMs: [integer, 10],
  serialBroker: [boolean, false],
  refuse: [list(integer), []],
});

const sticky: Reader<StickySpec> = (value, path) => {
  if (value === null) return { kind: 'counter' };
  if (Array.isArray(value)) return { kind: 'values', values: list(integer)(value, path) };
  const { seed } = object<{ seed: number }>({ seed: [integer] })(value, path);
  return { kind: 'seed', seed };
};

const randomSpec = object<ConformanceCase['random']>({
  sticky: [sticky, { kind: 'counter' }],
  leastLoadedOffset: [integer, 0],
  jitter: [nullable(integer), null],
});

const command = object<CaseCommand>({
  at: [integer],
  do: [oneOf([...WORLD_COMMANDS, ...APPLICATION_COMMANDS])],
  thread: [text, 'main'],
  count: [integer, 1],
  everyMs: [integer, 0],
  topic: [nullable(text), null],
  partition: [nullable(integer), null],
  key: [nullable(text), null],
  value: [nullable(text), null],
  valueBytes: [integer, -1],
  headers: [list(object({ key: [text], valueBytes: [integer, -1] })), []],
  timestamp: [nullable(integer), null],
  sync: [boolean, false],
  timeoutMs: [nullable(integer), null],
  leader: [nullable(integer), null],
  epoch: [nullable(integer), null],
  metadataAt: [nullable(integer), null],
  node: [nullable(integer), null],
  on: [boolean, true],
  partitions: [nullable(integer), null],
  transactionalId: [nullable(text), null],
  group: [nullable(text), null],
  offsets: [map(integer), {}],
  generation: [integer, -1],
  member: [text, ''],
});

const interceptor = object<InterceptorSpec>({
  name: [text],
  throwsOnSend: [list(integer), []],
  throwsOnAcknowledgement: [boolean, false],
  addsHeaderBytes: [integer, -1],
});

const nth: Reader<readonly [number, number] | null> = (value, path) => {
  if (value === null) return null;
  if (!Array.isArray(value)) {
    const one = integer(value, path);
    return [one, one];
  }
  const [from, to, ...rest] = list(integer)(value, path);
  if (from === undefined || to === undefined || rest.length > 0)
    throw new CaseError(path, 'is not [from, to]');
  return [from, to];
};

const match = object<FaultMatch>({
  api: [oneOf(FAULT_APIS), 'PRODUCE'],
  nth: [nth, null],
  node: [nullable(integer), null],
  topic: [nullable(text), null],
  partition: [nullable(integer), null],
  times: [integer, Infinity],
  from: [integer, -Infinity],
  to: [integer, Infinity],
});

const answer = object<FaultAnswer>({
  error: [nullable(errorName), null],
  appended: [nullable(boolean), null],
  noAnswer: [boolean, false],
  disconnect: [boolean, false],
  delayMs: [nullable(integer), null],
  throttleMs: [integer, 0],
  message: [nullable(text), null],
  recordErrors: [list(object({ index: [integer], message: [nullable(text), null] })), []],
  logStartOffset: [nullable(integer), null],
  baseOffset: [nullable(integer), null],
  currentLeader: [nullable(object({ leader: [integer], epoch: [integer] })), null],
});

const DEFAULT_MATCH = match({}, 'match');
const DEFAULT_ANSWER = answer({}, 'answer');
const fault = object<FaultRule>({ match: [match, DEFAULT_MATCH], answer: [answer, DEFAULT_ANSWER] });

const conformanceCase = object<ConformanceCase>({
  name: [text],
  covers: [list(text), []],
  why: [text, ''],
  start: [oneOf(['warm', 'cold']), 'warm'],
  cluster: [clusterSpec, clusterSpec({}, 'cluster')],
  network: [networkSpec, networkSpec({}, 'network')],
  producer: [map(setting), {}],
  random: [randomSpec, randomSpec({}, 'random')],
  codec: [object({ ratios: [list(number), [0.5]] }), { ratios: [0.5] }],
  interceptors: [list(interceptor), []],
  report: [list(oneOf(REPORTS)), []],
  commands: [list(command), []],
  faults: [list(fault), []],
  until: [integer, 1000],
});

/** @throws CaseError that names the field when `json` is not a case. */
export const parseCase = (json: unknown): ConformanceCase => conformanceCase(json, 'case');
