/**
 * org.apache.kafka.clients.producer.internals.FutureRecordMetadata, and KafkaProducer.FutureFailure: what send()
 * returns. It points into its batch and follows the batch's splits, so nothing is kept there for it.
 */
import type { RecordId } from '#base/ids';
import { runMicros } from '#base/time';
import type { WriterOf } from '#events/catalogue';
import { JavaException } from '#record/exceptions';
import type { Blocking } from './Blocking.ts';
import type { Clock, Scheduler } from './Clock.ts';
import type { ProduceRequestResult } from './ProduceRequestResult.ts';
import type { ProducerBatch } from './ProducerBatch.ts';
import type { RecordMetadata } from './ProducerRecord.ts';
import type { RunContext } from './RunContext.ts';
import { ThreadWatch } from './ThreadWatch.ts';

/** What all futures of a producer share. */
export class FutureContext {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly watch: ThreadWatch;
  readonly recordAwaited: WriterOf<'record.awaited'>;

  constructor(run: RunContext) {
    this.clock = run.clock;
    this.scheduler = run.scheduler;
    this.watch = new ThreadWatch(run);
    this.recordAwaited = run.events.writer('record.awaited');
  }
}

/** Where a record is in the end: the result of its batch, or of the last split's part. */
interface Leaf {
  readonly result: ProduceRequestResult;
  readonly index: number;
}

export class RecordFuture {
  readonly record: RecordId;
  private readonly context: FutureContext;
  private readonly batch: ProducerBatch | null;
  private readonly batchIndex: number;
  private readonly failure: JavaException | null;

  /** Either a place in a batch, or the exception of a send() that failed. */
  constructor(
    context: FutureContext,
    record: RecordId,
    batch: ProducerBatch | null,
    batchIndex: number,
    failure: JavaException | null,
  ) {
    this.context = context;
    this.record = record;
    this.batch = batch;
    this.batchIndex = batchIndex;
    this.failure = failure;
  }

  isDone(): boolean {
    return this.batch === null || this.leaf(this.batch).result.completed();
  }

  /**
   * Waits for the outcome.
   * @throws the record's exception, where Java throws an ExecutionException with this cause; TimeoutException.
   */
  *get(timeoutMs: number = Infinity): Blocking<RecordMetadata> {
    try {
      return yield* this.context.watch.watch(this.await(timeoutMs));
    } finally {
      const thread = this.context.scheduler.current;
      if (thread !== null) this.context.recordAwaited(this.record, thread.id);
    }
  }

  private *await(timeoutMs: number): Blocking<RecordMetadata> {
    const batch = this.batch;
    if (batch === null) throw this.failure ?? new JavaException('IllegalStateException', null);
    const deadlineMs = this.context.clock.milliseconds() + timeoutMs;
    for (;;) {
      const { result, index } = this.leaf(batch);
      if (result.completed()) return this.valueOrError(batch, result, index);
      if (this.context.clock.milliseconds() >= deadlineMs)
        throw new JavaException('TimeoutException', `Timeout after waiting for ${timeoutMs} ms.`);
      yield { on: 'record', untilUs: runMicros(deadlineMs), isOver: () => result.completed() };
    }
  }

  private leaf(batch: ProducerBatch): Leaf {
    let result = batch.produceFuture;
    let index = this.batchIndex;
    for (;;) {
      const at = index;
      const part = result.parts?.find(
        ({ firstIndex, recordCount }) => at >= firstIndex && at < firstIndex + recordCount,
      );
      if (part === undefined) return { result, index };
      result = part.result;
      index -= part.firstIndex;
    }
  }

  private valueOrError(batch: ProducerBatch, result: ProduceRequestResult, index: number): RecordMetadata {
    const exception = result.error(index);
    if (exception !== null) throw exception;
    const baseOffset = result.baseOffset ?? -1;
    return {
      topic: batch.topicPartition.topic,
      partition: batch.topicPartition.partition,
      offset: baseOffset === -1 ? -1 : baseOffset + index,
      timestampMs: result.logAppendTime === -1 ? batch.timestampOf(this.batchIndex) : result.logAppendTime,
      serializedKeySize: batch.keySizeOf(this.batchIndex),
      serializedValueSize: batch.valueSizeOf(this.batchIndex),
    };
  }
}
