/**
 * Where Java blocks, ours yields. A thread is a generator; what it yields is what it waits for, which is also
 * what the log says and the screen shows. Nothing here knows whether time is virtual.
 */
import type { ThreadId } from '#base/ids';

export type WaitOn =
  'metadata' | 'buffer-memory' | 'record' | 'flush' | 'close' | 'transaction' | 'select' | 'sleep' | 'cpu';

export interface Wait {
  readonly on: WaitOn;
  /**
   * The run time, in µs, at which the wait is over whatever came; Infinity for no limit. A deadline of the client
   * is whole ms: `runMicros(untilMs)`.
   */
  readonly untilUs: number;
  /** True once what is waited for has come. Absent for 'sleep' and 'cpu': nothing ends those early. */
  readonly isOver?: () => boolean;
  /** Among sleeps that end at the same instant, the lower goes first; then who slept first (FORMAT.md §2). */
  readonly order?: number;
}

/** A function that blocks where Java's blocks. It is resumed when its wait is over or its time has come. */
export type Blocking<T> = Generator<Wait, T, void>;

export type ThreadKind = 'application' | 'sender';

/** Made and resumed by the run's scheduler (VirtualClock, WallClock) and by nothing else. */
export interface Thread {
  readonly id: ThreadId;
  readonly name: string;
  readonly kind: ThreadKind;
  /** What it waits for at present; null while it runs, and after its end. */
  readonly wait: Wait | null;
  readonly isDone: boolean;
}
