import { describe, expect, it } from 'vitest';
import { micros, type Micros } from '#base/time';
import { recordId } from '#base/ids';
import type { EventTape } from '#events/EventTape';
import { readLink } from '#model/scenarioQuery';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { sentEvent } from '#projections/sentEvent';
import { createSession, type CutNotice, type RestartableSource, type Session } from '../session/session.ts';
import { createModelSource } from './modelSource.ts';

const MS = 1000;
const at = (ms: number): Micros => micros(ms * MS);
/** Runs until it is complete, as frames would. */
const complete = (source: RestartableSource, ms: number): void => {
  for (let i = 0; i < 1000 && source.ensure(at(ms), 50) < at(ms); i++);
};
const tapeOf = (source: RestartableSource): EventTape => source.log as EventTape;

/** A session with a wall clock of its own, run until nothing moves. */
function settled(session: Session): Session {
  let now = 0;
  for (let i = 0; i < 500 && session.frame((now += 16)); i++);
  return session;
}

describe('the model as a source', () => {
  it('computes as far as the budget goes and says how far that is', () => {
    let now = 0;
    // Every look at the clock takes a millisecond.
    const source = createModelSource(DEFAULT_SCENARIO, () => now++);
    const reached = source.ensure(at(500), 3);
    expect(reached).toBeGreaterThan(0);
    expect(reached).toBeLessThan(at(500));
    expect(source.ensure(at(500), 3)).toBeGreaterThan(reached);
  });

  it('includes what happens at the instant that was asked for', () => {
    const source = createModelSource(DEFAULT_SCENARIO);
    complete(source, 40);
    const whole = createModelSource(DEFAULT_SCENARIO);
    complete(whole, 400);
    expect(tapeOf(source).seqAfter(at(40))).toBe(tapeOf(whole).seqAfter(at(40)));
  });

  it('keeps the past byte for byte when a command is given in it', () => {
    const source = createModelSource(DEFAULT_SCENARIO);
    complete(source, 300);
    const before = tapeOf(source);
    expect(source.execute({ do: 'broker.kill', node: 1 }, at(120))).toBeNull();
    expect(source.status.kind).toBe('rerunning');
    complete(source, 300);
    expect(source.status).toEqual({ kind: 'running' });
    const past = before.seqAfter(at(120) - 1);
    expect(tapeOf(source).digest(past)).toBe(before.digest(past));
    expect(tapeOf(source).at(past).type).toBe('command.applied');
    expect(tapeOf(source).digest()).not.toBe(before.digest());
  });

  it('forgets commands of the future that was cut, and keeps those before', () => {
    const source = createModelSource(DEFAULT_SCENARIO);
    source.execute({ do: 'workload.pause', application: 0 }, at(50));
    source.execute({ do: 'broker.kill', node: 1 }, at(200));
    source.execute({ do: 'broker.freeze', node: 0 }, at(100));
    expect(source.scenario.commands.map((command) => [command.do, command.at])).toEqual([
      ['workload.pause', at(50)],
      ['broker.freeze', at(100)],
    ]);
  });

  it('refuses what Java or the cluster refuses, with a sentence, and changes nothing', () => {
    const source = createModelSource(DEFAULT_SCENARIO);
    const producer = { 'enable.idempotence': 'true', acks: '1' };
    expect(source.execute({ do: 'producer.replace', application: 0, producer }, at(10))).toContain('acks');
    expect(source.execute({ do: 'broker.kill', node: 77 }, at(10))).toContain('no broker 77');
    expect(source.scenario.commands).toEqual([]);
  });

  it('finds the content of each record again', () => {
    const source = createModelSource(DEFAULT_SCENARIO);
    complete(source, 60);
    for (const id of [0, 1, 57, 100]) {
      expect(sentEvent(tapeOf(source), recordId(id))?.record).toBe(id);
      expect(source.content(recordId(id))).toMatchObject({ topic: 'orders' });
    }
    expect(source.content(recordId(1_000_000))).toBe('gone');
  });
});

describe('a session over the model', () => {
  it('cuts the future that was seen, says how much, and takes it back', () => {
    const session = createSession(createModelSource(DEFAULT_SCENARIO));
    const cuts: CutNotice[] = [];
    session.onCut((cut) => cuts.push(cut));
    settled(session);
    session.dispatch({ type: 'seek', at: at(200) });
    settled(session);
    const seq = session.playback.cursor.seq;
    const digest = session.digest(seq);
    session.dispatch({ type: 'seek', at: at(80) });
    settled(session);
    expect(session.command({ do: 'broker.kill', node: 2 })).toBeNull();
    settled(session);
    expect(cuts.length).toBe(1);
    expect(cuts[0]?.cutUs).toBe(at(120));
    expect(cuts[0]?.cutEvents).toBeGreaterThan(100);
    expect(session.undo()).toBe(true);
    settled(session);
    session.dispatch({ type: 'seek', at: at(200) });
    settled(session);
    expect(session.digest(seq)).toBe(digest);
  });

  it('keeps no place of the old log in a run made anew while somebody seeks beyond it', () => {
    const model = createModelSource(DEFAULT_SCENARIO);
    let limit = at(200);
    // Computes to a limit and no further, whatever the machine could do in its budget.
    const ensure = (to: Micros): Micros => model.ensure(micros(Math.min(to, limit)), Infinity);
    const session = createSession(
      new Proxy(model, { get: (of, name) => (name === 'ensure' ? ensure : Reflect.get(of, name, of)) }),
    );
    session.dispatch({ type: 'seek', at: at(150) });
    settled(session);
    limit = at(160);
    expect(session.restart(readLink('rate=10').scenario)).toBeNull();
    session.dispatch({ type: 'seek', at: at(900) });
    for (let i = 0; i < 20; i++) session.frame(10_000 + 16 * i);
    expect(session.playback.seekingTo).toBe(at(900));
    expect(session.playback.cursor.at).toBe(at(150));
    expect(session.playback.cursor.seq).toBe(session.view.state.seq);
  });

  it('says nothing of a cut where nobody had seen further', () => {
    const session = createSession(createModelSource(DEFAULT_SCENARIO));
    const cuts: CutNotice[] = [];
    session.onCut((cut) => cuts.push(cut));
    session.dispatch({ type: 'seek', at: at(100) });
    settled(session);
    session.command({ do: 'next.lose', what: 'response', node: null });
    settled(session);
    expect(cuts).toEqual([]);
    expect(session.playback.cursor.at).toBe(at(100));
  });

  it('adds up at every stop', () => {
    const session = createSession(createModelSource(DEFAULT_SCENARIO));
    settled(session);
    for (let ms = 0; ms <= 300; ms += 7) {
      session.dispatch({ type: 'seek', at: at(ms) });
      settled(session);
      const c = session.view.state.counters;
      expect(c.recordsSent).toBeGreaterThanOrEqual(c.recordsAcked + c.recordsFailed);
    }
  });
});
