import { describe, expect, it } from 'vitest';
import { leadUsAt, MAX_LEAD_US } from '../stage/motion.ts';
import {
  initialPlayback,
  isMoving,
  leadOf,
  reducePlayback,
  type Playback,
  type PlaybackAction,
  type Timeline,
} from './playback.ts';

/** Ten events every 100 µs: three of them at the same instant. */
const times = [0, 100, 200, 300, 300, 300, 400, 500, 600, 700];
const log: Timeline = {
  startSeq: 0,
  endSeq: times.length,
  seqAfter: (time) => times.filter((t) => t <= time).length,
  timeOf: (seq) => times[seq] ?? -1,
};
const FAR = 10_000_000;
const run = (playback: Playback, ...actions: PlaybackAction[]): Playback =>
  actions.reduce((state, action) => reducePlayback(state, action, log), playback);
const tick = (wallMs: number, completeAt = FAR): PlaybackAction => ({
  type: 'tick',
  wallMs,
  completeAt,
  autoSpeed: 0.01,
});
const ticks = (count: number, wallMs = 16): PlaybackAction[] =>
  Array.from({ length: count }, () => tick(wallMs));

describe('playing', () => {
  it('moves the head by wall time times speed, the facts half a second of wall time behind it', () => {
    const playing = run(initialPlayback, { type: 'play' }, ...ticks(125));
    expect(playing.headAt).toBeCloseTo(2000 * 1000 * 0.012, 3);
    expect(leadOf(playing)).toBeCloseTo(leadUsAt(0.012), 3);
  });

  it('never passes what is complete', () => {
    const playing = run(
      initialPlayback,
      { type: 'play' },
      ...Array.from({ length: 200 }, () => tick(16, 5000)),
    );
    expect(playing.headAt).toBe(5000);
    expect(playing.cursor.at).toBeLessThanOrEqual(5000);
  });

  it('never moves facts back, whatever the speed does', () => {
    let playback = run(initialPlayback, { type: 'play' });
    let last = 0;
    for (let i = 0; i < 400; i++) {
      const speed = [0.0001, 0.012, 10, 1, 0.3][i % 5] ?? 1;
      playback = run(playback, { type: 'setSpeed', speed }, tick(16, 1e9));
      expect(playback.cursor.at).toBeGreaterThanOrEqual(last);
      expect(playback.headAt).toBeGreaterThanOrEqual(playback.cursor.at);
      last = playback.cursor.at;
    }
  });

  it('looks at most as far ahead as the source computes', () => {
    const fast = run(initialPlayback, { type: 'setSpeed', speed: 10 }, { type: 'play' }, ...ticks(100));
    expect(leadOf(fast)).toBeLessThanOrEqual(MAX_LEAD_US);
  });
});

describe('pausing', () => {
  it('lets what is in the air land within 300 ms, starts nothing new, and then asks for no frame', () => {
    const playing = run(initialPlayback, { type: 'play' }, ...ticks(100));
    let paused = run(playing, { type: 'pause' });
    let wallMs = 0;
    while (isMoving(paused)) {
      paused = run(paused, tick(16));
      wallMs += 16;
    }
    expect(wallMs).toBeLessThanOrEqual(320);
    expect(leadOf(paused)).toBe(0);
    expect(paused.headAt).toBe(Math.floor(playing.headAt));
    expect(reducePlayback(paused, tick(16), log)).toBe(paused);
  });
});

describe('stepping and seeking', () => {
  it('stops between events of one instant', () => {
    const at4 = run(initialPlayback, { type: 'moveTo', seq: 4 });
    expect(at4.cursor).toEqual({ seq: 4, at: 300 });
    expect(run(at4, { type: 'moveTo', seq: 5 }).cursor).toEqual({ seq: 5, at: 300 });
    expect(run(at4, ...ticks(3)).cursor).toEqual({ seq: 4, at: 300 });
  });

  it('stays within the log', () => {
    expect(run(initialPlayback, { type: 'moveTo', seq: -3 }).cursor).toEqual({ seq: 0, at: 0 });
    expect(run(initialPlayback, { type: 'moveTo', seq: 99 }).cursor).toEqual({ seq: 10, at: 700 });
    expect(run(initialPlayback, { type: 'seek', at: Number.NaN, completeAt: FAR }).cursor.at).toBe(0);
  });

  it('waits for a moment that is not computed yet and arrives exactly there', () => {
    const seeking = run(initialPlayback, { type: 'seek', at: 650, completeAt: 300 });
    expect(isMoving(seeking)).toBe(true);
    expect(run(seeking, tick(16, 400)).cursor.at).toBe(0);
    expect(run(seeking, tick(16, 700)).cursor).toEqual({ seq: 9, at: 650 });
  });
});

describe('automatic speed', () => {
  it('goes to the wished speed evenly on the log scale', () => {
    let playback = run(
      initialPlayback,
      { type: 'setSpeed', speed: 1 },
      { type: 'setAuto', auto: true },
      { type: 'play' },
    );
    const speeds: number[] = [];
    for (let i = 0; i < 120; i++) {
      playback = run(playback, tick(16));
      speeds.push(playback.speed);
    }
    expect(speeds[0]).toBeGreaterThan(0.9);
    expect(speeds.at(-1)).toBe(0.01);
  });
});
