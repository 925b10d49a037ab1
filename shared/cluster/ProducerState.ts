/**
 * What a partition remembers of its producers: storage/.../internals/log/ProducerStateManager, ProducerStateEntry and
 * ProducerAppendInfo of 4.3. It recognises a repeated batch and refuses a gap; it knows nothing of requests.
 */
import type { ErrorName } from '#record/Errors';
import type { LogBatch } from './PartitionLog.ts';

/** ProducerStateEntry.NUM_BATCHES_TO_RETAIN: why a producer may have five requests in flight and no more. */
export const BATCHES_TO_RETAIN = 5;
const MAX_SEQUENCE = 2147483647;
const NO_EPOCH = -1;

/** A batch as the partition remembers it; enough to answer a repetition with the first answer. */
export interface RememberedBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
}

export interface ProducerStateEntry {
  readonly producerId: number;
  producerEpoch: number;
  /** Oldest first, at most `BATCHES_TO_RETAIN`. */
  batches: RememberedBatch[];
  /** First offset of the open transaction; null: none is open. */
  transactionFirstOffset: number | null;
  lastAppendUs: number;
}

export type SequenceCheck =
  | { readonly kind: 'append' }
  | { readonly kind: 'duplicate'; readonly batch: RememberedBatch }
  | { readonly kind: 'refused'; readonly error: ErrorName };

const APPEND: SequenceCheck = { kind: 'append' };
const OUT_OF_ORDER: SequenceCheck = { kind: 'refused', error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' };
const OLD_EPOCH: SequenceCheck = { kind: 'refused', error: 'INVALID_PRODUCER_EPOCH' };

/** DefaultRecordBatch.incrementSequence: numbers of records, from 0 again after 2147483647. */
export function lastSequenceOf(firstSequence: number, recordCount: number): number {
  const last = firstSequence + recordCount - 1;
  return last > MAX_SEQUENCE ? last - MAX_SEQUENCE - 1 : last;
}

const follows = (last: number, next: number): boolean =>
  next === last + 1 || (next === 0 && last === MAX_SEQUENCE);

export class ProducerState {
  private readonly entries = new Map<number, ProducerStateEntry>();

  entry(producerId: number): ProducerStateEntry | null {
    return this.entries.get(producerId) ?? null;
  }

  /**
   * UnifiedLog.analyzeAndValidateProducerState for a batch of a client (§6.6). `mustStartAtZero`: a transactional
   * batch under transaction version 2, which is never accepted in the middle without state (KIP-890).
   */
  check(
    producerId: number,
    producerEpoch: number,
    firstSequence: number,
    recordCount: number,
    mustStartAtZero: boolean,
  ): SequenceCheck {
    const entry = this.entries.get(producerId);
    if (entry === undefined) return mustStartAtZero && firstSequence !== 0 ? OUT_OF_ORDER : APPEND;
    if (entry.producerEpoch === producerEpoch) {
      const lastSequence = lastSequenceOf(firstSequence, recordCount);
      for (const batch of entry.batches) {
        if (batch.firstSequence === firstSequence && batch.lastSequence === lastSequence) {
          return { kind: 'duplicate', batch };
        }
      }
    }
    if (producerEpoch < entry.producerEpoch) return OLD_EPOCH;
    if (mustStartAtZero && firstSequence !== 0 && entry.batches.length === 0) return OUT_OF_ORDER;
    if (producerEpoch !== entry.producerEpoch) {
      return firstSequence === 0 || entry.producerEpoch === NO_EPOCH ? APPEND : OUT_OF_ORDER;
    }
    // After a marker the batches are forgotten but the epoch is not: then the next sequence is 0.
    const last = entry.batches[entry.batches.length - 1]?.lastSequence ?? -1;
    return follows(last, firstSequence) ? APPEND : OUT_OF_ORDER;
  }

  /** ProducerAppendInfo.appendDataBatch: until the marker comes a plain batch of this producer is refused. */
  isInTransaction(producerId: number): boolean {
    return (this.entries.get(producerId)?.transactionFirstOffset ?? null) !== null;
  }

  /** Takes an appended batch in: data, or the control batch that ends a transaction. */
  update(batch: LogBatch, nowUs: number): void {
    if (batch.producerId < 0) return;
    let entry = this.entries.get(batch.producerId);
    if (entry === undefined) {
      entry = {
        producerId: batch.producerId,
        producerEpoch: batch.producerEpoch,
        batches: [],
        transactionFirstOffset: null,
        lastAppendUs: nowUs,
      };
      this.entries.set(batch.producerId, entry);
    }
    if (entry.producerEpoch !== batch.producerEpoch) {
      entry.producerEpoch = batch.producerEpoch;
      entry.batches = [];
    }
    entry.lastAppendUs = nowUs;
    if (batch.marker !== null) {
      entry.transactionFirstOffset = null;
      return;
    }
    const lastOffset = batch.baseOffset + batch.recordCount - 1;
    entry.batches.push({
      firstSequence: batch.baseSequence,
      lastSequence: lastSequenceOf(batch.baseSequence, batch.recordCount),
      baseOffset: batch.baseOffset,
      lastOffset,
    });
    if (entry.batches.length > BATCHES_TO_RETAIN) entry.batches.shift();
    if (batch.isTransactional && entry.transactionFirstOffset === null) {
      entry.transactionFirstOffset = batch.baseOffset;
    }
  }

  /** First offset of the earliest open transaction; null: none is open. */
  firstOpenTransaction(): number | null {
    let first: number | null = null;
    for (const entry of this.entries.values()) {
      const open = entry.transactionFirstOffset;
      if (open !== null && (first === null || open < first)) first = open;
    }
    return first;
  }

  /** `producer.id.expiration.ms`: forgets who has been silent for so long and has no open transaction. */
  removeExpired(nowUs: number, expirationUs: number): readonly number[] {
    const expired: number[] = [];
    for (const entry of this.entries.values()) {
      if (entry.transactionFirstOffset === null && nowUs - entry.lastAppendUs >= expirationUs) {
        expired.push(entry.producerId);
      }
    }
    for (const producerId of expired) this.entries.delete(producerId);
    return expired;
  }

  /** After a truncation: what the remaining log says, in its order. */
  rebuild(batches: Iterable<LogBatch>): void {
    const silentSince = new Map<number, number>();
    for (const entry of this.entries.values()) silentSince.set(entry.producerId, entry.lastAppendUs);
    this.entries.clear();
    for (const batch of batches) this.update(batch, silentSince.get(batch.producerId) ?? 0);
  }
}
