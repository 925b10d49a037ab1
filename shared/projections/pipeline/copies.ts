/**
 * The empty state and its copy. A copy shares nothing that an event changes in place: batches, of which there may be tens
 * of thousands, are shared until one of the two changes them.
 */
import type { BatchId } from '#base/ids';
import { micros } from '#base/time';
import type {
  BatchState,
  ClientState,
  ConnectionView,
  Counters,
  PartitionState,
  PipelineState,
} from '../pipelineState.ts';

const initialCounters = (): Counters => ({
  recordsSent: 0,
  recordsAppended: 0,
  recordsAcked: 0,
  recordsFailed: 0,
  failedBy: new Map(),
  recordsRetried: 0,
  requestsSent: 0,
  produceRequestsSent: 0,
  bytesSent: 0,
  batchesCompleted: 0,
  batchesSplit: 0,
  recordsStored: 0,
  recordsDuplicated: 0,
  recordsLostAfterAck: 0,
  recordsFailedYetStored: 0,
  recordsReordered: 0,
});

export const initialState = (): PipelineState => ({
  seq: 0,
  at: micros(0),
  threads: new Map(),
  clients: new Map(),
  batches: new Map(),
  ownBatches: new Set(),
  requests: new Map(),
  partitions: new Map(),
  brokers: new Map(),
  coordinators: new Map(),
  counters: initialCounters(),
  recordsOneIn: 1,
  lastFailure: null,
});

function cloneMap<K, V>(map: ReadonlyMap<K, V>, clone: (value: V) => V): Map<K, V> {
  const copy = new Map<K, V>();
  for (const [key, value] of map) copy.set(key, clone(value));
  return copy;
}

const cloneConnection = (view: ConnectionView): ConnectionView => ({ ...view, inFlight: [...view.inFlight] });

const cloneClient = (client: ClientState): ClientState => ({
  ...client,
  stickyOf: new Map(client.stickyOf),
  muted: new Set(client.muted),
  transactionPartitions: new Set(client.transactionPartitions),
  connections: cloneMap(client.connections, cloneConnection),
  sequences: cloneMap(client.sequences, (sequence) => ({ ...sequence })),
});

const clonePartition = (partition: PartitionState): PartitionState => ({
  ...partition,
  logEnd: new Map(partition.logEnd),
  divergedFrom: new Map(partition.divergedFrom),
  deque: [...partition.deque],
});

export function cloneState(state: PipelineState): PipelineState {
  // From now on both have them.
  if (state.ownBatches.size > 0) state.ownBatches = new Set();
  return {
    seq: state.seq,
    at: state.at,
    threads: cloneMap(state.threads, (thread) => ({ ...thread })),
    clients: cloneMap(state.clients, cloneClient),
    batches: new Map(state.batches),
    ownBatches: new Set(),
    requests: cloneMap(state.requests, (request) => ({ ...request, batches: [...request.batches] })),
    partitions: cloneMap(state.partitions, clonePartition),
    brokers: cloneMap(state.brokers, (broker) => ({ ...broker })),
    coordinators: new Map(state.coordinators),
    counters: { ...state.counters, failedBy: new Map(state.counters.failedBy) },
    recordsOneIn: state.recordsOneIn,
    lastFailure: state.lastFailure,
  };
}

/** The batch, to be changed. */
export function ownBatch(state: PipelineState, id: BatchId): BatchState | undefined {
  const batch = state.batches.get(id);
  if (batch === undefined || state.ownBatches.has(id)) return batch;
  const own = { ...batch };
  state.batches.set(id, own);
  state.ownBatches.add(id);
  return own;
}

export function addBatch(state: PipelineState, batch: BatchState): void {
  state.batches.set(batch.id, batch);
  state.ownBatches.add(batch.id);
}

export function removeBatch(state: PipelineState, id: BatchId): void {
  state.batches.delete(id);
  state.ownBatches.delete(id);
}

/** What a copy costs. */
export const liveEntities = (state: PipelineState): number =>
  state.batches.size + state.requests.size + state.threads.size + state.clients.size + state.partitions.size;
