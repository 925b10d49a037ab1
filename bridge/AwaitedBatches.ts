/** Acknowledged batches whose records the reader of the log has not come to yet, by partition. */

export interface AwaitedBatch {
  /** Those of its records that have not been read. */
  readonly records: readonly number[];
  /** One past its last record; null: the broker told no offset (acks=0). */
  readonly endOffset: number | null;
  /** Of its last record: rises with each append. */
  readonly order: number;
  /** When it was acknowledged: µs of run time. */
  readonly at: number;
}

/** `isPassed`: the reader has been where it should stand. False: it has stood at the end of the log for long enough. */
export type JudgedBatch = AwaitedBatch & { readonly isPassed: boolean };

/** A reader that is so far behind is not going to be waited for: what is above it stays "not read yet". */
const MOST_BATCHES = 200_000;

export class AwaitedBatches {
  private readonly ofTp = new Map<number, AwaitedBatch[]>();
  /** How far the reader is in each partition. */
  private readonly offsets = new Map<number, number>();
  private count = 0;

  add(tp: number, batch: AwaitedBatch): void {
    if (this.count >= MOST_BATCHES) return;
    this.count++;
    const known = this.ofTp.get(tp);
    if (known === undefined) this.ofTp.set(tp, [batch]);
    else known.push(batch);
  }

  reached(tp: number, offset: number): void {
    this.offsets.set(tp, offset);
  }

  /**
   * Takes out what has been decided: the reader has passed it, by its offset or, where it has none, by a later record of
   * the partition (`newestOrder`); or it was acknowledged before `endedAtUs`, and the log has ended since.
   */
  take(tp: number, newestOrder: number, endedAtUs: number): JudgedBatch[] {
    const known = this.ofTp.get(tp);
    if (known === undefined || known.length === 0) return [];
    const offset = this.offsets.get(tp) ?? -1;
    const judged: JudgedBatch[] = [];
    const left: AwaitedBatch[] = [];
    for (const batch of known) {
      const isPassed = batch.endOffset === null ? batch.order < newestOrder : batch.endOffset <= offset;
      if (isPassed || batch.at < endedAtUs) judged.push({ ...batch, isPassed });
      else left.push(batch);
    }
    if (judged.length === 0) return judged;
    this.count -= judged.length;
    this.ofTp.set(tp, left);
    return judged;
  }
}
