/** Tells the log when a call of the application blocks, on what, and when it goes on. */
import type { WriterOf } from '#events/catalogue';
import type { ThreadId } from '#base/ids';
import type { BlockedOn } from '#events/words';
import type { Blocking, Wait } from './Blocking.ts';
import type { Scheduler } from './Clock.ts';
import type { RunContext } from './RunContext.ts';

export class ThreadWatch {
  private readonly scheduler: Scheduler;
  private readonly blocked: WriterOf<'thread.blocked'>;
  private readonly resumed: WriterOf<'thread.resumed'>;

  constructor(run: Pick<RunContext, 'scheduler' | 'events'>) {
    this.scheduler = run.scheduler;
    this.blocked = run.events.writer('thread.blocked');
    this.resumed = run.events.writer('thread.resumed');
  }

  /**
   * Runs a call. One pair of events spans all waits for the same thing, however often the thread is woken in vain;
   * time spent working is no wait.
   */
  *watch<T>(body: Blocking<T>): Blocking<T> {
    let blockedOn: BlockedOn | null = null;
    const thread = this.scheduler.current;
    try {
      for (;;) {
        const step = body.next();
        if (step.done === true) return step.value;
        blockedOn = this.tell(thread?.id ?? null, blockedOn, step.value);
        yield step.value;
      }
    } finally {
      if (blockedOn !== null && thread !== null) this.resumed(thread.id);
    }
  }

  private tell(thread: ThreadId | null, before: BlockedOn | null, wait: Wait): BlockedOn | null {
    const on = wait.on === 'cpu' || wait.on === 'select' ? null : wait.on;
    if (on === before || thread === null) return before;
    if (before !== null) this.resumed(thread);
    if (on !== null) this.blocked(thread, on, wait.untilUs === Infinity ? null : wait.untilUs);
    return on;
  }
}
