/** Compares one trace with what it should be (FORMAT.md §10). */
import { firstDifference } from '../../shared/conformance/compare.mjs';

export interface Failure {
  readonly name: string;
  readonly line: number;
  readonly kind: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** null when the traces are equal; an engine that breaks is a difference too. */
export function judge(
  name: string,
  expected: readonly object[],
  actual: () => readonly object[],
  messages: boolean,
): Failure | null {
  try {
    const difference = firstDifference(expected, JSON.parse(JSON.stringify(actual())), { messages });
    return difference === null ? null : { name, ...difference };
  } catch (error) {
    const kind = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name, line: 0, kind, expected: null, actual: null };
  }
}

export function describe(failure: Failure): string {
  const { name, line, kind, expected, actual } = failure;
  const where = `${name}${line > 0 ? `, line ${line}` : ''}: ${kind}`;
  if (line === 0) return where;
  return `${where}\n    expected ${JSON.stringify(expected)}\n    actual   ${JSON.stringify(actual)}`;
}
