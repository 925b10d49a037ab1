/** initTransactions, and the InitProducerId that raises the epoch after a transaction that went wrong. */
import { InitProducerIdHandler } from './InitProducerIdHandler.ts';
import { handleCachedTransactionRequestResult } from './pendingTransition.ts';
import { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import type { TransactionalRequestResult } from './TransactionalRequestResult.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { maybeFailWithError } from './transitionTo.ts';

/** `id` NONE: a first producer id. Otherwise a bump, whose state follows from the end of the transaction. */
export function initializeTransactions(
  manager: TransactionManager,
  id: ProducerIdAndEpoch,
  keepPreparedTxn: boolean,
): TransactionalRequestResult {
  maybeFailWithError(manager);
  const isEpochBump = id !== ProducerIdAndEpoch.NONE;
  return handleCachedTransactionRequestResult(
    manager,
    () => {
      if (!isEpochBump) manager.transitionTo('INITIALIZING');
      const request = {
        api: 'INIT_PRODUCER_ID',
        transactionalId: manager.transactionalId(),
        transactionTimeoutMs: manager.transactionTimeoutMs,
        producerId: id.producerId,
        producerEpoch: id.epoch,
        ...(keepPreparedTxn ? { keepPreparedTxn } : {}),
      } as const;
      const handler = new InitProducerIdHandler(manager, request, isEpochBump);
      manager.enqueueRequest(handler);
      return handler.result;
    },
    'INITIALIZING',
    'initTransactions',
  );
}
