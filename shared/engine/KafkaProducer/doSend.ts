/**
 * KafkaProducer.doSend: the way of a record from send() into a batch, in Java's order. It is one generator that calls
 * plain functions and goes into a deeper one only where it has to block: this runs for every record.
 */
import { known } from '#base/assert';
import { recordId, type RecordId, type TpId } from '#base/ids';
import type { WriterOf } from '#events/catalogue';
import type { PartitionedBy, RefusedStage } from '#events/words';
import { JavaException } from '#record/exceptions';
import { partitionForKey } from '#record/murmur2';
import { estimateSizeInBytesUpperBound, NO_HEADERS_BYTES, sizeOfHeaders } from '#record/recordSizes';
import type { Blocking } from '../Blocking.ts';
import type { MetadataSnapshot } from '../MetadataSnapshot.ts';
import type { Sensor } from '../metrics.ts';
import { failedMetadata, UNKNOWN_PARTITION, type Callback, type ProducerRecord } from '../ProducerRecord.ts';
import { RecordAppend } from '../RecordAccumulator/RecordAppend.ts';
import { RecordFuture } from '../RecordFuture.ts';
import type { CpuCosts, RunContext } from '../RunContext.ts';
import type { KafkaProducer, KafkaProducerParts } from './KafkaProducer.ts';
import { metadataNow, waitOnMetadata } from './waitOnMetadata.ts';

const BYTES_PER_KIB = 1024;

/** What all sends of one producer share: writers, limits, and the append that is used again and again. */
export class SendState {
  readonly recordSent: WriterOf<'record.sent'>;
  readonly recordTimestamped: WriterOf<'record.timestamped'>;
  readonly recordSerialized: WriterOf<'record.serialized'>;
  readonly recordPartitioned: WriterOf<'record.partitioned'>;
  readonly recordRefused: WriterOf<'record.refused'>;
  readonly errors: Sensor;
  readonly append: RecordAppend;
  private readonly costs: CpuCosts;
  /** Bytes × µs per KiB that have not become a whole µs yet. */
  private serializeDebt = 0;

  constructor(run: RunContext, parts: KafkaProducerParts) {
    this.recordSent = run.events.writer('record.sent');
    this.recordTimestamped = run.events.writer('record.timestamped');
    this.recordSerialized = run.events.writer('record.serialized');
    this.recordPartitioned = run.events.writer('record.partitioned');
    this.recordRefused = run.events.writer('record.refused');
    this.errors = parts.metrics.sensor('errors');
    this.append = new RecordAppend(recordId(0), parts.metadata.fetch());
    this.costs = parts.costs;
  }

  /** Whole µs that serializing takes; what is left over counts for the next record. */
  serializeUs(keySize: number, valueSize: number): number {
    this.serializeDebt += (Math.max(0, keySize) + Math.max(0, valueSize)) * this.costs.serializeUsPerKiB;
    const wholeUs = Math.floor(this.serializeDebt / BYTES_PER_KIB);
    this.serializeDebt -= wholeUs * BYTES_PER_KIB;
    return wholeUs;
  }
}

/** How far a send has come, for what is told of its failure. */
interface Progress {
  stage: RefusedStage;
  /** Chosen so far; UNKNOWN_PARTITION: none. */
  partition: number;
}

