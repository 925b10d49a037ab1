/**
 * Real time for the engine: its threads run in the order of `VirtualClock`, whose code this is, but time is the wall's.
 * It stands still inside one instant of work and never goes back; what is late happens at the time at which it really
 * does, so that what is measured is true.
 */
import { VirtualClock } from '#cluster/VirtualClock';
import type { Blocking, Thread, ThreadKind } from '#engine/Blocking';
import type { Clock, Scheduler } from '#engine/Clock';
import type { ThreadId } from '#base/ids';

/** Where time comes from, and what wakes us. Tests bring their own. */
export interface Wall {
  /** µs since some moment; need not be whole. */
  nowUs(): number;
  /** Returns how to take it back. */
  after(ms: number, run: () => void): () => void;
}

const NANOS_PER_US = 1000;

/** Monotone: a corrected system clock does not move it. */
export const processWall: Wall = {
  nowUs: () => Number(process.hrtime.bigint() / BigInt(NANOS_PER_US)),
  after: (ms, run) => {
    // A timer of 0 ms takes one: too long for an answer that is there.
    if (ms <= 0) {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Whole µs since this was made; never goes back. */
export function stopwatch(wall: Wall): () => number {
  const startUs = wall.nowUs();
  let lastUs = 0;
  return () => (lastUs = Math.max(lastUs, Math.floor(wall.nowUs() - startUs)));
}

export class WallClock implements Scheduler {
  readonly clock: Clock;
  private readonly threads = new VirtualClock();
  /** A budget has ended among the steps of this instant. */
  private isMidInstant = false;

  constructor() {
    this.clock = this.threads.clock;
  }

  get current(): Thread | null {
    return this.threads.current;
  }

  /** When a thread wants to go on by itself; Infinity: only something from outside wakes one. */
  get nextDueUs(): number {
    return this.threads.nextDueUs;
  }

  spawn(
    thread: { readonly id: ThreadId; readonly name: string; readonly kind: ThreadKind },
    body: Blocking<void>,
  ): Thread {
    return this.threads.spawn(thread, body);
  }

  kill(thread: Thread): void {
    this.threads.kill(thread);
  }

  resumeBlocked(): void {
    this.threads.resumeBlocked();
  }

  /** Something from outside: an answer, a click. It runs with the next `runUntil`, before any sender thread goes on. */
  schedule(run: () => void): void {
    this.threads.schedule(this.threads.nowUs, run, undefined);
  }

  /**
   * Does what can be done now, the last instant before `atUs`; then that is reached. A call that used up its steps has
   * stopped within its instant, and the next one goes on there.
   */
  runUntil(
    atUs: number,
    maxSteps: number = Infinity,
  ): { readonly reachedUs: number; readonly stopped: boolean } {
    if (!this.isMidInstant && atUs - 1 > this.threads.nowUs) this.threads.leapTo(atUs - 1);
    const untilUs = this.isMidInstant ? this.threads.nowUs + 1 : atUs;
    const { reachedUs, stopped } = this.threads.runUntil(untilUs, maxSteps);
    this.isMidInstant = stopped;
    return { reachedUs, stopped: stopped || reachedUs < atUs };
  }
}
