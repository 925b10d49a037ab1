/** Acknowledged batches whose records the reader of the log has not come to yet, by partition. */

export interface AwaitedBatch {
  /** In the order of their offsets; some may have been read. */
  readonly records: readonly number[];
  /** One past its last record; null: the broker told no offset (acks=0). */
  readonly endOffset: number | null;
  /** Of its last record: rises with each append. */
  readonly order: number;
  /** When it was acknowledged: µs of run time. */
  readonly at: number;
  /** Stretches of its partition that were gone when it was acknowledged. */
  readonly goneBefore: number;
}

/** `isPassed`: the reader has been where it should stand. False: it has stood at the end of the log for long enough. */
export type JudgedBatch = AwaitedBatch & { readonly isPassed: boolean };

/** A reader that is so far behind is not going to be waited for: what is above it stays "not read yet". */
const MOST_BATCHES = 200_000;

/** Of one partition. */
interface Waiting {
  readonly batches: AwaitedBatch[];
  /** How far the reader is. */
  offset: number;
  /** So many of them, the oldest, have been looked at since the reader came to that offset. */
  seen: number;
}

export class AwaitedBatches {
  private readonly ofTp = new Map<number, Waiting>();
  private count = 0;

  add(tp: number, batch: AwaitedBatch): void {
    if (this.count >= MOST_BATCHES) return;
    this.count++;
    this.of(tp).batches.push(batch);
  }

  reached(tp: number, offset: number): void {
    const waiting = this.of(tp);
    waiting.offset = offset;
    waiting.seen = 0;
  }

  /**
   * Takes out what has been decided: the reader has passed it, by its offset or, where it has none, by a later record of
   * the partition (`newestOrder`); or it was acknowledged before `endedAtUs`, and the log has ended since. Asked at each
   * acknowledgement, it looks only at what has been added since the reader last came to some offset.
   */
  take(tp: number, newestOrder: number, endedAtUs: number): JudgedBatch[] {
    const waiting = this.of(tp);
    const { batches, offset, seen } = waiting;
    const judged: JudgedBatch[] = [];
    let kept = seen;
    for (const batch of batches.slice(seen)) {
      const isPassed = batch.endOffset === null ? batch.order < newestOrder : batch.endOffset <= offset;
      if (isPassed || batch.at < endedAtUs) judged.push({ ...batch, isPassed });
      else batches[kept++] = batch;
    }
    batches.length = kept;
    waiting.seen = kept;
    this.count -= judged.length;
    return judged;
  }

  private of(tp: number): Waiting {
    let waiting = this.ofTp.get(tp);
    if (waiting === undefined) this.ofTp.set(tp, (waiting = { batches: [], offset: -1, seen: 0 }));
    return waiting;
  }
}
