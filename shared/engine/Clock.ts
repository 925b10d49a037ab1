/** org.apache.kafka.common.utils.Time, as far as the producer reads it, and who runs its threads. */
import type { Micros } from '#base/time';
import type { ThreadId } from '#base/ids';
import type { Blocking, Thread, ThreadKind } from './Blocking.ts';

export interface Clock {
  /** The client's clock, whole ms (floor). Every deadline of the producer reads this (§0.2). */
  milliseconds(): number;
  /** Run time in µs; what the log is stamped with. */
  nowUs(): Micros;
}

export interface Scheduler {
  readonly clock: Clock;
  /** Thread.currentThread(): whose body runs at this moment; null between threads. */
  readonly current: Thread | null;
  /** Starts a thread. It first runs when the scheduler next runs threads of its kind, never inside this call. */
  spawn(
    thread: { readonly id: ThreadId; readonly name: string; readonly kind: ThreadKind },
    body: Blocking<void>,
  ): Thread;
  /** Ends a thread wherever it rests, as a dying process does: no `finally` of it may touch the run. */
  kill(thread: Thread): void;
  /**
   * Lets blocked application threads whose wait is over go on, the longest waiting first, until none can; no new
   * command begins. Called by a sender thread in the middle of its work, where Java's would spin until they have
   * gone on: `RecordAccumulator.abortBatches` (FORMAT.md §3, last paragraph).
   */
  resumeBlocked(): void;
}
