/** The usual way: send() and go on. Errors come to the callback; what send() throws is logged, and the next one is sent. */
import type { Blocking } from '#engine/Blocking';
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
      yield* producer.send(thread.next());
    } catch (thrown) {
      if (!(thrown instanceof JavaException)) throw thrown;
    }
  }
}
