/** A wall clock in the hands of a test. */
import type { Wall } from './WallClock.ts';

export interface HandMadeWall extends Wall {
  /** Moves time on and runs what is due, in order. */
  pass(ms: number): void;
  /** Time moves, and nobody gets a turn: a process that was busy. */
  freeze(ms: number): void;
  /** How long it takes to look at it. */
  lookTakesMs: number;
}

export function createHandMadeWall(): HandMadeWall {
  let nowUs = 12_345;
  let timers: { readonly atUs: number; readonly run: () => void }[] = [];
  const wall: HandMadeWall = {
    lookTakesMs: 0,
    nowUs: () => (nowUs += wall.lookTakesMs * 1000),
    after(ms, run) {
      const timer = { atUs: nowUs + ms * 1000, run };
      timers.push(timer);
      return () => (timers = timers.filter((other) => other !== timer));
    },
    pass(ms) {
      const untilUs = nowUs + ms * 1000;
      for (;;) {
        const due = timers.filter(({ atUs }) => atUs <= untilUs).toSorted((a, b) => a.atUs - b.atUs)[0];
        if (due === undefined) break;
        timers = timers.filter((other) => other !== due);
        nowUs = Math.max(nowUs, due.atUs);
        due.run();
      }
      nowUs = untilUs;
    },
    freeze: (ms) => void (nowUs += ms * 1000),
  };
  return wall;
}
