/**
 * One row per record, read "as of" a seq, never cloned: rows only grow. An index of the log, not a second truth.
 */
export interface RecordColumns {
  readonly length: number;
  /** µs of run time at which send() was called. */
  readonly sentAt: Float64Array;
  /** µs from there to the append; 0xffffffff: not appended (yet, or refused). */
  readonly appendedAfterUs: Uint32Array;
  /** 0xffffffff: in none. A record of a split batch keeps its first batch here; its children stand in Lifelines. */
  readonly batchId: Uint32Array;
  /** Place in that batch, from 0. */
  readonly indexInBatch: Uint32Array;
  /** The next record of the same batch; 0xffffffff: the last. */
  readonly next: Uint32Array;
  /** Low byte: colour of the key, 0 for a null key, else 1 … 8. High byte: size class 0, 1, 2. */
  readonly look: Uint16Array;
  /** The tp it was partitioned to; 0xffff: none yet. */
  readonly tp: Uint16Array;
  readonly thread: Uint16Array;
}
