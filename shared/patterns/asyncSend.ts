/** The usual way: send() and go on. Errors come to the callback; what send() throws is logged, and the next one is sent. */
import type { Blocking } from '#engine/Blocking';
import { RecordFuture } from '#engine/RecordFuture';
import { JavaException } from '#record/exceptions';
import type { ApplicationThread } from './ApplicationThread.ts';

/** A thread that sends for as long as the run lasts. It waits for nothing but what send() itself waits for. */
export function* asyncSend(thread: ApplicationThread): Blocking<void> {
  for (;;) {
    const rest = thread.rest();
    if (rest !== null) {
      yield rest;
      continue;
    }
    const { producer } = thread.control;
    if (producer === null) continue;
    try {
      // As `send` does it, without a generator for a record that need not wait.
      const sent = producer.trySend(thread.next());
      if (!(sent instanceof RecordFuture)) yield* producer.continueSend(sent);
    } catch (thrown) {
      if (!(thrown instanceof JavaException)) throw thrown;
    }
  }
}
