/**
 * org.apache.kafka.clients.producer.internals.TransactionManager: producer id, epoch and sequences of an idempotent
 * producer, and the whole life of a transaction. Application threads call the upper half, the sender thread the
 * lower; what each method does in Java's many lines is in the file of this folder that is named after it. The
 * fields below are for those files only.
 */
import type { ClientId, NodeId, RequestId } from '#base/ids';
import { tpName, type TopicPartition } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import { TRANSACTION_VERSION, type ApiVersions } from '../ApiVersions.ts';
import type { Clock, Scheduler } from '../Clock.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { ProducePartitionResponse } from '../requests.ts';
import type { RunContext } from '../RunContext.ts';
import { beginAbort, beginCommit, beginTransaction, prepareTransaction } from './beginTransaction.ts';
import { canRetry } from './canRetry.ts';
import {
  bumpIdempotentEpochAndResetIdIfNeeded,
  requestIdempotentEpochBumpForPartition,
  type EpochBump,
} from './epochBump.ts';
import { handleCompletedBatch, handleFailedBatch } from './handleBatch.ts';
import { initializeTransactions } from './initializeTransactions.ts';
import { maybeAddPartition } from './maybeAddPartition.ts';
import { maybeResolveSequences } from './maybeResolveSequences.ts';
import { lookupCoordinator, nextRequest } from './nextRequest.ts';
import type { PendingStateTransition } from './pendingTransition.ts';
import { PriorityQueue } from './PriorityQueue.ts';
import { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import {
  sendOffsetsToTransaction,
  type ConsumerGroupMetadata,
  type OffsetAndMetadata,
} from './sendOffsetsToTransaction.ts';
import type { State } from './State.ts';
import type { TransactionalRequestResult } from './TransactionalRequestResult.ts';
import { createTransactionEvents, type TransactionEvents } from './TransactionEvents.ts';
import {
  maybeTransitionToErrorState,
  transitionTo,
  transitionToAbortableError,
  transitionToFatalError,
  transitionToUninitialized,
} from './transitionTo.ts';
import { TxnPartitionMap } from './TxnPartitionMap.ts';
import type { CoordinatorType, TxnRequestHandler } from './TxnRequestHandler.ts';

export class TransactionManager {
  readonly clock: Clock;
  readonly events: TransactionEvents;
  readonly transactionTimeoutMs: number;
  readonly retryBackoffMs: number;
  readonly apiVersions: ApiVersions;
  readonly txnPartitionMap: TxnPartitionMap;
  /** Consumer offsets that the group coordinator has not taken yet. */
  readonly pendingTxnOffsetCommits = new Map<TopicPartition, OffsetAndMetadata>();
  /**
   * Partitions of which a batch expired after it had been sent at least once -> the sequence after the highest such
   * batch. No fresh batch is drained there until everything in flight is done and tells what became of it.
   */
  readonly partitionsWithUnresolvedSequences = new Map<TopicPartition, number>();
  readonly partitionsToRewriteSequences = new Set<TopicPartition>();
  readonly pendingRequests = new PriorityQueue<TxnRequestHandler>((request) => request.priority);
  readonly newPartitionsInTransaction = new Set<TopicPartition>();
  readonly pendingPartitionsInTransaction = new Set<TopicPartition>();
  readonly partitionsInTransaction = new Set<TopicPartition>();
  pendingTransition: PendingStateTransition | null = null;
  inFlightRequest: RequestId | null = null;
  transactionCoordinator: NodeId | null = null;
  consumerGroupCoordinator: NodeId | null = null;
  coordinatorSupportsBumpingEpoch = false;
  currentState: State = 'UNINITIALIZED';
  currentError: JavaException | null = null;
  currentId: ProducerIdAndEpoch = ProducerIdAndEpoch.NONE;
  transactionStarted = false;
  clientSideEpochBumpRequired = false;
  /** The first wish for the epoch bump that is due, which the log names as its cause. */
  epochBump: EpochBump | null = null;
  latestFinalizedFeaturesEpoch = -1;
  preparedTxnState: ProducerIdAndEpoch = ProducerIdAndEpoch.NONE;
  private readonly scheduler: Scheduler;
  private readonly txnId: string | null;
  private readonly enable2PC: boolean;
  private transactionV2Enabled = false;

  /** `transactionalId` null: an idempotent producer without transactions. `client` names it in the log. */
  constructor(
    run: Pick<RunContext, 'clock' | 'events' | 'scheduler'>,
    client: ClientId,
    transactionalId: string | null,
    transactionTimeoutMs: number,
    retryBackoffMs: number,
    apiVersions: ApiVersions,
    enable2PC: boolean,
  ) {
    this.clock = run.clock;
    this.scheduler = run.scheduler;
    this.events = createTransactionEvents(run.events, client);
    this.txnPartitionMap = new TxnPartitionMap(this.events);
    this.txnId = transactionalId;
    this.transactionTimeoutMs = transactionTimeoutMs;
    this.retryBackoffMs = retryBackoffMs;
    this.apiVersions = apiVersions;
    this.enable2PC = enable2PC;
  }

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

  // ---- what everybody asks

  transactionalId(): string | null {
    return this.txnId;
  }

  isTransactional(): boolean {
    return this.txnId !== null;
  }

  isTransactionV2Enabled(): boolean {
    return this.transactionV2Enabled;
  }

  is2PCEnabled(): boolean {
    return this.enable2PC;
  }

  hasProducerId(): boolean {
    return this.currentId.isValid();
  }

  /** With a partition: the one its sequences belong to, which after a bump may still be the old one. */
  producerIdAndEpoch(tp?: TopicPartition): ProducerIdAndEpoch {
    return tp === undefined ? this.currentId : this.txnPartitionMap.getOrCreate(tp).producerIdAndEpoch;
  }

  state(): State {
    return this.currentState;
  }

  lastError(): JavaException | null {
    return this.currentError;
  }

  hasError(): boolean {
    return this.hasAbortableError() || this.hasFatalError();
  }

  hasFatalError(): boolean {
    return this.currentState === 'FATAL_ERROR';
  }

  hasAbortableError(): boolean {
    return this.currentState === 'ABORTABLE_ERROR';
  }

  isCompleting(): boolean {
    return this.currentState === 'COMMITTING_TRANSACTION' || this.currentState === 'ABORTING_TRANSACTION';
  }

  isAborting(): boolean {
    return this.currentState === 'ABORTING_TRANSACTION';
  }

  isReady(): boolean {
    return this.isTransactional() && this.currentState === 'READY';
  }

  isInitializing(): boolean {
    return this.isTransactional() && this.currentState === 'INITIALIZING';
  }

  isPrepared(): boolean {
    return this.currentState === 'PREPARED_TRANSACTION';
  }

  /** From its begin until it is completed or the producer is lost. */
  hasOngoingTransaction(): boolean {
    return this.currentState === 'IN_TRANSACTION' || this.isCompleting() || this.hasAbortableError();
  }

  hasPartitionsToAdd(): boolean {
    return this.newPartitionsInTransaction.size > 0 || this.pendingPartitionsInTransaction.size > 0;
  }

  transactionContainsPartition(tp: TopicPartition): boolean {
    return this.partitionsInTransaction.has(tp);
  }

  isPartitionPendingAdd(tp: TopicPartition): boolean {
    return this.newPartitionsInTransaction.has(tp) || this.pendingPartitionsInTransaction.has(tp);
  }

  hasPendingOffsetCommits(): boolean {
    return this.pendingTxnOffsetCommits.size > 0;
  }

  hasPendingRequests(): boolean {
    return this.pendingRequests.size > 0;
  }

  /** The epoch rises on the client's own request: the coordinator can do it, and does not do it by itself. */
  needToTriggerEpochBumpFromClient(): boolean {
    return this.coordinatorSupportsBumpingEpoch && !this.transactionV2Enabled;
  }

  canHandleAbortableError(): boolean {
    return this.coordinatorSupportsBumpingEpoch || this.transactionV2Enabled;
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

  /** Lowest sequence in flight; −1 for none. */
  firstInFlightSequence(tp: TopicPartition): number {
    if (!this.hasInflightBatches(tp)) return -1;
    return this.nextBatchBySequence(tp)?.baseSequence() ?? -1;
  }

  nextBatchBySequence(tp: TopicPartition): ProducerBatch | null {
    return this.txnPartitionMap.nextBatchBySequence(tp);
  }

  removeInFlightBatch(batch: ProducerBatch): void {
    if (this.hasInflightBatches(batch.topicPartition)) this.txnPartitionMap.removeInFlightBatch(batch);
  }

  hasInflightBatches(tp: TopicPartition): boolean {
    return this.txnPartitionMap.getOrCreate(tp).hasInflightBatches();
  }

  hasStaleProducerIdAndEpoch(tp: TopicPartition): boolean {
    return !this.currentId.equals(this.txnPartitionMap.getOrCreate(tp).producerIdAndEpoch);
  }

  hasUnresolvedSequences(): boolean {
    return this.partitionsWithUnresolvedSequences.size > 0;
  }

  hasUnresolvedSequence(tp: TopicPartition): boolean {
    return this.partitionsWithUnresolvedSequences.has(tp);
  }

  /** −1 for none. */
  lastAckedSequence(tp: TopicPartition): number {
    return this.txnPartitionMap.lastAckedSequence(tp);
  }

  /** −1 for none. */
  lastAckedOffset(tp: TopicPartition): number {
    return this.txnPartitionMap.lastAckedOffset(tp);
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
    lookupCoordinator(this, 'transaction', this.txnId ?? '');
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

  shouldPoisonStateOnInvalidTransition(): boolean {
    return this.scheduler.current?.kind === 'sender';
  }

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
