/** How a partition stands: its leader, its replicas, and what waits for it. */
import type { NodeId, TpId } from '#base/ids';
import { isLeaderUnknown, type PartitionState } from '#projections/pipelineState';
import { count, list, nodeName, plural } from '../words.ts';
import { whyBatch } from './batch.ts';
import { brokerName, type WhyContext } from './WhyContext.ts';

export function whyPartition(context: WhyContext, tp: TpId): string {
  const partition = context.state.partitions.get(tp);
  if (partition === undefined) return 'It is not there yet at this moment.';
  const head = partition.deque[0];
  const queue =
    head === undefined
      ? 'Nothing waits for it.'
      : `${plural(partition.deque.length, 'batch', 'batches')} ${partition.deque.length === 1 ? 'waits' : 'wait'}; the first: ${whyBatch(context, head)}`;
  return `${leadership(context, partition)} ${queue}`;
}

function leadership(context: WhyContext, partition: PartitionState): string {
  const { state } = context;
  if (state.brokers.size === 0) {
    return partition.clientLeader === null
      ? 'The client knows no leader of it.'
      : `The client sends to ${nodeName(partition.clientLeader)}.`;
  }
  if (partition.isDeleted) return 'Its topic was deleted, with all that was in it.';
  if (isLeaderUnknown(partition)) return 'Nobody has told yet which broker leads it.';
  if (partition.leader === null) return 'It has no leader: nobody can write to it.';
  const end = partition.logEnd.get(partition.leader) ?? 0;
  const stale =
    partition.clientLeader !== null && partition.clientLeader !== partition.leader
      ? ` The client still believes in ${nodeName(partition.clientLeader)}.`
      : '';
  return `Led by ${brokerName(context, partition.leader)}, epoch ${partition.leaderEpoch}; ${committed(context, partition, end)}${stale}`;
}

function committed(context: WhyContext, partition: PartitionState, end: number): string {
  const open = end - partition.highWatermark;
  if (open <= 0) return `all ${count(end)} offsets are committed.`;
  const behind = partition.isr.filter((node) => (partition.logEnd.get(node as NodeId) ?? 0) < end);
  const who =
    behind.length === 0
      ? 'the leader has yet to hear of the last fetch'
      : `${list(behind.map((node) => brokerName(context, node)))} ${behind.length === 1 ? 'has' : 'have'} yet to fetch`;
  return `${count(open)} of ${plural(end, 'offset')} above the high watermark: ${who}.`;
}
