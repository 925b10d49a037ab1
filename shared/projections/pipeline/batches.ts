/** The accumulator: batches from their making to their end, deques, memory, partitions that are muted. */
import type { BatchId } from '#base/ids';
import { endSend, fail } from './application.ts';
import { addBatch, ownBatch, removeBatch } from './copies.ts';
import { nothing, type Handlers } from './handlers.ts';
import type { BatchState, PartitionState, PipelineState } from '../pipelineState.ts';

function leaveDeque(state: PipelineState, batch: BatchState): void {
  const deque = state.partitions.get(batch.tp)?.deque;
  const place = deque?.indexOf(batch.id) ?? -1;
  if (place >= 0) deque?.splice(place, 1);
}

/** The parts of a split batch take its place at the front, in order, behind what must go before (§3.7). */
function enterAsPart(state: PipelineState, partition: PartitionState, batch: BatchState): void {
  const place = partition.deque.findLastIndex((id) => state.batches.get(id)?.parent === batch.parent);
  if (place >= 0) partition.deque.splice(place + 1, 0, batch.id);
  else partition.deque.unshift(batch.id);
}

/** RecordAccumulator.insertInSequenceOrder: among those that have a sequence, by it; the others stay behind. */
function enterBySequence(state: PipelineState, deque: BatchId[], batch: BatchState): void {
  const place = deque.findIndex((id) => {
    const other = state.batches.get(id);
    return other === undefined || other.baseSequence < 0 || other.baseSequence >= batch.baseSequence;
  });
  deque.splice(place < 0 ? deque.length : place, 0, batch.id);
}

export const batches: Handlers<
  | 'record.appended'
  | 'records.omitted'
  | 'batch.created'
  | 'batch.closed'
  | 'batch.ready'
  | 'batch.drained'
  | 'batch.stamped'
  | 'batch.requeued'
  | 'batch.split'
  | 'batch.completed'
  | 'batch.failed'
  | 'batch.freed'
  | 'ratio.observed'
  | 'node.drained'
  | 'drain.stopped'
  | 'partition.muted'
  | 'partition.unmuted'
  | 'sticky.switched'
  | 'sticky.weighed'
  | 'buffer.changed'
