/**
 * One replica's log of a partition: storage/.../internals/log/UnifiedLog with its LeaderEpochFileCache. It holds batches,
 * never records, and it knows nothing of who leads. A batch is one object, shared by all replicas that have it.
 */
import { assert, known } from '#base/assert';
import { countBefore } from '#base/countBefore';
import type { BatchId } from '#base/ids';
import { ProducerState } from './ProducerState.ts';

export interface LogBatch {
  readonly baseOffset: number;
  readonly recordCount: number;
  readonly sizeBytes: number;
  /** null: a control batch. */
  readonly batchId: BatchId | null;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly leaderEpoch: number;
  readonly isTransactional: boolean;
  readonly marker: 'commit' | 'abort' | null;
}

/** Where the epochs of this log begin: the boundary at which two logs part. */
interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

export interface EpochEnd {
  /** −1: this log knows no epoch as old as the one asked for. */
  readonly epoch: number;
  readonly endOffset: number;
}

export class PartitionLog {
  logEndOffset = 0;
  highWatermark = 0;
  readonly producers = new ProducerState();
  readonly batches: LogBatch[] = [];
  private readonly epochs: EpochStart[] = [];
  private openTransactions = 0;

  /** Appends a batch at the log end offset. What may be appended has been decided before. */
  append(batch: LogBatch, nowUs: number): void {
    assert(batch.baseOffset === this.logEndOffset, 'a batch is appended at the log end offset');
    const last = this.epochs[this.epochs.length - 1];
    if (last === undefined || batch.leaderEpoch > last.epoch) {
      this.epochs.push({ epoch: batch.leaderEpoch, startOffset: batch.baseOffset });
    }
    this.batches.push(batch);
    this.logEndOffset += batch.recordCount;
    if (batch.isTransactional) this.openTransactions++;
    this.producers.update(batch, nowUs);
  }

  /** LeaderEpochFileCache.assign: a new leader notes where its epoch begins, before it appends. */
  beginEpoch(epoch: number): void {
    const last = this.epochs[this.epochs.length - 1];
    if (last !== undefined && last.epoch >= epoch) return;
    // An epoch in which nothing was written leaves no trace: the cache keeps one entry per start offset.
    if (last !== undefined && last.startOffset === this.logEndOffset) this.epochs.pop();
    this.epochs.push({ epoch, startOffset: this.logEndOffset });
  }

  /** Of the last entry; −1 in an empty log. */
  get lastEpoch(): number {
    const last = this.batches[this.batches.length - 1];
    return last === undefined ? -1 : last.leaderEpoch;
  }

  /** LeaderEpochFileCache.endOffsetFor: the largest epoch up to `epoch` in this log, and where it ends. */
  endOffsetFor(epoch: number): EpochEnd {
    for (let i = this.epochs.length - 1; i >= 0; i--) {
      const start = known(this.epochs[i], 'an epoch of the log');
      if (start.epoch > epoch) continue;
      return { epoch: start.epoch, endOffset: this.epochs[i + 1]?.startOffset ?? this.logEndOffset };
    }
    return { epoch: -1, endOffset: this.epochs[0]?.startOffset ?? 0 };
  }

  /** Cuts everything from `offset` on, which is the start of a batch. Returns whether there was anything to cut. */
  truncateTo(offset: number): boolean {
    if (offset >= this.logEndOffset) return false;
    while (this.batches.length > 0 && (this.batches[this.batches.length - 1]?.baseOffset ?? -1) >= offset) {
      this.batches.pop();
    }
    const last = this.batches[this.batches.length - 1];
    this.logEndOffset = last === undefined ? 0 : last.baseOffset + last.recordCount;
    while ((this.epochs[this.epochs.length - 1]?.startOffset ?? -1) >= this.logEndOffset) this.epochs.pop();
    if (this.highWatermark > this.logEndOffset) this.highWatermark = this.logEndOffset;
    this.producers.rebuild(this.batches);
    return true;
  }

  /** Index of the batch that holds `offset`, or of the next one; `batches.length` at the end. */
  indexAt(offset: number): number {
    return countBefore(this.batches.length, (i) => {
      const batch = known(this.batches[i], 'a batch of the log');
      return batch.baseOffset + batch.recordCount <= offset;
    });
  }

  /** Takes over what `other` has from this log's end up to `untilOffset`. Returns whether anything came. */
  copyFrom(other: PartitionLog, untilOffset: number, nowUs: number): boolean {
    const before = this.logEndOffset;
    for (let i = other.indexAt(before); i < other.batches.length; i++) {
      const batch = known(other.batches[i], 'a batch of the leader');
      if (batch.baseOffset + batch.recordCount > untilOffset) break;
      this.append(batch, nowUs);
    }
    return this.logEndOffset > before;
  }

  /** Last stable offset (§7.5): the start of the earliest transaction still open, else the high watermark. */
  get lastStableOffset(): number {
    // Most logs never see a transaction: then there is nothing to look for.
    if (this.openTransactions === 0) return this.highWatermark;
    const open = this.producers.firstOpenTransaction();
    return open !== null && open < this.highWatermark ? open : this.highWatermark;
  }
}
