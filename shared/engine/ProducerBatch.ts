/**
 * org.apache.kafka.clients.producer.internals.ProducerBatch: records of one partition that go together. It keeps the
 * records' numbers and sizes; it knows neither its deque nor the request that carries it.
 */
import type { BatchId, RecordId } from '#base/ids';
import { tpName, type TopicPartition } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import { estimateSizeInBytesUpperBound } from '#record/recordSizes';
import { NO_PARENT, type BatchContext } from './BatchContext.ts';
import type { Blocking } from './Blocking.ts';
import { MemoryRecordsBuilder } from './MemoryRecordsBuilder.ts';
import { ProduceRequestResult, type ErrorsByIndex } from './ProduceRequestResult.ts';
import type { Callback } from './ProducerRecord.ts';
import { RecordList } from './RecordList.ts';

export type FinalState = 'ABORTED' | 'FAILED' | 'SUCCEEDED';

/** RecordBatch.NO_SEQUENCE. */
export const NO_SEQUENCE = -1;

export interface ProducerIdAndEpochLike {
  readonly producerId: number;
  readonly epoch: number;
}

export class ProducerBatch {
  readonly id: BatchId;
  readonly createdMs: number;
  readonly topicPartition: TopicPartition;
  readonly produceFuture: ProduceRequestResult;
  readonly recordsBuilder: MemoryRecordsBuilder;
  /** The records by their place in the batch. */
  readonly records: RecordId[] = [];
  recordCount = 0;
  /** Largest upper bound of one record: what a batch that is split again is cut down to. */
  maxRecordSize = 0;
  /** Whether `batch.ready` has been written since it was last put in its deque. */
  isReadyTold = false;
  private readonly context: BatchContext;
  /** What each of them takes, and its callback. */
  private readonly list = new RecordList();
  private readonly isSplit: boolean;
  private bufferDeallocated = false;
  private inflight = false;
  private attemptCount = 0;
  private lastAttemptMs: number;
  private lastAppendTime: number;
  private drainedMs = 0;
  private retry = false;
  private reopened = false;
  private state: FinalState | null = null;
  /** Highest leader epoch seen, −1 none, and `attempts` when it was first seen (KIP-951). */
  private currentLeaderEpoch = -1;
  private attemptsWhenLeaderLastChanged = 0;

  constructor(
    context: BatchContext,
    tp: TopicPartition,
    writeLimit: number,
    createdMs: number,
    parent: BatchId | null = NO_PARENT,
  ) {
    this.context = context;
    this.id = context.ids.nextBatch();
    this.createdMs = createdMs;
    this.lastAttemptMs = createdMs;
    this.lastAppendTime = createdMs;
    this.topicPartition = tp;
    this.isSplit = parent !== NO_PARENT;
    this.produceFuture = new ProduceRequestResult(tp);
    const isCompressed = context.compressionType !== 'none';
    this.recordsBuilder = new MemoryRecordsBuilder(
      tp.topic,
      this.id,
      writeLimit,
      isCompressed,
      context.compression,
      this,
    );
    if (isCompressed)
      this.recordsBuilder.estimatedCompressionRatio = context.estimator.estimation(
        tp.topic,
        context.compressionType,
      );
    context.batchCreated(this.id, context.client, tp.id, writeLimit, parent);
  }

  /** KIP-951: remembers the newest leader epoch. −1: not known. */
  maybeUpdateLeaderEpoch(latestLeaderEpoch: number): void {
    if (latestLeaderEpoch > this.currentLeaderEpoch) {
      this.attemptsWhenLeaderLastChanged = this.attemptCount;
      this.currentLeaderEpoch = latestLeaderEpoch;
    }
  }

  /** A retry to a newer leader need not back off. */
  hasLeaderChangedForTheOngoingRetry(): boolean {
    return this.attemptCount >= 1 && this.attemptCount === this.attemptsWhenLeaderLastChanged;
  }

  /**
   * Adds the record unless there is no room; its place is `recordCount - 1` then. Sizes are −1 for null;
   * `headersSize` is the record's header section with its count.
   */
  tryAppend(
    record: RecordId,
    timestampMs: number,
    keySize: number,
    valueSize: number,
    headersSize: number,
    callback: Callback | null,
    nowMs: number,
  ): boolean {
    if (!this.recordsBuilder.tryAppend(timestampMs, keySize, valueSize, headersSize)) return false;
    this.lastAppendTime = nowMs;
    this.keep(record, timestampMs, keySize, valueSize, headersSize, callback);
    return true;
  }

