/** What the page shows before anybody has touched it: a pipeline at work, slow enough to be read. */
import type { CpuCosts } from '#engine/RunContext';
import {
  ENGINE_VERSION,
  type ApplicationSpec,
  type ClusterSpec,
  type DelaySpec,
  type NetworkSpec,
  type Scenario,
  type TopicSpec,
  type TransactionSpec,
  type WorkloadSpec,
} from './Scenario.ts';

/**
 * One way about 1.5 ms, and with the followers' fetches an ack after about 4 ms: brokers in other zones of one region.
 */
export const DEFAULT_DELAY: DelaySpec = { p0Us: 900, p50Us: 1400, p90Us: 1900, p99Us: 3200, p100Us: 6000 };

export const DEFAULT_NETWORK: NetworkSpec = {
  delay: DEFAULT_DELAY,
  lossPpm: 0,
  connectUs: 2800,
  bandwidthBytesPerS: 0,
};

export const DEFAULT_TOPIC: TopicSpec = {
  topic: 'orders',
  partitions: 6,
  replicationFactor: 3,
  minInsyncReplicas: 2,
  uncleanLeaderElection: false,
  maxMessageBytes: 1048588,
};

export const DEFAULT_CLUSTER: ClusterSpec = {
  brokers: 3,
  topics: [DEFAULT_TOPIC],
  network: DEFAULT_NETWORK,
  transactionVersion: 2,
  start: 'warm',
  appendUs: 150,
  appendUsPerKiB: 4,
  replicaFetchUs: 500,
  replicaLagTimeMaxMs: 30_000,
  replicaFetchWaitMaxMs: 500,
  // Kafka's default is 9000: shortened, so that an election can be waited for.
  brokerSessionTimeoutMs: 2000,
  producerIdExpirationMs: 86_400_000,
  producerByteRate: 0,
};

export const DEFAULT_WORKLOAD: WorkloadSpec = {
  topic: 'orders',
  shape: 'steady',
  recordsPerS: 3000,
  burstRecords: 100,
  rampMs: 5000,
  valueBytes: 120,
  valueSpreadPercent: 30,
  // Enough that each of the six partitions gets some.
  keys: 24,
  keySkewPercent: 60,
  headerBytes: 0,
  records: 0,
  compressibility: 'json',
};

export const DEFAULT_TRANSACTIONS: TransactionSpec = {
  records: 20,
  abortEvery: 0,
  alsoTopic: '',
  offsetsGroup: '',
};

export const DEFAULT_APPLICATION: ApplicationSpec = {
  name: 'shop',
  pattern: 'async-send',
  threads: 1,
  transactions: DEFAULT_TRANSACTIONS,
  isStandby: false,
  producer: {},
  workload: DEFAULT_WORKLOAD,
};

/** Order of magnitude of a JVM that is warm; every one of them is shown and can be set. */
export const DEFAULT_COSTS: CpuCosts = {
  sendUs: 2,
  serializeUsPerKiB: 2,
  partitionUs: 1,
  appendUs: 1,
  callbackUs: 1,
};

export const DEFAULT_SCENARIO: Scenario = {
  engineVersion: ENGINE_VERSION,
  seed: 42,
  cluster: DEFAULT_CLUSTER,
  applications: [DEFAULT_APPLICATION],
  costs: DEFAULT_COSTS,
  commands: [],
};
