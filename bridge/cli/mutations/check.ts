/** Looks for the first conformance case or law that a bug breaks, and prints it as one line; nothing: it survives. */
import { randomScenario } from '#testing/randomScenario';
import { healed, simulate } from '#testing/simulate';
import { caseNames, judgeCase } from '../publicCases.ts';

const MOST_SEEDS = 1000;

function brokenCase(): string | null {
  for (const name of caseNames()) {
    const { failure } = judgeCase(name, true);
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
