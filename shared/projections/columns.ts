/**
 * Columns of whole numbers that grow by pages, so that growing copies nothing. A page is as narrow as its own numbers
 * allow: it counts from near its least one, and is made anew, wider, when a number does not fit.
 */

const PAGE_BITS = 12;
const PAGE_ROWS = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_ROWS - 1;

type Cells = Uint8Array | Uint16Array | Uint32Array | Float64Array;

interface Page {
  /** Number that a cell of 1 stands for; 0: the row has not been set. */
  readonly base: number;
  readonly limit: number;
  readonly cells: Cells;
  /** Rows from here on have not been set. */
  used: number;
}

const WIDTHS: readonly { readonly limit: number; readonly create: () => Cells }[] = [
  { limit: 0xff, create: () => new Uint8Array(PAGE_ROWS) },
  { limit: 0xffff, create: () => new Uint16Array(PAGE_ROWS) },
  { limit: 0xffff_ffff, create: () => new Uint32Array(PAGE_ROWS) },
  { limit: Infinity, create: () => new Float64Array(PAGE_ROWS) },
];

/** For numbers between these, with some room below: numbers come nearly in order. */
function createPage(least: number, most: number): Page {
  for (const { limit, create } of WIDTHS) {
    const base = limit === Infinity ? 0 : Math.max(0, least - (limit >>> 3));
    if (most - base + 1 <= limit) return { base, limit, cells: create(), used: 0 };
  }
  return { base: 0, limit: Infinity, cells: new Float64Array(PAGE_ROWS), used: 0 };
}

/** Whole numbers from −1 on; −1 is what a row holds until it is set. */
export class Column {
  private readonly pages: (Page | undefined)[] = [];
  /** Of the first page that is kept: a log that begins in the middle has no low rows. */
  private firstPage = 0;

  get(row: number): number {
    const page = this.pages[(row >> PAGE_BITS) - this.firstPage];
    if (page === undefined) return -1;
    const kept = page.cells[row & PAGE_MASK] as number;
    return kept === 0 ? -1 : page.base + kept - 1;
  }

  set(row: number, value: number): void {
    let index = (row >> PAGE_BITS) - this.firstPage;
    let page = this.pages[index];
    if (value < 0) {
      if (page !== undefined) page.cells[row & PAGE_MASK] = 0;
      return;
    }
    if (index < 0 || this.pages.length === 0) index = this.begin(index);
    if (page === undefined || value < page.base || value - page.base + 1 > page.limit)
      page = this.makeRoom(index, value);
    const place = row & PAGE_MASK;
    page.cells[place] = value - page.base + 1;
    if (place >= page.used) page.used = place + 1;
  }

  add(row: number, value: number): void {
    this.set(row, Math.max(0, this.get(row)) + value);
  }

  get bytesKept(): number {
    let bytes = this.pages.length * 8;
    for (const page of this.pages) if (page !== undefined) bytes += page.cells.byteLength + 64;
    return bytes;
  }

  /** Makes the pages begin at this one, or before it. Returns its new index. */
  private begin(index: number): number {
    if (this.pages.length > 0) this.pages.unshift(...Array.from({ length: -index }, () => undefined));
    this.firstPage += index;
    return 0;
  }

  /** A page for what it holds already and `value`. */
  private makeRoom(index: number, value: number): Page {
    while (this.pages.length <= index) this.pages.push(undefined);
    const before = this.pages[index];
    const page = before === undefined ? createPage(value, value) : widened(before, value);
    this.pages[index] = page;
    return page;
  }
}

function widened({ base, cells, used }: Page, value: number): Page {
  let least = value;
  let most = value;
  for (let i = 0; i < used; i++) {
    const kept = cells[i] as number;
    if (kept === 0) continue;
    if (base + kept - 1 < least) least = base + kept - 1;
    if (base + kept - 1 > most) most = base + kept - 1;
  }
  const page = createPage(least, most);
  for (let i = 0; i < used; i++) {
    const kept = cells[i] as number;
    if (kept !== 0) page.cells[i] = base + kept - page.base;
  }
  page.used = used;
  return page;
}

/** Words and sentences by number, for columns. */
export class Names {
  private readonly all: string[] = [];
  private readonly numbers = new Map<string, number>();

  number(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.all.length;
      this.all.push(name);
      this.numbers.set(name, number);
    }
    return number;
  }

  name(number: number): string | null {
    return this.all[number] ?? null;
  }
}
