/** Looks for the first conformance case or law that a bug breaks, and prints it as one line; nothing: it survives. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseCase } from '#conformance/caseSchema';
import { traceOf } from '#conformance/traceOf';
import { randomScenario } from '#testing/randomScenario';
import { healed, simulate } from '#testing/simulate';
import { judge } from '../judge.ts';

const HOME = new URL('../../../shared/conformance/', import.meta.url);
const MOST_SEEDS = 1000;

function brokenCase(): string | null {
  for (const file of readdirSync(new URL('cases', HOME)).toSorted()) {
    const name = file.replace(/\.json$/, '');
    const parsed = parseCase(JSON.parse(readFileSync(new URL(`cases/${file}`, HOME), 'utf8')));
    const trace = readFileSync(new URL(`traces/${name}.jsonl`, HOME), 'utf8');
    const expected = trace
      .trim()
      .split('\n')
      .map((line): object => JSON.parse(line));
    const failure = judge(name, expected, () => traceOf(parsed), true);
    if (failure !== null) return `case ${name}${failure.line > 0 ? `, line ${failure.line}` : ''}`;
  }
  return null;
}

function brokenLaw(): string | null {
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const [violation] = simulate(healed(randomScenario(seed))).violations;
    if (violation !== undefined) return `law "${violation.law}", seed ${seed}: ${violation.sentence}`;
  }
  return null;
}

const caught = brokenCase() ?? brokenLaw();
if (caught !== null) console.log(caught);
