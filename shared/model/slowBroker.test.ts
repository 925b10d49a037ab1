import { describe, expect, it } from 'vitest';
import { nodeId } from '#base/ids';
import { micros } from '#base/time';
import type { EventTape } from '#events/EventTape';
import { RunProjections } from '#projections/RunProjections';
import { eventsOf, logOf } from '#testing/logOf';
import { DEFAULT_SCENARIO } from './defaultScenario.ts';
import type { Command } from './Scenario.ts';
import { readLink, writeLink } from './scenarioQuery.ts';

const ADDED_US = 80_000;
const SLOW_AT = 50_000;
const FAST_AT = 400_000;

interface Handled {
  readonly node: number;
  readonly begunAt: number;
  readonly us: number;
}

/** The default run with acks=1 (nobody waits for followers) and these commands. */
function slowLog(commands: readonly Command[], untilUs: number): EventTape {
  const applications = DEFAULT_SCENARIO.applications.map((application) => ({
    ...application,
    producer: { ...application.producer, acks: '1', 'enable.idempotence': 'false' },
  }));
  return logOf({ ...DEFAULT_SCENARIO, applications, commands }, untilUs);
}

/** How long each broker worked on each Produce request. */
function handledIn(log: EventTape): readonly Handled[] {
  const nodes = new Map<number, number>();
  const begun = new Map<number, number>();
  const out: Handled[] = [];
  for (const event of eventsOf(log)) {
    if (event.type === 'request.sent' && event.api === 'PRODUCE') nodes.set(event.request, event.node);
    else if (event.type === 'request.begun') begun.set(event.request, event.at);
    else if (event.type === 'response.left') {
      const begunAt = begun.get(event.request);
      const node = nodes.get(event.request);
      if (begunAt !== undefined && node !== undefined) out.push({ node, begunAt, us: event.at - begunAt });
    }
  }
  return out;
}

describe('a slow broker', () => {
  const commands: readonly Command[] = [
    { at: micros(SLOW_AT), do: 'broker.slow', node: 1, addedUs: ADDED_US },
    { at: micros(FAST_AT), do: 'broker.slow', node: 1, addedUs: 0 },
  ];
  const log = slowLog(commands, 800_000);
  const all = handledIn(log);
  const isSlow = ({ node, begunAt }: Handled): boolean =>
    node === 1 && begunAt >= SLOW_AT && begunAt < FAST_AT;

  it('takes longer for each request that it begins with, until it is fast again', () => {
    expect(all.filter(isSlow).length).toBeGreaterThan(2);
    for (const one of all) {
      if (isSlow(one)) expect(one.us).toBeGreaterThanOrEqual(ADDED_US);
      else expect(one.us).toBeLessThan(ADDED_US);
    }
    expect(all.some(({ node, begunAt }) => node === 1 && begunAt > FAST_AT)).toBe(true);
  });

  it('handles the requests of a connection one after the other', () => {
    const slow = all.filter(isSlow);
    for (const [i, one] of slow.slice(1).entries()) {
      expect(one.begunAt).toBeGreaterThanOrEqual((slow[i]?.begunAt ?? 0) + ADDED_US);
    }
  });

  it('is said at the mark and in the state', () => {
    const log = slowLog(commands.slice(0, 1), 100_000);
    const slow = new RunProjections(log);
    slow.extend();
    expect(slow.marks.all.some(({ label }) => label === 'broker 1 slow')).toBe(true);
    expect(slow.moveTo(log.endSeq).brokers.get(nodeId(1))?.addedUs).toBe(ADDED_US);
  });

  it('stands in a link', () => {
    const { query } = writeLink({ ...DEFAULT_SCENARIO, commands }, null);
    const { scenario, notices } = readLink(query);
    expect(notices).toEqual([]);
    expect(scenario.commands).toEqual(commands);
  });
});
