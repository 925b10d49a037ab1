/** The calls that begin, commit and abort. Beginning is local: the brokers learn of it with the first partition. */
import { addPartitionsToTransactionHandler } from './AddPartitionsToTxnHandler.ts';
import { EndTxnHandler } from './EndTxnHandler.ts';
import { initializeTransactions } from './initializeTransactions.ts';
import { handleCachedTransactionRequestResult, throwIfPendingState } from './pendingTransition.ts';
import { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import type { TransactionalRequestResult } from './TransactionalRequestResult.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { ensureTransactional, maybeFailWithError } from './transitionTo.ts';

/** LAST_STABLE_VERSION_BEFORE_TRANSACTION_V2 of EndTxnRequest. */
const LAST_VERSION_OF_V1 = 4;

export function beginTransaction(manager: TransactionManager): void {
  ensureTransactional(manager);
  throwIfPendingState(manager, 'beginTransaction');
  maybeFailWithError(manager);
  manager.transitionTo('IN_TRANSACTION');
}

/** The first of two phases (KIP-939). */
export function prepareTransaction(manager: TransactionManager): void {
  ensureTransactional(manager);
  throwIfPendingState(manager, 'prepareTransaction');
  maybeFailWithError(manager);
  manager.transitionTo('PREPARED_TRANSACTION');
  manager.preparedTxnState = new ProducerIdAndEpoch(manager.currentId.producerId, manager.currentId.epoch);
}

export function beginCommit(manager: TransactionManager): TransactionalRequestResult {
  return handleCachedTransactionRequestResult(
    manager,
    () => {
      maybeFailWithError(manager);
      manager.transitionTo('COMMITTING_TRANSACTION');
      return beginCompletingTransaction(manager, true);
    },
    'COMMITTING_TRANSACTION',
    'commitTransaction',
  );
}

export function beginAbort(manager: TransactionManager): TransactionalRequestResult {
  return handleCachedTransactionRequestResult(
    manager,
    () => {
      if (!manager.hasAbortableError()) maybeFailWithError(manager);
      manager.transitionTo('ABORTING_TRANSACTION');
      // What is aborted needs no more partitions.
      manager.newPartitionsInTransaction.clear();
      return beginCompletingTransaction(manager, false);
    },
    'ABORTING_TRANSACTION',
    'abortTransaction',
  );
}

function beginCompletingTransaction(
  manager: TransactionManager,
  committed: boolean,
): TransactionalRequestResult {
  if (manager.newPartitionsInTransaction.size > 0)
    manager.enqueueRequest(addPartitionsToTransactionHandler(manager));
  const { producerId, epoch } = manager.currentId;
  const handler = new EndTxnHandler(manager, {
    api: 'END_TXN',
    transactionalId: manager.transactionalId() ?? '',
    producerId,
    producerEpoch: epoch,
    committed,
    // A transaction ends in the version in which it began; an upgrade takes effect with the next one.
    ...(manager.isTransactionV2Enabled() ? {} : { maxVersion: LAST_VERSION_OF_V1 }),
  });
  manager.maybeUpdateTransactionV2Enabled(false);
  manager.enqueueRequest(handler);
  return manager.clientSideEpochBumpRequired
    ? initializeTransactions(manager, manager.currentId, false)
    : handler.result;
}
