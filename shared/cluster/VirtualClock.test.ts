import { describe, expect, it } from 'vitest';
import { threadId } from '#base/ids';
import { createRandom } from '#base/random';
import type { Blocking, ThreadKind } from '#engine/Blocking';
import { VirtualClock, type VirtualClockOptions } from './VirtualClock.ts';

/** A clock, a log of what ran when, and threads by name. */
function stage(options: VirtualClockOptions = {}) {
  const clock = new VirtualClock(options);
  const log: string[] = [];
  const say = (text: string): void => void log.push(`${clock.nowUs} ${text}`);
  let threads = 0;
  const spawn = (kind: ThreadKind, name: string, body: () => Blocking<void>) =>
    clock.spawn({ id: threadId(threads++), name, kind }, body());
  return { clock, log, say, spawn };
}

function* sleeps(untilUs: number, order?: number): Blocking<void> {
  yield order === undefined ? { on: 'sleep', untilUs } : { on: 'sleep', untilUs, order };
}

describe('the order at one instant', () => {
  it('is senders, blocked threads, sleepers, events', () => {
    const { clock, log, say, spawn } = stage();
    let isOpen = false;
    spawn('application', 'late', function* () {
      yield* sleeps(1000, 2);
      say('second sleeper');
    });
    spawn('application', 'early', function* () {
      yield* sleeps(1000, 1);
      say('first sleeper');
    });
    spawn('application', 'waiter', function* () {
      yield { on: 'record', untilUs: Infinity, isOver: () => isOpen };
      say('waiter');
    });
    spawn('sender', 'sender', function* () {
      say('sender begins');
      yield { on: 'select', untilUs: 1000 };
      say('sender goes on');
      isOpen = true;
      yield { on: 'select', untilUs: 2000 };
    });
    clock.schedule(1000, say, 'event a');
    clock.schedule(1000, say, 'event b');
    clock.runUntil(3000);
    expect(log).toEqual([
      '0 sender begins',
      '1000 first sleeper',
      '1000 second sleeper',
      '1000 event a',
      '1000 event b',
      '1000 sender goes on',
      '1000 waiter',
    ]);
  });

  it('resumes the thread that has waited longest, and its deadline counts as coming', () => {
    const { clock, log, say, spawn } = stage();
    for (const name of ['a', 'b', 'c'])
      spawn('application', name, function* () {
        yield { on: 'metadata', untilUs: name === 'b' ? 500 : 700, isOver: () => clock.nowUs >= 700 };
        say(name);
      });
    clock.runUntil(1000);
    expect(log).toEqual(['500 b', '700 a', '700 c']);
  });

  it('runs several senders by thread id, and each sees what the ones before it did', () => {
    const { clock, log, say, spawn } = stage();
    for (const name of ['first', 'second'])
      spawn('sender', name, function* () {
        for (let round = 0; round < 2; round++) {
          say(name);
          yield { on: 'select', untilUs: 10 * (round + 1) };
        }
      });
    clock.runUntil(15);
    expect(log).toEqual(['0 first', '0 second', '10 first', '10 second']);
  });

  it('lets blocked threads go on in the middle of a sender, but begins nothing new', () => {
    const { clock, log, say, spawn } = stage();
    let isOpen = false;
    spawn('application', 'blocked', function* () {
      yield { on: 'buffer-memory', untilUs: Infinity, isOver: () => isOpen };
      say(`blocked goes on while ${clock.current?.name} runs`);
    });
    spawn('application', 'sleeper', function* () {
      yield* sleeps(5);
      say('sleeper');
    });
    spawn('sender', 'sender', function* () {
      yield { on: 'select', untilUs: 5 };
      isOpen = true;
      clock.resumeBlocked();
      say(`${clock.current?.name} again`);
      yield { on: 'select', untilUs: 9 };
    });
    clock.runUntil(6);
    expect(log).toEqual(['5 sleeper', '5 blocked goes on while blocked runs', '5 sender again']);
  });
});

