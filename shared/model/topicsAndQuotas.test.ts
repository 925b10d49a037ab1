import { clientMs } from '#base/time';
import type { PipelineEvent } from '#events/catalogue';
import type { EventTape } from '#events/EventTape';
import { RunProjections } from '#projections/RunProjections';
import { eventsOf, logOf, ofType as of } from '#testing/logOf';
import { describe, expect, it } from 'vitest';
import type { Scenario } from './Scenario.ts';
import { readLink, writeLink } from './scenarioQuery.ts';

function run(query: string, ms: number): { events: PipelineEvent[]; tape: EventTape } {
  const { scenario, notices } = readLink(query);
  expect(notices).toEqual([]);
  expect(readLink(writeLink(scenario, null).query).scenario).toEqual(scenario);
  return runOf(scenario, ms);
}

function runOf(scenario: Scenario, ms: number): { events: PipelineEvent[]; tape: EventTape } {
  const tape = logOf(scenario, ms * 1000);
  return { events: eventsOf(tape), tape };
}

describe('a topic that is deleted and made anew', () => {
  const QUERY = 'rate=400&partitions=3&do=200000.topic.delete.orders&do=700000.topic.create.orders.2';

  it('is unknown meanwhile, has a new id, and is written to from offset 0', () => {
    const { events } = run(QUERY, 3000);
    const refused = of(events, 'log.refused');
    expect(refused[0]?.error).toBe('UNKNOWN_TOPIC_ID');
    const late = of(events, 'log.appended').filter(({ at }) => at > 700_000);
    expect(late.length).toBeGreaterThan(20);
    expect(Math.min(...late.map(({ baseOffset }) => baseOffset))).toBe(0);
    // Two partitions of three are there again; the producer learns it.
    expect(new Set(late.map(({ tp }) => tp)).size).toBe(2);
    expect(of(events, 'batch.completed').some(({ at }) => at > 2_500_000)).toBe(true);
  });

  it('takes what was acked with it: counted, with its cause', () => {
    const { tape } = run(QUERY, 3000);
    const projections = new RunProjections(tape);
    projections.extend();
    const before = projections.moveTo(tape.seqAfter(199_999)).counters.recordsStored;
    const { counters, partitions } = projections.moveTo(tape.seqAfter(300_000));
    expect(before).toBeGreaterThan(0);
    expect(counters.recordsStored).toBe(0);
    expect([...partitions.values()].every(({ isDeleted }) => isDeleted)).toBe(true);
    const lost = projections.outcomes.incidentsOf('lost-after-ack', tape.endSeq);
    expect(new Set(lost.map(({ cause }) => cause))).toEqual(new Set(['its topic was deleted']));
    const after = projections.moveTo(tape.endSeq);
    expect([...after.partitions.values()].map(({ isDeleted }) => isDeleted)).toEqual([false, false, true]);
  });

  it('is unknown to a request that was on its way with the old id when both happened', () => {
    const query = 'rate=2000&partitions=1&do=200000.topic.delete.orders&do=200000.topic.create.orders.1';
    const { events } = run(query, 1000);
    expect(of(events, 'log.refused').map(({ error }) => error)).toContain('UNKNOWN_TOPIC_ID');
    expect(of(events, 'batch.completed').some(({ at }) => at > 900_000)).toBe(true);
  });
});

describe('a quota', () => {
  it('throttles the connection, and the client waits as long as it is told', () => {
    // Some 100 KB/s to three brokers with 2 KB/s each: the first ten seconds' worth is gone at once.
    const { events } = run('rate=800&do=100000.quota.set.2000', 4000);
    const throttled = of(events, 'connection.moved').filter(({ to }) => to === 'throttled');
    expect(throttled.length).toBeGreaterThan(1);
    for (const { node, at, untilMs } of throttled) {
      expect(untilMs).not.toBeNull();
      const between = of(events, 'request.sent').filter(
        (sent) => sent.node === node && sent.at > at && clientMs(sent.at) < (untilMs ?? 0),
      );
      expect(between).toEqual([]);
    }
  });

  it('holds from the start as a setting of the cluster, and ends when it is taken away', () => {
    const { events } = run('rate=800&quota=2000&do=5000000.quota.set.0', 12_000);
    const sentIn = (from: number, to: number): number =>
      of(events, 'record.sent').filter(({ at }) => at >= from && at < to).length;
    expect(sentIn(0, 5_000_000)).toBeGreaterThan(0);
    const last = of(events, 'connection.moved')
      .filter(({ to }) => to === 'throttled')
      .at(-1);
    expect(last?.at ?? 0).toBeLessThan(6_000_000);
  });

  it('is shared by applications with the same client.id', () => {
    const { scenario } = readLink('rate=800&quota=2000');
    const [application] = scenario.applications;
    if (application === undefined) throw new Error('a scenario has an application');
    const stored = (names: readonly string[]): number => {
      const applications = names.map((name, i) => ({
        ...application,
        name: `app-${i}`,
        producer: { ...application.producer, 'client.id': name },
      }));
      const { events } = runOf({ ...scenario, applications }, 6000);
      return of(events, 'log.appended').length;
    };
    const alone = stored(['one']);
    expect(stored(['one', 'other'])).toBeGreaterThan(1.8 * alone);
    expect(stored(['one', 'one'])).toBeLessThan(1.4 * alone);
  });
});
