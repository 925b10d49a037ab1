/** What became of a Produce request: one outcome for each of its batches (§5.8). */
import { assert } from '#base/assert';
import { tpName, type TopicPartition } from '#base/TopicPartition';
import type { ErrorName } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import { javaHashOrder, topicPartitionHashCode } from '#record/JavaHashMap';
import type { Blocking } from '../Blocking.ts';
import type { ClientRequest, ClientResponse } from '../KafkaClient.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { LeaderHint, ProducePartitionResponse, ProduceResponse } from '../requests.ts';
import { completeBatch } from './completeBatch.ts';
import type { Sender } from './Sender.ts';

type BatchOf = ReadonlyMap<TopicPartition, ProducerBatch>;

/** @throws JavaException IllegalStateException for an answer about a partition that was not in the request. */
export function* handleProduceResponse(
  sender: Sender,
  response: ClientResponse,
  batchOf: BatchOf,
  nowMs: number,
): Blocking<void> {
  const { request, lostBy, body } = response;
  if (lostBy === 'timed-out') {
    const message = `Disconnected from node ${request.node} due to timeout`;
    yield* completeAll(sender, batchOf, 'REQUEST_TIMED_OUT', message, nowMs);
  } else if (lostBy === 'disconnected') {
    const message = `Disconnected from node ${request.node}`;
    yield* completeAll(sender, batchOf, 'NETWORK_EXCEPTION', message, nowMs);
  } else if (lostBy === 'version-mismatch') {
    yield* completeAll(sender, batchOf, 'UNSUPPORTED_VERSION', null, nowMs);
  } else if (body === null) {
    // acks=0: the bytes are written, and nobody will ever know more.
    yield* completeAll(sender, batchOf, 'NONE', null, nowMs);
  } else {
    assert(body.api === 'PRODUCE', 'a Produce is answered by its response');
    yield* completeEach(sender, request, body, batchOf, nowMs);
    sender.sensors.recordLatency(String(request.node), response.latencyMs);
  }
}

/** One outcome for the whole request. Java visits its batches in the order of a HashMap made to measure. */
function* completeAll(
  sender: Sender,
  batchOf: BatchOf,
  error: ErrorName,
  errorMessage: string | null,
  nowMs: number,
): Blocking<void> {
  for (const tp of javaHashOrder(batchOf.keys(), topicPartitionHashCode, batchOf.size)) {
    const batch = batchOf.get(tp);
    if (batch !== undefined)
      yield* completeBatch(sender, batch, withoutAnswer(tp, error, errorMessage), nowMs, null);
  }
}

/** ProduceResponse.PartitionResponse of an error alone. */
const withoutAnswer = (
  tp: TopicPartition,
  error: ErrorName,
  errorMessage: string | null,
): ProducePartitionResponse => ({
  tp,
  error,
  baseOffset: -1,
  logAppendTimeMs: -1,
  logStartOffset: -1,
  recordErrors: [],
  errorMessage,
  currentLeader: null,
});

function* completeEach(
  sender: Sender,
  request: ClientRequest,
  response: ProduceResponse,
  batchOf: BatchOf,
  nowMs: number,
): Blocking<void> {
  const updatedLeaders = new Map<TopicPartition, LeaderHint>();
  for (const partition of response.partitions) {
    const batch = batchOf.get(partition.tp);
    if (batch === undefined) {
      throw new JavaException(
        'IllegalStateException',
        `Can't find batch created for partition ${tpName(partition.tp)}`,
      );
    }
    sender.responseAnswered(
      request.id,
      batch.id,
      partition.error,
      partition.baseOffset,
      partition.logStartOffset,
      partition.currentLeader?.leader ?? null,
      partition.currentLeader?.leaderEpoch ?? -1,
      partition.errorMessage,
    );
    yield* completeBatch(sender, batch, partition, nowMs, updatedLeaders);
  }
  // KIP-951: the brokers named the new leaders, so the retries need not wait for metadata.
  if (updatedLeaders.size > 0)
    sender.metadata.updatePartitionLeadership(updatedLeaders, response.nodeEndpoints ?? []);
}
