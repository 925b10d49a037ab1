/** AddOffsetsToTxn: version 1 tells the coordinator of the group whose offsets will be committed. */
import { assert } from '#base/assert';
import type { TopicPartition } from '#base/TopicPartition';
import { errorMessage, exceptionOf, isRetriable } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import type { AddOffsetsToTxnRequest, ResponseBody } from '../requests.ts';
import type { ConsumerGroupMetadata, OffsetAndMetadata } from './sendOffsetsToTransaction.ts';
import { Priority } from './State.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { txnOffsetCommitHandler } from './TxnOffsetCommitHandler.ts';
import {
  groupAuthorizationException,
  isCoordinatorElsewhere,
  isFenced,
  TxnRequestHandler,
} from './TxnRequestHandler.ts';

export class AddOffsetsToTxnHandler extends TxnRequestHandler {
  override readonly body: AddOffsetsToTxnRequest;
  override readonly priority = Priority.ADD_PARTITIONS_OR_OFFSETS;
  private readonly offsets: ReadonlyMap<TopicPartition, OffsetAndMetadata>;
  private readonly groupMetadata: ConsumerGroupMetadata;

  constructor(
    manager: TransactionManager,
    body: AddOffsetsToTxnRequest,
    offsets: ReadonlyMap<TopicPartition, OffsetAndMetadata>,
    groupMetadata: ConsumerGroupMetadata,
  ) {
    super(manager, 'AddOffsetsToTxn');
    this.body = body;
    this.offsets = offsets;
    this.groupMetadata = groupMetadata;
  }

  override handleResponse(response: ResponseBody): void {
    assert(response.api === 'ADD_OFFSETS_TO_TXN', 'an AddOffsetsToTxn is answered by its response');
    const { error } = response;
    if (error === 'NONE') {
      // The call goes on waiting for the same result, which the commit of the offsets completes.
      const { manager, result, offsets, groupMetadata } = this;
      manager.enqueueRequest(txnOffsetCommitHandler(manager, result, offsets, groupMetadata));
      manager.transactionStarted = true;
    } else if (isCoordinatorElsewhere(error)) {
      this.findCoordinatorAndRetry();
    } else if (isRetriable(error)) {
      this.reenqueue();
    } else if (error === 'UNKNOWN_PRODUCER_ID') {
      this.abortableErrorIfPossible(exceptionOf(error));
    } else if (isFenced(error)) {
      this.fatalError(exceptionOf('PRODUCER_FENCED'));
    } else if (
      error === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED' ||
      error === 'INVALID_TXN_STATE' ||
      error === 'INVALID_PRODUCER_ID_MAPPING'
    ) {
      this.fatalError(exceptionOf(error));
    } else if (error === 'GROUP_AUTHORIZATION_FAILED') {
      this.abortableError(groupAuthorizationException(this.body.groupId));
    } else if (error === 'TRANSACTION_ABORTABLE') {
      this.abortableError(exceptionOf(error));
    } else {
      const message = `Unexpected error in AddOffsetsToTxnResponse: ${errorMessage(error)}`;
      this.fatalError(new JavaException('KafkaException', message));
    }
  }
}
