/**
 * What org.apache.kafka.clients.producer.internals.TransactionManager holds, and the questions that only look. The
 * fields are for the files of this folder; the accumulator, the sender and the producer ask by the methods.
 */
import type { ClientId, NodeId, RequestId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { JavaException } from '#record/exceptions';
import type { ApiVersions } from '../ApiVersions.ts';
import type { Clock, Scheduler } from '../Clock.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { RunContext } from '../RunContext.ts';
import type { EpochBump } from './epochBump.ts';
import type { PendingStateTransition } from './pendingTransition.ts';
import { PriorityQueue } from './PriorityQueue.ts';
import { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import type { OffsetAndMetadata } from './sendOffsetsToTransaction.ts';
import type { State } from './State.ts';
import { createTransactionEvents, type TransactionEvents } from './TransactionEvents.ts';
import { TxnPartitionMap } from './TxnPartitionMap.ts';
import type { TxnRequestHandler } from './TxnRequestHandler.ts';

export class TransactionStatus {
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
  protected transactionV2Enabled = false;
  private readonly scheduler: Scheduler;
  private readonly txnId: string | null;
  private readonly enable2PC: boolean;

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

  /** Lowest sequence in flight; −1 for none. */
  firstInFlightSequence(tp: TopicPartition): number {
    if (!this.hasInflightBatches(tp)) return -1;
    return this.nextBatchBySequence(tp)?.baseSequence() ?? -1;
  }

  nextBatchBySequence(tp: TopicPartition): ProducerBatch | null {
    return this.txnPartitionMap.nextBatchBySequence(tp);
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

  /** An illegal move is fatal where no application is there to catch the exception. */
  shouldPoisonStateOnInvalidTransition(): boolean {
    return this.scheduler.current?.kind === 'sender';
  }
}
