/** A record went to a partition: the partition joins the transaction, in version 2 at once and without a request. */
import { tpName, type TopicPartition } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import { throwIfPendingState } from './pendingTransition.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { maybeFailWithError } from './transitionTo.ts';

/** Runs for every record. @throws JavaException KafkaException or IllegalStateException. */
export function maybeAddPartition(manager: TransactionManager, tp: TopicPartition): void {
  maybeFailWithError(manager);
  throwIfPendingState(manager, 'send');
  if (!manager.isTransactional()) return;
  if (!manager.hasProducerId()) {
    throw new JavaException(
      'IllegalStateException',
      `Cannot add partition ${tpName(tp)} to transaction before completing a call to initTransactions`,
    );
  }
  if (manager.currentState !== 'IN_TRANSACTION') {
    throw new JavaException(
      'IllegalStateException',
      `Cannot add partition ${tpName(tp)} to transaction while in state  ${manager.currentState}`,
    );
  }
  if (manager.isTransactionV2Enabled()) {
    manager.transactionStarted = true;
    if (manager.partitionsInTransaction.has(tp)) return;
    manager.txnPartitionMap.getOrCreate(tp);
    manager.partitionsInTransaction.add(tp);
    manager.events.joined(tp, false);
  } else if (!manager.transactionContainsPartition(tp) && !manager.isPartitionPendingAdd(tp)) {
    manager.txnPartitionMap.getOrCreate(tp);
    manager.newPartitionsInTransaction.add(tp);
    manager.events.joined(tp, false);
  }
}
