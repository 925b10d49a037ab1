import { describe, expect, it } from 'vitest';
import { recordId } from '#base/ids';
import { EventTape } from '#events/EventTape';
import { readLink } from '#model/scenarioQuery';
import { pipelineProjection } from '#projections/pipelineProjection';
import type { PipelineState } from '#projections/pipelineState';
import { RunProjections } from '#projections/RunProjections';
import { createSession } from './session.ts';
import { type FakeBridge, joined, MS, SCENARIO } from '../testing/fakeBridge.ts';

/** Without what a state knows of its own copying. */
const factsOf = (state: PipelineState): unknown => ({ ...pipelineProjection.clone(state), ownBatches: null });

describe('a session over a live run', () => {
  /** 16 ms of wall and of run at a time. */
  function play(
    bridge: FakeBridge,
    session: ReturnType<typeof createSession>,
    frames: number,
    from: number,
  ): number {
    let at = from;
    for (let i = 0; i < frames; i++) {
      at += 16;
      bridge.frame(at * MS);
      session.frame(at);
    }
    return at;
  }

  it('follows what happens now, a fixed time behind, from the moment at which it joined', async () => {
    const bridge = await joined();
    const session = createSession(bridge.source);
    session.follow();
    const at = play(bridge, session, 120, 100);
    expect(session.isFollowing).toBe(true);
    expect(session.startAt).toBeGreaterThan(0);
    const behindUs = at * MS - session.playback.cursor.at;
    expect(behindUs).toBeGreaterThan(250 * MS);
    expect(behindUs).toBeLessThan(400 * MS);
    expect(session.projections.extendedSeq).toBe(bridge.tape.endSeq);
  });

  it('shows what has come at once when it is to, with nothing in the air, and flights again after it', async () => {
    const bridge = await joined();
    const session = createSession(bridge.source);
    session.follow();
    let at = play(bridge, session, 60, 100);
    session.setAtOnce(true);
    for (let i = 0; i < 30; i++) {
      at = play(bridge, session, 1, at);
      expect(session.view.cursor.seq).toBe(bridge.tape.endSeq);
      expect(session.view.leadUs).toBe(0);
    }
    session.setAtOnce(false);
    const { cursor } = session.view;
    at = play(bridge, session, 1, at);
    expect(session.view.cursor.at).toBeGreaterThanOrEqual(cursor.at);
    at = play(bridge, session, 120, at);
    expect(session.view.leadUs).toBeGreaterThan(200 * MS);
    expect(at * MS - session.playback.cursor.at).toBeLessThan(400 * MS);
  });

  it('stands still when paused, steps back in what was received, and comes back to now', async () => {
    const bridge = await joined();
    const session = createSession(bridge.source);
    session.follow();
    let at = play(bridge, session, 80, 100);
    session.dispatch({ type: 'pause' });
    at = play(bridge, session, 60, at);
    const { cursor } = session.playback;
    at = play(bridge, session, 60, at);
    expect(session.playback.cursor).toEqual(cursor);
    expect(session.seenAt).toBe(at * MS - 1);
    session.dispatch({ type: 'step', by: 'event', back: true });
    expect(session.playback.cursor.seq).toBe(cursor.seq - 1);
    session.dispatch({ type: 'seek', at: 0 });
    expect(session.playback.cursor.at).toBe(session.startAt);
    session.frame(at);
    session.follow();
    at = play(bridge, session, 80, at);
    expect(at * MS - session.playback.cursor.at).toBeLessThan(400 * MS);
  });

  it('keeps the last part of a long run, and shows in it what one that keeps all shows', async () => {
    const most = 8192;
    const bridge = await joined(most);
    const session = createSession(bridge.source);
    const whole = new RunProjections(bridge.tape);
    session.follow();
    let at = 100;
    const starts = new Set<number>();
    const kept: number[] = [];
    while (starts.size < 8) {
      at = play(bridge, session, 1, at);
      const { log, state, cursor } = session.view;
      expect(log.endSeq - log.startSeq).toBeLessThan(most * 1.5);
      expect(session.startAt).toBe(bridge.source.base?.at);
      if (starts.has(log.startSeq)) continue;
      starts.add(log.startSeq);
      kept.push((log as EventTape).bytesKept + session.projections.bytesKept);
      whole.extend();
      expect(factsOf(state)).toEqual(factsOf(whole.moveTo(cursor.seq)));
    }
    // As much after eight times its length as after the first.
    expect(Math.max(...kept.slice(2))).toBeLessThan(1.2 * (kept[1] ?? 0));

    // What was acked since is the same by either account, also for records.
    const record = recordId(session.projections.records.length - 60);
    const { outcomes } = session.projections;
    expect(outcomes.outcomeOf(record, at * MS)).toEqual(whole.outcomes.outcomeOf(record, at * MS));
    // It goes on where it ended, and a recording of it can be opened.
    bridge.socket.heard.closed();
    await bridge.end(250);
    await bridge.open();
    expect(bridge.socket.last('hello')?.resume).toEqual({ runId: 'run-1', seq: bridge.tape.endSeq });
    expect(bridge.source.base?.seq).toBe(bridge.source.log.startSeq);
  });

  it('goes no further back than what is kept, and says so', async () => {
    const bridge = await joined(8192);
    const session = createSession(bridge.source);
    const gone: number[] = [];
    session.onGone((startAt) => gone.push(startAt));
    session.follow();
    let at = play(bridge, session, 60, 100);
    // Paused, while the run goes on until this moment is let go.
    session.dispatch({ type: 'pause' });
    at = play(bridge, session, 30, at);
    const { cursor } = session.playback;
    expect(gone).toEqual([]);
    while (gone.length === 0) at = play(bridge, session, 1, at);
    expect(bridge.source.log.startSeq).toBeGreaterThan(cursor.seq);
    expect(session.playback.cursor.at).toBe(session.startAt);
    expect(gone).toEqual([session.startAt]);
    session.dispatch({ type: 'seek', at: 0 });
    session.dispatch({ type: 'moveTo', seq: cursor.seq });
    session.dispatch({ type: 'step', by: 'event', back: true });
    session.frame(at);
    expect(session.playback.cursor.seq).toBe(bridge.source.log.startSeq);
    expect(gone).toHaveLength(4);
    session.follow();
    at = play(bridge, session, 80, at);
    expect(at * MS - session.playback.cursor.at).toBeLessThan(400 * MS);
  });

  it('commands now, wherever the picture stands, and takes nothing back', async () => {
    const bridge = await joined();
    const session = createSession(bridge.source);
    session.follow();
    const at = play(bridge, session, 40, 100);
    session.dispatch({ type: 'seek', at: 60 * MS });
    session.frame(at);
    const { cursor } = session.playback;
    expect(session.command({ do: 'broker.kill', node: 0 })).toBeNull();
    expect(session.playback.cursor).toEqual(cursor);
    expect(session.canUndo).toBe(false);
  });

  it('begins another run for what holds only from a start, and says when it is there', async () => {
    const bridge = await joined();
    const session = createSession(bridge.source);
    const applications = SCENARIO.applications.map((application) => ({ ...application, threads: 2 }));
    expect(session.restart({ ...SCENARIO, applications })).toBeNull();
    const { link = '' } = bridge.socket.last('begin') ?? {};
    expect(readLink(link).scenario.applications).toEqual(applications);
    expect(readLink(link).notices).toEqual([]);
    expect(session.canUndo).toBe(false);
  });
});
