/** Search by halves, for rows that stand in order. */

/** How many of `length` rows are before what is looked for: all those that are stand first. */
export function countBefore(length: number, isBefore: (row: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
