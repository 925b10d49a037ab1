/** One Produce request per node, from what was drained for it. */
import type { NodeId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { ProduceRequest, SentBatch } from '../requests.ts';
import { handleProduceResponse } from './handleProduceResponse.ts';
import type { Sender } from './Sender.ts';

/** ProduceRequest.LAST_STABLE_VERSION_BEFORE_TRANSACTION_V2: tells the broker that a transaction is of version 1. */
const LAST_VERSION_OF_V1 = 11;

export function sendProduceRequests(
  sender: Sender,
  collated: ReadonlyMap<NodeId, readonly ProducerBatch[]>,
  nowMs: number,
): void {
  for (const [node, batches] of collated) sendProduceRequest(sender, nowMs, node, batches);
}

function sendProduceRequest(
  sender: Sender,
  nowMs: number,
  destination: NodeId,
  batches: readonly ProducerBatch[],
): void {
  if (batches.length === 0) return;
  const batchOf = new Map<TopicPartition, ProducerBatch>();
  for (const batch of batches) {
    batchOf.set(batch.topicPartition, batch);
    batch.setInflight(true);
  }
  const { client, settings } = sender;
  const body = createProduceRequest(sender, batches);
  const request = client.newClientRequest(
    destination,
    body,
    nowMs,
    settings.acks !== 0,
    settings.requestTimeoutMs,
    (response) => handleProduceResponse(sender, response, batchOf, sender.clock.milliseconds()),
  );
  client.send(request, nowMs);
}

function createProduceRequest(sender: Sender, batches: readonly ProducerBatch[]): ProduceRequest {
  const manager = sender.transactionManager;
  const isV1 = manager !== null && manager.isTransactional() && !manager.isTransactionV2Enabled();
  return {
    api: 'PRODUCE',
    acks: sender.settings.acks,
    timeoutMs: sender.settings.requestTimeoutMs,
    transactionalId: manager?.transactionalId() ?? null,
    ...(isV1 ? { maxVersion: LAST_VERSION_OF_V1 } : {}),
    topicIds: sender.metadata.fetch().topicIds,
    batches: byTopic(batches).map(asSent),
  };
}

/** A request lists each topic once, in the order in which the topics were drained first. */
function byTopic(batches: readonly ProducerBatch[]): readonly ProducerBatch[] {
  const topics = new Map<string, ProducerBatch[]>();
  for (const batch of batches) {
    const ofTopic = topics.get(batch.topicPartition.topic);
    if (ofTopic === undefined) topics.set(batch.topicPartition.topic, [batch]);
    else ofTopic.push(batch);
  }
  return topics.size === 1 ? batches : [...topics.values()].flat();
}

const asSent = (batch: ProducerBatch): SentBatch => ({
  batch,
  tp: batch.topicPartition,
  recordCount: batch.recordCount,
  sizeBytes: batch.sizeInBytes(),
  producerId: batch.producerId(),
  producerEpoch: batch.producerEpoch(),
  baseSequence: batch.baseSequence(),
  isTransactional: batch.isTransactional(),
});
