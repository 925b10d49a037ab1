/** RecordAccumulator.reenqueue: a batch that is to be tried again goes back into its deque. */
import { tpName } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { BatchDeque } from './BatchDeque.ts';
import type { RecordAccumulator } from './RecordAccumulator.ts';

/** `error`: what the attempt ended with, for the log. The Sender has looked at the delivery timeout. */
export function reenqueue(
  accumulator: RecordAccumulator,
  batch: ProducerBatch,
  nowMs: number,
  error: string,
): void {
  batch.reenqueued(nowMs);
  const isInOrder = putBack(accumulator, batch);
  accumulator.events.batchRequeued(
    batch.id,
    error,
    batch.attempts(),
    isInOrder ? 'by-sequence' : 'front',
    nowMs - batch.waitedTimeMs(nowMs) + accumulator.meanBackoffMs(batch),
  );
}

/** Returns whether it went further back than the front. Without sequences a whole window that failed is reversed (S15). */
export function putBack(accumulator: RecordAccumulator, batch: ProducerBatch): boolean {
  const deque = accumulator.getOrCreateDeque(batch.topicPartition);
  if (accumulator.transactionManager !== null) return insertInSequenceOrder(accumulator, deque, batch);
  deque.addFirst(batch);
  return false;
}

/**
 * Batches with a sequence stand in its order before those without.
 * @throws IllegalStateException for a batch without sequence, or one that is not tracked as in flight.
 */
function insertInSequenceOrder(
  accumulator: RecordAccumulator,
  deque: BatchDeque,
  batch: ProducerBatch,
): boolean {
  if (!batch.hasSequence())
    throw new JavaException(
      'IllegalStateException',
      "Trying to re-enqueue a batch which doesn't have a sequence even though idempotency is enabled.",
    );
  if (accumulator.transactionManager?.hasInflightBatches(batch.topicPartition) !== true)
    throw new JavaException(
      'IllegalStateException',
      'We are re-enqueueing a batch which is not tracked as part of the in flight requests. ' +
        `batch.topicPartition: ${tpName(batch.topicPartition)}; batch.baseSequence: ${batch.baseSequence()}`,
    );
  const before: ProducerBatch[] = [];
  for (;;) {
    const first = deque.peekFirst();
    if (first === undefined || !first.hasSequence() || first.baseSequence() >= batch.baseSequence()) break;
    before.push(first);
    deque.pollFirst();
  }
  deque.addFirst(batch);
  for (const earlier of before.toReversed()) deque.addFirst(earlier);
  return before.length > 0;
}
