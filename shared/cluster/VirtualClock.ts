/**
 * Virtual time: the only place where it moves, and the only one that resumes threads. The order at one instant is
 * that of FORMAT.md §3, for one sender thread and for several:
 *
 *   1. sender threads that can go on, by thread id, until each rests
 *   2. the application, until nothing more can be done: blocked threads whose wait is over, the longest waiting
 *      first; then sleeping threads whose time has come, by (time, order, who slept first)
 *   3. the events of the network and the world that are due, in the order in which they were scheduled
 *   4. sender threads whose rest is over go on (1)
 *   5. otherwise time moves to whatever comes first
 *
 * It knows neither producers nor brokers.
 */
import { assert } from '#base/assert';
import { EPOCH_MS, MICROS_PER_MS, micros } from '#base/time';
import type { ThreadId } from '#base/ids';
import type { Blocking, Thread, ThreadKind, Wait } from '#engine/Blocking';
import type { Clock, Scheduler } from '#engine/Clock';
import { EventHeap } from './EventHeap.ts';
import type { EventQueue } from './VirtualNetwork.ts';

export interface VirtualClockOptions {
  /**
   * The conformance runs: while every sender thread sleeps, events wait until one selects again, and the
   * application runs at its own times only. In the model the cluster goes on meanwhile.
   */
  readonly networkWaitsForSelect?: boolean;
  /** After every step of an application thread: it has finished or blocks. */
  readonly afterApplicationStep?: () => void;
}

class VirtualThread implements Thread {
  readonly id: ThreadId;
  readonly name: string;
  readonly kind: ThreadKind;
  readonly body: Blocking<void>;
  wait: Wait | null;
  isDone = false;
  /** Rises with every rest of any thread: who slept first. */
  restedAt = 0;
  /** A sender thread that the next round of senders runs. */
  isRunnable = true;

  constructor(id: ThreadId, name: string, kind: ThreadKind, body: Blocking<void>, wait: Wait | null) {
    this.id = id;
    this.name = name;
    this.kind = kind;
    this.body = body;
    this.wait = wait;
  }
}

/** Which of the five it is at; kept, so that a run can stop after any step. */
type Phase = 'senders' | 'application' | 'network' | 'resume';

export class VirtualClock implements Scheduler, EventQueue {
  readonly clock: Clock;
  private readonly events = new EventHeap();
  private readonly networkWaitsForSelect: boolean;
  private readonly afterApplicationStep: () => void;
  /** By thread id. */
  private readonly senders: VirtualThread[] = [];
  /** Application threads, the longest waiting first. */
  private readonly blocked: VirtualThread[] = [];
  private readonly sleeping: VirtualThread[] = [];
  private running: VirtualThread | null = null;
  private phase: Phase = 'senders';
  private hasRunEvents = false;
  private rests = 0;
  private now = 0;

  constructor(options: VirtualClockOptions = {}) {
    this.networkWaitsForSelect = options.networkWaitsForSelect ?? false;
    this.afterApplicationStep = options.afterApplicationStep ?? (() => {});
    this.clock = {
      milliseconds: () => EPOCH_MS + Math.floor(this.now / MICROS_PER_MS),
      nowUs: () => micros(this.now),
    };
  }

  get nowUs(): number {
    return this.now;
  }

  get current(): Thread | null {
    return this.running;
  }

  schedule<A>(atUs: number, run: (argument: A) => void, argument: A): void {
    if (atUs !== Infinity) this.events.add(Math.max(atUs, this.now), run, argument);
  }

  /** A new application thread goes before those that sleep until now. */
  spawn(
    thread: { readonly id: ThreadId; readonly name: string; readonly kind: ThreadKind },
    body: Blocking<void>,
  ): Thread {
    const { id, name, kind } = thread;
    const isSender = kind === 'sender';
    const start: Wait = { on: 'sleep', untilUs: this.now, order: -Infinity };
    const made = new VirtualThread(id, name, kind, body, isSender ? null : start);
    if (isSender) {
      const after = this.senders.findIndex((other) => other.id > id);
      this.senders.splice(after < 0 ? this.senders.length : after, 0, made);
    } else {
      made.restedAt = this.rests++;
      this.sleeping.push(made);
    }
    return made;
  }

  kill(thread: Thread): void {
    // Only this class makes threads; any other object is a mistake of the caller.
    assert(thread instanceof VirtualThread, 'a thread of another scheduler');
    thread.isDone = true;
    thread.wait = null;
    for (const threads of [this.senders, this.blocked, this.sleeping]) {
      const place = threads.indexOf(thread);
      if (place >= 0) threads.splice(place, 1);
    }
  }

  resumeBlocked(): void {
    for (let next = this.takeBlocked(); next !== null; next = this.takeBlocked()) this.runApplication(next);
  }

  /**
   * Everything before `atUs`; nothing of that instant. At most `maxSteps` resumptions of threads and events: the
   * next call goes on where this one stopped, with the same result as one long call.
   */
  runUntil(
    atUs: number,
    maxSteps: number = Infinity,
  ): { readonly reachedUs: number; readonly stopped: boolean } {
    let steps = 0;
    while (this.now < atUs) {
      if (steps >= maxSteps) return { reachedUs: this.now, stopped: true };
      if (this.step(atUs)) steps++;
    }
    return { reachedUs: this.now, stopped: false };
  }

  /** When something can happen next as far as it is known now; Infinity: never by itself. */
  get nextDueUs(): number {
    return this.senders.some(({ isRunnable }) => isRunnable) ? this.now : this.nextUs();
  }

