/** What became of batches that expired after they had been sent: known once nothing of their partition is in flight. */
import type { TopicPartition } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import { requestIdempotentEpochBumpForPartition } from './epochBump.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { transitionToAbortableErrorOrFatalError } from './transitionTo.ts';

/** Whether `sequence` follows the last acknowledged one. In Java's int arithmetic. */
export const isNextSequence = (manager: TransactionManager, tp: TopicPartition, sequence: number): boolean =>
  ((sequence - manager.lastAckedSequence(tp)) | 0) === 1;

/** @throws JavaException IllegalStateException when the abortable error is no legal move. */
export function maybeResolveSequences(manager: TransactionManager): void {
  for (const tp of manager.partitionsWithUnresolvedSequences.keys()) {
    if (manager.hasInflightBatches(tp)) continue;
    // Acknowledged up to the last sequence given out: the expired batch had arrived after all.
    if (!isNextSequence(manager, tp, manager.sequenceNumber(tp))) giveUp(manager, tp);
    manager.partitionsWithUnresolvedSequences.delete(tp);
    manager.sequenceMoved(tp);
  }
}

function giveUp(manager: TransactionManager, tp: TopicPartition): void {
  if (!manager.isTransactional()) {
    requestIdempotentEpochBumpForPartition(manager, tp, 'unresolved-sequence');
    return;
  }
  const unacked =
    "The client hasn't received acknowledgment for some previously sent messages and can no longer retry them. ";
  transitionToAbortableErrorOrFatalError(
    manager,
    new JavaException('KafkaException', `${unacked}It is safe to abort the transaction and continue.`),
    new JavaException('KafkaException', `${unacked}It isn't safe to continue.`),
  );
}
