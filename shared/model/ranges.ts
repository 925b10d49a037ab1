/**
 * Every number of a scenario with its range, its unit and its short key in a link: one table for the check, the link and
 * the settings panel. Kafka's own producer settings are not here: those are in `engine/ProducerConfig`.
 */
import type { CpuCosts } from '#engine/RunContext';
import { REQUEST_APIS } from '#events/words';
import type {
  ClusterSpec,
  DelaySpec,
  NetworkSpec,
  TopicSpec,
  TransactionSpec,
  WorkloadSpec,
} from './Scenario.ts';

export interface NumberRange {
  /** Key in a link, unique over all tables. */
  readonly key: string;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** One line in plain words. */
  readonly meaning: string;
}
type NumbersOf<T> = { readonly [K in keyof T as T[K] extends number ? K : never]: NumberRange };

const range = (key: string, min: number, max: number, unit: string, meaning: string): NumberRange => ({
  key,
  min,
  max,
  unit,
  meaning,
});

const HOUR_MS = 3_600_000;
const MINUTE_US = 60_000_000;

export const WORKLOAD_RANGES: NumbersOf<WorkloadSpec> = {
  recordsPerS: range('rate', 0, 1_000_000, 'records/s', 'Mean rate of send() over all threads.'),
  burstRecords: range('burst', 1, 1_000_000, 'records', 'How many records a burst sends at once.'),
  rampMs: range('ramp', 1, HOUR_MS, 'ms', 'How long one ramp takes from nothing to the rate.'),
  valueBytes: range('value', 0, 10_485_760, 'bytes', 'Mean size of a value.'),
  valueSpreadPercent: range('spread', 0, 100, '%', 'How far sizes lie around the mean.'),
  keys: range('keys', 0, 1_000_000, 'keys', 'How many different keys; 0: records without key.'),
  keySkewPercent: range('skew', 0, 300, '%', 'Zipf exponent in hundredths; 0: all keys alike.'),
  headerBytes: range('headers', 0, 65_536, 'bytes', 'Size of the one header of each record; 0: none.'),
  records: range('records', 0, 100_000_000, 'records', 'The workload ends after so many; 0: never.'),
};

export const TRANSACTION_RANGES: NumbersOf<TransactionSpec> = {
  records: range('txrecords', 1, 100_000, 'records', 'Records of one transaction.'),
  abortEvery: range('txabort', 0, 1000, '', 'Every so-many-th transaction is aborted; 0: none.'),
};

export const TOPIC_RANGES: NumbersOf<TopicSpec> = {
  partitions: range('partitions', 1, 200, 'partitions', 'Partitions of the topic.'),
  replicationFactor: range('rf', 1, 9, 'replicas', 'Copies of each partition, the leader included.'),
  minInsyncReplicas: range('minisr', 1, 9, 'replicas', 'min.insync.replicas of the topic.'),
  maxMessageBytes: range(
    'maxmessage',
    100,
    104_857_600,
    'bytes',
    'max.message.bytes: larger batches are refused.',
  ),
};

export const CLUSTER_RANGES: NumbersOf<Omit<ClusterSpec, 'transactionVersion'>> = {
  brokers: range('brokers', 1, 9, 'brokers', 'Brokers of the cluster.'),
  appendUs: range('appendus', 0, MINUTE_US, 'µs', 'Work of a broker for one Produce request.'),
  appendUsPerKiB: range('appendkib', 0, MINUTE_US, 'µs/KiB', 'And for each KiB of it.'),
  replicaFetchUs: range('fetchus', 1, MINUTE_US, 'µs', 'One way between two brokers.'),
  replicaLagTimeMaxMs: range(
    'lag',
    1,
    HOUR_MS,
    'ms',
    'replica.lag.time.max.ms: who lags longer leaves the ISR.',
  ),
  replicaFetchWaitMaxMs: range(
    'fetchwait',
    1,
    HOUR_MS,
    'ms',
    'replica.fetch.wait.max.ms: how long an empty fetch waits.',
  ),
  brokerSessionTimeoutMs: range(
    'session',
    1,
    HOUR_MS,
    'ms',
    'broker.session.timeout.ms: silence after which a broker is taken for dead.',
  ),
  producerIdExpirationMs: range(
    'pidexpiry',
    1,
    86_400_000,
    'ms',
    'producer.id.expiration.ms: how long a silent producer is remembered.',
  ),
  producerByteRate: range(
    'quota',
    0,
    1_000_000_000_000,
    'bytes/s',
    'producer_byte_rate: a client that sends more to a broker is throttled; 0: no quota.',
  ),
};

export const NETWORK_RANGES: NumbersOf<NetworkSpec> = {
  lossPpm: range('loss', 0, 1_000_000, 'ppm', 'Lost requests and answers per million.'),
  connectUs: range('connect', 0, MINUTE_US, 'µs', 'Time of a TCP connect.'),
  bandwidthBytesPerS: range('bandwidth', 0, 1_000_000_000_000, 'bytes/s', 'Of one connection; 0: no limit.'),
};

export const DELAY_RANGES: NumbersOf<DelaySpec> = {
  p0Us: range('p0', 0, MINUTE_US, 'µs', 'Shortest one-way delay.'),
  p50Us: range('p50', 0, MINUTE_US, 'µs', 'Median one-way delay.'),
  p90Us: range('p90', 0, MINUTE_US, 'µs', '90 of 100 are shorter.'),
  p99Us: range('p99', 0, MINUTE_US, 'µs', '99 of 100 are shorter.'),
  p100Us: range('p100', 0, MINUTE_US, 'µs', 'Longest one-way delay.'),
};

export const COST_RANGES: NumbersOf<CpuCosts> = {
  sendUs: range('cpusend', 0, MINUTE_US, 'µs', 'CPU time of one send() up to the serializer.'),
  serializeUsPerKiB: range('cpukib', 0, MINUTE_US, 'µs/KiB', 'CPU time to serialize one KiB.'),
  partitionUs: range('cpupartition', 0, MINUTE_US, 'µs', 'CPU time of the partitioner.'),
  appendUs: range('cpuappend', 0, MINUTE_US, 'µs', 'CPU time of the append.'),
  callbackUs: range('cpucallback', 0, MINUTE_US, 'µs', 'CPU time of one callback, on the sender thread.'),
};

export const THREADS_RANGE = range(
  'threads',
  1,
  64,
  'threads',
  'Application threads that share the producer.',
);
export const SEED_RANGE = range(
  'seed',
  0,
  4_294_967_295,
  '',
  'What every random number of the run comes from.',
);

export const SHAPES = ['steady', 'poisson', 'burst', 'ramp'] as const;
export const COMPRESSIBILITIES = ['json', 'text', 'random'] as const;
export const PATTERNS = ['async-send', 'sync-send', 'transaction-loop'] as const;
/** Whose answers a fault can replace. */
export const ANSWER_APIS = REQUEST_APIS.filter((api) => api !== 'API_VERSIONS');
export const STARTS = ['cold', 'warm'] as const;

export const isInRange = ({ min, max }: NumberRange, value: number): boolean =>
  Number.isSafeInteger(value) && value >= min && value <= max;
