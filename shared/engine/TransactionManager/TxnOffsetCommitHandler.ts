/** TxnOffsetCommit: the offsets themselves, to the coordinator of the consumer group. */
import { assert } from '#base/assert';
import type { TopicPartition } from '#base/TopicPartition';
import { errorMessage, exceptionOf, isRetriable, type ErrorName } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import { JavaHashMap, javaHashOrder, topicPartitionHashCode } from '#record/JavaHashMap';
import type { ResponseBody, TxnOffsetCommitRequest } from '../requests.ts';
import { lookupCoordinator } from './nextRequest.ts';
import type { ConsumerGroupMetadata, OffsetAndMetadata } from './sendOffsetsToTransaction.ts';
import { Priority } from './State.ts';
import type { TransactionalRequestResult } from './TransactionalRequestResult.ts';
import type { TransactionManager } from './TransactionManager.ts';
import {
  groupAuthorizationException,
  isCoordinatorElsewhere,
  isFenced,
  TxnRequestHandler,
  type CoordinatorType,
} from './TxnRequestHandler.ts';

/** LAST_STABLE_VERSION_BEFORE_TRANSACTION_V2 of TxnOffsetCommitRequest. */
const LAST_VERSION_OF_V1 = 4;

/** `result`: of the AddOffsetsToTxn that came before; null in version 2, which has none. */
export function txnOffsetCommitHandler(
  manager: TransactionManager,
  result: TransactionalRequestResult | null,
  offsets: ReadonlyMap<TopicPartition, OffsetAndMetadata>,
  groupMetadata: ConsumerGroupMetadata,
): TxnOffsetCommitHandler {
  const pending = manager.pendingTxnOffsetCommits;
  for (const [tp, offset] of offsets) pending.set(tp, offset);
  const request: TxnOffsetCommitRequest = {
    api: 'TXN_OFFSET_COMMIT',
    transactionalId: manager.transactionalId() ?? '',
    groupId: groupMetadata.groupId,
    producerId: manager.currentId.producerId,
    producerEpoch: manager.currentId.epoch,
    generationId: groupMetadata.generationId,
    memberId: groupMetadata.memberId,
    offsets: javaHashOrder(pending.keys(), topicPartitionHashCode).map((tp) => {
      const committed = pending.get(tp);
      return { tp, offset: committed?.offset ?? -1, metadata: committed?.metadata ?? '' };
    }),
    ...(manager.isTransactionV2Enabled() ? {} : { maxVersion: LAST_VERSION_OF_V1 }),
  };
  return new TxnOffsetCommitHandler(manager, request, result);
}

export class TxnOffsetCommitHandler extends TxnRequestHandler {
  override readonly body: TxnOffsetCommitRequest;
  override readonly priority = Priority.ADD_PARTITIONS_OR_OFFSETS;

  constructor(
    manager: TransactionManager,
    body: TxnOffsetCommitRequest,
    result: TransactionalRequestResult | null,
  ) {
    super(manager, result ?? 'TxnOffsetCommitHandler');
    this.body = body;
  }

  override coordinatorType(): CoordinatorType {
    return 'group';
  }

  override coordinatorKey(): string {
    return this.body.groupId;
  }

  override handleResponse(response: ResponseBody): void {
    assert(response.api === 'TXN_OFFSET_COMMIT', 'a TxnOffsetCommit is answered by its response');
    const pending = this.manager.pendingTxnOffsetCommits;
    const errors = new JavaHashMap<TopicPartition, ErrorName>(topicPartitionHashCode);
    for (const { tp, error } of response.errors) errors.set(tp, error);
    let coordinatorReloaded = false;
    for (const [tp, error] of errors) {
      if (error === 'NONE') pending.delete(tp);
      else if (isCoordinatorElsewhere(error) || error === 'REQUEST_TIMED_OUT') {
        if (!coordinatorReloaded) lookupCoordinator(this.manager, 'group', this.body.groupId);
        coordinatorReloaded = true;
      } else if (!isRetriable(error)) {
        this.giveUp(error);
        break;
      }
    }
    if (this.result.isCompleted()) pending.clear();
    else if (pending.size === 0) this.result.done();
    // Java sends the whole request again, also the offsets that were taken.
    else this.reenqueue();
  }

  private giveUp(error: ErrorName): void {
    if (error === 'GROUP_AUTHORIZATION_FAILED') {
      this.abortableError(groupAuthorizationException(this.body.groupId));
    } else if (error === 'FENCED_INSTANCE_ID' || error === 'TRANSACTION_ABORTABLE') {
      this.abortableError(exceptionOf(error));
    } else if (error === 'UNKNOWN_MEMBER_ID' || error === 'ILLEGAL_GENERATION') {
      const message =
        'Transaction offset Commit failed due to consumer group metadata mismatch: ' + errorMessage(error);
      this.abortableError(new JavaException('CommitFailedException', message));
    } else if (isFenced(error)) {
      this.fatalError(exceptionOf('PRODUCER_FENCED'));
    } else if (
      error === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED' ||
      error === 'UNSUPPORTED_FOR_MESSAGE_FORMAT'
    ) {
      this.fatalError(exceptionOf(error));
    } else {
      const message = `Unexpected error in TxnOffsetCommitResponse: ${errorMessage(error)}`;
      this.fatalError(new JavaException('KafkaException', message));
    }
  }
}
