/** One batch and its answer: split, retried, failed or done, in Java's order of questions (§5.8). */
import type { TopicPartition } from '#base/TopicPartition';
import { exceptionOf, isRetriable, refreshesMetadata } from '#record/Errors';
import type { Blocking } from '../Blocking.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { LeaderHint, ProducePartitionResponse } from '../requests.ts';
import { failBatchWithResponse } from './failBatch.ts';
import type { Sender } from './Sender.ts';

/** `updatedLeaders` takes the leader that the answer names; null: there was no answer. */
export function* completeBatch(
  sender: Sender,
  batch: ProducerBatch,
  response: ProducePartitionResponse,
  nowMs: number,
  updatedLeaders: Map<TopicPartition, LeaderHint> | null,
): Blocking<void> {
  batch.setInflight(false);
  if (response.error === 'MESSAGE_TOO_LARGE' && batch.recordCount > 1 && !batch.isDone()) {
    split(sender, batch);
  } else if (response.error === 'NONE') {
    yield* succeed(sender, batch, response);
  } else {
    if (canRetry(sender, batch, response, nowMs)) {
      reenqueueBatch(sender, batch, response, nowMs);
    } else if (response.error === 'DUPLICATE_SEQUENCE_NUMBER') {
      // The broker has it, but no longer knows where.
      yield* succeed(sender, batch, response);
    } else {
      // With all retries used up nobody knows whether its sequences were taken, so they are not given out again.
      const adjustSequenceNumbers = batch.attempts() < sender.settings.retries;
      yield* failBatchWithResponse(sender, batch, response, adjustSequenceNumbers);
    }
    if (refreshesMetadata(response.error)) refreshMetadata(sender, response, updatedLeaders);
  }
  if (sender.settings.guaranteeMessageOrder) sender.accumulator.unmutePartition(batch.topicPartition);
}

/** Its parts begin again with the attempts of a fresh batch. */
function split(sender: Sender, batch: ProducerBatch): void {
  sender.transactionManager?.removeInFlightBatch(batch);
  sender.accumulator.splitAndReenqueue(batch);
  sender.inFlight.maybeRemove(batch);
  sender.accumulator.completeAndDeallocateBatch(batch);
  sender.sensors.recordBatchSplit();
}

function canRetry(
  sender: Sender,
  batch: ProducerBatch,
  response: ProducePartitionResponse,
  nowMs: number,
): boolean {
  // The manager is asked last: its answer may already ask for an epoch bump.
  return (
    !batch.hasReachedDeliveryTimeout(sender.accumulator.getDeliveryTimeoutMs(), nowMs) &&
    batch.attempts() < sender.settings.retries &&
    !batch.isDone() &&
    (sender.transactionManager?.canRetry(response, batch) ?? isRetriable(response.error))
  );
}

function reenqueueBatch(
  sender: Sender,
  batch: ProducerBatch,
  response: ProducePartitionResponse,
  nowMs: number,
): void {
  sender.accumulator.reenqueue(batch, nowMs, response.error);
  sender.inFlight.maybeRemove(batch);
  sender.sensors.recordRetries(batch.topicPartition.topic, batch.recordCount);
}

function* succeed(sender: Sender, batch: ProducerBatch, response: ProducePartitionResponse): Blocking<void> {
  sender.transactionManager?.handleCompletedBatch(batch, response);
  const isDuplicate = response.error === 'DUPLICATE_SEQUENCE_NUMBER';
  if (yield* batch.complete(response.baseOffset, response.logAppendTimeMs, isDuplicate)) {
    sender.inFlight.maybeRemove(batch);
    sender.accumulator.completeAndDeallocateBatch(batch);
  } else sender.accumulator.deallocate(batch);
}

function refreshMetadata(
  sender: Sender,
  response: ProducePartitionResponse,
  updatedLeaders: Map<TopicPartition, LeaderHint> | null,
): void {
  const { currentLeader, error, tp } = response;
  const exception = exceptionOf(error);
  const namesLeader =
    exception.is('NotLeaderOrFollowerException') || exception.is('FencedLeaderEpochException');
  if (
    namesLeader &&
    currentLeader !== null &&
    currentLeader.leader !== -1 &&
    currentLeader.leaderEpoch !== -1
  )
    updatedLeaders?.set(tp, currentLeader);
  sender.metadata.requestUpdate(false, 'leader-error');
}
