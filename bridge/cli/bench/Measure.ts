/** What a part of the benchmark reports, and how it is made from rounds. */

export interface Measure {
  readonly measure: string;
  /** Median of the rounds. */
  readonly value: number;
  readonly unit: string;
  /** What was measured beside it in the same run; null: there is none. */
  readonly rival: string | null;
  readonly rivalValue: number | null;
  /** value / rivalValue. */
  readonly ratio: number | null;
  readonly goal: number | null;
}

/** At least so many; more would measure the machine's patience. */
export const ROUNDS = 5;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Share 0 … 1 of the values that are at or below the result (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

interface Sides {
  readonly measure: string;
  readonly unit: string;
  readonly goal: number | null;
  readonly values: readonly number[];
  readonly rival?: string | null;
  readonly rivalValues?: readonly number[];
}

/** A rival without a single value did not run: then there is none. */
export function measureOf({ measure, unit, goal, values, rival = null, rivalValues = [] }: Sides): Measure {
  const value = median(values);
  if (rival === null || rivalValues.length === 0)
    return { measure, value: rounded(value), unit, rival: null, rivalValue: null, ratio: null, goal };
  const rivalValue = median(rivalValues);
  const ratio = rounded(value / rivalValue);
  return { measure, value: rounded(value), unit, rival, rivalValue: rounded(rivalValue), ratio, goal };
}

/** Four digits that count; whole numbers stay whole. */
const rounded = (value: number): number =>
  Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4));
