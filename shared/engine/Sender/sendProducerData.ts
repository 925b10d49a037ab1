/** From the accumulator to requests: who is ready, what is drained, what has expired, how long to select (§5.1). */
import type { NodeId } from '#base/ids';
import { tpName } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import type { Blocking } from '../Blocking.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import { failBatch } from './failBatch.ts';
import type { Sender } from './Sender.ts';
import { sendProduceRequests } from './sendProduceRequests.ts';

/** Returns how long the select may take, ms; Infinity for as long as it likes. */
export function* sendProducerData(sender: Sender, nowMs: number): Blocking<number> {
  const { accumulator, metadata, settings } = sender;
  const snapshot = metadata.fetchMetadataSnapshot();
  const result = accumulator.ready(snapshot, nowMs);
  if (result.unknownLeaderTopics.size > 0) {
    // Added again, because a topic may have dropped out meanwhile.
    for (const topic of result.unknownLeaderTopics) metadata.add(topic, nowMs);
    metadata.requestUpdate(false, 'unknown-leader');
  }
  const notReadyTimeoutMs = removeNodesNotReady(sender, result.readyNodes, nowMs);
  const batches = accumulator.drain(snapshot, result.readyNodes, settings.maxRequestSize, nowMs);
  for (const ofNode of batches.values()) for (const batch of ofNode) sender.inFlight.add(batch);
  if (settings.guaranteeMessageOrder) {
    for (const ofNode of batches.values())
      for (const batch of ofNode) accumulator.mutePartition(batch.topicPartition);
  }
  yield* failExpiredBatches(sender, nowMs);
  sender.sensors.updateProduceRequestMetrics(batches);
  const pollTimeoutMs = Math.max(
    0,
    Math.min(result.nextReadyCheckDelayMs, notReadyTimeoutMs, accumulator.nextExpiryTimeMs() - nowMs),
  );
  sendProduceRequests(sender, batches, nowMs);
  // A node that could take more is looked at again at once.
  return result.readyNodes.size > 0 ? 0 : pollTimeoutMs;
}

/** Asking a node whether it is ready also begins its connection. Returns the shortest wait of those not ready. */
function removeNodesNotReady(sender: Sender, readyNodes: Set<NodeId>, nowMs: number): number {
  let notReadyTimeoutMs = Infinity;
  for (const node of readyNodes) {
    const isReady = sender.client.ready(node, nowMs);
    // Without the drain, the time since the last one is how long the node has not taken what was there.
    sender.accumulator.updateNodeLatencyStats(node, nowMs, isReady);
    if (isReady) continue;
    readyNodes.delete(node);
    notReadyTimeoutMs = Math.min(notReadyTimeoutMs, sender.client.pollDelayMs(node, nowMs));
  }
  return notReadyTimeoutMs;
}

/** First those in the accumulator, then those in flight, whose memory the network client still uses (KAFKA-19012). */
function* failExpiredBatches(sender: Sender, nowMs: number): Blocking<void> {
  const { accumulator } = sender;
  accumulator.resetNextBatchExpiryTime();
  const deliveryTimeoutMs = accumulator.getDeliveryTimeoutMs();
  const inFlight = sender.inFlight.removeExpired(
    (batch) => batch.hasReachedDeliveryTimeout(deliveryTimeoutMs, nowMs),
    (batch) => accumulator.maybeUpdateNextBatchExpiryTime(batch),
  );
  const waiting = accumulator.expiredBatches(nowMs);
  for (const batch of waiting) yield* failExpiredBatch(sender, batch, nowMs, true);
  for (const batch of inFlight) yield* failExpiredBatch(sender, batch, nowMs, false);
}

function* failExpiredBatch(
  sender: Sender,
  batch: ProducerBatch,
  nowMs: number,
  deallocateBuffer: boolean,
): Blocking<void> {
  const message =
    `Expiring ${batch.recordCount} record(s) for ${tpName(batch.topicPartition)}:` +
    `${nowMs - batch.createdMs} ms has passed since batch creation. ` +
    'The request has not been sent, or no server response has been received yet.';
  const exception = new JavaException('TimeoutException', message);
  yield* failBatch(sender, batch, exception, () => exception, false, deallocateBuffer, true);
  // It may have arrived: no fresh batch is drained here until what is in flight has told.
  if (batch.inRetry()) sender.transactionManager?.markSequenceUnresolved(batch);
}
