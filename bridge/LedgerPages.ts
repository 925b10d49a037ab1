/**
 * What a ledger keeps of each record: where it went, when it was appended, and marks. Ten bytes a record, in pages;
 * when there are too many of them the oldest goes, and its records are only in the counts any more.
 */
const PAGE_RECORDS = 65_536;
/** Two million records, 21 MB. */
const MOST_PAGES = 32;

export const MARKS = {
  acked: 1,
  failed: 2,
  present: 4,
  duplicated: 8,
  outOfOrder: 16,
  missing: 32,
  committed: 64,
  unnumbered: 128,
  gone: 256,
} as const;

interface Page {
  readonly marks: Uint16Array;
  readonly tps: Int32Array;
  readonly orders: Int32Array;
}

const newPage = (): Page => ({
  marks: new Uint16Array(PAGE_RECORDS),
  tps: new Int32Array(PAGE_RECORDS).fill(-1),
  orders: new Int32Array(PAGE_RECORDS).fill(-1),
});

export class LedgerPages {
  private readonly pages = new Map<number, Page>();
  /** One past the newest record. */
  end = 0;

  /** The record has been sent; records are numbered in that order. */
  add(record: number): void {
    this.end = Math.max(this.end, record + 1);
    const number = Math.floor(record / PAGE_RECORDS);
    if (this.pages.has(number)) return;
    this.pages.set(number, newPage());
    const oldest = number - MOST_PAGES;
    this.pages.delete(oldest);
  }

  /** False: it was never sent, or it is too old. */
  has(record: number): boolean {
    return record < this.end && this.pages.has(Math.floor(record / PAGE_RECORDS));
  }

  marks(record: number): number {
    return this.page(record)?.marks[record % PAGE_RECORDS] ?? 0;
  }
  setMarks(record: number, marks: number): void {
    const page = this.page(record);
    if (page !== undefined) page.marks[record % PAGE_RECORDS] = marks;
  }
  /** −1: in no partition yet. */
  tp(record: number): number {
    return this.page(record)?.tps[record % PAGE_RECORDS] ?? -1;
  }
  /** Rises with each append. */
  order(record: number): number {
    return this.page(record)?.orders[record % PAGE_RECORDS] ?? -1;
  }
  place(record: number, tp: number, order: number): void {
    const page = this.page(record);
    if (page === undefined) return;
    page.tps[record % PAGE_RECORDS] = tp;
    page.orders[record % PAGE_RECORDS] = order;
  }

  /** The newest records that `isWanted` takes, at most so many, newest first. */
  newest(most: number, isWanted: (marks: number, tp: number) => boolean): number[] {
    const found: number[] = [];
    const newest = Math.floor((this.end - 1) / PAGE_RECORDS);
    for (let number = newest; number >= 0 && found.length < most; number--) {
      const page = this.pages.get(number);
      if (page === undefined) break;
      const first = number * PAGE_RECORDS;
      // Millions of them, while the run waits.
      for (let place = Math.min(PAGE_RECORDS, this.end - first) - 1; place >= 0; place--) {
        if (!isWanted(page.marks[place] ?? 0, page.tps[place] ?? -1)) continue;
        found.push(first + place);
        if (found.length >= most) break;
      }
    }
    return found;
  }

  private page(record: number): Page | undefined {
    return this.pages.get(Math.floor(record / PAGE_RECORDS));
  }
}