> = {
  'record.appended': (state, { record, batch: id, sizeBytes }) => {
    state.counters.recordsAppended++;
    const batch = ownBatch(state, id);
    endSend(state, record, batch?.client ?? null);
    if (batch === undefined) return;
    batch.records++;
    batch.sizeBytes += sizeBytes;
    batch.rawBytes = batch.sizeBytes;
  },
  'records.omitted': (state, { batch: id, records, sizeBytes }) => {
    state.counters.recordsSent += records;
    state.counters.recordsAppended += records;
    const batch = ownBatch(state, id);
    if (batch === undefined) return;
    batch.records += records;
    batch.sizeBytes += sizeBytes;
    batch.rawBytes = batch.sizeBytes;
  },
  'batch.created': (state, { batch: id, client, tp, capacityBytes, parentBatch, at }) => {
    const parent = parentBatch === null ? undefined : state.batches.get(parentBatch);
    const batch: BatchState = {
      id,
      client,
      tp,
      // A part keeps the birthday of the whole: its delivery timeout counts from there.
      createdAt: parent?.createdAt ?? at,
      capacityBytes,
      parent: parentBatch,
      phase: 'open',
      records: 0,
      sizeBytes: 0,
      rawBytes: 0,
      readyReason: null,
      readyAt: null,
      lastAttemptAt: parent?.createdAt ?? at,
      backoffUntilMs: null,
      attempts: 0,
      lastError: null,
      producerId: -1,
      producerEpoch: -1,
      baseSequence: -1,
      request: null,
      expired: false,
      drainStop: null,
      endOffset: -1,
    };
    addBatch(state, batch);
    const partition = state.partitions.get(tp);
    if (partition === undefined) return;
    if (parentBatch === null) partition.deque.push(id);
    else enterAsPart(state, partition, batch);
  },
  'batch.closed': (state, { batch: id, records, estimatedBytes }) => {
    const batch = ownBatch(state, id);
    if (batch === undefined) return;
    if (batch.phase === 'open') batch.phase = 'closed';
    // A part takes its records from the whole, so that each is counted once while the split goes on.
    const whole = batch.parent === null ? undefined : ownBatch(state, batch.parent);
    if (whole !== undefined && batch.records === 0) whole.records -= records;
    batch.records = records;
    batch.sizeBytes = estimatedBytes;
    if (batch.rawBytes === 0) batch.rawBytes = estimatedBytes;
  },
  'batch.ready': (state, { batch: id, reason, at }) => {
    const batch = ownBatch(state, id);
    if (batch === undefined) return;
    batch.readyReason = reason;
    batch.readyAt = at;
  },
  'batch.drained': (state, { batch: id, sizeBytes, rawBytes }) => {
    const batch = ownBatch(state, id);
    if (batch === undefined) return;
    leaveDeque(state, batch);
    batch.phase = 'in-flight';
    batch.sizeBytes = sizeBytes;
    batch.rawBytes = rawBytes;
    batch.backoffUntilMs = null;
    batch.drainStop = null;
  },
  'batch.stamped': (state, { batch: id, producerId, producerEpoch, baseSequence }) => {
    const batch = ownBatch(state, id);
    if (batch === undefined) return;
    batch.producerId = producerId;
    batch.producerEpoch = producerEpoch;
    batch.baseSequence = baseSequence;
  },
  'batch.requeued': (state, { batch: id, error, attempts, position, backoffUntilMs, at }) => {
    const batch = ownBatch(state, id);
    if (batch === undefined) return;
    state.counters.recordsRetried += batch.records;
    batch.phase = 'requeued';
    batch.request = null;
    batch.attempts = attempts;
    batch.lastError = error;
    batch.backoffUntilMs = backoffUntilMs;
    batch.lastAttemptAt = at;
    batch.readyReason = null;
    batch.readyAt = null;
    batch.drainStop = null;
    const deque = state.partitions.get(batch.tp)?.deque;
    if (deque === undefined) return;
    if (position === 'front') deque.unshift(id);
    else enterBySequence(state, deque, batch);
  },
  'batch.split': (state, { batch: id }) => {
    const batch = ownBatch(state, id);
    state.counters.batchesSplit++;
    if (batch === undefined) return;
    leaveDeque(state, batch);
    removeBatch(state, id);
  },
  'batch.completed': (state, { batch: id }) => {
    const batch = ownBatch(state, id);
    if (batch === undefined || batch.expired) return;
    state.counters.recordsAcked += batch.records;
    const partition = state.partitions.get(batch.tp);
    if (partition !== undefined) partition.acked += batch.records;
    state.counters.batchesCompleted++;
    leaveDeque(state, batch);
    removeBatch(state, id);
  },
  'batch.failed': (state, { batch: id, exception, expired, at }) => {
    const batch = ownBatch(state, id);
    state.lastFailure = { exception, at };
    if (batch === undefined || batch.expired) return;
    fail(state, exception, batch.records);
    const partition = state.partitions.get(batch.tp);
    if (partition !== undefined) partition.failed += batch.records;
    if (expired && batch.phase === 'in-flight') {
      // §3.6: it keeps its memory, and its request may still write it.
      batch.expired = true;
      return;
    }
    leaveDeque(state, batch);
    removeBatch(state, id);
  },
  'batch.freed': (state, { batch: id }) => {
    const batch = ownBatch(state, id);
    if (batch?.expired === true) removeBatch(state, id);
  },
  'ratio.observed': nothing,
  'node.drained': nothing,
  'drain.stopped': (state, { batch: id, reason }) => {
    const batch = ownBatch(state, id);
    if (batch !== undefined) batch.drainStop = reason;
  },
  'partition.muted': (state, { client, tp }) => {
    state.clients.get(client)?.muted.add(tp);
  },
  'partition.unmuted': (state, { client, tp }) => {
    state.clients.get(client)?.muted.delete(tp);
  },
  'sticky.switched': (state, { client, tp }) => {
    const partition = state.partitions.get(tp);
    if (partition !== undefined) state.clients.get(client)?.stickyOf.set(partition.topic, tp);
  },
  'sticky.weighed': nothing,
  'buffer.changed': (state, { client: id, availableBytes, waiters }) => {
    const client = state.clients.get(id);
    if (client === undefined) return;
    client.bufferAvailableBytes = availableBytes;
    client.bufferWaiters = waiters;
  },
};
