/**
 * org.apache.kafka.clients.producer.KafkaProducer: what the application calls. Methods that block in Java are
 * generators here. Several threads may use one producer; a call runs in one piece up to where it blocks.
 */
import type { ClientId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { Micros } from '#base/time';
import type { WriterOf } from '#events/catalogue';
import type { CallName } from '#events/words';
import { JavaException } from '#record/exceptions';
import type { Blocking, Thread } from '../Blocking.ts';
import type { Clock, Scheduler } from '../Clock.ts';
import type { KafkaProducerMetrics } from '../KafkaProducerMetrics.ts';
import type { PartitionInfo } from '../MetadataSnapshot.ts';
import type { Metrics } from '../metrics.ts';
import type { Partitioner } from '../Partitioner.ts';
import type { ProducerConfig } from '../ProducerConfig.ts';
import type { ProducerInterceptors } from '../ProducerInterceptors.ts';
import type { ProducerMetadata } from '../ProducerMetadata.ts';
import type { Callback, ProducerRecord } from '../ProducerRecord.ts';
import type { RecordAccumulator } from '../RecordAccumulator/RecordAccumulator.ts';
import { RecordFuture, type FutureContext } from '../RecordFuture.ts';
import type { CpuCosts, RunContext } from '../RunContext.ts';
import type { Sender } from '../Sender/Sender.ts';
import type {
  ConsumerGroupMetadata,
  OffsetAndMetadata,
} from '../TransactionManager/sendOffsetsToTransaction.ts';
import type { TransactionManager } from '../TransactionManager/TransactionManager.ts';
import { continueSend, sendNow, type PendingSend } from './doSend.ts';
import { close, flush } from './flushAndClose.ts';
import { SendState } from './SendState.ts';
import * as transactions from './transactions.ts';
import { waitOnMetadata } from './waitOnMetadata.ts';

/** A producer's serializers, where they do more than hand on the bytes that a record has. */
export interface Serializers {
  /** null: no key. @throws SerializationException */
  key(record: ProducerRecord): Uint8Array | null;
  /** Length of the value, −1 null. @throws SerializationException */
  value(record: ProducerRecord): number;
}

/** Everything a producer is made of; see createKafkaProducer.ts. */
export interface KafkaProducerParts {
  readonly client: ClientId;
  readonly config: ProducerConfig;
  readonly metrics: Metrics;
  readonly producerMetrics: KafkaProducerMetrics;
  readonly metadata: ProducerMetadata;
  readonly accumulator: RecordAccumulator;
  readonly transactionManager: TransactionManager | null;
  readonly sender: Sender;
  readonly ioThread: Thread;
  readonly interceptors: ProducerInterceptors;
  readonly partitioner: Partitioner | null;
  /** null: records carry their bytes (ByteArraySerializer). */
  readonly serializers: Serializers | null;
  readonly costs: CpuCosts;
  readonly futures: FutureContext;
}

const NANOS_PER_MICRO = 1000;

export class KafkaProducer {
  readonly run: RunContext;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly parts: KafkaProducerParts;
  readonly client: ClientId;
  readonly maxBlockMs: number;
  readonly sending: SendState;
  private readonly callBegan: WriterOf<'call.began'>;
  private readonly callReturned: WriterOf<'call.returned'>;

  /** Starts nothing. */
  constructor(run: RunContext, parts: KafkaProducerParts) {
    this.run = run;
    this.clock = run.clock;
    this.scheduler = run.scheduler;
    this.parts = parts;
    this.client = parts.client;
    this.maxBlockMs = parts.config.maxBlockMs;
    this.sending = new SendState(run, parts);
    this.callBegan = run.events.writer('call.began');
    this.callReturned = run.events.writer('call.returned');
  }

  /**
   * Appends a record to a batch; blocks for metadata and for memory, together at most max.block.ms. An ApiException
   * is not thrown: the callback has run when this returns, and the future has failed (§1.4).
   * @throws JavaException any other: serialization, a closed producer, a wrong transactional state.
   */
  *send(record: ProducerRecord, callback: Callback | null = null): Blocking<RecordFuture> {
    const sent = sendNow(this, record, callback);
    return sent instanceof RecordFuture ? sent : yield* continueSend(this, sent);
  }

  /**
   * `send` without a generator, for whoever sends millions: what comes back is the future, or a send that has to
   * block and goes on with `yield* continueSend(…)`.
   */
  trySend(record: ProducerRecord, callback: Callback | null = null): RecordFuture | PendingSend {
    return sendNow(this, record, callback);
  }

  continueSend(pending: PendingSend): Blocking<RecordFuture> {
    return continueSend(this, pending);
  }

  /** Sends everything that is buffered and waits until it is done. @throws KafkaException inside a callback. */
  flush(): Blocking<void> {
    return this.call('flush', flush(this));
  }

  /** Partitions of a topic, in hash order; waits for metadata. @throws TimeoutException after max.block.ms. */
  *partitionsFor(topic: string): Blocking<readonly PartitionInfo[]> {
    const wait = waitOnMetadata(this, topic, null, this.clock.milliseconds(), this.maxBlockMs);
    const { cluster } = yield* this.call('partitionsFor', wait);
    return cluster.partitionsForTopic(topic);
  }

  /** Names and values now; NaN where nothing has been measured. */
  metrics(): ReadonlyMap<string, number> {
    return this.parts.metrics.values();
  }

  /**
   * Waits for what is under way, at most `timeoutMs`; then what is left fails. 0: at once.
   * @throws IllegalArgumentException for a negative timeout.
   */
  close(timeoutMs: number = Infinity): Blocking<void> {
    return this.call('close', close(this, timeoutMs));
  }

  /** Gets the producer id and fences earlier producers. @throws IllegalStateException, TimeoutException, … */
  initTransactions(): Blocking<void> {
    return this.call('initTransactions', transactions.initTransactions(this));
  }

  /** @throws IllegalStateException, ProducerFencedException, … */
  beginTransaction(): void {
    this.tellBegin('beginTransaction');
    try {
      transactions.beginTransaction(this);
      this.tellReturn('beginTransaction', null);
    } catch (thrown) {
      this.tellReturn('beginTransaction', thrown);
      throw thrown;
    }
  }

  sendOffsetsToTransaction(
    offsets: ReadonlyMap<TopicPartition, OffsetAndMetadata>,
    groupMetadata: ConsumerGroupMetadata,
  ): Blocking<void> {
    return this.call(
      'sendOffsetsToTransaction',
      transactions.sendOffsetsToTransaction(this, offsets, groupMetadata),
    );
  }

  commitTransaction(): Blocking<void> {
    return this.call('commitTransaction', transactions.commitTransaction(this));
  }

  abortTransaction(): Blocking<void> {
    return this.call('abortTransaction', transactions.abortTransaction(this));
  }

  /** @throws IllegalStateException once the sender does not run any more. */
  throwIfProducerClosed(): void {
    if (!this.parts.sender.isRunning())
      throw new JavaException(
        'IllegalStateException',
        'Cannot perform operation after producer has been closed',
      );
  }

  /** Nanoseconds since a moment of the run, as KafkaProducerMetrics counts. */
  nanosSince(startUs: Micros): number {
    return (this.clock.nowUs() - startUs) * NANOS_PER_MICRO;
  }

  /** A call other than send, with the log told when it begins, blocks and returns. */
  private *call<T>(name: CallName, body: Blocking<T>): Blocking<T> {
    this.tellBegin(name);
    try {
      const result = yield* this.parts.futures.watch.watch(body);
      this.tellReturn(name, null);
      return result;
    } catch (thrown) {
      this.tellReturn(name, thrown);
      throw thrown;
    }
  }

  private tellBegin(name: CallName): void {
    const thread = this.scheduler.current;
    if (thread !== null) this.callBegan(thread.id, this.client, name);
  }

  private tellReturn(name: CallName, thrown: unknown): void {
    const thread = this.scheduler.current;
    if (thread === null) return;
    if (thrown === null) this.callReturned(thread.id, name, null, null);
    else if (thrown instanceof JavaException)
      this.callReturned(thread.id, name, thrown.exception, thrown.text);
  }
}

/** org.apache.kafka.clients.producer.Producer: what an application calls, whatever is behind it. */
export type Producer = Pick<
  KafkaProducer,
  | 'send'
  | 'trySend'
  | 'continueSend'
  | 'flush'
  | 'close'
  | 'initTransactions'
  | 'beginTransaction'
  | 'sendOffsetsToTransaction'
  | 'commitTransaction'
  | 'abortTransaction'
>;
