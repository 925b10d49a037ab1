/**
 * KafkaProducer.doSend: the way of a record from send() into a batch, in Java's order. `sendNow` does it in one plain
 * run, because it is done for every record; where it has to block it hands what it has to `continueSend`.
 */
import { known } from '#base/assert';
import type { RecordId, TpId } from '#base/ids';
import { JavaException } from '#record/exceptions';
import { partitionForKey } from '#record/murmur2';
import { estimateSizeInBytesUpperBound, NO_HEADERS_BYTES, sizeOfHeaders } from '#record/recordSizes';
import type { Blocking } from '../Blocking.ts';
import type { MetadataSnapshot } from '../MetadataSnapshot.ts';
import { failedMetadata, UNKNOWN_PARTITION, type Callback, type ProducerRecord } from '../ProducerRecord.ts';
import { RecordAppend } from '../RecordAccumulator/RecordAppend.ts';
import { RecordFuture } from '../RecordFuture.ts';
import type { KafkaProducer } from './KafkaProducer.ts';
import { metadataNow, waitOnMetadata } from './waitOnMetadata.ts';

/** A send that cannot end at once: it has to wait, to spend time, or to run a callback that may do so. */
export interface PendingSend {
  readonly id: RecordId;
  /** As the interceptors left it. */
  readonly record: ProducerRecord;
  readonly userCallback: Callback | null;
  readonly sentMs: number;
  readonly append: RecordAppend;
  /** metadata: nothing is done yet. memory: only the append is left. */
  readonly from: 'metadata' | 'memory' | 'failure';
  readonly failure: JavaException | null;
}

/** Everything up to the first wait. */
export function sendNow(
  producer: KafkaProducer,
  sent: ProducerRecord,
  userCallback: Callback | null,
): RecordFuture | PendingSend {
  const { parts, sending } = producer;
  const { interceptors } = parts;
  const id = producer.run.ids.nextRecord();
  const thread = known(producer.scheduler.current, 'the thread of a send()');
  sending.recordSent(id, thread.id, sent.keyId, sent.valueBytes);
  const record = interceptors.isEmpty ? sent : interceptors.onSend(sent, id);
  const callback = interceptors.isEmpty ? userCallback : appendCallbacks(producer, record, userCallback);
  const sentMs = producer.clock.milliseconds();
  // Threads share one append as long as nothing lets another thread in between.
  const append = sending.takesTime ? new RecordAppend(id, parts.metadata.fetch()) : sending.append;
  append.begin(id, record.topic, record.partition ?? UNKNOWN_PARTITION, callback);
  let from: PendingSend['from'] = 'metadata';
  let failure: JavaException | null = null;
  try {
    if (!sending.takesTime) {
      producer.throwIfProducerClosed();
      append.stage = 'metadata';
      const cluster = metadataNow(producer, record.topic, record.partition, sentMs);
      if (cluster !== null) {
        serialize(producer, append, record);
        choosePartition(producer, append, record, cluster);
        prepare(producer, append, record, sentMs, sentMs);
        if (parts.accumulator.appendNow(append)) return finish(producer, append);
        from = 'memory';
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof JavaException)) throw thrown;
    from = 'failure';
    failure = thrown;
  }
  const own = sending.takesTime ? append : append.clone();
  return { id, record, userCallback, sentMs, append: own, from, failure };
}

