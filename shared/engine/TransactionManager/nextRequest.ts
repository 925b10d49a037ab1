/** The queue of transactional requests: one at a time, by priority (§8.2). */
import { addPartitionsToTransactionHandler } from './AddPartitionsToTxnHandler.ts';
import { FindCoordinatorHandler } from './FindCoordinatorHandler.ts';
import { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import type { TransactionManager } from './TransactionManager.ts';
import type { CoordinatorType, TxnRequestHandler } from './TxnRequestHandler.ts';

/** null: nothing to send now. @throws JavaException IllegalStateException. */
export function nextRequest(
  manager: TransactionManager,
  hasIncompleteBatches: boolean,
): TxnRequestHandler | null {
  if (manager.newPartitionsInTransaction.size > 0)
    manager.enqueueRequest(addPartitionsToTransactionHandler(manager));
  const next = manager.pendingRequests.peek();
  if (next === null) return null;
  if (next.isEndTxn() && hasIncompleteBatches) return null;
  manager.pendingRequests.poll();
  if (maybeTerminateRequestWithError(manager, next)) return null;
  if (next.isEndTxn() && !manager.transactionStarted) {
    // No broker has heard of this transaction: it ends here.
    next.result.done();
    if (!manager.hasFatalError()) resetTransactionState(manager);
    return manager.pendingRequests.poll();
  }
  return next;
}

function maybeTerminateRequestWithError(manager: TransactionManager, request: TxnRequestHandler): boolean {
  const error = manager.lastError();
  if (!manager.hasError() || error === null) return false;
  // The abort that will follow needs the coordinator.
  if (manager.hasAbortableError() && request instanceof FindCoordinatorHandler) return false;
  request.fail(error);
  return true;
}

/** Forgets the coordinator and asks for it, before anything else is sent. */
export function lookupCoordinator(manager: TransactionManager, type: CoordinatorType, key: string): void {
  if (type === 'group') manager.consumerGroupCoordinator = null;
  else manager.transactionCoordinator = null;
  manager.enqueueRequest(
    new FindCoordinatorHandler(manager, { api: 'FIND_COORDINATOR', keyType: type, key }),
  );
}

/** The transaction is over; if the epoch must rise, InitProducerId is next. @throws JavaException */
export function resetTransactionState(manager: TransactionManager): void {
  manager.transitionTo(manager.clientSideEpochBumpRequired ? 'INITIALIZING' : 'READY');
  manager.clientSideEpochBumpRequired = false;
  manager.transactionStarted = false;
  manager.newPartitionsInTransaction.clear();
  manager.pendingPartitionsInTransaction.clear();
  manager.partitionsInTransaction.clear();
  manager.preparedTxnState = ProducerIdAndEpoch.NONE;
}
