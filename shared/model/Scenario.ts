/** Everything a replay needs. Two equal scenarios give two equal logs, in every browser and in Node. */
import type { Micros } from '#base/time';
import type { ApiName } from '#engine/requests';
import type { CpuCosts } from '#engine/RunContext';
import type { ErrorName } from '#record/Errors';

export const ENGINE_VERSION = 1;

/** One-way delay as a table of quantiles in µs, read by linear interpolation: p0, p50, p90, p99, p100. */
export interface DelaySpec {
  readonly p0Us: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly p100Us: number;
}

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly minInsyncReplicas: number;
  readonly uncleanLeaderElection: boolean;
  readonly maxMessageBytes: number;
}

export interface NetworkSpec {
  /** One way, client to broker and back, each drawn anew. */
  readonly delay: DelaySpec;
  /** Lost requests and responses per million. The connection then waits for its request timeout. */
  readonly lossPpm: number;
  readonly connectUs: number;
  /** Bytes per second of one connection; 0: no limit. */
  readonly bandwidthBytesPerS: number;
}

export interface ClusterSpec {
  readonly brokers: number;
  readonly topics: readonly TopicSpec[];
  readonly network: NetworkSpec;
  /** 2 since Kafka 4.0 (KIP-890). */
  readonly transactionVersion: 1 | 2;
  /** warm: connections up, metadata fresh, producer id held, as in §13. */
  readonly start: 'cold' | 'warm';
  /** Work of a broker per Produce request, and per KiB of it. */
  readonly appendUs: number;
  readonly appendUsPerKiB: number;
  /** How long a follower's fetch takes one way. */
  readonly replicaFetchUs: number;
  readonly replicaLagTimeMaxMs: number;
  readonly replicaFetchWaitMaxMs: number;
  /** Missing heartbeats until the controller takes a dead broker's leaderships away. */
  readonly brokerSessionTimeoutMs: number;
  readonly producerIdExpirationMs: number;
  /** Quota of every client.id at every broker: producers with the same one share it. 0: none. */
  readonly producerByteRate: number;
}

export interface WorkloadSpec {
  readonly topic: string;
  /** steady: evenly spaced. poisson: seeded. burst: `burstRecords` at once, then the mean rate holds. ramp: from 0 to the rate. */
  readonly shape: 'steady' | 'poisson' | 'burst' | 'ramp';
  readonly recordsPerS: number;
  readonly burstRecords: number;
  /** Length of one ramp, from 0 to the rate; then it starts anew. */
  readonly rampMs: number;
  readonly valueBytes: number;
  /** Sizes are spread by ± this many percent, uniformly. */
  readonly valueSpreadPercent: number;
  /** 0: null keys. */
  readonly keys: number;
  /** Zipf exponent in hundredths; 0: all keys alike. */
  readonly keySkewPercent: number;
  readonly headerBytes: number;
  /** Ends the workload after so many records; 0: never. */
  readonly records: number;
  /** Compressed size of this kind of data in percent of raw, per codec: see presets.ts. */
  readonly compressibility: 'json' | 'text' | 'random';
}

/** What a transaction-loop puts into each of its transactions; the other patterns do not look at it. */
export interface TransactionSpec {
  /** Records of one transaction. */
  readonly records: number;
  /** Every so-many-th transaction is aborted; 0: none. */
  readonly abortEvery: number;
  /** Every second record goes to this topic instead; empty: none. */
  readonly alsoTopic: string;
  /** The group whose offsets go into each transaction before its end (read-process-write); empty: none. */
  readonly offsetsGroup: string;
}

export interface ApplicationSpec {
  readonly name: string;
  /** async: send and go on. sync: send().get(). transaction-loop: begin, send some, commit, again. */
  readonly pattern: 'async-send' | 'sync-send' | 'transaction-loop';
  readonly threads: number;
  readonly transactions: TransactionSpec;
  /** Does nothing until `producer.start`: for the second application that fences the first. */
  readonly isStandby: boolean;
  /** Kafka property names -> values. What is not here has Kafka's default. */
  readonly producer: Readonly<Record<string, string>>;
  readonly workload: WorkloadSpec;
}

