/** send().get(): each record waits for its own ack before the next one is sent. Batches of one, unless threads share. */
import type { Blocking } from '#engine/Blocking';
import { JavaException } from '#record/exceptions';
import type { ApplicationThread } from './ApplicationThread.ts';

/** A thread that sends for as long as the run lasts, and never before the last one is answered. */
export function* syncSend(thread: ApplicationThread): Blocking<void> {
  for (;;) {
    const rest = thread.rest();
    if (rest !== null) {
      yield rest;
      continue;
    }
    const { producer } = thread.control;
    if (producer === null) continue;
    try {
      const future = yield* producer.send(thread.next());
      yield* future.get();
    } catch (thrown) {
      // What get() throws is the record's own failure, which the log has already.
      if (!(thrown instanceof JavaException)) throw thrown;
    }
  }
}
