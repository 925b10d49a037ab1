/** RecordAccumulator.drain: takes at most one batch of each partition of each ready node, and closes them. */
import type { NodeId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { DrainStop } from '#events/words';
import { integerHashCode, javaHashOrder } from '#record/JavaHashMap';
import type { MetadataSnapshot } from '../MetadataSnapshot.ts';
import { NO_SEQUENCE, type ProducerBatch } from '../ProducerBatch.ts';
import type { BatchDeque } from './BatchDeque.ts';
import { readyReason } from './ready.ts';
import type { RecordAccumulator } from './RecordAccumulator.ts';

/** Node -> its batches in order of draining, nodes in the order of Java's HashMap; a list may be empty. */
export function drain(
  accumulator: RecordAccumulator,
  snapshot: MetadataSnapshot,
  nodes: ReadonlySet<NodeId>,
  maxSize: number,
  nowMs: number,
): ReadonlyMap<NodeId, readonly ProducerBatch[]> {
  const batches = new Map<NodeId, readonly ProducerBatch[]>();
  for (const node of nodes)
    batches.set(node, drainBatchesForOneNode(accumulator, snapshot, node, maxSize, nowMs));
  if (batches.size < 2) return batches;
  const order = javaHashOrder(batches.keys(), integerHashCode);
  return new Map(order.map((node) => [node, batches.get(node) ?? []]));
}

function drainBatchesForOneNode(
  accumulator: RecordAccumulator,
  snapshot: MetadataSnapshot,
  node: NodeId,
  maxSize: number,
  nowMs: number,
): readonly ProducerBatch[] {
  const parts = snapshot.partitionsForNode(node);
  const drained: ProducerBatch[] = [];
  let size = 0;
  let records = 0;
  let drainIndex = (accumulator.nodesDrainIndex.get(node) ?? 0) % Math.max(1, parts.length);
  for (let examined = 0; examined < parts.length; examined++) {
    const part = parts[drainIndex];
    // The index that is looked at, not the next one: a complete pass starts one place earlier next time.
    accumulator.nodesDrainIndex.set(node, drainIndex);
    drainIndex = (drainIndex + 1) % parts.length;
    if (part === undefined || accumulator.isMuted(part.tp)) continue;
    const deque = accumulator.getDeque(part.tp);
    const first = deque?.peekFirst();
    if (deque === undefined || first === undefined) continue;
    first.maybeUpdateLeaderEpoch(part.leaderEpoch ?? -1);
    if (accumulator.shouldBackoff(first, nowMs)) continue;
    const stop =
      size + first.estimatedSizeInBytes() > maxSize && drained.length > 0
        ? 'request-full'
        : stopReason(accumulator, first, part.tp);
    // One partition that may not go on ends the pass of the whole node.
    if (stop !== null) {
      accumulator.events.drainStopped(accumulator.client, node, first.id, stop);
      break;
    }
    take(accumulator, deque, first, nowMs);
    size += first.sizeInBytes();
    records += first.recordCount;
    drained.push(first);
    accumulator.events.batchDrained(first.id, node, first.sizeInBytes(), first.rawBytes());
  }
  accumulator.events.nodeDrained(accumulator.client, node, drained.length, records);
  return drained;
}

/** Takes the first batch of a deque, gives it its sequence if it has none, and closes it. */
function take(accumulator: RecordAccumulator, deque: BatchDeque, batch: ProducerBatch, nowMs: number): void {
  if (!batch.isReadyTold) {
    const waitedMs = batch.waitedTimeMs(nowMs);
    const reason = readyReason(accumulator, deque, batch, waitedMs, accumulator.free.queued() > 0);
    accumulator.tellReady(batch, reason ?? 'node-ready');
  }
  deque.pollFirst();
  const manager = accumulator.transactionManager;
  if (manager !== null && !batch.hasSequence()) {
    const tp = batch.topicPartition;
    const producerIdAndEpoch = manager.producerIdAndEpoch();
    manager.maybeUpdateProducerIdAndEpoch(tp);
    // Once: another sequence for bytes that a broker may have already would be a duplicate.
    batch.setProducerState(producerIdAndEpoch, manager.sequenceNumber(tp), manager.isTransactional());
    manager.incrementSequenceNumber(tp, batch.recordCount);
    manager.addInFlightBatch(batch);
  }
  batch.close();
  batch.drained(nowMs);
}

/** shouldStopDrainBatchesForPartition, with its reason; null: it may go. */
function stopReason(
  accumulator: RecordAccumulator,
  first: ProducerBatch,
  tp: TopicPartition,
): DrainStop | null {
  const manager = accumulator.transactionManager;
  if (manager === null) return null;
  if (!manager.isSendToPartitionAllowed(tp))
    return manager.hasFatalError() ? 'fatal-error' : 'not-in-transaction';
  if (!manager.producerIdAndEpoch().isValid()) return 'no-producer-id';
  if (!first.hasSequence()) {
    // Under the new epoch it would start at 0, and might be written before those in flight.
    if (manager.hasInflightBatches(tp) && manager.hasStaleProducerIdAndEpoch(tp))
      return 'stale-epoch-in-flight';
    if (manager.hasUnresolvedSequence(tp)) return 'unresolved-sequence';
  }
  // A retry waits for the one before it: one batch in flight until all retried ones are through.
  const firstInFlightSequence = manager.firstInFlightSequence(tp);
  return firstInFlightSequence !== NO_SEQUENCE &&
    first.hasSequence() &&
    first.baseSequence() !== firstInFlightSequence
    ? 'not-next-in-sequence'
    : null;
}