/** The rest of a send, from where `sendNow` had to leave it: it waits, and spends the time that each step takes. */
export function* continueSend(producer: KafkaProducer, pending: PendingSend): Blocking<RecordFuture> {
  const { parts, sending, clock, maxBlockMs } = producer;
  const { append, record, failure } = pending;
  const { costs } = parts;
  try {
    if (failure !== null) throw failure;
    let remainingWaitMs = maxBlockMs;
    if (pending.from === 'metadata') {
      append.stage = 'closed';
      if (costs.sendUs > 0) yield { on: 'cpu', untilUs: clock.nowUs() + costs.sendUs };
      producer.throwIfProducerClosed();
      append.stage = 'metadata';
      let nowMs = clock.milliseconds();
      let cluster = metadataNow(producer, record.topic, record.partition, nowMs);
      if (cluster === null) {
        const waited = yield* awaitMetadata(producer, record, nowMs);
        cluster = waited.cluster;
        nowMs += waited.waitedOnMetadataMs;
        // Time spent on serializing and the like is not charged.
        remainingWaitMs = Math.max(0, maxBlockMs - waited.waitedOnMetadataMs);
      }
      const serializeUs = sending.serializeUs(record);
      if (serializeUs > 0) yield { on: 'cpu', untilUs: clock.nowUs() + serializeUs };
      serialize(producer, append, record);
      if (costs.partitionUs > 0) yield { on: 'cpu', untilUs: clock.nowUs() + costs.partitionUs };
      choosePartition(producer, append, record, cluster);
      if (costs.appendUs > 0) yield { on: 'cpu', untilUs: clock.nowUs() + costs.appendUs };
      prepare(producer, append, record, pending.sentMs, nowMs);
    }
    if (pending.from === 'memory' || !parts.accumulator.appendNow(append))
      yield* parts.futures.watch.watch(parts.accumulator.append(append, remainingWaitMs));
    return finish(producer, append);
  } catch (thrown) {
    if (!(thrown instanceof JavaException)) throw thrown;
    return yield* sendFailed(producer, pending, thrown);
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

function serialize(producer: KafkaProducer, append: RecordAppend, record: ProducerRecord): void {
  const { serializers } = producer.parts;
  append.stage = 'serializer';
  append.keyBytes = serializers === null ? record.keyBytes : serializers.key(record);
  append.keySize = append.keyBytes === null ? -1 : append.keyBytes.length;
  append.valueSize = serializers === null ? record.valueBytes : serializers.value(record);
  append.headersSize = record.headers.length === 0 ? NO_HEADERS_BYTES : sizeOfHeaders(record.headers);
  producer.sending.recordSerialized(append.record, append.keySize, append.valueSize, append.headersSize);
}

/** KafkaProducer.partition. UNKNOWN_PARTITION stays: the accumulator asks the built-in partitioner. */
function choosePartition(
  producer: KafkaProducer,
  append: RecordAppend,
  record: ProducerRecord,
  cluster: MetadataSnapshot,
): void {
  append.stage = 'partitioner';
  append.cluster = cluster;
  const { partitioner, config } = producer.parts;
  if (record.partition !== null) {
    append.by = 'explicit';
  } else if (partitioner !== null) {
    append.by = partitioner.by;
    append.partition = partitioner.partition(record.topic, append.keyBytes, append.valueSize, cluster);
    if (append.partition < 0)
      throw new JavaException(
        'IllegalArgumentException',
        `The partitioner generated an invalid partition number: ${append.partition}. Partition number should always be non-negative.`,
      );
  } else if (append.keyBytes === null || config.partitionerIgnoreKeys) {
    append.by = 'sticky';
  } else {
    append.by = 'key-hash';
    // All partitions count, also those without a leader: a key stays where it is.
    append.partition = partitionForKey(
      append.keyBytes,
      producer.sending.partitionCount(record.topic, cluster),
    );
  }
}

/** Size and timestamp. @throws RecordTooLargeException: the bound is on the uncompressed record (§1.1). */
function prepare(
  producer: KafkaProducer,
  append: RecordAppend,
  record: ProducerRecord,
  sentMs: number,
  nowMs: number,
): void {
  append.stage = 'size';
  const { maxRequestSize, bufferMemory } = producer.parts.config;
  const sizeBytes = estimateSizeInBytesUpperBound(append.keySize, append.valueSize, append.headersSize);
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
  append.timestampMs = record.timestampMs ?? nowMs;
  append.nowMs = nowMs;
  if (append.timestampMs !== sentMs) producer.sending.recordTimestamped(append.record, append.timestampMs);
  append.stage = 'memory';
}

/** After the append, because only now the partition is certain: what throws here has its record in a batch. */
function finish(producer: KafkaProducer, append: RecordAppend): RecordFuture {
  const { transactionManager, sender, futures } = producer.parts;
  append.stage = 'transaction';
  const batch = append.batch;
  if (transactionManager !== null && batch !== null)
    transactionManager.maybeAddPartition(batch.topicPartition);
  if (append.batchIsFull || append.newBatchCreated) sender.wakeup();
  return new RecordFuture(futures, append.record, batch, append.batchIndex, null);
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
  { id, record, userCallback, append }: PendingSend,
  exception: JavaException,
): Blocking<RecordFuture> {
  const { accumulator, interceptors, transactionManager, futures } = producer.parts;
  const isThrown = !exception.is('ApiException');
  // A partition that was only computed is not told: Java remembers it from the append on.
  const partition =
    append.effectivePartition === UNKNOWN_PARTITION
      ? (record.partition ?? UNKNOWN_PARTITION)
      : append.effectivePartition;
  const tp = namedPartition(producer, append, record.topic, partition);
  const stage = isThrown && accumulator.closed && append.stage !== 'serializer' ? 'closed' : append.stage;
  producer.sending.recordRefused(id, tp, stage, exception.exception, exception.text ?? '', isThrown);
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

/** What an append has been tried to stays named when the metadata is gone; another that nobody knows is not named. */
function namedPartition(
  { parts, run }: KafkaProducer,
  append: RecordAppend,
  topic: string,
  partition: number,
): TpId | null {
  const count = parts.metadata.fetch().partitionCountForTopic(topic) ?? 0;
  const isKnown = append.effectivePartition === partition || partition < count;
  return partition >= 0 && isKnown ? run.partitions.get(topic, partition).id : null;
}