  private keep(
    record: RecordId,
    timestampMs: number,
    keySize: number,
    valueSize: number,
    headersSize: number,
    callback: Callback | null,
  ): void {
    const upperBound = estimateSizeInBytesUpperBound(keySize, valueSize, headersSize);
    if (upperBound > this.maxRecordSize) this.maxRecordSize = upperBound;
    this.records.push(record);
    this.list.push(timestampMs, keySize, valueSize, headersSize, callback);
    this.recordCount += 1;
  }

  /** Timestamp, ms, of the record at this place. */
  timestampOf(index: number): number {
    return this.list.timestampOf(index);
  }

  /** Sizes are −1 for null. */
  keySizeOf(index: number): number {
    return this.list.keySizeOf(index);
  }

  valueSizeOf(index: number): number {
    return this.list.valueSizeOf(index);
  }

  headersSizeOf(index: number): number {
    return this.list.headersSizeOf(index);
  }

  hasCallbacks(): boolean {
    return this.list.hasCallbacks;
  }

  callbackOf(index: number): Callback | null {
    return this.list.callbackOf(index);
  }

  /** Java's tryAppendForSplit: takes record `index` of a batch that is being split. Its time of append stays. */
  tryAppendForSplit(whole: ProducerBatch, index: number, record: RecordId): boolean {
    const timestampMs = whole.timestampOf(index);
    const keySize = whole.keySizeOf(index);
    const valueSize = whole.valueSizeOf(index);
    const headersSize = whole.headersSizeOf(index);
    if (!this.recordsBuilder.tryAppend(timestampMs, keySize, valueSize, headersSize)) return false;
    this.keep(record, timestampMs, keySize, valueSize, headersSize, whole.callbackOf(index));
    return true;
  }

  /**
   * Ends the batch without an answer: fails its records, runs their callbacks.
   * @throws IllegalStateException when it has ended already.
   */
  *abort(exception: JavaException): Blocking<void> {
    if (this.state !== null)
      throw new JavaException(
        'IllegalStateException',
        `Batch has already been completed in final state ${this.state}`,
      );
    this.state = 'ABORTED';
    this.context.batchFailed(this.id, exception.exception, exception.text ?? '', false);
    yield* this.context.complete(this, -1, -1, () => exception);
  }

  isDone(): boolean {
    return this.state !== null;
  }

  finalState(): FinalState | null {
    return this.state;
  }

  /**
   * Success. `duplicate`: the broker had it already and knows no offset any more. Runs callbacks, which may take time.
   * Returns false when the batch had failed or was aborted before: then nothing changes.
   */
  *complete(baseOffset: number, logAppendTime: number, duplicate: boolean = false): Blocking<boolean> {
    if (!this.mayEnd('SUCCEEDED')) return false;
    this.context.batchCompleted(this.id, baseOffset, logAppendTime, duplicate);
    yield* this.context.complete(this, baseOffset, logAppendTime, null);
    return true;
  }

  /**
   * Failure: `topLevelException` for the log, `recordExceptions` for each record by its place. `expired`: because of
   * delivery.timeout.ms. Returns false when it had failed or was aborted before.
   */
  *completeExceptionally(
    topLevelException: JavaException,
    recordExceptions: ErrorsByIndex,
    expired: boolean = false,
  ): Blocking<boolean> {
    if (!this.mayEnd('FAILED')) return false;
    this.context.batchFailed(this.id, topLevelException.exception, topLevelException.text ?? '', expired);
    this.context.tellOwnExceptions(this, topLevelException, recordExceptions);
    yield* this.context.complete(this, -1, -1, recordExceptions);
    return true;
  }

  /**
   * The final state is set once. A batch that failed or was aborted may get its answer later: ignored.
   * @throws IllegalStateException for a second end of a batch that succeeded.
   */
  private mayEnd(tryFinalState: FinalState): boolean {
    if (this.state === null) {
      this.state = tryFinalState;
      return true;
    }
    if (this.state === 'SUCCEEDED')
      throw new JavaException(
        'IllegalStateException',
        `A SUCCEEDED batch must not attempt another state change to ${tryFinalState}`,
      );
    return false;
  }

  toString(): string {
    return `ProducerBatch(topicPartition=${tpName(this.topicPartition)}, recordCount=${this.recordCount})`;
  }

  isCompressed(): boolean {
    return this.recordsBuilder.isCompressed;
  }

