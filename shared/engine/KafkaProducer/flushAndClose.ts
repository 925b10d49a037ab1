/** KafkaProducer.flush and close. */
import { JavaException } from '#record/exceptions';
import { runMicros } from '#base/time';
import type { Blocking } from '../Blocking.ts';
import type { KafkaProducer } from './KafkaProducer.ts';

export function* flush(producer: KafkaProducer): Blocking<void> {
  const { accumulator, sender, producerMetrics, ioThread } = producer.parts;
  if (producer.scheduler.current === ioThread)
    throw new JavaException(
      'KafkaException',
      'KafkaProducer.flush() invocation inside a callback is not permitted because it may lead to deadlock.',
    );
  const startUs = producer.clock.nowUs();
  accumulator.beginFlush();
  sender.wakeup();
  try {
    yield* accumulator.awaitFlushCompletion();
  } finally {
    producerMetrics.recordFlush(producer.nanosSince(startUs));
  }
}

export function* close(producer: KafkaProducer, timeoutMs: number): Blocking<void> {
  if (timeoutMs < 0) throw new JavaException('IllegalArgumentException', 'The timeout cannot be negative.');
  const { sender, ioThread } = producer.parts;
  // A callback cannot wait for the thread that it is on: there the timeout counts as 0.
  const isInvokedFromCallback = producer.scheduler.current === ioThread;
  if (timeoutMs > 0 && !isInvokedFromCallback) {
    const deadlineMs = producer.clock.milliseconds() + timeoutMs;
    sender.initiateClose();
    yield* join(producer, deadlineMs);
  }
  if (ioThread.isDone) return;
  sender.forceClose();
  if (!isInvokedFromCallback) yield* join(producer, Infinity);
}

/** Thread.join. */
function* join(producer: KafkaProducer, deadlineMs: number): Blocking<void> {
  const { ioThread } = producer.parts;
  if (ioThread.isDone) return;
  yield { on: 'close', untilUs: runMicros(deadlineMs), isOver: () => ioThread.isDone };
}
