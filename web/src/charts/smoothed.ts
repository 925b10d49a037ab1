/** Points of a chart: a bucket is so short that one request makes a spike, so each point is a mean over some of them. */

/** Mean of the values within `width` points up to and including each; nulls are left out, none at all stays null. */
export function smoothed(values: readonly (number | null)[], width: number): (number | null)[] {
  const result: (number | null)[] = [];
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    if (value !== null) {
      sum += value;
      count++;
    }
    const gone = i >= width ? (values[i - width] ?? null) : null;
    if (gone !== null) {
      sum -= gone;
      count--;
    }
    result.push(count === 0 ? null : sum / count);
  }
  return result;
}
