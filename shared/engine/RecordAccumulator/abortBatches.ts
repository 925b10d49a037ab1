/** Ends of batches that no answer brings: a forced close, a fatal error, an aborted transaction. */
import { JavaException } from '#record/exceptions';
import type { Blocking } from '../Blocking.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { RecordAccumulator } from './RecordAccumulator.ts';

/** Fails every batch that is not finished, sent or not. User callbacks run in it. */
export function* abortBatches(accumulator: RecordAccumulator, reason: JavaException): Blocking<void> {
  for (const batch of accumulator.incomplete.copyAll()) {
    remove(accumulator, batch);
    yield* batch.abort(reason);
    // The network client may still use the buffer: it is given back when the request has ended (KAFKA-19012).
    if (batch.isInflight()) accumulator.completeBatch(batch);
    else accumulator.completeAndDeallocateBatch(batch);
  }
  accumulator.scheduler.resumeBlocked();
}

/** A forced close: also batches of appends that are under way, which therefore have to come to their end. */
export function* abortIncompleteBatches(accumulator: RecordAccumulator): Blocking<void> {
  const reason = new JavaException('KafkaException', 'Producer is closed forcefully.');
  do {
    yield* abortBatches(accumulator, reason);
  } while (accumulator.appendsInProgress > 0);
  yield* abortBatches(accumulator, reason);
  accumulator.topics.clear();
}

/** An aborted transaction: batches that have never been drained. */
export function* abortUndrainedBatches(
  accumulator: RecordAccumulator,
  reason: JavaException,
): Blocking<void> {
  const hasSequences = accumulator.transactionManager !== null;
  for (const batch of accumulator.incomplete.copyAll()) {
    if (hasSequences ? batch.hasSequence() : batch.isClosed()) continue;
    remove(accumulator, batch);
    yield* batch.abort(reason);
    accumulator.completeAndDeallocateBatch(batch);
  }
}

function remove(accumulator: RecordAccumulator, batch: ProducerBatch): void {
  batch.abortRecordAppends();
  accumulator.getDeque(batch.topicPartition)?.remove(batch);
}
