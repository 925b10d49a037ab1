import { describe, expect, it } from 'vitest';
import { micros } from '#base/time';
import { createFakeSource, fakeSpec } from '../testing/fakeSource.ts';
import { createFrameLoop } from './frameLoop.ts';
import { createSession, type Session } from './session.ts';

/** A session and a wall clock that a test moves. */
function start(): {
  session: Session;
  readonly frames: (count: number, stepMs?: number) => boolean;
  readonly draws: () => number;
} {
  const session = createSession(createFakeSource(fakeSpec));
  let now = 1000;
  let draws = 0;
  session.onDraw(() => draws++);
  return {
    session,
    draws: () => draws,
    frames(count, stepMs = 16) {
      let wants = false;
      for (let i = 0; i < count; i++) wants = session.frame((now += stepMs));
      return wants;
    },
  };
}

describe('a frame', () => {
  it('is wanted while playing, and not when paused and clean', () => {
    const { session, frames } = start();
    expect(frames(1)).toBe(false);
    session.dispatch({ type: 'play' });
    expect(frames(10)).toBe(true);
    session.dispatch({ type: 'pause' });
    frames(25);
    expect(frames(1)).toBe(false);
  });

  it('goes on where it was after the tab slept for an hour', () => {
    const { session, frames } = start();
    session.dispatch({ type: 'play' });
    frames(5);
    const before = session.playback.headAt;
    frames(1, 3_600_000);
    expect(session.playback.headAt - before).toBeCloseTo(100 * 1000 * session.playback.speed, 3);
  });

  it('does not jump when play is pressed long after pause', () => {
    const { session, frames } = start();
    session.dispatch({ type: 'play' });
    frames(5);
    session.dispatch({ type: 'pause' });
    frames(40);
    const before = session.playback.headAt;
    session.dispatch({ type: 'play' });
    frames(1, 90_000);
    expect(session.playback.headAt).toBe(before);
  });

  it('gives panels at most ten copies a second while playing, and one at once on pause', () => {
    const { session, frames } = start();
    let copies = 0;
    session.subscribe(() => copies++);
    session.dispatch({ type: 'play' });
    frames(1);
    copies = 0;
    frames(125);
    expect(copies).toBeGreaterThan(15);
    expect(copies).toBeLessThanOrEqual(20);
    session.dispatch({ type: 'pause' });
    copies = 0;
    frames(1);
    expect(copies).toBe(1);
  });
});

describe('reduced motion', () => {
  it('stands at events while it runs, with nothing in the air', () => {
    const { session, frames } = start();
    session.setReducedMotion(true);
    session.dispatch({ type: 'play' });
    for (let i = 0; i < 60; i++) {
      frames(1);
      const { seq, at } = session.view.cursor;
      expect(session.view.leadUs).toBe(0);
      expect(at).toBe(seq === 0 ? 0 : session.view.log.timeOf(seq - 1));
    }
    expect(session.view.cursor.seq).toBeGreaterThan(20);
  });
});

describe('steps', () => {
  it('go to the next event and back to the same picture', () => {
    const { session, frames } = start();
    session.dispatch({ type: 'seek', at: 30_000 });
    frames(3);
    const { seq } = session.playback.cursor;
    session.dispatch({ type: 'step', by: 'event', back: false });
    frames(1);
    expect(session.playback.cursor.seq).toBe(seq + 1);
    expect(session.view.state.seq).toBe(seq + 1);
    session.dispatch({ type: 'step', by: 'event', back: true });
    frames(1);
    expect(session.view.state.seq).toBe(seq);
  });

  it('go to the next request that leaves, also where it is not computed yet, and back', () => {
    const { session, frames } = start();
    const stops: number[] = [];
    for (let i = 0; i < 30; i++) {
      session.dispatch({ type: 'step', by: 'batch', back: false });
      frames(1);
      stops.push(session.playback.cursor.seq);
      const before = session.view.log.at(session.playback.cursor.seq - 1);
      expect(['request.sent', 'request.carried']).toContain(before.type);
    }
    expect(new Set(stops).size).toBe(30);
    session.dispatch({ type: 'step', by: 'batch', back: true });
    expect(session.playback.cursor.seq).toBe(stops.at(-2));
  });

  it('stay at the beginning', () => {
    const { session, frames } = start();
    frames(1);
    session.dispatch({ type: 'step', by: 'event', back: true });
    session.dispatch({ type: 'step', by: 'batch', back: true });
    expect(session.playback.cursor.seq).toBe(0);
  });
});

describe('commands', () => {
  it('are given at the cursor and can be taken back', () => {
    const { session, frames } = start();
    session.dispatch({ type: 'seek', at: 50_000 });
    frames(3);
    expect(session.command({ do: 'broker.kill', node: 1 })).toBeNull();
    expect(session.source.scenario.commands).toEqual([{ do: 'broker.kill', node: 1, at: 50_000 }]);
    expect(session.undo()).toBe(true);
    expect(session.source.scenario.commands).toEqual([]);
    expect(session.undo()).toBe(false);
  });

  it('are taken back in the run that they were given in, whatever stood in its place meanwhile', () => {
    const { session, frames } = start();
    frames(1);
    session.command({ do: 'broker.kill', node: 1 });
    const before = session.source.scenario;
    const other = createFakeSource(fakeSpec, 7);
    const back = session.source.adopt(other, micros(0));
    expect(session.canUndo).toBe(false);
    expect(session.undo()).toBe(false);
    expect(other.scenario.seed).toBe(7);
    back();
    expect(session.source.scenario).toBe(before);
    expect(session.undo()).toBe(true);
    expect(session.source.scenario.commands).toEqual([]);
  });
});

describe('the frame loop', () => {
  it('asks once however often it is woken, and stops asking when nothing moves', () => {
    const asked: ((now: number) => void)[] = [];
    let wants = true;
    let frames = 0;
    const loop = createFrameLoop(
      () => {
        frames++;
        return wants;
      },
      { request: (callback) => asked.push(callback), cancel: () => {} },
    );
    loop.wake();
    loop.wake();
    expect(asked.length).toBe(1);
    asked[0]?.(16);
    expect([frames, asked.length]).toEqual([1, 2]);
    wants = false;
    asked[1]?.(32);
    expect([frames, asked.length, loop.isAsking]).toEqual([2, 2, false]);
    loop.stop();
    loop.wake();
    expect(asked.length).toBe(2);
  });
});
