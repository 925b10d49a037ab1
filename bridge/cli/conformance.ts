/**
 * Compares the engine with the real Java client (shared/conformance/FORMAT.md).
 *
 *   npm run conformance -- [--only TEXT] [--no-messages]     the stored traces, a table by scenario
 *   npm run conformance -- --random N [--seed S] [--mutate | --settings] [--no-messages] [--no-shrink]
 *                                                            N random cases against the oracle;
 *                                                            --mutate: public cases, a little different;
 *                                                            --settings: the configuration only
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseCase } from '#conformance/caseSchema';
import { traceOf } from '#conformance/traceOf';
import { describe, judge, type Failure } from './judge.ts';
import { mutatedCase } from '#conformance/mutateCase';
import { randomSettingsCase } from '#conformance/randomSettingsCase';
import { randomCase, type CaseJson } from '#conformance/randomCase';
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

const filesOf = (only: string): readonly string[] =>
  readdirSync(fileURLToPath(new URL('cases', HOME)))
    .filter((file) => file.endsWith('.json') && file.includes(only))
    .toSorted();

function comparePublicCases(only: string, messages: boolean): boolean {
  const cases = filesOf(only).map((file) => runCase(file, messages));
  printTable(cases);
  const failures = cases.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  for (const failure of failures) console.log(`\n${describe(failure)}`);
  console.log(`\n${cases.length - failures.length} passed, ${failures.length} failed`);
  return failures.length === 0;
}

const originals = new Map<string, readonly CaseJson[]>();

function publicCases(only: string): readonly CaseJson[] {
  let cases = originals.get(only);
  if (cases === undefined) {
    cases = filesOf(only).map((file): CaseJson =>
      JSON.parse(readFileSync(new URL(`cases/${file}`, HOME), 'utf8')),
    );
    originals.set(only, cases);
  }
  return cases;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    messages: { type: 'boolean', default: true },
    random: { type: 'string' },
    seed: { type: 'string', default: '1' },
    mutate: { type: 'boolean', default: false },
    settings: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const { only, messages, random, seed, mutate, settings, shrink } = values;
function caseOf(): (n: number) => CaseJson {
  if (settings) return randomSettingsCase;
  return mutate ? (n) => mutatedCase(n, publicCases(only)) : randomCase;
}
const allEqual =
  random === undefined
    ? comparePublicCases(only, messages)
    : await compareRandomCases({
        count: Number(random),
        caseOf: caseOf(),
        seed: Number(seed),
        messages,
        shrink,
      });
process.exitCode = allEqual ? 0 : 1;
