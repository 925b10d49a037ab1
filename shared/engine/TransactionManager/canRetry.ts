/** Which refusals of a batch with a sequence are retried, and what has to happen before (§6.5). */
import { isRetriable } from '#record/Errors';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { ProducePartitionResponse } from '../requests.ts';
import { requestIdempotentEpochBumpForPartition } from './epochBump.ts';
import { isNextSequence } from './maybeResolveSequences.ts';
import type { TransactionManager } from './TransactionManager.ts';

export function canRetry(
  manager: TransactionManager,
  response: ProducePartitionResponse,
  batch: ProducerBatch,
): boolean {
  if (response.error === 'UNKNOWN_PRODUCER_ID' && canRetryUnknownProducer(manager, response, batch))
    return true;
  if (response.error === 'OUT_OF_ORDER_SEQUENCE_NUMBER' && canRetryOutOfOrder(manager, batch)) return true;
  return isRetriable(response.error);
}

/** The broker has no state of this producer: it was lost, or the log that held it was deleted. */
function canRetryUnknownProducer(
  manager: TransactionManager,
  response: ProducePartitionResponse,
  batch: ProducerBatch,
): boolean {
  // The broker itself did not know where its log begins: ask again until it does.
  if (response.logStartOffset === -1) return true;
  // An earlier batch with this error had the sequences restarted; this one was under way meanwhile.
  if (batch.sequenceHasBeenReset()) return true;
  if (manager.lastAckedOffset(batch.topicPartition) < response.logStartOffset) {
    // Everything acknowledged so far was deleted, most likely because of its age: starting anew is safe.
    if (manager.isTransactional()) {
      manager.txnPartitionMap.startSequencesAtBeginning(batch.topicPartition, manager.currentId);
      manager.sequenceMoved(batch.topicPartition);
    } else requestIdempotentEpochBumpForPartition(manager, batch.topicPartition, 'unknown-producer-id');
    return true;
  }
  if (manager.isTransactional()) return false;
  requestIdempotentEpochBumpForPartition(manager, batch.topicPartition, 'unknown-producer-id');
  return true;
}

/** A gap: before this batch, which will be filled, or at it, which only a new epoch can close. */
function canRetryOutOfOrder(manager: TransactionManager, batch: ProducerBatch): boolean {
  const tp = batch.topicPartition;
  const isUnresolved = manager.hasUnresolvedSequence(tp);
  const isNext = isNextSequence(manager, tp, batch.baseSequence());
  if (!isUnresolved && (batch.sequenceHasBeenReset() || !isNext)) return true;
  if (manager.isTransactional()) return false;
  // Behind an unresolved batch, only the one that directly follows it proves the gap.
  if (!isUnresolved || batch.baseSequence() === manager.partitionsWithUnresolvedSequences.get(tp))
    requestIdempotentEpochBumpForPartition(manager, tp, 'out-of-order-sequence');
  return true;
}