export interface AnswerRule {
  readonly api: Exclude<ApiName, 'API_VERSIONS'>;
  readonly node: number | null;
  readonly topic: string | null;
  readonly partition: number | null;
  /** The n-th matching request from now on, from 1. */
  readonly nth: number;
  readonly times: number;
  readonly error: ErrorName;
  /** Produce: appended all the same, and only the answer is replaced. */
  readonly appended: boolean;
}

export type CommandBody =
  /** A Java producer's settings are fixed when it is made: a changed one is a new producer, the old drains beside it. */
  | {
      readonly do: 'producer.replace';
      readonly application: number;
      readonly producer: Readonly<Record<string, string>>;
    }
  /** Where one runs already, a second instance of the application starts beside it, with the same settings. */
  | { readonly do: 'producer.start'; readonly application: number }
  | { readonly do: 'producer.flush'; readonly application: number }
  | { readonly do: 'producer.close'; readonly application: number; readonly timeoutMs: number | null }
  | { readonly do: 'producer.kill'; readonly application: number }
  | {
      readonly do: 'record.send';
      readonly application: number;
      readonly key: string | null;
      readonly valueBytes: number;
      readonly partition: number | null;
    }
  /** A loop begins, commits or aborts out of turn; other applications do it because the operator says so. */
  | {
      readonly do: 'transaction.begin' | 'transaction.commit' | 'transaction.abort';
      readonly application: number;
    }
  | { readonly do: 'workload.set'; readonly application: number; readonly workload: Partial<WorkloadSpec> }
  | { readonly do: 'workload.pause'; readonly application: number }
  | { readonly do: 'workload.resume'; readonly application: number }
  | { readonly do: 'broker.kill' | 'broker.freeze' | 'broker.restart'; readonly node: number }
  /** Each request of a client takes it so much longer; 0: as fast as before. */
  | { readonly do: 'broker.slow'; readonly node: number; readonly addedUs: number }
  | { readonly do: 'replica.stall' | 'replica.catchUp'; readonly node: number }
  | {
      readonly do: 'leader.move';
      readonly topic: string;
      readonly partition: number;
      readonly leader: number;
    }
  /** node null: every link. addedUs is put on top of each way; a cut link loses everything until it is whole again. */
  | { readonly do: 'link.set'; readonly node: number | null; readonly addedUs: number; readonly cut: boolean }
  | { readonly do: 'answer.set'; readonly rule: AnswerRule }
  | { readonly do: 'next.lose'; readonly what: 'request' | 'response'; readonly node: number | null }
  | { readonly do: 'network.set'; readonly network: Partial<NetworkSpec> }
  | {
      readonly do: 'topic.set';
      readonly topic: string;
      readonly settings: Partial<
        Pick<TopicSpec, 'minInsyncReplicas' | 'uncleanLeaderElection' | 'maxMessageBytes'>
      >;
    }
  | { readonly do: 'topic.addPartitions'; readonly topic: string; readonly partitions: number }
  | { readonly do: 'topic.delete'; readonly topic: string }
  /** Where it was deleted: as it was, with so many partitions and a new id. */
  | { readonly do: 'topic.create'; readonly topic: string; readonly partitions: number }
  | { readonly do: 'quota.set'; readonly bytesPerS: number };

/** At a moment of the run, not of the wall: a link can hold it. */
export type Command = CommandBody & { readonly at: Micros };

export interface Scenario {
  readonly engineVersion: number;
  readonly seed: number;
  readonly cluster: ClusterSpec;
  readonly applications: readonly ApplicationSpec[];
  readonly costs: CpuCosts;
  /** By time, then in the order in which they were given. */
  readonly commands: readonly Command[];
}
