/**
 * org.apache.kafka.clients.producer.internals.RecordAccumulator: batches between the application, which appends, and
 * the Sender, which drains. Its longer methods are in the files of this folder that are named after them; the fields
 * below are for those only.
 */
import type { ClientId, NodeId, TpId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { ReadyReason } from '#events/words';
import { JavaException } from '#record/exceptions';
import type { BatchContext } from '../BatchContext.ts';
import type { Blocking } from '../Blocking.ts';
import type { BufferPool } from '../BufferPool.ts';
import { BuiltInPartitioner } from '../BuiltInPartitioner.ts';
import type { Clock, Scheduler } from '../Clock.ts';
import { ExponentialBackoff } from '../ExponentialBackoff.ts';
import { IncompleteBatches } from '../IncompleteBatches.ts';
import type { MetadataSnapshot } from '../MetadataSnapshot.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { RandomSources, RunContext } from '../RunContext.ts';
import type { TransactionManager } from '../TransactionManager/TransactionManager.ts';
import { abortBatches, abortIncompleteBatches, abortUndrainedBatches } from './abortBatches.ts';
import { createAccumulatorEvents, type AccumulatorEvents } from './AccumulatorEvents.ts';
import { append, appendNow } from './append.ts';
import type { RecordAppend } from './RecordAppend.ts';
import type { BatchDeque } from './BatchDeque.ts';
import { drain } from './drain.ts';
import { expiredBatches } from './expiredBatches.ts';
import { NodeLatency } from './NodeLatency.ts';
import { ready, type ReadyCheckResult } from './ready.ts';
import { reenqueue } from './reenqueue.ts';
import { splitAndReenqueue } from './split.ts';
import { TopicInfoMap } from './TopicInfoMap.ts';

const RETRY_BACKOFF_EXP_BASE = 2;
const RETRY_BACKOFF_JITTER = 0.2;

export interface AccumulatorSettings {
  /** At least 1. */
  readonly batchSize: number;
  readonly lingerMs: number;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
  readonly deliveryTimeoutMs: number;
  readonly enableAdaptivePartitioning: boolean;
  /** 0: off. */
  readonly partitionAvailabilityTimeoutMs: number;
}

export class RecordAccumulator {
  readonly client: ClientId;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly context: BatchContext;
  readonly events: AccumulatorEvents;
  readonly free: BufferPool;
  readonly transactionManager: TransactionManager | null;
  readonly batchSize: number;
  readonly lingerMs: number;
  readonly enableAdaptivePartitioning: boolean;
  readonly topics: TopicInfoMap;
  readonly incomplete = new IncompleteBatches();
  /** Node -> the place in its list of partitions that was looked at last. */
  readonly nodesDrainIndex = new Map<NodeId, number>();
  closed = false;
  appendsInProgress = 0;
  private readonly deliveryTimeoutMs: number;
  private readonly retryBackoff: ExponentialBackoff;
  /** For the log: when a retry is expected. */
  private readonly meanBackoff: ExponentialBackoff;
  private readonly muted = new Set<TpId>();
  readonly nodeLatency: NodeLatency;
  private flushesInProgress = 0;
  private nextBatchExpiryTimeMs = Infinity;

  constructor(
    run: RunContext,
    context: BatchContext,
    random: RandomSources,
    settings: AccumulatorSettings,
    transactionManager: TransactionManager | null,
    bufferPool: BufferPool,
  ) {
    const { client } = context;
    this.client = client;
    this.clock = run.clock;
    this.scheduler = run.scheduler;
    this.context = context;
    this.free = bufferPool;
    this.transactionManager = transactionManager;
    this.batchSize = settings.batchSize;
    this.lingerMs = settings.lingerMs;
    this.deliveryTimeoutMs = settings.deliveryTimeoutMs;
    this.enableAdaptivePartitioning = settings.enableAdaptivePartitioning;
    this.nodeLatency = new NodeLatency(settings.partitionAvailabilityTimeoutMs);
    const backoff = (jitter: number): ExponentialBackoff =>
      new ExponentialBackoff(
        settings.retryBackoffMs,
        RETRY_BACKOFF_EXP_BASE,
        settings.retryBackoffMaxMs,
        jitter,
        random,
      );
    this.retryBackoff = backoff(RETRY_BACKOFF_JITTER);
    this.meanBackoff = backoff(0);
    this.topics = new TopicInfoMap(
      run.partitions,
      (topic) => new BuiltInPartitioner(run, client, random, topic, settings.batchSize),
    );
    this.events = createAccumulatorEvents(run.events);
  }

  // ---- append

  /** Without blocking; false: memory has to be waited for. See append.ts. */
  appendNow(a: RecordAppend): boolean {
    return appendNow(this, a);
  }

  append(a: RecordAppend, maxTimeToBlockMs: number): Blocking<void> {
    return append(this, a, maxTimeToBlockMs);
  }

  // ---- ready and drain

  /** Which nodes have something to send. `nextReadyCheckDelayMs` is Infinity when nothing waits. */
  ready(snapshot: MetadataSnapshot, nowMs: number): ReadyCheckResult {
    return ready(this, snapshot, nowMs);
  }

  drain(
    snapshot: MetadataSnapshot,
    nodes: ReadonlySet<NodeId>,
    maxSize: number,
    nowMs: number,
  ): ReadonlyMap<NodeId, readonly ProducerBatch[]> {
    return drain(this, snapshot, nodes, maxSize, nowMs);
  }

  /** A retry waits, unless metadata shows a newer leader than the last attempt went to. */
  shouldBackoff(batch: ProducerBatch, nowMs: number): boolean {
    const shouldWaitMore = batch.attempts() > 0 && batch.waitedTimeMs(nowMs) < this.backoffMs(batch);
    return shouldWaitMore && !batch.hasLeaderChangedForTheOngoingRetry();
  }

  /** Draws anew each time: `ready` and `drain` may disagree (§5.3). */
  backoffMs(batch: ProducerBatch): number {
    return this.retryBackoff.backoff(Math.max(0, batch.attempts() - 1));
  }

  meanBackoffMs(batch: ProducerBatch): number {
    return this.meanBackoff.backoff(Math.max(0, batch.attempts() - 1));
  }

  updateNodeLatencyStats(node: NodeId, nowMs: number, canDrain: boolean): void {
    this.nodeLatency.update(node, nowMs, canDrain);
  }

  tellReady(batch: ProducerBatch, reason: ReadyReason): void {
    if (batch.isReadyTold) return;
    batch.isReadyTold = true;
    this.events.batchReady(batch.id, reason);
  }

  /** max.in.flight.requests.per.connection=1: nothing more of this partition until its batch is done. */
  mutePartition(tp: TopicPartition): void {
    this.muted.add(tp.id);
    this.events.partitionMuted(this.client, tp.id);
  }

  unmutePartition(tp: TopicPartition): void {
    if (this.muted.delete(tp.id)) this.events.partitionUnmuted(this.client, tp.id);
  }

  isMuted(tp: TopicPartition): boolean {
    return this.muted.size > 0 && this.muted.has(tp.id);
  }

  // ---- expiry

  getDeliveryTimeoutMs(): number {
    return this.deliveryTimeoutMs;
  }

  resetNextBatchExpiryTime(): void {
    this.nextBatchExpiryTimeMs = Infinity;
  }

  maybeUpdateNextBatchExpiryTime(batch: ProducerBatch): void {
    this.nextBatchExpiryTimeMs = Math.min(
      this.nextBatchExpiryTimeMs,
      batch.createdMs + this.deliveryTimeoutMs,
    );
  }

  /** Client ms; Infinity: none. */
  nextExpiryTimeMs(): number {
    return this.nextBatchExpiryTimeMs;
  }

  /** Takes those out that have waited too long, muted or not, in the order of sending. */
  expiredBatches(nowMs: number): ProducerBatch[] {
    return expiredBatches(this, nowMs);
  }

  // ---- back into the deque

  reenqueue(batch: ProducerBatch, nowMs: number, error: string): void {
    reenqueue(this, batch, nowMs, error);
  }

  splitAndReenqueue(bigBatch: ProducerBatch): number {
    return splitAndReenqueue(this, bigBatch);
  }

  getDeque(tp: TopicPartition): BatchDeque | undefined {
    return this.topics.deque(tp);
  }

  getOrCreateDeque(tp: TopicPartition): BatchDeque {
    return this.topics.getOrCreate(tp.topic).getOrCreate(tp.partition);
  }

  hasUndrained(): boolean {
    return this.topics.all.some((topicInfo) => topicInfo.deques.some((deque) => deque.size > 0));
  }

  hasIncomplete(): boolean {
    return !this.incomplete.isEmpty();
  }

  // ---- the end of a batch

  completeAndDeallocateBatch(batch: ProducerBatch): void {
    this.completeBatch(batch);
    this.deallocate(batch);
  }

  /** Not incomplete any more; its memory stays. */
  completeBatch(batch: ProducerBatch): void {
    this.incomplete.remove(batch);
  }

  /**
   * Memory goes back to the pool, once; parts of a split batch have none of it.
   * @throws IllegalStateException for a batch that is still in a request.
   */
  deallocate(batch: ProducerBatch): void {
    // Java warns of a second time and goes on.
    if (batch.isBufferDeallocated()) return;
    batch.markBufferDeallocated();
    const pooledBytes = batch.isSplitBatch() ? 0 : batch.initialCapacity();
    if (pooledBytes > 0) this.free.deallocate(pooledBytes);
    this.events.batchFreed(batch.id, pooledBytes);
    if (pooledBytes > 0 && batch.isInflight())
      throw new JavaException(
        'IllegalStateException',
        `Attempting to deallocate a batch that is inflight. Batch is ${batch.toString()}`,
      );
  }

  abortBatches(reason: JavaException): Blocking<void> {
    return abortBatches(this, reason);
  }

  abortUndrainedBatches(reason: JavaException): Blocking<void> {
    return abortUndrainedBatches(this, reason);
  }

  abortIncompleteBatches(): Blocking<void> {
    return abortIncompleteBatches(this);
  }

  // ---- flush and close

  flushInProgress(): boolean {
    return this.flushesInProgress > 0;
  }

  /** Everything is ready from now on, except what backs off. */
  beginFlush(): void {
    this.flushesInProgress += 1;
  }

  /** Waits for every batch that is incomplete at this moment, and for the parts of those that are split. */
  *awaitFlushCompletion(): Blocking<void> {
    try {
      for (const result of this.incomplete.requestResults()) yield* result.awaitAllDependents();
    } finally {
      this.flushesInProgress -= 1;
    }
  }

  close(): void {
    this.closed = true;
    this.free.close();
  }
}
