/** Consumer offsets become part of the transaction (KIP-447); version 2 needs no AddOffsetsToTxn before them. */
import type { TopicPartition } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import { AddOffsetsToTxnHandler } from './AddOffsetsToTxnHandler.ts';
import { throwIfPendingState } from './pendingTransition.ts';
import type { TransactionalRequestResult } from './TransactionalRequestResult.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { ensureTransactional, maybeFailWithError } from './transitionTo.ts';
import { txnOffsetCommitHandler } from './TxnOffsetCommitHandler.ts';

/** org.apache.kafka.clients.consumer.OffsetAndMetadata. */
export interface OffsetAndMetadata {
  readonly offset: number;
  readonly metadata: string;
}

/** org.apache.kafka.clients.consumer.ConsumerGroupMetadata. */
export interface ConsumerGroupMetadata {
  readonly groupId: string;
  /** −1: unknown. */
  readonly generationId: number;
  /** Empty: unknown. */
  readonly memberId: string;
}

export function sendOffsetsToTransaction(
  manager: TransactionManager,
  offsets: ReadonlyMap<TopicPartition, OffsetAndMetadata>,
  groupMetadata: ConsumerGroupMetadata,
): TransactionalRequestResult {
  ensureTransactional(manager);
  throwIfPendingState(manager, 'sendOffsetsToTransaction');
  maybeFailWithError(manager);
  if (manager.currentState !== 'IN_TRANSACTION') {
    throw new JavaException(
      'IllegalStateException',
      `Cannot send offsets if a transaction is not in progress (currentState= ${manager.currentState})`,
    );
  }
  if (manager.isTransactionV2Enabled()) {
    const handler = txnOffsetCommitHandler(manager, null, offsets, groupMetadata);
    manager.transactionStarted = true;
    manager.enqueueRequest(handler);
    return handler.result;
  }
  const { producerId, epoch } = manager.currentId;
  const request = {
    api: 'ADD_OFFSETS_TO_TXN',
    transactionalId: manager.transactionalId() ?? '',
    producerId,
    producerEpoch: epoch,
    groupId: groupMetadata.groupId,
  } as const;
  const handler = new AddOffsetsToTxnHandler(manager, request, offsets, groupMetadata);
  manager.enqueueRequest(handler);
  return handler.result;
}
