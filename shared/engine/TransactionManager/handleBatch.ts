/** What the outcome of a batch does to the sequences of its partition (§6.4). */
import type { JavaException } from '#record/exceptions';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { ProducePartitionResponse } from '../requests.ts';
import { requestIdempotentEpochBumpForPartition } from './epochBump.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { maybeTransitionToErrorState } from './transitionTo.ts';

export function handleCompletedBatch(
  manager: TransactionManager,
  batch: ProducerBatch,
  response: ProducePartitionResponse,
): void {
  const tp = batch.topicPartition;
  const before = manager.lastAckedSequence(tp);
  const lastAcked = manager.txnPartitionMap.maybeUpdateLastAckedSequence(tp, batch.lastSequence());
  if (response.baseOffset !== -1) {
    const lastOffset = response.baseOffset + batch.recordCount - 1;
    manager.txnPartitionMap.updateLastAckedOffset(tp, manager.isTransactional(), lastOffset);
  }
  manager.removeInFlightBatch(batch);
  if (lastAcked !== before) manager.sequenceMoved(tp);
}

export function handleFailedBatch(
  manager: TransactionManager,
  batch: ProducerBatch,
  exception: JavaException,
  adjustSequenceNumbers: boolean,
): void {
  const tp = batch.topicPartition;
  maybeTransitionToErrorState(manager, exception);
  manager.removeInFlightBatch(batch);
  if (manager.hasFatalError()) return;
  if (exception.is('OutOfOrderSequenceException') && !manager.isTransactional()) {
    // The log has a gap. Under a new epoch the partition can go on from sequence 0.
    const isUnknown = exception.is('UnknownProducerIdException');
    requestIdempotentEpochBumpForPartition(
      manager,
      tp,
      isUnknown ? 'unknown-producer-id' : 'out-of-order-sequence',
    );
  } else if (exception.is('UnknownProducerIdException')) {
    // The broker knows nothing, so it accepts 0 next; what else is in flight fails the same way.
    manager.txnPartitionMap.remove(tp);
    manager.partitionsWithUnresolvedSequences.delete(tp);
    manager.sequenceMoved(tp);
  } else if (adjustSequenceNumbers) {
    if (manager.isTransactional()) {
      manager.txnPartitionMap.adjustSequencesDueToFailedBatch(batch);
      manager.sequenceMoved(tp);
    } else requestIdempotentEpochBumpForPartition(manager, tp, 'batch-failed');
  }
}
