import { describe, expect, test } from 'vitest';
import { parseCase } from './caseSchema.ts';
import { randomCase, type CaseJson } from './randomCase.ts';
import { simplerCases } from './shrinkCase.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Takes the first simpler case that still fails, until none does. */
function shrunk(from: CaseJson, fails: (one: CaseJson) => boolean): CaseJson {
  const next = simplerCases(from).find(fails);
  return next === undefined ? from : shrunk(next, fails);
}

describe('simplerCases', () => {
  test.each(SEEDS)('are cases, and each says less, seed %i', (seed) => {
    const from = randomCase(seed);
    const simpler = simplerCases(from);
    expect(simpler.length).toBeGreaterThan(0);
    for (const one of simpler) {
      parseCase(JSON.parse(JSON.stringify(one)));
      expect(JSON.stringify(one).length).toBeLessThanOrEqual(JSON.stringify(from).length);
      expect(one).not.toEqual(from);
    }
  });

  test.each(SEEDS)('lead to the one command that matters, seed %i', (seed) => {
    const culprit = { at: 7, do: 'partitionsFor', topic: 'culprit' };
    const from = randomCase(seed);
    const fails = (one: CaseJson): boolean =>
      one.commands.some((command) => command['topic'] === culprit.topic);
    const { commands, faults } = shrunk({ ...from, commands: [...from.commands, culprit] }, fails);
    expect(commands).toEqual([culprit]);
    expect(faults).toEqual([]);
  });
});
