/** Which of many rows were alive between two times. Rows begin in order; ends come in any order. */
import { countBefore } from '#base/countBefore';
import { Column } from '../columns.ts';

const ROWS = 128;

export class Spans {
  length = 0;
  readonly begins = new Column();
  private readonly end: (row: number) => number;
  /** Per group of rows, from the first that has any: how many have not ended, and the latest end. */
  private readonly open: number[] = [];
  private readonly latest: number[] = [];
  private firstGroup = 0;

  /** `end`: time at which a row ended; −1: it has not. */
  constructor(end: (row: number) => number) {
    this.end = end;
  }

  begin(row: number, at: number): void {
    this.begins.set(row, at);
    if (this.length === 0) this.firstGroup = Math.floor(row / ROWS);
    this.length = Math.max(this.length, row + 1);
    const group = Math.floor(row / ROWS) - this.firstGroup;
    this.open[group] = (this.open[group] ?? 0) + 1;
    this.latest[group] ??= -1;
  }

  /** To be called once a row. One that began before the log did is in no group. */
  finish(row: number, at: number): void {
    if (this.begins.get(row) < 0) return;
    const group = Math.floor(row / ROWS) - this.firstGroup;
    this.open[group] = (this.open[group] ?? 1) - 1;
    this.latest[group] = Math.max(this.latest[group] ?? -1, at);
  }

  /** Rows alive at some time in [fromUs, toUs], in order of their beginning. */
  between(fromUs: number, toUs: number): number[] {
    const last = countBefore(this.length, (row) => this.begins.get(row) <= toUs) - 1;
    const rows: number[] = [];
    for (let group = 0; group < this.open.length; group++) {
      const first = (this.firstGroup + group) * ROWS;
      if (first > last) break;
      if (this.open[group] === 0 && (this.latest[group] ?? -1) < fromUs) continue;
      const to = Math.min(last, first + ROWS - 1);
      for (let row = first; row <= to; row++) {
        const end = this.end(row);
        if ((end < 0 || end >= fromUs) && this.begins.get(row) >= 0) rows.push(row);
      }
    }
    return rows;
  }

  get bytesKept(): number {
    return this.begins.bytesKept + this.open.length * 16;
  }
}
