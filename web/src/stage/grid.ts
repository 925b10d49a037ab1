/** Records as squares in a box: how large, in how many columns; or too many for that. */

export interface Grid {
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
}

/** More records than this in one box are a filling bar with their number. */
export const MAX_DRAWN_RECORDS = 40;

const CELL_SIZES: readonly number[] = [10, 8.5, 7, 6, 5, 4.4];

/** Squares for `records` in a box of w × h, or null: a bar with a count. Four sizes, the largest that fits. */
export function gridFor(records: number, w: number, h: number): Grid | null {
  if (records > MAX_DRAWN_RECORDS) return null;
  for (let i = 0; i < CELL_SIZES.length; i++) {
    const cell = CELL_SIZES[i] ?? 5;
    const columns = Math.floor(w / cell);
    const rows = Math.floor(h / cell);
    if (columns * rows >= records) return { cell, columns, rows };
  }
  return null;
}
