/**
 * What the batches of one producer share: the log's writers, the compression estimates, and how the callbacks of a
 * finished batch are run. One object per producer, so that a batch itself stays small.
 */
import type { BatchId, ClientId } from '#base/ids';
import type { WriterOf } from '#events/catalogue';
import { BugError } from '#base/assert';
import type { CompressionRatioEstimator, CompressionType } from '#record/CompressionRatioEstimator';
import { JavaException } from '#record/exceptions';
import type { Blocking } from './Blocking.ts';
import type { Clock } from './Clock.ts';
import type { ProduceRequestResult, ErrorsByIndex } from './ProduceRequestResult.ts';
import type { ProducerBatch } from './ProducerBatch.ts';
import { failedMetadata, type Callback, type RecordMetadata } from './ProducerRecord.ts';
import type { CompressionModel, CpuCosts, RunContext, RunIds } from './RunContext.ts';

/** A batch that the application's records made, not the split of another. */
export const NO_PARENT: BatchId | null = null;

const PPM = 1_000_000;

export class BatchContext {
  readonly client: ClientId;
  readonly ids: RunIds;
  readonly compressionType: CompressionType;
  readonly compression: CompressionModel;
  readonly estimator: CompressionRatioEstimator;
  readonly batchCreated: WriterOf<'batch.created'>;
  readonly batchClosed: WriterOf<'batch.closed'>;
  readonly batchCompleted: WriterOf<'batch.completed'>;
  readonly batchFailed: WriterOf<'batch.failed'>;
  private readonly clock: Clock;
  private readonly costs: CpuCosts;
  private readonly callbacksRan: WriterOf<'callbacks.ran'>;
  private readonly recordFailed: WriterOf<'record.failed'>;
  private readonly ratioObserved: WriterOf<'ratio.observed'>;

  constructor(
    run: RunContext,
    client: ClientId,
    compressionType: CompressionType,
    compression: CompressionModel,
    estimator: CompressionRatioEstimator,
    costs: CpuCosts,
  ) {
    this.client = client;
    this.ids = run.ids;
    this.compressionType = compressionType;
    this.compression = compression;
    this.estimator = estimator;
    this.clock = run.clock;
    this.costs = costs;
    this.batchCreated = run.events.writer('batch.created');
    this.batchClosed = run.events.writer('batch.closed');
    this.batchCompleted = run.events.writer('batch.completed');
    this.batchFailed = run.events.writer('batch.failed');
    this.callbacksRan = run.events.writer('callbacks.ran');
    this.recordFailed = run.events.writer('record.failed');
    this.ratioObserved = run.events.writer('ratio.observed');
  }

  /** CompressionRatioEstimator.updateEstimation with what a closed batch came to. */
  observeRatio(batch: ProducerBatch): void {
    const topic = batch.topicPartition.topic;
    const observed = batch.compressionRatio();
    const estimate = this.estimator.updateEstimation(topic, this.compressionType, observed);
    this.ratioObserved(this.client, topic, batch.id, Math.round(observed * PPM), Math.round(estimate * PPM));
  }

  /** KIP-467: records whose exception is not their batch's. */
  tellOwnExceptions(batch: ProducerBatch, topLevel: JavaException, recordExceptions: ErrorsByIndex): void {
    for (let i = 0; i < batch.recordCount; i++) {
      const record = batch.records[i];
      const own = recordExceptions(i);
      if (record === undefined || (own.exception === topLevel.exception && own.text === topLevel.text))
        continue;
      this.recordFailed(record, batch.topicPartition.id, own.exception, own.text ?? '');
    }
  }

  /**
   * ProducerBatch.completeFutureAndFireCallbacks. The result is there before the first callback and lets waiters go
   * after the last. The time that callbacks take is spent at once, after all of them have run.
   */
  *complete(
    batch: ProducerBatch,
    baseOffset: number,
    logAppendTime: number,
    recordExceptions: ErrorsByIndex | null,
  ): Blocking<void> {
    const result = batch.produceFuture;
    result.set(baseOffset, logAppendTime, recordExceptions);
    let ran = 0;
    const startUs = this.clock.nowUs();
    if (batch.hasCallbacks()) {
      for (let i = 0; i < batch.recordCount; i++) {
        const callback = batch.callbackOf(i);
        if (callback === null) continue;
        const pause = this.fire(batch, i, callback, result, recordExceptions);
        if (pause !== undefined) yield* tolerated(pause);
        ran += 1;
      }
    }
    const costUs = ran * this.costs.callbackUs;
    if (costUs > 0) yield { on: 'cpu', untilUs: this.clock.nowUs() + costUs };
    if (ran > 0) this.callbacksRan(batch.id, ran, this.clock.nowUs() - startUs);
    result.done();
  }

  /** One callback, up to where it blocks. Java logs what it throws and goes on; a bug of ours stops the run. */
  private fire(
    batch: ProducerBatch,
    index: number,
    callback: Callback,
    result: ProduceRequestResult,
    recordExceptions: ErrorsByIndex | null,
  ): Blocking<void> | void {
    const record = batch.records[index];
    if (record === undefined) throw new BugError(`batch ${batch.id} has no record ${index}`);
    const { topic, partition } = batch.topicPartition;
    const exception = recordExceptions === null ? null : recordExceptions(index);
    const metadata = exception === null ? metadataOf(batch, index, result) : failedMetadata(topic, partition);
    try {
      return callback(metadata, exception, record);
    } catch (thrown) {
      if (!(thrown instanceof JavaException)) throw thrown;
    }
  }
}

/** The rest of a callback that blocks. */
function* tolerated(pause: Blocking<void>): Blocking<void> {
  try {
    yield* pause;
  } catch (thrown) {
    if (!(thrown instanceof JavaException)) throw thrown;
  }
}

/** FutureRecordMetadata.value: of a record in a batch that is complete. */
export function metadataOf(
  batch: ProducerBatch,
  index: number,
  result: ProduceRequestResult,
): RecordMetadata {
  const baseOffset = result.baseOffset ?? -1;
  const { topic, partition } = batch.topicPartition;
  return {
    topic,
    partition,
    offset: baseOffset === -1 ? -1 : baseOffset + index,
    timestampMs: result.logAppendTime !== -1 ? result.logAppendTime : batch.timestampOf(index),
    serializedKeySize: batch.keySizeOf(index),
    serializedValueSize: batch.valueSizeOf(index),
  };
}
