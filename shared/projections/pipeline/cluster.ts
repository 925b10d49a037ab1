/** What only the model can see: brokers, their logs, replicas and elections. */
import type { NodeId } from '#base/ids';
import type { EventOf } from '#events/catalogue';
import { ownBatch } from './copies.ts';
import { connectionOf, moveRequest } from './network.ts';
import { nothing, type Handlers } from './handlers.ts';
import type { PartitionState, PipelineState } from '../pipelineState.ts';

/** The leader's log is the partition's; without a leader what was last known stays. */
function recount(state: PipelineState, partition: PartitionState): void {
  if (partition.leader === null) return;
  const end = partition.logEnd.get(partition.leader) ?? 0;
  const stored = Math.max(0, end - partition.markers);
  state.counters.recordsStored += stored - partition.stored;
  partition.stored = stored;
}

/** Its topic is gone, and all of its logs with it. */
function forget(state: PipelineState, partition: PartitionState): void {
  state.counters.recordsStored -= partition.stored;
  partition.stored = 0;
  partition.markers = 0;
  partition.leader = null;
  partition.isr = [];
  partition.elr = [];
  partition.highWatermark = 0;
  partition.lastStableOffset = 0;
  partition.logEnd.clear();
  partition.divergedFrom.clear();
}

/** What the others have beyond the new leader's log is not in the partition any more. */
function diverge(partition: PartitionState, leader: NodeId): void {
  const { divergedFrom, logEnd } = partition;
  const end = logEnd.get(leader) ?? 0;
  divergedFrom.delete(leader);
  for (const [node, nodeEnd] of logEnd) {
    if (node !== leader && nodeEnd > end)
      divergedFrom.set(node, Math.min(end, divergedFrom.get(node) ?? end));
  }
}

type LogMoved = EventOf<'log.appended' | 'log.truncated' | 'replica.fetched'>;

function moveLogEnd(state: PipelineState, { tp, node, logEndOffset }: LogMoved): void {
  const partition = state.partitions.get(tp);
  if (partition === undefined) return;
  partition.logEnd.set(node, logEndOffset);
  if (node === partition.leader) recount(state, partition);
}

export const cluster: Handlers<
  | 'broker.moved'
  | 'broker.slowed'
  | 'link.changed'
  | 'request.arrived'
  | 'request.begun'
  | 'request.dropped'
  | 'response.left'
  | 'request.departed'
  | 'response.departed'
  | 'log.appended'
  | 'log.refused'
  | 'log.recognised'
  | 'log.truncated'
  | 'log.marked'
  | 'replica.fetched'
  | 'highWatermark.advanced'
  | 'isr.changed'
  | 'leader.elected'
  | 'coordinator.moved'
  | 'producerState.expired'
  | 'topic.changed'
  | 'fault.armed'
  | 'fault.struck'
> = {
  'broker.moved': (state, { node, to, at }) => {
    const addedUs = state.brokers.get(node)?.addedUs ?? 0;
    state.brokers.set(node, { node, state: to, since: at, addedUs });
  },
  'broker.slowed': (state, { node, addedUs }) => {
    const broker = state.brokers.get(node);
    if (broker !== undefined) state.brokers.set(node, { ...broker, addedUs });
  },
  'link.changed': (state, { client: id, node, addedUs, cut, at }) => {
    const client = state.clients.get(id);
    if (client === undefined) return;
    const connection = connectionOf(client, node, at);
    connection.addedUs = addedUs;
    connection.cut = cut;
  },
  'request.arrived': (state, { request, at }) => moveRequest(state, request, 'arrived', at),
  'request.begun': (state, { request, at }) => moveRequest(state, request, 'begun', at),
  'request.dropped': (state, { request: id }) => {
    const request = state.requests.get(id);
    if (request !== undefined) request.lostOnWay = 'request';
  },
  'response.left': (state, { request, at }) => moveRequest(state, request, 'answering', at),
  'request.departed': (state, { request: id, arrivesAtUs }) => {
    const request = state.requests.get(id);
    if (request !== undefined && arrivesAtUs === null) request.lostOnWay = 'request';
  },
  'response.departed': (state, { request: id, arrivesAtUs }) => {
    const request = state.requests.get(id);
    if (request !== undefined && arrivesAtUs === null) request.lostOnWay = 'answer';
  },
  'log.appended': (state, event) => {
    moveLogEnd(state, event);
    const partition = state.partitions.get(event.tp);
    // Written by one that has been replaced and does not know it.
    if (partition !== undefined && partition.leader !== null && partition.leader !== event.node) {
      const { divergedFrom } = partition;
      if (!divergedFrom.has(event.node)) divergedFrom.set(event.node, event.baseOffset);
    }
    const batch = ownBatch(state, event.batch);
    if (batch !== undefined) batch.endOffset = event.logEndOffset;
  },
  'log.refused': nothing,
  'log.recognised': nothing,
  'log.truncated': (state, event) => {
    moveLogEnd(state, event);
    const diverged = state.partitions.get(event.tp)?.divergedFrom;
    if ((diverged?.get(event.node) ?? -1) >= event.logEndOffset) diverged?.delete(event.node);
  },
  'log.marked': (state, { tp, offset }) => {
    const partition = state.partitions.get(tp);
    if (partition === undefined) return;
    partition.markers++;
    if (partition.leader === null) return;
    partition.logEnd.set(partition.leader, Math.max(partition.logEnd.get(partition.leader) ?? 0, offset + 1));
    recount(state, partition);
  },
  'replica.fetched': moveLogEnd,
  'highWatermark.advanced': (state, { tp, highWatermark, lastStableOffset }) => {
    const partition = state.partitions.get(tp);
    if (partition === undefined) return;
    partition.highWatermark = highWatermark;
    partition.lastStableOffset = lastStableOffset;
  },
  'isr.changed': (state, { tp, isr, elr }) => {
    const partition = state.partitions.get(tp);
    if (partition === undefined) return;
    partition.isr = isr;
    partition.elr = elr;
  },
  'leader.elected': (state, { tp, leader, leaderEpoch }) => {
    const partition = state.partitions.get(tp);
    if (partition === undefined) return;
    partition.leader = leader;
    partition.leaderEpoch = leaderEpoch;
    if (leader !== null) diverge(partition, leader);
    // A replica that has nothing yet says so by standing in the list.
    if (leader !== null && !partition.logEnd.has(leader)) partition.logEnd.set(leader, 0);
    recount(state, partition);
  },
  'coordinator.moved': (state, { transactionalId, to, producerId, producerEpoch, node, at }) => {
    const view = { transactionalId, state: to, producerId, producerEpoch, node, since: at };
    state.coordinators.set(transactionalId, view);
  },
  'producerState.expired': nothing,
  'topic.changed': (state, { topic, partitions }) => {
    for (const partition of state.partitions.values()) {
      if (partition.topic !== topic) continue;
      partition.isDeleted = partitions <= partition.partition;
      if (partition.isDeleted) forget(state, partition);
    }
  },
  'fault.armed': nothing,
  'fault.struck': nothing,
};
