/**
 * Which batches stand where in each partition's log, by offset: filled from the events in order, read as of a time. What
 * a leader change cut off stays in the table and is passed over by who asks from a later end.
 */
import { countBefore } from '#base/countBefore';
import type { PipelineEvent } from '#events/catalogue';
import { Column } from './columns.ts';

interface Tail {
  count: number;
  readonly at: Column;
  readonly baseOffset: Column;
  readonly records: Column;
  readonly batch: Column;
}

export class LogTails {
  private readonly tails = new Map<number, Tail>();

  add(event: PipelineEvent): void {
    if (event.type !== 'log.appended') return;
    let tail = this.tails.get(event.tp);
    if (tail === undefined) {
      const column = (): Column => new Column();
      tail = { count: 0, at: new Column(), baseOffset: column(), records: column(), batch: column() };
      this.tails.set(event.tp, tail);
    }
    const row = tail.count++;
    tail.at.set(row, event.at);
    tail.baseOffset.set(row, event.baseOffset);
    tail.records.set(row, event.logEndOffset - event.baseOffset);
    tail.batch.set(row, event.batch);
  }

  /**
   * The batches of `tp` appended by `atUs`, from `endOffset` downwards and without overlap. `visit` returns whether it
   * wants the one before, too.
   */
  walkBack(
    tp: number,
    atUs: number,
    endOffset: number,
    visit: (batch: number, baseOffset: number, records: number) => boolean,
  ): void {
    const tail = this.tails.get(tp);
    if (tail === undefined) return;
    let lowest = endOffset;
    const rows = countBefore(tail.count, (i) => tail.at.get(i) <= atUs);
    for (let row = rows - 1; row >= 0 && lowest > 0; row--) {
      const baseOffset = tail.baseOffset.get(row);
      const records = tail.records.get(row);
      if (baseOffset + records > lowest) continue;
      lowest = baseOffset;
      if (!visit(tail.batch.get(row), baseOffset, records)) return;
    }
  }

  get bytesKept(): number {
    let bytes = 0;
    for (const tail of this.tails.values()) {
      for (const column of [tail.at, tail.baseOffset, tail.records, tail.batch]) bytes += column.bytesKept;
    }
    return bytes;
  }
}