  hasReachedDeliveryTimeout(deliveryTimeoutMs: number, nowMs: number): boolean {
    return deliveryTimeoutMs <= nowMs - this.createdMs;
  }

  attempts(): number {
    return this.attemptCount;
  }

  reenqueued(nowMs: number): void {
    this.attemptCount += 1;
    this.lastAttemptMs = Math.max(this.lastAppendTime, nowMs);
    this.lastAppendTime = Math.max(this.lastAppendTime, nowMs);
    this.retry = true;
    this.isReadyTold = false;
  }

  queueTimeMs(): number {
    return this.drainedMs - this.createdMs;
  }

  /** Linger and back-off count from the creation, after a retry from the last attempt. */
  waitedTimeMs(nowMs: number): number {
    return Math.max(0, nowMs - this.lastAttemptMs);
  }

  drained(nowMs: number): void {
    this.drainedMs = Math.max(this.drainedMs, nowMs);
  }

  inRetry(): boolean {
    return this.retry;
  }

  estimatedSizeInBytes(): number {
    return this.recordsBuilder.estimatedSizeInBytes();
  }

  /** Real size with the header. Of a closed batch only. */
  sizeInBytes(): number {
    return this.recordsBuilder.estimatedSizeInBytes();
  }

  /** Record bytes before compression. */
  rawBytes(): number {
    return this.recordsBuilder.uncompressedRecordsSizeInBytes;
  }

  compressionRatio(): number {
    return this.recordsBuilder.compressionRatio;
  }

  isFull(): boolean {
    return this.recordsBuilder.isFull();
  }

  setProducerState(
    producerIdAndEpoch: ProducerIdAndEpochLike,
    baseSequence: number,
    isTransactional: boolean,
  ): void {
    const { producerId, epoch } = producerIdAndEpoch;
    this.recordsBuilder.setProducerState(producerId, epoch, baseSequence, isTransactional);
  }

  /** After an epoch bump: it goes out again under a new epoch and sequence. */
  resetProducerState(producerIdAndEpoch: ProducerIdAndEpochLike, baseSequence: number): void {
    const { producerId, epoch } = producerIdAndEpoch;
    this.reopened = true;
    this.recordsBuilder.reopenAndRewriteProducerState(
      producerId,
      epoch,
      baseSequence,
      this.isTransactional(),
    );
  }

  /** From now on it counts as full. */
  closeForRecordAppends(): void {
    if (!this.recordsBuilder.isAppendable()) return;
    this.recordsBuilder.closeForRecordAppends();
    this.context.batchClosed(this.id, this.recordCount, this.estimatedSizeInBytes());
  }

  /** Compresses, writes the header, and tells the estimator; the latter again at each drain, as in Java. */
  close(): void {
    this.closeForRecordAppends();
    this.recordsBuilder.close();
    if (this.recordsBuilder.isCompressed) this.context.observeRatio(this);
    this.reopened = false;
  }

  /** Before `abort`, where callbacks may not run yet. */
  abortRecordAppends(): void {
    this.closeForRecordAppends();
    this.recordsBuilder.abort();
  }

  isClosed(): boolean {
    return this.recordsBuilder.isClosed();
  }

  isWritable(): boolean {
    return !this.recordsBuilder.isClosed();
  }

  /** Size of the buffer that was allocated for it. */
  initialCapacity(): number {
    return this.recordsBuilder.writeLimit;
  }

  producerId(): number {
    return this.recordsBuilder.producerId;
  }

  producerEpoch(): number {
    return this.recordsBuilder.producerEpoch;
  }

  baseSequence(): number {
    return this.recordsBuilder.baseSequence;
  }

  lastSequence(): number {
    return this.recordsBuilder.baseSequence + this.recordsBuilder.numRecords - 1;
  }

  hasSequence(): boolean {
    return this.recordsBuilder.baseSequence !== NO_SEQUENCE;
  }

  isTransactional(): boolean {
    return this.recordsBuilder.isTransactional;
  }

  sequenceHasBeenReset(): boolean {
    return this.reopened;
  }

  /** A part of a batch that was split: its memory is not the pool's. */
  isSplitBatch(): boolean {
    return this.isSplit;
  }

  isBufferDeallocated(): boolean {
    return this.bufferDeallocated;
  }

  markBufferDeallocated(): void {
    this.bufferDeallocated = true;
  }

  /** It is in a request: its buffer must not be used again before that has ended (KAFKA-19012). */
  isInflight(): boolean {
    return this.inflight;
  }

  setInflight(inflight: boolean): void {
    this.inflight = inflight;
  }
}
