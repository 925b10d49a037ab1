/** RecordAccumulator.ready: which nodes have something to send, when to look again, and the weights of the partitioner. */
import type { NodeId } from '#base/ids';
import type { ReadyReason } from '#events/words';
import { javaHashOrder, stringHashCode } from '#record/JavaHashMap';
import type { MetadataSnapshot } from '../MetadataSnapshot.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { BatchDeque } from './BatchDeque.ts';
import type { RecordAccumulator } from './RecordAccumulator.ts';
import type { TopicInfo } from './TopicInfoMap.ts';

export interface ReadyCheckResult {
  /** Leaders with at least one sendable batch. The Sender takes out those that it cannot send to. */
  readonly readyNodes: Set<NodeId>;
  /** Infinity: nothing waits. */
  readonly nextReadyCheckDelayMs: number;
  readonly unknownLeaderTopics: ReadonlySet<string>;
}

/** What one pass over all partitions gathers. */
interface Pass {
  readonly snapshot: MetadataSnapshot;
  readonly nowMs: number;
  readonly exhausted: boolean;
  readonly readyNodes: Set<NodeId>;
  readonly unknownLeaderTopics: Set<string>;
  nextReadyCheckDelayMs: number;
}

export function ready(
  accumulator: RecordAccumulator,
  snapshot: MetadataSnapshot,
  nowMs: number,
): ReadyCheckResult {
  const pass: Pass = {
    snapshot,
    nowMs,
    exhausted: accumulator.free.queued() > 0,
    readyNodes: new Set(),
    unknownLeaderTopics: new Set(),
    nextReadyCheckDelayMs: Infinity,
  };
  for (const topicInfo of accumulator.topics.all) partitionReady(accumulator, pass, topicInfo);
  return {
    readyNodes: inHashOrder(snapshot, pass.readyNodes),
    nextReadyCheckDelayMs: pass.nextReadyCheckDelayMs,
    unknownLeaderTopics: pass.unknownLeaderTopics,
  };
}

function partitionReady(accumulator: RecordAccumulator, pass: Pass, topicInfo: TopicInfo): void {
  const { snapshot, nowMs } = pass;
  const deques = topicInfo.deques;
  // Weights only once every partition has had a batch: one without a deque could never be chosen.
  const isWeighed =
    accumulator.enableAdaptivePartitioning &&
    deques.length >= snapshot.partitionsForTopic(topicInfo.topic).length;
  const queueSizes: number[] | null = isWeighed ? Array.from({ length: deques.length }, () => 0) : null;
  const partitionIds: number[] = isWeighed ? Array.from({ length: deques.length }, () => 0) : [];
  let index = -1;
  for (const deque of deques) {
    const partition = snapshot.partition(deque.tp);
    const leader = partition === null ? null : partition.leader;
    if (leader !== null && queueSizes !== null) {
      index += 1;
      partitionIds[index] = deque.tp.partition;
    }
    const batch = deque.peekFirst();
    // An empty deque keeps its slot, with size 0.
    if (batch === undefined) continue;
    batch.maybeUpdateLeaderEpoch(partition?.leaderEpoch ?? -1);
    const backingOff = accumulator.shouldBackoff(batch, nowMs);
    if (leader === null) {
      pass.unknownLeaderTopics.add(topicInfo.topic);
      continue;
    }
    if (queueSizes !== null) queueSizes[index] = deque.size;
    // The next partition takes this one's slot.
    if (accumulator.nodeLatency.isUnavailable(leader)) index -= 1;
    if (!pass.readyNodes.has(leader) && !accumulator.isMuted(deque.tp))
      batchReady(accumulator, pass, deque, batch, leader, backingOff);
  }
  topicInfo.builtInPartitioner.updatePartitionLoadStats(queueSizes, partitionIds, index + 1);
}

function batchReady(
  accumulator: RecordAccumulator,
  pass: Pass,
  deque: BatchDeque,
  batch: ProducerBatch,
  leader: NodeId,
  backingOff: boolean,
): void {
  const waitedMs = batch.waitedTimeMs(pass.nowMs);
  if (!backingOff) {
    const reason = readyReason(accumulator, deque, batch, waitedMs, pass.exhausted);
    if (reason !== null) {
      accumulator.tellReady(batch, reason);
      pass.readyNodes.add(leader);
      return;
    }
  }
  // Back-off beats everything, also a flush (S27).
  const timeToWaitMs = backingOff ? accumulator.backoffMs(batch) : accumulator.lingerMs;
  pass.nextReadyCheckDelayMs = Math.min(Math.max(timeToWaitMs - waitedMs, 0), pass.nextReadyCheckDelayMs);
}

/** Why the first batch of a deque may be sent, in Java's order of conditions; null: it may not. */
export function readyReason(
  accumulator: RecordAccumulator,
  deque: BatchDeque,
  batch: ProducerBatch,
  waitedMs: number,
  exhausted: boolean,
): ReadyReason | null {
  if (deque.size > 1 || batch.isFull()) return 'full';
  if (waitedMs >= accumulator.lingerMs) return 'linger-expired';
  if (exhausted) return 'memory-exhausted';
  if (accumulator.closed) return 'close';
  if (accumulator.flushInProgress()) return 'flush';
  const manager = accumulator.transactionManager;
  return manager !== null && manager.isCompleting() ? 'transaction-completing' : null;
}

/** A HashSet of nodes iterates by their hash: host, id and port, without rack and not fenced. */
function inHashOrder(snapshot: MetadataSnapshot, nodes: Set<NodeId>): Set<NodeId> {
  if (nodes.size < 2) return nodes;
  const hashCodeOf = (id: NodeId): number => {
    const address = snapshot.nodeById(id);
    let hash = 31 + stringHashCode(address?.host ?? '');
    for (const part of [id, address?.port ?? 0, 0, FALSE_HASH_CODE]) hash = (Math.imul(31, hash) + part) | 0;
    return hash;
  };
  return new Set(javaHashOrder(nodes, hashCodeOf));
}

/** Boolean.hashCode(false). */
const FALSE_HASH_CODE = 1237;
