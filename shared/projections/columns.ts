/**
 * Columns of numbers that grow by pages, so that growing copies nothing, and that are as narrow as their usual
 * value: what does not fit stands in a map beside them.
 */

const PAGE_BITS = 12;
const PAGE_ROWS = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_ROWS - 1;

export type Width = 'u8' | 'u16' | 'u32' | 'f64';
type Page = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const LIMIT: Readonly<Record<Width, number>> = { u8: 0xff, u16: 0xffff, u32: 0xffff_ffff, f64: Infinity };

function createPage(width: Width): Page {
  switch (width) {
    case 'u8':
      return new Uint8Array(PAGE_ROWS);
    case 'u16':
      return new Uint16Array(PAGE_ROWS);
    case 'u32':
      return new Uint32Array(PAGE_ROWS);
    case 'f64':
      return new Float64Array(PAGE_ROWS);
  }
}

/** Whole numbers from −1 on; −1 is what a row holds until it is set. */
export class Column {
  private readonly width: Width;
  /** The largest value of the width says: look beside. */
  private readonly limit: number;
  /** A log that was joined late has rows from its middle on: what lies before takes no memory. */
  private readonly pages: (Page | undefined)[] = [];
  private readonly beside = new Map<number, number>();

  constructor(width: Width) {
    this.width = width;
    this.limit = LIMIT[width];
  }

  get(row: number): number {
    const page = this.pages[row >> PAGE_BITS];
    if (page === undefined) return -1;
    const kept = page[row & PAGE_MASK] as number;
    return kept === this.limit ? (this.beside.get(row) ?? -1) : kept - 1;
  }

  set(row: number, value: number): void {
    const index = row >> PAGE_BITS;
    while (this.pages.length <= index) this.pages.push(undefined);
    const page = (this.pages[index] ??= createPage(this.width));
    if (value >= -1 && value + 1 < this.limit) page[row & PAGE_MASK] = value + 1;
    else {
      page[row & PAGE_MASK] = this.limit;
      this.beside.set(row, value);
    }
  }

  add(row: number, value: number): void {
    this.set(row, Math.max(0, this.get(row)) + value);
  }

  get bytesKept(): number {
    const rowBytes = this.width === 'u8' ? 1 : this.width === 'u16' ? 2 : this.width === 'u32' ? 4 : 8;
    const pages = this.pages.filter((page) => page !== undefined).length;
    return pages * PAGE_ROWS * rowBytes + this.beside.size * 40;
  }
}

/** Times that rise with the row, kept as 32 bits after the first of their page. */
export class RisingColumn {
  private readonly bases: number[] = [];
  private readonly offsets = new Column('u32');

  get(row: number): number {
    const offset = this.offsets.get(row);
    return offset < 0 ? -1 : (this.bases[row >> PAGE_BITS] as number) + offset;
  }

  set(row: number, value: number): void {
    const index = row >> PAGE_BITS;
    while (this.bases.length <= index) this.bases.push(value);
    this.offsets.set(row, value - (this.bases[index] as number));
  }

  get bytesKept(): number {
    return this.offsets.bytesKept + this.bases.length * 8;
  }
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
