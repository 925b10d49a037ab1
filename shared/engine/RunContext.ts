/**
 * What every part of one run shares. Nothing is at module level: two runs stand side by side, so also what is
 * process-wide in Java (compression estimates, the client-id counter) is here.
 */
import type { BatchId, ClientId, RecordId, RequestId, ThreadId } from '#base/ids';
import type { Random } from '#base/random';
import type { TopicPartitions } from '#base/TopicPartition';
import type { EventSink } from '#events/catalogue';
import type { Clock, Scheduler } from './Clock.ts';

/** How far a batch shrinks: the case's ratios, the scenario's kind of data, or the real codec. */
export interface CompressionModel {
  /**
   * Bytes after the header of a closed batch, from its uncompressed record bytes. `createdIndex`: k-th batch of the
   * run. `records`: for a real codec, which has to make their bytes.
   */
  compressedBytes(
    topic: string,
    rawBytes: number,
    createdIndex: number,
    records: BatchRecords | null,
  ): number;
}

/** The records of one batch by their place. */
export interface BatchRecords {
  readonly recordCount: number;
  readonly records: readonly RecordId[];
  /** Client ms. */
  timestampOf(index: number): number;
}

/** What is random in Java, each with a source of its own so that a conformance case can pin it (FORMAT.md §7). */
export interface RandomSources {
  /** BuiltInPartitioner.randomPartition: non-negative 31-bit. */
  nextSticky(): number;
  /** ExponentialBackoff's jitter: factor in [1 − jitter, 1 + jitter]; 1 when pinned. */
  backoffFactor(jitter: number): number;
  /** NetworkClient.leastLoadedNode's start; taken modulo the number of nodes. */
  leastLoadedOffset(nodes: number): number;
}

/** CPU time of the application and of the sender thread, in µs. All 0 in the conformance runs. */
export interface CpuCosts {
  /** Of one `send()` up to the serializer. */
  readonly sendUs: number;
  readonly serializeUsPerKiB: number;
  readonly partitionUs: number;
  readonly appendUs: number;
  /** Of one user callback, on the sender thread. */
  readonly callbackUs: number;
}

export interface RunIds {
  nextRecord(): RecordId;
  nextBatch(): BatchId;
  nextRequest(): RequestId;
  nextClient(): ClientId;
  nextThread(): ThreadId;
}

export interface RunContext {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly events: EventSink;
  readonly ids: RunIds;
  readonly partitions: TopicPartitions;
  readonly random: Random;
}

/** Counters from 0. */
export function createRunIds(): RunIds {
  let record = 0;
  let batch = 0;
  let request = 0;
  let client = 0;
  let thread = 0;
  return {
    nextRecord: () => record++ as RecordId,
    nextBatch: () => batch++ as BatchId,
    nextRequest: () => request++ as RequestId,
    nextClient: () => client++ as ClientId,
    nextThread: () => thread++ as ThreadId,
  };
}
