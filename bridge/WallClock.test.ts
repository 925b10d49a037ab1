import { describe, expect, it } from 'vitest';
import { threadId } from '#base/ids';
import type { Blocking } from '#engine/Blocking';
import { createHandMadeWall } from './handMadeWall.ts';
import { stopwatch, WallClock } from './WallClock.ts';

/** A thread that writes down when it runs, and sleeps in between. */
function* sleeper(clock: WallClock, name: string, everyUs: number, log: string[]): Blocking<void> {
  for (;;) {
    log.push(`${clock.clock.nowUs()} ${name}`);
    yield { on: 'sleep', untilUs: clock.clock.nowUs() + everyUs };
  }
}

describe('the wall clock', () => {
  it('runs what is late at the time at which it really runs, once', () => {
    const clock = new WallClock();
    const log: string[] = [];
    clock.spawn({ id: threadId(1), name: 'a', kind: 'application' }, sleeper(clock, 'a', 1000, log));
    clock.runUntil(1);
    expect(clock.nextDueUs).toBe(1000);
    // The process was busy for 7 ms.
    clock.runUntil(8001);
    expect(log).toEqual(['0 a', '8000 a']);
    expect(clock.nextDueUs).toBe(9000);
  });

  it('stands still inside an instant and never goes back', () => {
    const clock = new WallClock();
    const seen: number[] = [];
    for (const id of [1, 2, 3]) {
      const body = sleeper(clock, `t${id}`, 100, []);
      clock.spawn({ id: threadId(id), name: `t${id}`, kind: 'application' }, body);
    }
    clock.spawn(
      { id: threadId(9), name: 'watch', kind: 'sender' },
      (function* (): Blocking<void> {
        for (;;) {
          seen.push(clock.clock.nowUs());
          yield { on: 'select', untilUs: clock.clock.nowUs() + 50 };
        }
      })(),
    );
    for (const at of [10, 400, 300, 400, 401, 2000]) clock.runUntil(at);
    expect(seen).toEqual([...seen].toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1999);
  });

  it('lets application threads go before what came from outside, and sender threads after it', () => {
    const clock = new WallClock();
    const log: string[] = [];
    let hasCome = false;
    clock.spawn(
      { id: threadId(1), name: 'sender', kind: 'sender' },
      (function* (): Blocking<void> {
        for (;;) {
          yield { on: 'select', untilUs: Infinity, isOver: () => hasCome };
          hasCome = false;
          log.push('sender');
        }
      })(),
    );
    clock.spawn({ id: threadId(2), name: 'app', kind: 'application' }, sleeper(clock, 'app', 500, log));
    clock.runUntil(1);
    expect(clock.nextDueUs).toBe(500);
    clock.schedule(() => {
      hasCome = true;
      log.push('answer');
    });
    expect(clock.nextDueUs).toBeLessThanOrEqual(1);
    clock.runUntil(501);
    expect(log).toEqual(['0 app', '500 app', 'answer', 'sender']);
  });

  it('goes on within an instant where its steps ended', () => {
    const clock = new WallClock();
    const log: string[] = [];
    for (let id = 1; id <= 5; id++) {
      const name = `t${id}`;
      clock.spawn({ id: threadId(id), name, kind: 'application' }, sleeper(clock, name, 1000, log));
    }
    expect(clock.runUntil(101, 2).stopped).toBe(true);
    expect(log).toEqual(['100 t1', '100 t2']);
    // Time has gone on meanwhile, but this instant has not ended.
    expect(clock.runUntil(901, 3).stopped).toBe(true);
    expect(log.slice(2)).toEqual(['100 t3', '100 t4', '100 t5']);
    while (clock.runUntil(901, 3).stopped);
    expect(clock.runUntil(1101).reachedUs).toBe(1101);
    expect(log.slice(5)).toEqual(['1100 t1', '1100 t2', '1100 t3', '1100 t4', '1100 t5']);
  });
});

describe('the stopwatch', () => {
  it('begins at zero, is whole and never goes back, whatever the wall does', () => {
    const wall = createHandMadeWall();
    const elapsed = stopwatch(wall);
    expect(elapsed()).toBe(0);
    wall.pass(1.5);
    expect(elapsed()).toBe(1500);
    wall.freeze(-1);
    expect(elapsed()).toBe(1500);
    wall.freeze(1.0007);
    expect(elapsed()).toBe(1500);
  });
});
