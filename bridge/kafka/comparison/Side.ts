/**
 * A cluster as the comparison sees it: raw requests in, answers out as short lines of text. The real brokers are one
 * side, the simulated ones the other; a script that runs on both must read the same.
 */
import type { ErrorName } from '#record/Errors';

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  readonly minInsyncReplicas: number;
  readonly maxMessageBytes: number;
}

export interface BatchShape {
  readonly topic?: string;
  readonly partition?: number;
  readonly records?: number;
  readonly valueBytes?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly isTransactional?: boolean;
}

export interface ProduceShape {
  readonly acks?: -1 | 0 | 1;
  readonly version?: number;
  readonly timeoutMs?: number;
  readonly transactionalId?: string;
}

export interface Producer {
  readonly error: ErrorName;
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** What `TopicSpec` does not say is as this. */
export const TOPIC = 't';
export const DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;
export const TRANSACTION_TIMEOUT_MS = 60_000;
export const SESSION_TIMEOUT_MS = 6000;
export const REPLICA_LAG_MS = 10_000;
/** Of the answer to acks=all. */
export const PRODUCE_TIMEOUT_MS = 20_000;
/** Version 11 is the last in which the producer itself adds partitions to its transaction. */
export const PRODUCE_VERSION = 11;

export interface Side {
  /** `ERROR @baseOffset` and what else the answer says, for each batch; 'no answer' for acks=0. */
  produce(node: number, batches: readonly BatchShape[], request?: ProduceShape): Promise<string>;
  /** Whether the broker has closed the connection on which the requests go, by the time this resolves. */
  hasClosed(node: number): Promise<boolean>;

  /** Asked of the coordinator where there is a transactional id; a coordinator that is not ready is asked again. */
  initProducerId(transactionalId: string | null, before?: Producer, timeoutMs?: number): Promise<Producer>;
  /** Asked once, and answered as it is: where a transaction is open that fences its owner. */
  initProducerIdOnce(transactionalId: string): Promise<Producer>;
  addPartitions(transactionalId: string, producer: Producer, partitions: readonly number[]): Promise<string>;
  endTransaction(
    transactionalId: string,
    producer: Producer,
    committed: boolean,
    version: number,
  ): Promise<Producer>;

  /** Every batch below the high watermark, read from the leader. */
  log(topic: string, partition: number): Promise<readonly string[]>;
  /** What a reader may see at most: `high watermark, last stable offset`. */
  ends(topic: string, partition: number): Promise<string>;

  leader(topic: string, partition: number): Promise<number>;
  /** Waits until all brokers that are up name another leader than `before`. */
  untilLed(topic: string, partition: number, by: (leader: number) => boolean): Promise<void>;
  kill(node: number): Promise<void>;
  terminate(node: number): Promise<void>;
  freeze(node: number): Promise<void>;
  restart(node: number): Promise<void>;
  untilIsrFull(): Promise<void>;
  /** The ISR has shrunk to `count` in every partition. */
  untilIsrHas(count: number): Promise<void>;
  electPreferredLeaders(): Promise<void>;
}

/** A coordinator in between says so; the scripts compare what it says when it is ready. */
const BUSY: ReadonlySet<ErrorName> = new Set([
  'CONCURRENT_TRANSACTIONS',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
]);

export const isBusy = (error: ErrorName): boolean => BUSY.has(error);
