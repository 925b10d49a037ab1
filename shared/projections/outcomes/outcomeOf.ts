/** What became of a record for the application, at some time of the run. */
import type { RecordId } from '#base/ids';
import type { BatchTable } from '../lifelines/BatchTable.ts';
import type { RecordColumns } from '../RecordColumns.ts';

export type RecordOutcome =
  | { readonly kind: 'sending' | 'waiting' | 'in-flight' }
  | { readonly kind: 'acked'; readonly offset: number | null }
  | { readonly kind: 'failed'; readonly exception: string; readonly message: string };

export interface Failure {
  readonly exception: string;
  readonly message: string;
  readonly at: number;
}

interface Facts {
  /** What `send()` refused before it was in a batch. */
  readonly refused: ReadonlyMap<number, Failure>;
  /** KIP-467: records whose exception is not their batch's. */
  readonly own: ReadonlyMap<number, Failure>;
  readonly records: RecordColumns;
  readonly batches: BatchTable;
}

export function outcomeOf(record: RecordId, atUs: number, facts: Facts): RecordOutcome {
  const { batches, records } = facts;
  const refused = facts.refused.get(record);
  if (refused !== undefined && refused.at <= atUs) {
    return { kind: 'failed', exception: refused.exception, message: refused.message };
  }
  const batch = batches.batchOf(record, atUs);
  if (batch < 0) return { kind: 'sending' };
  const endAt = batches.endAt(batch);
  const isOver = endAt >= 0 && endAt <= atUs;
  if (isOver && batches.isCompleted(batch)) {
    const base = batches.baseOffset(batch);
    const index = records.indexInBatch(record) - batches.start(batch);
    return { kind: 'acked', offset: base < 0 ? null : base + index };
  }
  if (isOver && batches.isFailed(batch)) {
    const failure = facts.own.get(record) ?? batches.get(batch);
    return { kind: 'failed', exception: failure?.exception ?? '', message: failure?.message ?? '' };
  }
  const drainedAt = batches.drainedAt(batch);
  return { kind: drainedAt >= 0 && drainedAt <= atUs ? 'in-flight' : 'waiting' };
}
