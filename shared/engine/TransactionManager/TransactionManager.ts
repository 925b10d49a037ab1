/**
 * org.apache.kafka.clients.producer.internals.TransactionManager: producer id, epoch and sequences of an idempotent
 * producer, and the whole life of a transaction. Application threads call the upper half, the sender thread the
 * lower; what each method does in Java's many lines is in the file of this folder that is named after it.
 */
import type { NodeId, RequestId } from '#base/ids';
import { tpName, type TopicPartition } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import { TRANSACTION_VERSION } from '../ApiVersions.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { ProducePartitionResponse } from '../requests.ts';
import { beginAbort, beginCommit, beginTransaction, prepareTransaction } from './beginTransaction.ts';
import { canRetry } from './canRetry.ts';
import {
  bumpIdempotentEpochAndResetIdIfNeeded,
  requestIdempotentEpochBumpForPartition,
} from './epochBump.ts';
import { handleCompletedBatch, handleFailedBatch } from './handleBatch.ts';
import { initializeTransactions } from './initializeTransactions.ts';
import { maybeAddPartition } from './maybeAddPartition.ts';
import { maybeResolveSequences } from './maybeResolveSequences.ts';
import { lookupCoordinator, nextRequest } from './nextRequest.ts';
import { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import {
  sendOffsetsToTransaction,
  type ConsumerGroupMetadata,
  type OffsetAndMetadata,
} from './sendOffsetsToTransaction.ts';
import type { State } from './State.ts';
import type { TransactionalRequestResult } from './TransactionalRequestResult.ts';
import { TransactionStatus } from './TransactionStatus.ts';
import {
  maybeTransitionToErrorState,
  transitionTo,
  transitionToAbortableError,
  transitionToFatalError,
  transitionToUninitialized,
} from './transitionTo.ts';
import type { CoordinatorType, TxnRequestHandler } from './TxnRequestHandler.ts';

export class TransactionManager extends TransactionStatus {
  // ---- called by application threads. All may throw a JavaException: KafkaException or IllegalStateException.

  initializeTransactions(keepPreparedTxn: boolean): TransactionalRequestResult {
    return initializeTransactions(this, ProducerIdAndEpoch.NONE, keepPreparedTxn);
  }

  beginTransaction(): void {
    beginTransaction(this);
  }

  prepareTransaction(): void {
    prepareTransaction(this);
  }

  beginCommit(): TransactionalRequestResult {
    return beginCommit(this);
  }

  /** Also called by the sender, for a transaction that is still open at the close. */
  beginAbort(): TransactionalRequestResult {
    return beginAbort(this);
  }

  sendOffsetsToTransaction(
    offsets: ReadonlyMap<TopicPartition, OffsetAndMetadata>,
    groupMetadata: ConsumerGroupMetadata,
  ): TransactionalRequestResult {
    return sendOffsetsToTransaction(this, offsets, groupMetadata);
  }

  /** Once for each record, after it was appended. */
  maybeAddPartition(tp: TopicPartition): void {
    maybeAddPartition(this, tp);
  }

  /** A record could not be sent: the transaction is not what the application asked for. */
  maybeTransitionToErrorState(exception: JavaException): void {
    maybeTransitionToErrorState(this, exception);
  }

  /**
   * Reads the finalized feature `transaction.version`. An upgrade to version 2 asks for an epoch bump, so that no
   * partition of the old epoch's transaction counts as added to the new one (KIP-890).
   */
  maybeUpdateTransactionV2Enabled(onInitialization: boolean): void {
    if (this.latestFinalizedFeaturesEpoch >= this.apiVersions.getMaxFinalizedFeaturesEpoch()) return;
    const info = this.apiVersions.getFinalizedFeaturesInfo();
    this.latestFinalizedFeaturesEpoch = info.finalizedFeaturesEpoch;
    const wasTransactionV2Enabled = this.transactionV2Enabled;
    this.transactionV2Enabled = (info.finalizedFeatures.get(TRANSACTION_VERSION) ?? 0) >= 2;
    if (!onInitialization && !wasTransactionV2Enabled && this.transactionV2Enabled)
      this.clientSideEpochBumpRequired = true;
  }

  // ---- sequences: called by the accumulator at drain and split

  isSendToPartitionAllowed(tp: TopicPartition): boolean {
    if (this.hasFatalError()) return false;
    return !this.isTransactional() || this.partitionsInTransaction.has(tp);
  }

  /** After a bump, a partition without batches in flight starts anew under the new epoch. */
  maybeUpdateProducerIdAndEpoch(tp: TopicPartition): void {
    if (this.hasFatalError()) return;
    if (!this.hasStaleProducerIdAndEpoch(tp) || this.hasInflightBatches(tp)) return;
    this.txnPartitionMap.startSequencesAtBeginning(tp, this.currentId);
  }

  /** The sequence of the next batch of this partition. */
  sequenceNumber(tp: TopicPartition): number {
    return this.txnPartitionMap.getOrCreate(tp).nextSequence;
  }

  incrementSequenceNumber(tp: TopicPartition, increment: number): void {
    this.txnPartitionMap.get(tp).incrementSequence(increment);
    this.sequenceMoved(tp);
  }

  /** Tracks a batch that has just got its sequence, by a drain or as a part of a split batch. */
  addInFlightBatch(batch: ProducerBatch): void {
    if (!batch.hasSequence()) {
      throw new JavaException(
        'IllegalStateException',
        `Can't track batch for partition ${tpName(batch.topicPartition)} when sequence is not set.`,
      );
    }
    this.txnPartitionMap.get(batch.topicPartition).addInflightBatch(batch);
    this.events.stamped(batch, batch.isSplitBatch() ? 'split' : 'drained');
  }

  removeInFlightBatch(batch: ProducerBatch): void {
    if (this.hasInflightBatches(batch.topicPartition)) this.txnPartitionMap.removeInFlightBatch(batch);
  }

  // ---- called by the sender

  maybeResolveSequences(): void {
    maybeResolveSequences(this);
  }

  markSequenceUnresolved(batch: ProducerBatch): void {
    const nextSequence = (batch.lastSequence() + 1) | 0;
    const known = this.partitionsWithUnresolvedSequences.get(batch.topicPartition);
    this.partitionsWithUnresolvedSequences.set(
      batch.topicPartition,
      known === undefined ? nextSequence : Math.max(known, nextSequence),
    );
    this.sequenceMoved(batch.topicPartition);
  }

  bumpIdempotentEpochAndResetIdIfNeeded(): void {
    bumpIdempotentEpochAndResetIdIfNeeded(this);
  }

  requestIdempotentEpochBumpForPartition(tp: TopicPartition): void {
    requestIdempotentEpochBumpForPartition(this, tp, 'batch-failed');
  }

  canRetry(response: ProducePartitionResponse, batch: ProducerBatch): boolean {
    return canRetry(this, response, batch);
  }

  handleCompletedBatch(batch: ProducerBatch, response: ProducePartitionResponse): void {
    handleCompletedBatch(this, batch, response);
  }

  /** @throws JavaException IllegalStateException on an illegal transition, as Java does. */
  handleFailedBatch(batch: ProducerBatch, exception: JavaException, adjustSequenceNumbers: boolean): void {
    handleFailedBatch(this, batch, exception, adjustSequenceNumbers);
  }

  transitionToAbortableError(exception: JavaException): void {
    transitionToAbortableError(this, exception);
  }

  transitionToFatalError(exception: JavaException): void {
    transitionToFatalError(this, exception);
  }

  transitionToUninitialized(exception: JavaException): void {
    transitionToUninitialized(this, exception);
  }

  /** The next request to send, or null. The end of a transaction waits until no batch is incomplete. */
  nextRequest(hasIncompleteBatches: boolean): TxnRequestHandler | null {
    return nextRequest(this, hasIncompleteBatches);
  }

  retry(request: TxnRequestHandler): void {
    request.reenqueue();
  }

  failPendingRequests(exception: JavaException): void {
    for (const request of this.pendingRequests) request.abortableError(exception);
  }

  /** A forced close: whoever waits gets an error. */
  close(): void {
    const exception = new JavaException('KafkaException', 'The producer closed forcefully');
    for (const request of this.pendingRequests) request.fatalError(exception);
    this.pendingTransition?.result.fail(exception);
  }

  coordinator(type: CoordinatorType): NodeId | null {
    return type === 'group' ? this.consumerGroupCoordinator : this.transactionCoordinator;
  }

  /** Nothing for a request that any broker may answer. */
  lookupCoordinator(request: TxnRequestHandler): void {
    const type = request.coordinatorType();
    if (type !== null) lookupCoordinator(this, type, request.coordinatorKey());
  }

  lookupTransactionCoordinator(): void {
    lookupCoordinator(this, 'transaction', this.transactionalId() ?? '');
  }

  /** The API versions of the coordinator are known from now on, also for an error that comes without it. */
  handleCoordinatorReady(): void {
    const maxVersion =
      this.transactionCoordinator === null
        ? null
        : this.apiVersions.maxVersion(this.transactionCoordinator, 'INIT_PRODUCER_ID');
    this.coordinatorSupportsBumpingEpoch = maxVersion !== null && maxVersion >= 3;
  }

  setInFlightRequest(request: RequestId): void {
    this.inFlightRequest = request;
  }

  hasInFlightRequest(): boolean {
    return this.inFlightRequest !== null;
  }

  // ---- for the files of this folder

  /** @throws JavaException IllegalStateException on an illegal transition. */
  transitionTo(target: State, error: JavaException | null = null): void {
    transitionTo(this, target, error);
  }

  enqueueRequest(request: TxnRequestHandler): void {
    this.pendingRequests.add(request);
    this.events.queued(request.body.api, request.isRetry());
  }

  resetSequenceNumbers(): void {
    const known = this.txnPartitionMap.reset();
    this.partitionsWithUnresolvedSequences.clear();
    for (const entry of known) this.sequenceMoved(entry.tp);
  }

  /** Says what the sequences of a partition are now. */
  sequenceMoved(tp: TopicPartition): void {
    const entry = this.txnPartitionMap.find(tp);
    this.events.sequenceMoved(
      tp,
      entry?.nextSequence ?? 0,
      this.lastAckedSequence(tp),
      this.hasUnresolvedSequence(tp),
    );
  }
}
