/**
 * Compares the engine with the real Java client (shared/conformance/FORMAT.md).
 *
 *   npm run conformance -- [--only TEXT] [--no-messages]     the stored traces, a table by scenario
 *   npm run conformance -- --random N [--seed S] [--no-messages] [--no-shrink]
 *                                                            N random cases against the oracle
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseCase } from '#conformance/caseSchema';
import { traceOf } from '#conformance/traceOf';
import { describe, judge, type Failure } from './judge.ts';
import { compareRandomCases } from './randomConformance.ts';

const HOME = new URL('../../shared/conformance/', import.meta.url);

interface PublicCase {
  readonly name: string;
  readonly covers: readonly string[];
  readonly failure: Failure | null;
}

const readLines = (file: URL): object[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line): object => JSON.parse(line));

function runCase(file: string, messages: boolean): PublicCase {
  const name = file.replace(/\.json$/, '');
  const parsed = parseCase(JSON.parse(readFileSync(new URL(`cases/${file}`, HOME), 'utf8')));
  const expected = readLines(new URL(`traces/${name}.jsonl`, HOME));
  return { name, covers: parsed.covers, failure: judge(name, expected, () => traceOf(parsed), messages) };
}

function printTable(cases: readonly PublicCase[]): void {
  const scenarios = new Map<string, PublicCase[]>();
  for (const one of cases)
    for (const scenario of one.covers.length === 0 ? ['-'] : one.covers)
      scenarios.set(scenario, [...(scenarios.get(scenario) ?? []), one]);
  const rows = [...scenarios].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [scenario, list] of rows) {
    const equal = list.filter(({ failure }) => failure === null).length;
    const different = list.filter(({ failure }) => failure !== null).map(({ name }) => name);
    console.log(
      `${scenario.padEnd(6)} ${String(equal).padStart(3)} of ${String(list.length).padStart(3)}  ${different.join(', ')}`,
    );
  }
}

function comparePublicCases(only: string, messages: boolean): boolean {
  const files = readdirSync(fileURLToPath(new URL('cases', HOME)))
    .filter((file) => file.endsWith('.json') && file.includes(only))
    .toSorted();
  const cases = files.map((file) => runCase(file, messages));
  printTable(cases);
  const failures = cases.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  for (const failure of failures) console.log(`\n${describe(failure)}`);
  console.log(`\n${cases.length - failures.length} passed, ${failures.length} failed`);
  return failures.length === 0;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    messages: { type: 'boolean', default: true },
    random: { type: 'string' },
    seed: { type: 'string', default: '1' },
    shrink: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const { only, messages, random, seed, shrink } = values;
const allEqual =
  random === undefined
    ? comparePublicCases(only, messages)
    : await compareRandomCases({ count: Number(random), seed: Number(seed), messages, shrink });
process.exitCode = allEqual ? 0 : 1;
