/** The empty state and its copy. A copy shares nothing that an event can change. */
import { micros } from '#base/time';
import type {
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
  requests: new Map(),
  partitions: new Map(),
  brokers: new Map(),
  counters: initialCounters(),
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
  connections: cloneMap(client.connections, cloneConnection),
  sequences: cloneMap(client.sequences, (sequence) => ({ ...sequence })),
});

const clonePartition = (partition: PartitionState): PartitionState => ({
  ...partition,
  logEnd: new Map(partition.logEnd),
  deque: [...partition.deque],
});

export const cloneState = (state: PipelineState): PipelineState => ({
  seq: state.seq,
  at: state.at,
  threads: cloneMap(state.threads, (thread) => ({ ...thread })),
  clients: cloneMap(state.clients, cloneClient),
  batches: cloneMap(state.batches, (batch) => ({ ...batch })),
  requests: cloneMap(state.requests, (request) => ({ ...request, batches: [...request.batches] })),
  partitions: cloneMap(state.partitions, clonePartition),
  brokers: cloneMap(state.brokers, (broker) => ({ ...broker })),
  counters: { ...state.counters, failedBy: new Map(state.counters.failedBy) },
  lastFailure: state.lastFailure,
});

/** What a copy costs. */
export const liveEntities = (state: PipelineState): number =>
  state.batches.size + state.requests.size + state.threads.size + state.clients.size + state.partitions.size;