  /**
   * Moves time to `atUs` without stopping at what was due before: it happens late, at `atUs`, as in a process that was
   * busy. For a clock on the wall; nothing may be left to do at the present instant.
   */
  leapTo(atUs: number): void {
    assert(atUs >= this.now, 'time went back');
    this.now = atUs;
  }

  /** One resumption or event; false when only the phase or the time moved. */
  private step(limitUs: number): boolean {
    switch (this.phase) {
      case 'senders':
        return this.stepSenders();
      case 'application':
        return this.stepApplication();
      case 'network':
        return this.stepNetwork();
      case 'resume':
        this.resumeOrMoveOn(limitUs);
        return false;
    }
  }

  private stepSenders(): boolean {
    for (const sender of this.senders) {
      if (!sender.isRunnable) continue;
      this.resume(sender);
      return true;
    }
    this.enterApplication();
    return false;
  }

  private enterApplication(): void {
    this.phase = this.isApplicationOpen() ? 'application' : 'network';
  }

  /** Conformance: beside a sleeping sender only when a time of the application itself has come. */
  private isApplicationOpen(): boolean {
    if (!this.networkWaitsForSelect || this.senders.length === 0) return true;
    return this.isAnySenderSelecting() || this.nextApplicationUs() <= this.now;
  }

  private isNetworkOpen(): boolean {
    return !this.networkWaitsForSelect || this.isAnySenderSelecting();
  }

  private isAnySenderSelecting(): boolean {
    for (const sender of this.senders) if (sender.wait?.on === 'select') return true;
    return false;
  }

  private stepApplication(): boolean {
    const thread = this.takeBlocked() ?? this.takeSleeping();
    if (thread === null) {
      this.phase = 'network';
      return false;
    }
    this.runApplication(thread);
    return true;
  }

  private stepNetwork(): boolean {
    if (this.events.nextUs > this.now || !this.isNetworkOpen()) {
      this.phase = 'resume';
      return false;
    }
    this.hasRunEvents = true;
    this.events.runNext();
    return true;
  }

  private resumeOrMoveOn(limitUs: number): void {
    let isAnyRunnable = false;
    for (const sender of this.senders) {
      sender.isRunnable ||= this.isOver(sender);
      isAnyRunnable ||= sender.isRunnable;
    }
    const eventsHelped = this.hasRunEvents && this.blocked.some((thread) => this.isOver(thread));
    this.hasRunEvents = false;
    if (isAnyRunnable) this.phase = 'senders';
    else {
      if (!eventsHelped) this.now = Math.max(this.now, Math.min(this.nextUs(), limitUs));
      this.enterApplication();
    }
  }

  /** When something can happen next, seen from an instant at which nothing more can. */
  private nextUs(): number {
    let next = this.nextApplicationUs();
    if (this.events.nextUs < next && this.isNetworkOpen()) next = this.events.nextUs;
    for (const sender of this.senders)
      if (sender.wait !== null && sender.wait.untilUs < next) next = sender.wait.untilUs;
    return next;
  }

  private nextApplicationUs(): number {
    let next = Infinity;
    for (const thread of this.blocked)
      if (thread.wait !== null && thread.wait.untilUs < next) next = thread.wait.untilUs;
    for (const thread of this.sleeping)
      if (thread.wait !== null && thread.wait.untilUs < next) next = thread.wait.untilUs;
    return next;
  }

  private isOver(thread: VirtualThread): boolean {
    const { wait } = thread;
    return wait !== null && (this.now >= wait.untilUs || wait.isOver?.() === true);
  }

  private takeBlocked(): VirtualThread | null {
    for (let i = 0; i < this.blocked.length; i++) {
      const thread = this.blocked[i];
      if (thread === undefined || !this.isOver(thread)) continue;
      this.blocked.splice(i, 1);
      return thread;
    }
    return null;
  }

  private takeSleeping(): VirtualThread | null {
    let first: VirtualThread | null = null;
    let place = -1;
    for (let i = 0; i < this.sleeping.length; i++) {
      const thread = this.sleeping[i];
      if (thread === undefined || thread.wait === null || thread.wait.untilUs > this.now) continue;
      if (first !== null && !sleepsBefore(thread, first)) continue;
      first = thread;
      place = i;
    }
    if (place >= 0) this.sleeping.splice(place, 1);
    return first;
  }

  private runApplication(thread: VirtualThread): void {
    this.resume(thread);
    this.afterApplicationStep();
  }

  private resume(thread: VirtualThread): void {
    const before = this.running;
    this.running = thread;
    thread.wait = null;
    thread.isRunnable = false;
    try {
      const { done, value } = thread.body.next();
      // It may have been killed by its own doing.
      if (thread.isDone) return;
      if (done === true) this.kill(thread);
      else this.rest(thread, value);
    } catch (error) {
      this.kill(thread);
      throw error;
    } finally {
      this.running = before;
    }
  }

  private rest(thread: VirtualThread, wait: Wait): void {
    thread.wait = wait;
    thread.restedAt = this.rests++;
    if (thread.kind === 'sender') return;
    if (wait.on === 'sleep' || wait.on === 'cpu') this.sleeping.push(thread);
    else this.blocked.push(thread);
  }
}

function sleepsBefore(a: VirtualThread, b: VirtualThread): boolean {
  if (a.wait === null || b.wait === null) return false;
  if (a.wait.untilUs !== b.wait.untilUs) return a.wait.untilUs < b.wait.untilUs;
  const orderOfA = a.wait.order ?? 0;
  const orderOfB = b.wait.order ?? 0;
  return orderOfA !== orderOfB ? orderOfA < orderOfB : a.restedAt < b.restedAt;
}
