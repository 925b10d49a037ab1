/**
 * One row per record, read "as of" a seq, never cloned: rows only grow. An index of the log, not a second truth.
 * Rows stand in typed pages, so that nothing is copied when they grow: read them through these questions.
 */
import { countBefore } from '#base/countBefore';

export interface RecordColumns {
  readonly length: number;
  /** µs of run time at which send() was called. */
  sentAt(record: number): number;
  /** µs of run time of its append; −1: not appended (yet, or refused). */
  appendedAt(record: number): number;
  /** −1: in none. A record of a split batch keeps its first batch here; its children stand in Lifelines. */
  batchId(record: number): number;
  /** Place in that batch, from 0; 0 while in none. */
  indexInBatch(record: number): number;
  /** The next record of the same batch; −1: the last. */
  next(record: number): number;
  /** Colour of the key: 0 for a null key, else 1 … 8. */
  colour(record: number): number;
  /** 0 up to 255 bytes of value, 1 up to 4,095, 2 above. */
  sizeClass(record: number): number;
  /** The tp it was partitioned to; −1: none yet. */
  tp(record: number): number;
  thread(record: number): number;
}

/** How many records were sent by `atUs`: the number of the first one that was sent later. */
export const sentUntil = (records: RecordColumns, atUs: number): number =>
  countBefore(records.length, (record) => records.sentAt(record) <= atUs);
