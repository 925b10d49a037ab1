import { describe, expect, it } from 'vitest';
import { micros } from '#base/time';
import type { EventLogView } from '#events/EventLogView';
import { readLink } from '#model/scenarioQuery';
import { RunProjections } from '#projections/RunProjections';
import { createModelSource } from '../sources/modelSource.ts';
import { createTopologyMemo, topologyOf } from '../stage/topology.ts';

function logOf(query: string, ms: number): EventLogView {
  const source = createModelSource(readLink(query).scenario, () => 0);
  source.ensure(micros(ms * 1000), 1_000_000);
  return source.log;
}

describe('the topology that is kept', () => {
  it('is that of the state at every event: while producers begin, brokers die and topics go', () => {
    const log = logOf(
      'start=cold&brokers=3&app2.name=billing&rate=50&do=20000.producer.start.0&do=40000.broker.kill.1&do=60000.topic.delete.orders',
      200,
    );
    const projections = new RunProjections(log);
    const kept = createTopologyMemo();
    expect(log.endSeq).toBeGreaterThan(300);
    for (let seq = 0; seq <= Math.min(log.endSeq, 3000); seq++) {
      const state = projections.moveTo(seq);
      expect(kept(log, state), `after event ${seq}`).toEqual(topologyOf(state));
    }
  });

  it('is another one in another run, also where as much of everything is in it', () => {
    const kept = createTopologyMemo();
    const shown = (query: string) => {
      const log = logOf(query, 50);
      return kept(log, new RunProjections(log).moveTo(log.endSeq));
    };
    expect(shown('rate=100').slots).toBe(5);
    expect(shown('rate=100&max.in.flight.requests.per.connection=1').slots).toBe(1);
  });

  it('stays the same object as long as nothing in it changes', () => {
    const log = logOf('rate=500', 60);
    const projections = new RunProjections(log);
    const kept = createTopologyMemo();
    const first = kept(log, projections.moveTo(log.endSeq - 200));
    expect(kept(log, projections.moveTo(log.endSeq))).toBe(first);
  });
});
