import { micros } from '#base/time';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SCENARIO } from './defaultScenario.ts';
import { PRESETS, presetProperties } from './presets.ts';
import { randomScenario } from '#testing/randomScenario';
import { readScenarioFile, writeScenarioFile } from './scenarioFile.ts';
import { LONGEST_QUERY, readLink, writeLink, type Playhead } from './scenarioQuery.ts';
import type { Command, Scenario } from './Scenario.ts';
import { validateScenario } from './validateScenario.ts';

const producerOf = (query: string): Readonly<Record<string, string>> | undefined =>
  readLink(query).scenario.applications[0]?.producer;

describe('a link', () => {
  it('says only what differs', () => {
    expect(writeLink(DEFAULT_SCENARIO, null).query).toBe('v=1&end');
    expect(readLink('')).toEqual({ scenario: DEFAULT_SCENARIO, playhead: null, notices: [] });
  });

  it('has Kafka’s keys for the producer and short ones for the rest', () => {
    const { scenario, playhead, notices } = readLink(
      '?seed=43&linger.ms=20&acks=all&rate=500&do=3200000.broker.kill.2&at=3500000&paused',
    );
    expect(notices).toEqual([]);
    expect(scenario.seed).toBe(43);
    expect(scenario.applications[0]?.producer).toEqual({ 'linger.ms': '20', acks: 'all' });
    expect(scenario.applications[0]?.workload.recordsPerS).toBe(500);
    expect(scenario.commands).toEqual([{ do: 'broker.kill', node: 2, at: 3200000 }]);
    expect(playhead).toEqual({ at: 3500000, seq: null, paused: true });
    expect(writeLink(scenario, playhead).query).toBe(
      'v=1&seed=43&linger.ms=20&acks=all&rate=500&do=3200000.broker.kill.2&at=3500000&paused&end',
    );
  });

  it('names a preset where that is shorter, and what differs from it', () => {
    expect(producerOf('preset=fire-and-forget&linger.ms=')).toEqual({
      acks: '0',
      'enable.idempotence': 'false',
      retries: '0',
    });
    for (const preset of PRESETS) {
      const application = DEFAULT_SCENARIO.applications[0];
      if (application === undefined) throw new Error('no application');
      const scenario: Scenario = {
        ...DEFAULT_SCENARIO,
        applications: [{ ...application, producer: presetProperties(preset) }],
      };
      const { query } = writeLink(scenario, null);
      expect(query).toBe(preset.id === 'java-4' ? 'v=1&end' : `v=1&preset=${preset.id}&end`);
      expect(readLink(query).scenario).toEqual(scenario);
    }
  });

  it('brings back whatever was put into it', () => {
    for (let seed = 0; seed < 500; seed++) {
      const scenario = randomScenario(seed);
      expect(validateScenario(scenario)).toEqual([]);
      const playhead: Playhead = {
        at: micros(seed * 7),
        seq: seed % 2 === 0 ? seed : null,
        paused: seed % 3 === 0,
      };
      const link = writeLink(scenario, playhead);
      expect(readLink(link.query)).toEqual({ scenario, playhead, notices: [] });
      expect(readScenarioFile(writeScenarioFile(scenario, playhead))).toEqual({
        run: { scenario, playhead, notices: [] },
      });
    }
  });
});

describe('a bad part', () => {
  it.each([
    ['foo=1', '“foo” is left out: it is not known here.'],
    ['rate=-5', '“rate” is left out: -5 is not a whole number from 0 to 1000000 records/s.'],
    ['rate=1e3', '“rate” is left out: 1e3 is not a whole number from 0 to 1000000 records/s.'],
    ['shape=zigzag', '“shape” is left out: zigzag is none of steady, poisson, burst, ramp.'],
    ['preset=none', 'There is no preset “none”; the defaults are used.'],
    ['do=3200000.brok', 'The command “3200000.brok” is left out: it cannot be read.'],
    ['do=5.broker.kill.7', 'The command broker.kill at 5 µs is left out: there is no broker 7.'],
    ['at=now', '“at” is left out: “now” is no time or number.'],
    ['x=%E4%', '“x=%E4%” is left out: it cannot be read.'],
    ['rf=5', 'Topic orders asks for 5 replicas on 3 brokers; it gets 3.'],
    [
      'p50=9000',
      'The delays of the network are the default ones: their quantiles must not fall from p0 to p100.',
    ],
    ['app2.topic=other', 'Application shop-2 sends to orders: there is no topic other.'],
    [
      'linger.ms=-1',
      '“linger.ms=-1” is left out: Invalid value -1 for configuration linger.ms: Value must be at least 0',
    ],
  ])('%s gets a sentence, and the rest is kept', (part, sentence) => {
    const { scenario, notices } = readLink(`seed=7&${part}&keys=3`);
    expect(notices).toEqual([sentence]);
    expect(scenario.seed).toBe(7);
    expect(scenario.applications[0]?.workload.keys).toBe(3);
    expect(validateScenario(scenario)).toEqual([]);
  });

  it('settings that Java refuses together: one is left out with Java’s sentence', () => {
    const { scenario, notices } = readLink('enable.idempotence=true&acks=1&linger.ms=9');
    expect(scenario.applications[0]?.producer).toEqual({ 'enable.idempotence': 'true', 'linger.ms': '9' });
    expect(notices).toEqual([
      '“acks=1” is left out: Must set acks to all in order to use the idempotent producer. Otherwise we cannot guarantee idempotence.',
    ]);
  });

  it('a link of another version, and one that is cut, say so', () => {
    expect(readLink('v=99&end').notices).toEqual([
      'This link was made with version 99 of the model; this is version 1, so the run may differ.',
    ]);
    expect(readLink('v=1&rate=20').notices).toEqual(['This link seems to be cut: its end is missing.']);
  });

  it('cut anywhere it still gives a run', () => {
    const { query } = writeLink(randomScenario(11), { at: micros(5), seq: 3, paused: true });
    for (let length = 0; length < query.length; length++) {
      const { scenario } = readLink(query.slice(0, length));
      expect(validateScenario(scenario)).toEqual([]);
    }
  });
});

describe('many commands', () => {
  const commands = Array.from({ length: 400 }, (_, i): Command => ({
    do: 'broker.kill',
    node: i % 3,
    at: micros(i * 1000),
  }));

  it('do not fit into a link, but into a file', () => {
    const scenario = { ...DEFAULT_SCENARIO, commands };
    const link = writeLink(scenario, null);
    expect(link.fits).toBe(false);
    expect(link.query.length).toBeLessThanOrEqual(LONGEST_QUERY);
    expect(readLink(link.query).scenario).toEqual(DEFAULT_SCENARIO);
    expect(readScenarioFile(writeScenarioFile(scenario, null))).toEqual({
      run: { scenario, playhead: null, notices: [] },
    });
  });

  it.each([
    ['{', 'This file is not a run: it is not JSON, or it is cut.'],
    ['[]', 'This file is not a run of Linger.'],
    ['{"format":"linger-run","version":9}', 'This file has version 9; this page reads version 1.'],
    [
      '{"format":"linger-run","version":1,"link":3}',
      'This file is a run of Linger, but parts of it are missing.',
    ],
  ])('%s is no file', (text, sentence) => {
    expect(readScenarioFile(text)).toEqual({ sentence });
  });
});
