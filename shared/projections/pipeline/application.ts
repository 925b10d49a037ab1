/** The run, its threads, their calls and what becomes of a record before it is in a batch. */
import type { ClientId, RecordId } from '#base/ids';
import { increase, nothing, type Handlers } from './handlers.ts';
import type { PipelineState, ThreadState } from '../pipelineState.ts';

/** Few threads: looking through them is cheaper than a map that is written for every record. */
function threadSending(state: PipelineState, record: RecordId): ThreadState | null {
  for (const thread of state.threads.values()) if (thread.sending === record) return thread;
  return null;
}

/** §1.4: the sender goes on with a record that `send()` refused after the append. */
function wasAppended(state: PipelineState, record: RecordId): boolean {
  for (const thread of state.threads.values()) if (thread.lastAppended === record) return true;
  return false;
}

/** `appendedBy`: the client whose batch took it; null: nobody took it. */
export function endSend(state: PipelineState, record: RecordId, appendedBy: ClientId | null): void {
  const thread = threadSending(state, record);
  if (thread === null) return;
  thread.sending = null;
  if (appendedBy === null) return;
  thread.lastAppended = record;
  // A send() does not say whose it is: after a producer was replaced its batch is the first to tell.
  thread.client = appendedBy;
}

function fail(state: PipelineState, exception: string, records: number): void {
  state.counters.recordsFailed += records;
  increase(state.counters.failedBy, exception, records);
}

export const application: Handlers<
  | 'run.began'
  | 'partition.named'
  | 'command.applied'
  | 'sampling.changed'
  | 'client.started'
  | 'client.closed'
  | 'thread.started'
  | 'thread.blocked'
  | 'thread.resumed'
  | 'call.began'
  | 'call.returned'
  | 'record.sent'
  | 'record.timestamped'
  | 'record.intercepted'
  | 'record.serialized'
  | 'record.partitioned'
  | 'record.refused'
  | 'record.failed'
  | 'record.awaited'
  | 'callbacks.ran'
> = {
  'run.began': nothing,
  'partition.named': (state, { tp, topic, partition }) => {
    state.partitions.set(tp, {
      tp,
      topic,
      partition,
      leader: null,
      leaderEpoch: -1,
      clientLeader: null,
      isr: [],
      elr: [],
      highWatermark: 0,
      lastStableOffset: 0,
      logEnd: new Map(),
      stored: 0,
      markers: 0,
      isDeleted: false,
      divergedFrom: new Map(),
      acked: 0,
      failed: 0,
      deque: [],
    });
  },
  'command.applied': nothing,
  'sampling.changed': (state, { oneIn }) => {
    state.recordsOneIn = oneIn;
  },
  'client.started': (state, { client, name, config, at }) => {
    // A client that does not name it has no limit: kafkajs as it is.
    const bufferTotalBytes = Number(config['buffer.memory'] ?? 0);
    state.clients.set(client, {
      id: client,
      name,
      config,
      startedAt: at,
      closed: null,
      producerId: -1,
      producerEpoch: -1,
      transaction: null,
      transactionSince: at,
      transactionError: null,
      transactionPartitions: new Set(),
      committed: 0,
      aborted: 0,
      bufferTotalBytes,
      bufferAvailableBytes: bufferTotalBytes,
      bufferWaiters: 0,
      metadataVersion: 0,
      metadataUpdatedAt: null,
      stickyOf: new Map(),
      muted: new Set(),
      connections: new Map(),
      sequences: new Map(),
    });
  },
  'client.closed': (state, { client: id, how }) => {
    const client = state.clients.get(id);
    if (client !== undefined) client.closed = how;
  },
  'thread.started': (state, { thread, client, name, at }) => {
    state.threads.set(thread, {
      id: thread,
      client,
      name,
      call: null,
      sending: null,
      lastAppended: null,
      blockedOn: null,
      blockedSince: at,
      blockedUntilUs: null,
    });
  },
  'thread.blocked': (state, { thread: id, on, untilUs, at }) => {
    const thread = state.threads.get(id);
    if (thread === undefined) return;
    thread.blockedOn = on;
    thread.blockedSince = at;
    thread.blockedUntilUs = untilUs;
  },
  'thread.resumed': (state, { thread: id }) => {
    const thread = state.threads.get(id);
    if (thread === undefined) return;
    thread.blockedOn = null;
    thread.blockedUntilUs = null;
  },
  'call.began': (state, { thread: id, client, call }) => {
    const thread = state.threads.get(id);
    if (thread === undefined) return;
    thread.call = call;
    thread.client = client;
  },
  'call.returned': (state, { thread: id }) => {
    const thread = state.threads.get(id);
    if (thread === undefined) return;
    thread.call = null;
    thread.sending = null;
  },
  'record.sent': (state, { record, thread: id }) => {
    state.counters.recordsSent++;
    const thread = state.threads.get(id);
    if (thread !== undefined) thread.sending = record;
  },
  'record.timestamped': nothing,
  'record.intercepted': nothing,
  'record.serialized': nothing,
  'record.partitioned': nothing,
  'record.refused': (state, { record, tp, exception }) => {
    if (wasAppended(state, record)) return;
    endSend(state, record, null);
    fail(state, exception, 1);
    const partition = tp === null ? undefined : state.partitions.get(tp);
    if (partition !== undefined) partition.failed++;
  },
  'record.failed': (state, { exception, at }) => {
    const { lastFailure } = state;
    if (lastFailure === null || lastFailure.at !== at) return;
    // Counted with its batch already, under the batch's exception.
    increase(state.counters.failedBy, lastFailure.exception, -1);
    increase(state.counters.failedBy, exception, 1);
  },
  'record.awaited': nothing,
  'callbacks.ran': nothing,
};

export { fail };