export function* doSend(
  producer: KafkaProducer,
  sent: ProducerRecord,
  userCallback: Callback | null,
): Blocking<RecordFuture> {
  const { parts, sending, clock } = producer;
  const { costs, interceptors } = parts;
  const id = producer.run.ids.nextRecord();
  const thread = known(producer.scheduler.current, 'the thread of a send()');
  sending.recordSent(id, thread.id, sent.keyId, sent.valueBytes);
  const record = interceptors.isEmpty ? sent : interceptors.onSend(sent, id);
  const callback = interceptors.isEmpty ? userCallback : appendCallbacks(producer, record, userCallback);
  const sentMs = clock.milliseconds();
  let stage: RefusedStage = 'closed';
  let append: RecordAppend | null = null;
  try {
    if (costs.sendUs > 0) yield { on: 'cpu', untilUs: clock.nowUs() + costs.sendUs };
    producer.throwIfProducerClosed();
    stage = 'metadata';
    let nowMs = clock.milliseconds();
    let remainingWaitMs = producer.maxBlockMs;
    let cluster = metadataNow(producer, record.topic, record.partition, nowMs);
    if (cluster === null) {
      const waited = yield* awaitMetadata(producer, record, nowMs);
      cluster = waited.cluster;
      nowMs += waited.waitedOnMetadataMs;
      remainingWaitMs = Math.max(0, remainingWaitMs - waited.waitedOnMetadataMs);
    }

    stage = 'serializer';
    const keyBytes = parts.serializers === null ? record.keyBytes : parts.serializers.key(record);
    const valueSize = parts.serializers === null ? record.valueBytes : parts.serializers.value(record);
    const keySize = keyBytes === null ? -1 : keyBytes.length;
    const headersSize = record.headers.length === 0 ? NO_HEADERS_BYTES : sizeOfHeaders(record.headers);
    if (costs.serializeUsPerKiB > 0) {
      const us = sending.serializeUs(keySize, valueSize);
      if (us > 0) yield { on: 'cpu', untilUs: clock.nowUs() + us };
    }
    sending.recordSerialized(id, keySize, valueSize, headersSize);

    stage = 'partitioner';
    if (costs.partitionUs > 0) yield { on: 'cpu', untilUs: clock.nowUs() + costs.partitionUs };
    const partition = choosePartition(producer, record, keyBytes, valueSize, cluster);
    const by = partitionedBy(producer, record, partition);

    stage = 'size';
    const serializedSize = estimateSizeInBytesUpperBound(keySize, valueSize, headersSize);
    ensureValidRecordSize(producer, serializedSize);
    const timestampMs = record.timestampMs ?? nowMs;
    if (timestampMs !== sentMs) sending.recordTimestamped(id, timestampMs);

    stage = 'memory';
    if (costs.appendUs > 0) yield { on: 'cpu', untilUs: clock.nowUs() + costs.appendUs };
    append = sending.append;
    append.begin(
      id,
      record.topic,
      partition,
      by,
      timestampMs,
      keySize,
      valueSize,
      headersSize,
      callback,
      nowMs,
      cluster,
    );
    if (!parts.accumulator.appendNow(append)) {
      append = append.clone();
      yield* parts.futures.watch.watch(parts.accumulator.append(append, remainingWaitMs));
    }

    // After the append, because only now the partition is certain: what throws here has a record in a batch.
    stage = 'transaction';
    const batch = append.batch;
    if (parts.transactionManager !== null && batch !== null)
      parts.transactionManager.maybeAddPartition(batch.topicPartition);
    if (append.batchIsFull || append.newBatchCreated) parts.sender.wakeup();
    return new RecordFuture(parts.futures, id, batch, append.batchIndex, null);
  } catch (thrown) {
    if (!(thrown instanceof JavaException)) throw thrown;
    // A partition that was only computed is not told: Java remembers it from the append on.
    const partition = append === null ? (record.partition ?? UNKNOWN_PARTITION) : append.effectivePartition;
    return yield* sendFailed(producer, id, record, { stage, partition }, userCallback, thrown);
  }
}

function* awaitMetadata(
  producer: KafkaProducer,
  record: ProducerRecord,
  nowMs: number,
): ReturnType<typeof waitOnMetadata> {
  const { parts, maxBlockMs } = producer;
  try {
    const wait = waitOnMetadata(producer, record.topic, record.partition, nowMs, maxBlockMs);
    return yield* parts.futures.watch.watch(wait);
  } catch (thrown) {
    if (thrown instanceof JavaException && thrown.is('KafkaException') && parts.metadata.isClosed())
      throw new JavaException('KafkaException', 'Producer closed while send in progress', thrown);
    throw thrown;
  }
}

