/** KafkaProducer.waitOnMetadata: before anything else a topic, and the partition that is asked for, must be known. */
import { exceptionOf } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import type { Blocking } from '../Blocking.ts';
import type { MetadataSnapshot } from '../MetadataSnapshot.ts';
import type { KafkaProducer } from './KafkaProducer.ts';

export interface ClusterAndWaitTime {
  readonly cluster: MetadataSnapshot;
  readonly waitedOnMetadataMs: number;
}

/** What is known of the topic if that is enough; null: it has to be waited for. @throws InvalidTopicException */
export function metadataNow(
  producer: KafkaProducer,
  topic: string,
  partition: number | null,
  nowMs: number,
): MetadataSnapshot | null {
  const { metadata } = producer.parts;
  const cluster = metadata.fetch();
  if (producer.sending.remembers(topic, partition, cluster, nowMs)) return cluster;
  if (cluster.invalidTopics.size > 0 && cluster.invalidTopics.has(topic))
    throw new JavaException('InvalidTopicException', topic);
  metadata.add(topic, nowMs);
  const count = cluster.partitionCountForTopic(topic);
  if (count === null || !isKnown(count, partition)) return null;
  producer.sending.remember(topic, cluster, nowMs, count);
  return cluster;
}

/** Whether a topic with so many partitions (null: unknown) has this one (null: any). */
const isKnown = (count: number | null, partition: number | null): boolean =>
  count !== null && (partition === null || partition < count);

/**
 * Waits at most `maxWaitMs`. Every answer wakes it, also one that does not help; a partition beyond the known ones is
 * waited for too (S39).
 * @throws TimeoutException, or the topic's error if trying again cannot help.
 */
export function* waitOnMetadata(
  producer: KafkaProducer,
  topic: string,
  partition: number | null,
  nowMs: number,
  maxWaitMs: number,
): Blocking<ClusterAndWaitTime> {
  const { metadata, sender, producerMetrics } = producer.parts;
  const known = metadataNow(producer, topic, partition, nowMs);
  if (known !== null) return { cluster: known, waitedOnMetadataMs: 0 };
  let cluster = metadata.fetch();
  let count = cluster.partitionCountForTopic(topic);
  let elapsedMs = 0;
  const startUs = producer.clock.nowUs();
  do {
    metadata.add(topic, nowMs + elapsedMs);
    const version = metadata.requestUpdateForTopic(topic);
    sender.wakeup();
    try {
      yield* metadata.awaitUpdate(version, maxWaitMs - elapsedMs);
    } catch (thrown) {
      if (thrown instanceof JavaException && thrown.exception === 'TimeoutException')
        throw notPresent(producer, topic, partition, count, maxWaitMs, false);
      throw thrown;
    }
    cluster = metadata.fetch();
    elapsedMs = producer.clock.milliseconds() - nowMs;
    // The clock comes first: an answer in the last millisecond is too late.
    if (elapsedMs >= maxWaitMs) throw notPresent(producer, topic, partition, count, maxWaitMs, true);
    metadata.maybeThrowExceptionForTopic(topic);
    count = cluster.partitionCountForTopic(topic);
  } while (!isKnown(count, partition));
  producerMetrics.recordMetadataWait(producer.nanosSince(startUs));
  return { cluster, waitedOnMetadataMs: elapsedMs };
}

/** `retriableCauseOnly`: another error would have been thrown itself, had there been time. */
function notPresent(
  producer: KafkaProducer,
  topic: string,
  partition: number | null,
  count: number | null,
  maxWaitMs: number,
  retriableCauseOnly: boolean,
): JavaException {
  const what =
    count === null
      ? `Topic ${topic} not`
      : `Partition ${partition} of topic ${topic} with partition count ${count} is not`;
  const error = producer.parts.metadata.getError(topic);
  const cause = error === null ? null : exceptionOf(error);
  const because = cause !== null && retriableCauseOnly && !cause.is('RetriableException') ? null : cause;
  return new JavaException('TimeoutException', `${what} present in metadata after ${maxWaitMs} ms.`, because);
}
