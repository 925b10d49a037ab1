import { describe, expect, it } from 'vitest';
import { createRandom } from '#base/random';
import { Column } from './columns.ts';

const ROWS = 9000;

/** Rows nearly in order, set and set again, with numbers of a size that changes from row to row. */
function fill(seed: number): { readonly column: Column; readonly expected: Map<number, number> } {
  const random = createRandom(seed);
  const column = new Column();
  const expected = new Map<number, number>();
  let rising = random.below(1e9);
  for (let i = 0; i < ROWS; i++) {
    const row = Math.max(0, i - random.below(5));
    rising += random.below(4);
    const kind = random.below(200);
    const value =
      kind === 0 ? random.below(2 ** 45) : kind === 1 ? -1 : kind < 20 ? random.below(70_000) : rising;
    column.set(row, value);
    expected.set(row, value);
  }
  return { column, expected };
}

describe('Column', () => {
  it('gives back what was set, however its pages had to grow', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { column, expected } = fill(seed);
      for (let row = 0; row < ROWS + 5000; row++) expect(column.get(row)).toBe(expected.get(row) ?? -1);
    }
  });

  it('takes a byte a row for small numbers, and for large ones that lie together', () => {
    for (const base of [0, 3_000_000_000, 2 ** 50]) {
      const column = new Column();
      for (let row = 0; row < 40_960; row++) column.set(row, base + (row % 100));
      expect(column.bytesKept / 40_960).toBeLessThan(1.1);
    }
  });

  it('keeps nothing for the rows before the first, also when an earlier one comes later', () => {
    const column = new Column();
    column.set(50_000_000, 7);
    expect(column.bytesKept).toBeLessThan(8192);
    column.set(49_990_000, 8);
    column.set(50_000_001, 9);
    const rows = [0, 49_989_999, 49_990_000, 50_000_000, 50_000_001, 50_000_002];
    expect(rows.map((row) => column.get(row))).toEqual([-1, -1, 8, 7, 9, -1]);
    expect(column.bytesKept).toBeLessThan(16_384);
  });
});