/** KafkaProducer.partition. UNKNOWN_PARTITION: the accumulator asks the built-in partitioner. */
function choosePartition(
  producer: KafkaProducer,
  record: ProducerRecord,
  keyBytes: Uint8Array | null,
  valueSize: number,
  cluster: MetadataSnapshot,
): number {
  if (record.partition !== null) return record.partition;
  const { partitioner, config } = producer.parts;
  if (partitioner !== null) {
    const custom = partitioner.partition(record.topic, keyBytes, valueSize, cluster);
    if (custom < 0)
      throw new JavaException(
        'IllegalArgumentException',
        `The partitioner generated an invalid partition number: ${custom}. Partition number should always be non-negative.`,
      );
    return custom;
  }
  if (keyBytes === null || config.partitionerIgnoreKeys) return UNKNOWN_PARTITION;
  // All partitions count, also those without a leader: a key stays where it is.
  return partitionForKey(keyBytes, cluster.partitionsForTopic(record.topic).length);
}

function partitionedBy(producer: KafkaProducer, record: ProducerRecord, partition: number): PartitionedBy {
  if (record.partition !== null) return 'explicit';
  if (partition === UNKNOWN_PARTITION) return 'sticky';
  return producer.parts.partitioner === null ? 'key-hash' : producer.parts.partitioner.by;
}

function ensureValidRecordSize(producer: KafkaProducer, sizeBytes: number): void {
  const { maxRequestSize, bufferMemory } = producer.parts.config;
  if (sizeBytes > maxRequestSize)
    throw new JavaException(
      'RecordTooLargeException',
      `The message is ${sizeBytes} bytes when serialized which is larger than ${maxRequestSize}, ` +
        'which is the value of the max.request.size configuration.',
    );
  if (sizeBytes > bufferMemory)
    throw new JavaException(
      'RecordTooLargeException',
      `The message is ${sizeBytes} bytes when serialized which is larger than the total memory buffer ` +
        'you have configured with the buffer.memory configuration.',
    );
}

/** KafkaProducer.AppendCallbacks: interceptors come before the user's callback. */
function appendCallbacks(
  producer: KafkaProducer,
  { headers }: ProducerRecord,
  userCallback: Callback | null,
): Callback {
  const { interceptors } = producer.parts;
  return (metadata, exception, record) => {
    interceptors.onAcknowledgement(metadata, exception, headers, record);
    return userCallback?.(metadata, exception, record);
  };
}

/** How errors surface (§1.4): an ApiException in the future, after the callback has run here; others are thrown. */
function* sendFailed(
  producer: KafkaProducer,
  id: RecordId,
  record: ProducerRecord,
  { stage, partition }: Progress,
  userCallback: Callback | null,
  exception: JavaException,
): Blocking<RecordFuture> {
  const { accumulator, interceptors, transactionManager, futures } = producer.parts;
  const isThrown = !exception.is('ApiException');
  const tp = knownPartition(producer, record.topic, partition);
  const toldStage = isThrown && accumulator.closed && stage !== 'serializer' ? 'closed' : stage;
  producer.sending.recordRefused(id, tp, toldStage, exception.exception, exception.text ?? '', isThrown);
  if (!isThrown && userCallback !== null) {
    const pause = userCallback(failedMetadata(record.topic, partition), exception, id);
    if (pause !== undefined) yield* pause;
  }
  if (exception.is('KafkaException')) producer.sending.errors.record();
  if (!interceptors.isEmpty) interceptors.onSendError(record, partition, exception, id);
  if (isThrown) throw exception;
  transactionManager?.maybeTransitionToErrorState(exception);
  return new RecordFuture(futures, id, null, -1, exception);
}

/** A partition that nobody knows is not named in the log. */
function knownPartition(producer: KafkaProducer, topic: string, partition: number): TpId | null {
  const count = producer.parts.metadata.fetch().partitionCountForTopic(topic) ?? 0;
  return partition >= 0 && partition < count ? producer.run.partitions.get(topic, partition).id : null;
}
