import { micros } from '#base/time';
import { eventsOf, logOf } from '#testing/logOf';
import { randomScenario } from '#testing/randomScenario';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SCENARIO } from './defaultScenario.ts';
import { loggedRun } from './loggedRun.ts';
import type { Scenario } from './Scenario.ts';

/** Nothing is timed here; a busy machine just needs longer. */
const PATIENCE_MS = 120_000;

describe('a run', () => {
  it(
    'is the same in pieces as in one',
    () => {
      for (let seed = 1; seed <= 12; seed++) {
        const scenario = randomScenario(seed);
        const whole = logOf(scenario, 2_000_000);
        const { model: run, tape } = loggedRun(scenario);
        for (let targetUs = 0; run.reachedUs < 2_000_000;) {
          const { stopped } = run.runUntil(targetUs, 1 + (seed % 40));
          if (!stopped) targetUs = Math.min(2_000_000, targetUs + 1 + seed * 1777);
        }
        expect(tape.digest()).toBe(whole.digest());
      }
    },
    PATIENCE_MS,
  );

  it(
    'is the same when its commands are given on the way',
    () => {
      for (let seed = 1; seed <= 12; seed++) {
        const scenario = randomScenario(seed);
        const { model: run, tape } = loggedRun({ ...scenario, commands: [] });
        for (const command of scenario.commands) {
          run.runUntil(command.at);
          expect(run.give(command)).toBe(true);
        }
        run.runUntil(2_000_000);
        expect(run.scenario).toEqual(scenario);
        expect(tape.digest()).toBe(logOf(scenario, 2_000_000).digest());
      }
    },
    PATIENCE_MS,
  );

  it('takes no command for an instant that is over', () => {
    const { model: run } = loggedRun(DEFAULT_SCENARIO);
    run.runUntil(50_000);
    expect(run.give({ do: 'broker.kill', node: 1, at: micros(49_999) })).toBe(false);
    expect(run.give({ do: 'broker.kill', node: 1, at: micros(50_000) })).toBe(true);
    run.runUntil(60_000, 3);
    expect(run.give({ do: 'broker.kill', node: 2, at: run.reachedUs })).toBe(false);
  });

  it('shows batches of several records when nobody has touched anything', () => {
    const events = eventsOf(logOf(DEFAULT_SCENARIO, 1_000_000));
    const closed = events.filter((event) => event.type === 'batch.closed');
    const records = closed.reduce((sum, { records: count }) => sum + count, 0);
    expect(records / closed.length).toBeGreaterThan(3);
    expect(events.filter((event) => event.type === 'batch.failed')).toEqual([]);
    expect(records).toBeGreaterThan(1900);
  });

  it('makes the content of a record again, to the byte', () => {
    const application = DEFAULT_SCENARIO.applications[0];
    if (application === undefined) throw new Error('no application');
    const workload = { ...application.workload, headerBytes: 20, valueSpreadPercent: 100 };
    const { model: run, tape } = loggedRun({
      ...DEFAULT_SCENARIO,
      applications: [{ ...application, workload }],
      commands: [
        { do: 'record.send', application: 0, key: 'vip', valueBytes: 5, partition: 2, at: micros(20_000) },
      ],
    });
    run.runUntil(100_000);
    for (const event of eventsOf(tape)) {
      if (event.type !== 'record.sent') continue;
      const { key, value, partition, headers } = run.content(event);
      expect(value).toHaveLength(event.valueBytes);
      if (event.valueBytes >= 2) JSON.parse(value);
      expect(headers.map((header) => header.key.length + header.value.length)).toEqual(
        key === 'vip' ? [] : [20],
      );
      expect(partition).toBe(key === 'vip' ? 2 : null);
      expect(run.content(event)).toEqual({ ...run.content(event) });
    }
  });

  it('a new producer takes over while the old one drains', () => {
    const scenario: Scenario = {
      ...DEFAULT_SCENARIO,
      commands: [
        { do: 'producer.replace', application: 0, producer: { 'linger.ms': '20' }, at: micros(100_000) },
      ],
    };
    const events = eventsOf(logOf(scenario, 400_000));
    expect(events.filter(({ type }) => type === 'client.started')).toHaveLength(2);
    expect(
      events.flatMap((event) => (event.type === 'client.closed' ? [`${event.client} ${event.how}`] : [])),
    ).toEqual(['0 graceful']);
    expect(
      events.flatMap((event) => (event.type === 'producerId.assigned' ? [event.producerId] : [])),
    ).toEqual([1000, 1001]);
    expect(events.filter(({ type }) => type === 'batch.failed' || type === 'record.refused')).toEqual([]);
  });
});
