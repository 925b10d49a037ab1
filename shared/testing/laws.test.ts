import { readLink, writeLink } from '#model/scenarioQuery';
import { validateScenario } from '#model/validateScenario';
import { describe, expect, it } from 'vitest';
import { randomScenario } from './randomScenario.ts';
import { healed, simulate } from './simulate.ts';

const CHUNKS = 6;
const CHUNK_SEEDS = 50;

/** A bounded number of what `npm run simulate` does by the hundred thousand. */
describe('laws over random runs', () => {
  it.each(Array.from({ length: CHUNKS }, (_, chunk) => 1 + chunk * CHUNK_SEEDS))('seeds from %d', (from) => {
    const broken: string[] = [];
    for (let seed = from; seed < from + CHUNK_SEEDS; seed++) {
      const { violations } = simulate(healed(randomScenario(seed)));
      for (const { law, sentence } of violations) broken.push(`${law}: ${sentence} (seed ${seed})`);
    }
    expect(broken).toEqual([]);
  });
});

describe('random scenarios', () => {
  const scenarios = Array.from({ length: 300 }, (_, seed) => healed(randomScenario(seed)));

  it('are valid, so that the page takes the link of one that breaks a law', () => {
    for (const scenario of scenarios) {
      expect(validateScenario(scenario)).toEqual([]);
      const { query, fits } = writeLink(scenario, null);
      expect(fits).toBe(true);
      expect(readLink(query)).toMatchObject({ scenario, notices: [] });
    }
  });

  it('meet every kind of fault and of producer', () => {
    const commands = new Set(scenarios.flatMap((scenario) => scenario.commands.map((command) => command.do)));
    expect([...commands].toSorted()).toEqual(
      expect.arrayContaining([
        'answer.set',
        'broker.freeze',
        'broker.kill',
        'leader.move',
        'link.set',
        'next.lose',
        'producer.kill',
        'producer.replace',
        'producer.start',
        'replica.stall',
        'topic.set',
      ]),
    );
    const patterns = new Set(
      scenarios.flatMap(({ applications }) => applications.map((each) => each.pattern)),
    );
    expect(patterns.size).toBe(3);
  });
});
