/** Random cases against the oracle, by the hundred; what differs is made small and shown. */
import { parseCase } from '#conformance/caseSchema';
import type { CaseJson } from '#conformance/randomCase';
import { simplerCases } from '#conformance/shrinkCase';
import { traceOf } from '#conformance/traceOf';
import { describe, judge, type Failure } from './judge.ts';
import { askOracle, buildOracle } from './oracle.ts';

export interface RandomOptions {
  readonly count: number;
  readonly seed: number;
  /** The case of a seed. */
  readonly caseOf: (seed: number) => CaseJson;
  readonly messages: boolean;
  readonly shrink: boolean;
}

const CHUNK = 250;
const SHRINK_ROUNDS = 12;
/** Kinds of difference that are shown in full. */
const SHOWN = 5;

interface Verdict {
  readonly failure: Failure | null;
  /** The oracle itself could not run the case. */
  readonly isUnknown: boolean;
}

const UNKNOWN: Verdict = { failure: null, isUnknown: true };

async function judgeAll(cases: readonly CaseJson[], messages: boolean): Promise<readonly Verdict[]> {
  const answers = await askOracle(cases);
  return cases.map((one, i) => {
    const expected = answers[i]?.trace;
    if (expected === undefined) return UNKNOWN;
    const actual = () => traceOf(parseCase(JSON.parse(JSON.stringify(one))));
    return { failure: judge(one.name, expected, actual, messages), isUnknown: false };
  });
}

async function shrunk(from: CaseJson, messages: boolean): Promise<readonly [CaseJson, Failure | null]> {
  let smallest = from;
  let failure: Failure | null = null;
  for (let round = 0; round < SHRINK_ROUNDS; round++) {
    const candidates = simplerCases(smallest);
    const verdicts = await judgeAll(candidates, messages);
    const found = verdicts.findIndex((verdict) => verdict.failure !== null);
    const next = candidates[found];
    if (next === undefined) break;
    smallest = next;
    failure = verdicts[found]?.failure ?? null;
  }
  return [smallest, failure];
}

/** True when no case differs. */
export async function compareRandomCases(options: RandomOptions): Promise<boolean> {
  buildOracle();
  const byKind = new Map<string, { readonly one: CaseJson; readonly failure: Failure }[]>();
  let equal = 0;
  let unknown = 0;
  let different = 0;
  for (let from = 0; from < options.count; from += CHUNK) {
    const size = Math.min(CHUNK, options.count - from);
    const cases = Array.from({ length: size }, (_, i) => options.caseOf(options.seed + from + i));
    const verdicts = await judgeAll(cases, options.messages);
    verdicts.forEach(({ failure, isUnknown }, i) => {
      const one = cases[i];
      if (isUnknown) unknown++;
      else if (failure === null || one === undefined) equal++;
      else {
        different++;
        const kind = failure.kind.split('\n')[0] ?? '';
        byKind.set(kind, [...(byKind.get(kind) ?? []), { one, failure }]);
      }
    });
    console.log(
      `${from + size} cases: ${equal} equal, ${different} different, ${unknown} not run by the oracle`,
    );
  }
  const kinds = [...byKind].toSorted(([, a], [, b]) => b.length - a.length);
  for (const [kind, list] of kinds) {
    const names = list.map(({ one }) => one.name.replace('random-', ''));
    console.log(`\n${list.length} x ${kind}  (seeds ${names.slice(0, 12).join(', ')})`);
  }
  for (const [, list] of kinds.slice(0, SHOWN)) {
    const [first] = list;
    if (first === undefined) continue;
    console.log(`\n${describe(first.failure)}`);
    if (!options.shrink) continue;
    const [smallest, failure] = await shrunk(first.one, options.messages);
    console.log(`smallest: ${JSON.stringify(smallest)}`);
    if (failure !== null) console.log(describe(failure));
  }
  return different === 0;
}
