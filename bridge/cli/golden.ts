/**
 * Writes the golden traces of cases: what the real Java client does in them, printed by the oracle (Java 17 and Maven).
 * `git diff` then shows what is new; a stored trace that changes needs a reason.
 *
 *   npm run golden -- NAME...      of shared/conformance/cases/NAME.json
 *   npm run golden -- --errors     writes the case of every row of the tables of errors first
 *   npm run golden -- --missing    of cases that have none yet
 */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ERROR_CASES } from '#conformance/errorCases';
import { buildOracle, ORACLE_JAR } from './oracle.ts';
import { caseFile, caseNames, CONFORMANCE, traceFile } from './publicCases.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { errors: { type: 'boolean', default: false }, missing: { type: 'boolean', default: false } },
});

function writeErrorCases(): readonly string[] {
  for (const { name, json } of ERROR_CASES)
    writeFileSync(caseFile(name), `${JSON.stringify(json, null, 2)}\n`);
  return ERROR_CASES.map(({ name }) => name);
}

const withoutTrace = (): readonly string[] => caseNames().filter((name) => !existsSync(traceFile(name)));

/** @throws Error with a sentence, when a case is not there. */
function chosen(): readonly string[] {
  const names = [
    ...positionals.map((name) => name.replace(/^.*\//, '').replace(/\.json$/, '')),
    ...(values.errors ? writeErrorCases() : []),
    ...(values.missing ? withoutTrace() : []),
  ];
  for (const name of names) {
    if (!existsSync(caseFile(name)))
      throw new Error(`There is no case ${name}: it would be ${caseFile(name)}.`);
  }
  return names;
}

function main(): void {
  const names = chosen();
  if (names.length === 0) {
    console.log('No case was named: npm run golden -- NAME... | --errors | --missing');
    process.exitCode = values.missing ? 0 : 1;
    return;
  }
  buildOracle();
  execFileSync('java', ['-jar', ORACLE_JAR, '--out', `${CONFORMANCE}traces`, ...names.map(caseFile)], {
    stdio: 'inherit',
  });
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
