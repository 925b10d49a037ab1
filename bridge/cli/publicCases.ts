/** The public cases of the conformance suite, and what the real client did in each (shared/conformance/FORMAT.md). */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseCase } from '#conformance/caseSchema';
import type { CaseJson } from '#conformance/randomCase';
import { traceOf } from '#conformance/traceOf';
import { judge, type Failure } from './judge.ts';

export const CONFORMANCE = fileURLToPath(new URL('../../shared/conformance/', import.meta.url));

export const caseFile = (name: string): string => `${CONFORMANCE}cases/${name}.json`;
export const traceFile = (name: string): string => `${CONFORMANCE}traces/${name}.jsonl`;

export const caseNames = (): readonly string[] =>
  readdirSync(`${CONFORMANCE}cases`)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .toSorted();

export const readCase = (name: string): CaseJson => JSON.parse(readFileSync(caseFile(name), 'utf8'));

export interface JudgedCase {
  readonly name: string;
  readonly covers: readonly string[];
  /** null: the engine does what the real client did. */
  readonly failure: Failure | null;
}

export function judgeCase(name: string, messages: boolean): JudgedCase {
  const parsed = parseCase(readCase(name));
  const expected = readFileSync(traceFile(name), 'utf8')
    .trim()
    .split('\n')
    .map((line): object => JSON.parse(line));
  return { name, covers: parsed.covers, failure: judge(name, expected, () => traceOf(parsed), messages) };
}
