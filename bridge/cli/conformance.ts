/**
 * Compares the engine with the real Java client (shared/conformance/FORMAT.md).
 *
 *   npm run conformance -- [--only TEXT] [--no-messages]     the stored traces, a table by scenario
 *   npm run conformance -- --random N [--seed S] [--mutate | --settings] [--no-messages] [--no-shrink]
 *                                                            N random cases against the oracle;
 *                                                            --mutate: public cases, a little different;
 *                                                            --settings: the configuration only
 */
import { parseArgs } from 'node:util';
import { mutatedCase } from '#conformance/mutateCase';
import { randomCase, type CaseJson } from '#conformance/randomCase';
import { randomSettingsCase } from '#conformance/randomSettingsCase';
import { refuse, wholeNumber } from './arguments.ts';
import { describe } from './judge.ts';
import { caseNames, judgeCase, readCase, type JudgedCase } from './publicCases.ts';
import { compareRandomCases } from './randomConformance.ts';

function printTable(cases: readonly JudgedCase[]): void {
  const scenarios = new Map<string, JudgedCase[]>();
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

function chosen(only: string): readonly string[] {
  const names = caseNames().filter((name) => name.includes(only));
  return names.length > 0 ? names : refuse(`No case has “${only}” in its name.`);
}

function comparePublicCases(only: string, messages: boolean): boolean {
  const cases = chosen(only).map((name) => judgeCase(name, messages));
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
    mutate: { type: 'boolean', default: false },
    settings: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const { only, messages, random, seed, mutate, settings, shrink } = values;
function caseOf(): (n: number) => CaseJson {
  if (settings) return randomSettingsCase;
  if (!mutate) return randomCase;
  const originals = chosen(only).map(readCase);
  return (n) => mutatedCase(n, originals);
}
const allEqual =
  random === undefined
    ? comparePublicCases(only, messages)
    : await compareRandomCases({
        count: wholeNumber('--random', random, 1),
        caseOf: caseOf(),
        seed: wholeNumber('--seed', seed, 0),
        messages,
        shrink,
      });
process.exitCode = allEqual ? 0 : 1;