describe('while the sender sleeps', () => {
  const scene = (networkWaitsForSelect: boolean): string[] => {
    const { clock, log, say, spawn } = stage({ networkWaitsForSelect });
    let isOpen = false;
    spawn('sender', 'sender', function* () {
      yield { on: 'select', untilUs: 10 };
      isOpen = true;
      yield* sleeps(50);
      say('sender selects');
      yield { on: 'select', untilUs: 60 };
    });
    spawn('application', 'waiter', function* () {
      yield { on: 'record', untilUs: Infinity, isOver: () => isOpen };
      say('waiter');
    });
    spawn('application', 'command', function* () {
      yield* sleeps(30);
      say('command');
    });
    clock.schedule(20, say, 'event');
    clock.runUntil(100);
    return log;
  };

  it('the model goes on', () => {
    expect(scene(false)).toEqual(['10 waiter', '20 event', '30 command', '50 sender selects']);
  });

  it('in conformance the application has its own times only, and events wait for the select', () => {
    expect(scene(true)).toEqual(['30 waiter', '30 command', '50 sender selects', '50 event']);
  });
});

it('a killed thread never runs again, not even its finally', () => {
  const { clock, log, say, spawn } = stage();
  const thread = spawn('application', 'victim', function* () {
    try {
      yield* sleeps(10);
      say('ran');
    } finally {
      say('finally');
    }
  });
  clock.runUntil(5);
  clock.kill(thread);
  clock.runUntil(100);
  expect(log).toEqual([]);
  expect(thread.isDone).toBe(true);
});

it('does nothing of the instant it stops at', () => {
  const { clock, log, say } = stage();
  clock.schedule(10, say, 'at 10');
  expect(clock.runUntil(10)).toEqual({ reachedUs: 10, stopped: false });
  expect(log).toEqual([]);
  clock.runUntil(11);
  expect(log).toEqual(['10 at 10']);
});

describe('in pieces', () => {
  /** Threads and events that make more of themselves from a seed. */
  function scene(seed: number, run: (clock: VirtualClock) => void): string[] {
    const { clock, log, say, spawn } = stage();
    const random = createRandom(seed);
    let gates = 0;
    const event = (name: string): void => {
      say(name);
      gates++;
      if (random.below(3) > 0) clock.schedule(clock.nowUs + random.below(20), event, `${name}'`);
    };
    for (let i = 0; i < 5; i++) {
      clock.schedule(random.below(50), event, `e${i}`);
      spawn(i < 2 ? 'sender' : 'application', `t${i}`, function* () {
        for (let round = 0; round < 30; round++) {
          const untilUs = clock.nowUs + 1 + random.below(15);
          const gate = gates + 2;
          if (i < 2) yield { on: 'select', untilUs, isOver: () => gates >= gate };
          else if (random.below(2) === 0) yield { on: 'record', untilUs, isOver: () => gates >= gate };
          else yield { on: 'sleep', untilUs };
          say(`t${i}`);
        }
      });
    }
    run(clock);
    return log;
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('gives the same run, seed %i', (seed) => {
    const whole = scene(seed, (clock) => void clock.runUntil(500));
    const steps = scene(seed, (clock) => {
      while (clock.runUntil(500, 1).stopped);
    });
    const slices = scene(seed, (clock) => {
      for (let at = 7; at < 500; at += 7) clock.runUntil(at, 3);
      clock.runUntil(500);
    });
    expect(steps).toEqual(whole);
    expect(slices).toEqual(whole);
  });
});

it('keeps events of equal time in order among thousands', () => {
  const { clock } = stage();
  const ran: number[] = [];
  const random = createRandom(7);
  const times = Array.from({ length: 5000 }, () => random.below(40));
  times.forEach((at, index) => clock.schedule(at, (i: number) => void ran.push(i), index));
  clock.runUntil(100);
  const sorted = times.map((at, index) => ({ at, index })).toSorted((a, b) => a.at - b.at);
  expect(ran).toEqual(sorted.map(({ index }) => index));
});
