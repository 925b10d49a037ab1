import { describe, expect, it } from 'vitest';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { createHandMadeWall } from './handMadeWall.ts';
import type { LiveEngine } from './LiveEngine.ts';
import { LiveRun } from './LiveRun.ts';

/** An engine that notes when it is looked after, in ms. */
function watched(dueUs: number, duringLook: (wake: () => void) => void = () => {}) {
  const wall = createHandMadeWall();
  const looks: number[] = [];
  let reachedUs = 0;
  let wake: () => void = () => {};
  const run = new LiveRun({
    wall,
    engine: (openLog): LiveEngine => {
      openLog({ nowUs: () => 0 as never });
      return {
        provenance: new Map(),
        commands: new Set<never>(),
        scenario: DEFAULT_SCENARIO,
        get reachedUs() {
          return reachedUs;
        },
        get nextDueUs() {
          return reachedUs > dueUs ? Infinity : dueUs;
        },
        failure: null,
        onWake: (how: () => void) => (wake = how),
        runUntil: (atUs: number) => {
          looks.push(atUs / 1000);
          reachedUs = atUs;
          duringLook(wake);
        },
        execute: () => null,
        content: () => null,
        close: () => Promise.resolve(),
      };
    },
  });
  run.start();
  return { wall, looks, run, wake: () => wake() };
}

describe('a live run with an engine of the outside world', () => {
  it('looks after it when something has come, and once for many', () => {
    const { wall, looks, wake } = watched(Infinity);
    wall.pass(10);
    wake();
    wake();
    wall.pass(1);
    expect(looks).toHaveLength(1);
    expect(looks[0]).toBeLessThanOrEqual(11);
  });

  it('looks after it when something is due, sooner than it would by itself', () => {
    const { wall, looks } = watched(7000);
    wall.pass(6);
    expect(looks).toEqual([]);
    wall.pass(2);
    expect(looks[0]).toBeGreaterThanOrEqual(7);
    const seen = looks.length;
    wall.pass(40);
    expect(looks.length - seen).toBeLessThanOrEqual(1);
  });

  it('looks once more when something comes of the look itself, and then as before', async () => {
    let wakes = 3;
    let steps = 0;
    const { wall, looks, run } = watched(Infinity, (wake) => {
      if (wakes-- > 0) wake();
    });
    run.watch(() => steps++);
    wall.pass(100);
    expect(wakes).toBeLessThan(0);
    steps = 0;
    wall.pass(150);
    expect(steps).toBeLessThanOrEqual(10);
    await run.stop();
    const seen = looks.length;
    wall.pass(1000);
    expect(looks).toHaveLength(seen);
  });
});
