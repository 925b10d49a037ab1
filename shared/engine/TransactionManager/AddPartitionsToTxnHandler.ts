/** AddPartitionsToTxn: version 1 tells the coordinator of a partition before any data goes there. */
import { assert } from '#base/assert';
import { tpName, type TopicPartition } from '#base/TopicPartition';
import { exceptionOf, isRetriable, type ErrorName } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import { javaHashOrder, JavaHashMap, stringHashCode, topicPartitionHashCode } from '#record/JavaHashMap';
import type { AddPartitionsToTxnRequest, ResponseBody } from '../requests.ts';
import { Priority } from './State.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { isCoordinatorElsewhere, isFenced, TxnRequestHandler } from './TxnRequestHandler.ts';

const ADD_PARTITIONS_RETRY_BACKOFF_MS = 20;

/** All partitions that are new or were asked for and not confirmed yet. */
export function addPartitionsToTransactionHandler(manager: TransactionManager): AddPartitionsToTxnHandler {
  for (const tp of manager.newPartitionsInTransaction) manager.pendingPartitionsInTransaction.add(tp);
  manager.newPartitionsInTransaction.clear();
  return new AddPartitionsToTxnHandler(manager, {
    api: 'ADD_PARTITIONS_TO_TXN',
    transactionalId: manager.transactionalId() ?? '',
    producerId: manager.currentId.producerId,
    producerEpoch: manager.currentId.epoch,
    partitions: javaHashOrder(manager.pendingPartitionsInTransaction, topicPartitionHashCode),
  });
}

export class AddPartitionsToTxnHandler extends TxnRequestHandler {
  override readonly body: AddPartitionsToTxnRequest;
  override readonly priority = Priority.ADD_PARTITIONS_OR_OFFSETS;
  private backoffMs: number;

  constructor(manager: TransactionManager, body: AddPartitionsToTxnRequest) {
    super(manager, 'AddPartitionsToTxn');
    this.body = body;
    this.backoffMs = manager.retryBackoffMs;
  }

  override retryBackoffMs(): number {
    return Math.min(this.manager.retryBackoffMs, this.backoffMs);
  }

  override handleResponse(response: ResponseBody): void {
    assert(response.api === 'ADD_PARTITIONS_TO_TXN', 'an AddPartitionsToTxn is answered by its response');
    this.backoffMs = this.manager.retryBackoffMs;
    // The first error in Java's order of partitions decides.
    const errors = new JavaHashMap<TopicPartition, ErrorName>(topicPartitionHashCode);
    for (const { tp, error } of response.errors) errors.set(tp, error);
    const unauthorizedTopics = new Set<string>();
    let hasPartitionErrors = false;
    for (const [tp, error] of errors) {
      if (error === 'NONE') continue;
      if (this.endsWith(error)) return;
      if (error === 'TOPIC_AUTHORIZATION_FAILED') unauthorizedTopics.add(tp.topic);
      else hasPartitionErrors = true;
    }
    // Gone from the pending ones also after an error: the batches that wait for them will be aborted, and those
    // of other partitions that are being retried must be able to go on.
    for (const tp of errors.keys()) this.manager.pendingPartitionsInTransaction.delete(tp);
    if (unauthorizedTopics.size > 0) {
      const topics = javaHashOrder(unauthorizedTopics, stringHashCode).join(', ');
      this.abortableError(
        new JavaException('TopicAuthorizationException', `Not authorized to access topics: [${topics}]`),
      );
    } else if (hasPartitionErrors) {
      const all = [...errors].map(([tp, error]) => `${tpName(tp)}=${error}`).join(', ');
      this.abortableError(
        new JavaException(
          'KafkaException',
          `Could not add partitions to transaction due to errors: {${all}}`,
        ),
      );
    } else this.accept(errors.keys());
  }

  /** Errors that concern the whole request. Whether `error` is one, which is then dealt with. */
  private endsWith(error: ErrorName): boolean {
    if (isCoordinatorElsewhere(error)) {
      this.findCoordinatorAndRetry();
    } else if (error === 'CONCURRENT_TRANSACTIONS') {
      // The transaction before is still being completed, which is soon over; nobody else can be in the way.
      if (this.manager.partitionsInTransaction.size === 0) this.backoffMs = ADD_PARTITIONS_RETRY_BACKOFF_MS;
      this.reenqueue();
    } else if (isRetriable(error)) {
      this.reenqueue();
    } else if (isFenced(error)) {
      this.fatalError(exceptionOf('PRODUCER_FENCED'));
    } else if (
      error === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED' ||
      error === 'INVALID_TXN_STATE' ||
      error === 'INVALID_PRODUCER_ID_MAPPING'
    ) {
      this.fatalError(exceptionOf(error));
    } else if (error === 'UNKNOWN_PRODUCER_ID') {
      this.abortableErrorIfPossible(exceptionOf(error));
    } else if (error === 'TRANSACTION_ABORTABLE') {
      this.abortableError(exceptionOf(error));
    } else return false;
    return true;
  }

  private accept(partitions: readonly TopicPartition[]): void {
    for (const tp of partitions) {
      this.manager.partitionsInTransaction.add(tp);
      this.manager.events.joined(tp, true);
    }
    this.manager.transactionStarted = true;
    this.result.done();
  }
}
