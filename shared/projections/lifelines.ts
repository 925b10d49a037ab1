/**
 * When things happened to each batch and request: rows that only grow, written once an event tells. A reader asks
 * "as of" a time and ignores what is later. Drawing may look ahead in them, sentences may not.
 */
import type { BatchId, NodeId, RecordId, RequestId, TpId } from '#base/ids';

/** Times are µs of run time; −1: has not happened. */
export interface BatchLifeline {
  readonly id: BatchId;
  readonly tp: TpId;
  readonly client: number;
  readonly parent: BatchId | null;
  readonly firstRecord: RecordId | null;
  readonly recordCount: number;
  readonly createdAt: number;
  readonly readyAt: number;
  readonly readyReason: string | null;
  /** Of each attempt, oldest first. */
  readonly attempts: readonly {
    readonly request: RequestId;
    readonly drainedAt: number;
    readonly endedAt: number;
    readonly error: string | null;
  }[];
  readonly completedAt: number;
  readonly failedAt: number;
  readonly baseOffset: number;
  readonly exception: string | null;
  readonly message: string | null;
  readonly sizeBytes: number;
  readonly rawBytes: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

export interface RequestLifeline {
  readonly id: RequestId;
  readonly client: number;
  readonly node: NodeId;
  readonly api: string;
  readonly version: number;
  readonly sizeBytes: number;
  readonly correlationId: number;
  readonly batches: readonly BatchId[];
  readonly sentAt: number;
  readonly writtenAt: number;
  /** Of its way out: when it arrives, known as soon as it left; −1 when it never does. */
  readonly arrivesAt: number;
  readonly begunAt: number;
  readonly answeredAt: number;
  /** Of its answer's way back. */
  readonly returnsAt: number;
  readonly receivedAt: number;
  readonly lostAt: number;
  readonly lostBy: string | null;
}

export interface Lifelines {
  batch(id: BatchId): BatchLifeline | null;
  request(id: RequestId): RequestLifeline | null;
  /** Single facts, for those who ask for many batches a frame; −1 and 0: none. */
  firstRecord(batch: number): number;
  recordCount(batch: number): number;
  tpOf(batch: number): number;
  readonly batchCount: number;
  readonly requestCount: number;
  /** Batches whose life touches [fromUs, toUs], in order of creation. */
  batchesBetween(fromUs: number, toUs: number): readonly BatchId[];
  /** The batch that held the record at `atUs`, also a part of a split one. */
  batchOf(record: RecordId, atUs: number): BatchId | null;
  /** Its records, in order. */
  recordsOf(id: BatchId): readonly RecordId[];
  requestsBetween(fromUs: number, toUs: number): readonly RequestId[];
}
