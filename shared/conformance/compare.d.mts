/** Types of compare.mjs, which stays a program of its own: a clone can judge any runner with it. */
export interface Difference {
  readonly line: number;
  readonly kind: string;
  readonly expected: unknown;
  readonly actual: unknown;
}
/** null when the traces agree, else the first difference. */
export function firstDifference(
  expected: readonly object[],
  actual: readonly object[],
  options?: { readonly messages?: boolean },
): Difference | null;
