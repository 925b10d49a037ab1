/** Connections, requests on their way, metadata, and what the transaction manager holds. */
import { nodeId, type ClientId, type NodeId, type RequestId } from '#base/ids';
import type { Micros } from '#base/time';
import { ownBatch } from './copies.ts';
import { nothing, type Handlers } from './handlers.ts';
import type { ClientState, ConnectionView, PipelineState, RequestPhase } from '../pipelineState.ts';

export function connectionOf(client: ClientState, node: NodeId, at: Micros): ConnectionView {
  let connection = client.connections.get(node);
  if (connection === undefined) {
    connection = {
      node,
      state: 'disconnected',
      because: 'wanted',
      since: at,
      untilMs: null,
      addedUs: 0,
      cut: false,
      inFlight: [],
    };
    client.connections.set(node, connection);
  }
  return connection;
}

function leaveSlot(state: PipelineState, client: ClientId, node: NodeId, request: RequestId): void {
  const inFlight = state.clients.get(client)?.connections.get(node)?.inFlight;
  const place = inFlight?.indexOf(request) ?? -1;
  if (place >= 0) inFlight?.splice(place, 1);
}

function end(state: PipelineState, id: RequestId): void {
  const request = state.requests.get(id);
  if (request === undefined) return;
  leaveSlot(state, request.client, request.node, id);
  state.requests.delete(id);
}

export function moveRequest(state: PipelineState, id: RequestId, phase: RequestPhase, at: Micros): void {
  const request = state.requests.get(id);
  if (request === undefined) return;
  request.phase = phase;
  request.phaseAt = at;
}

/** acks=0: nothing comes back, the slot is free once the bytes are written (§5.7). */
const expectsAnswer = (state: PipelineState, client: ClientId, api: string): boolean =>
  api !== 'PRODUCE' || state.clients.get(client)?.config['acks'] !== '0';

export const network: Handlers<
  | 'connection.moved'
  | 'request.sent'
  | 'request.carried'
  | 'request.asked'
  | 'request.written'
  | 'request.lost'
  | 'response.received'
  | 'response.answered'
  | 'metadata.wanted'
  | 'metadata.updated'
  | 'metadata.bootstrapped'
  | 'leader.hinted'
  | 'producerId.assigned'
  | 'epoch.bumped'
  | 'sequence.moved'
  | 'transaction.moved'
  | 'transaction.joined'
  | 'transaction.queued'
> = {
  'connection.moved': (state, { client: id, node, to, because, untilMs, at }) => {
    const client = state.clients.get(id);
    if (client === undefined) return;
    const connection = connectionOf(client, node, at);
    connection.state = to;
    connection.because = because;
    connection.since = at;
    connection.untilMs = untilMs;
  },
  'request.sent': (state, event) => {
    const { request, client: id, node, api, version, sizeBytes, correlationId, at } = event;
    const { counters } = state;
    counters.requestsSent++;
    counters.bytesSent += sizeBytes;
    if (api === 'PRODUCE') counters.produceRequestsSent++;
    state.requests.set(request, {
      id: request,
      client: id,
      node,
      api,
      version,
      sizeBytes,
      correlationId,
      sentAt: at,
      phase: 'sent',
      phaseAt: at,
      batches: [],
      lostOnWay: null,
      what: null,
    });
    const client = state.clients.get(id);
    if (client !== undefined) connectionOf(client, node, at).inFlight.push(request);
  },
  'request.carried': (state, { request, batch: id }) => {
    state.requests.get(request)?.batches.push(id);
    const batch = ownBatch(state, id);
    if (batch !== undefined) batch.request = request;
  },
  'request.asked': (state, { request: id, what }) => {
    const request = state.requests.get(id);
    if (request !== undefined) request.what = what;
  },
  'request.written': (state, { request: id, at }) => {
    const request = state.requests.get(id);
    if (request === undefined) return;
    if (!expectsAnswer(state, request.client, request.api)) end(state, id);
    // In the model it may have arrived before the client looks at its socket again.
    else if (request.phase === 'sent') moveRequest(state, id, 'written', at);
  },
  'request.lost': (state, { request }) => end(state, request),
  'response.received': (state, { request }) => end(state, request),
  'response.answered': nothing,
  'metadata.wanted': nothing,
  'metadata.updated': (state, { client: id, version, leaders, at }) => {
    const client = state.clients.get(id);
    if (client !== undefined) {
      client.metadataVersion = version;
      client.metadataUpdatedAt = at;
    }
    for (const partition of state.partitions.values()) {
      const leader = leaders[partition.topic]?.[partition.partition];
      if (leader !== undefined) partition.clientLeader = leader < 0 ? null : nodeId(leader);
    }
  },
  'metadata.bootstrapped': (state) => {
    for (const partition of state.partitions.values()) partition.clientLeader = null;
  },
  'leader.hinted': (state, { tp, leader }) => {
    const partition = state.partitions.get(tp);
    if (partition !== undefined) partition.clientLeader = leader;
  },
  'producerId.assigned': (state, { client: id, producerId, producerEpoch }) => {
    const client = state.clients.get(id);
    if (client === undefined) return;
    client.producerId = producerId;
    client.producerEpoch = producerEpoch;
  },
  'epoch.bumped': (state, { client: id, producerEpoch }) => {
    const client = state.clients.get(id);
    if (client !== undefined) client.producerEpoch = producerEpoch;
  },
  'sequence.moved': (state, { client, tp, nextSequence, lastAckedSequence, unresolved }) => {
    state.clients.get(client)?.sequences.set(tp, { nextSequence, lastAckedSequence, unresolved });
  },
  'transaction.moved': (state, { client: id, from, to, exception, at }) => {
    const client = state.clients.get(id);
    if (client === undefined) return;
    client.transaction = to;
    client.transactionSince = at;
    if (to === 'ABORTABLE_ERROR' || to === 'FATAL_ERROR')
      client.transactionError = exception ?? client.transactionError;
    else if (to !== 'ABORTING_TRANSACTION') client.transactionError = null;
    if (to === 'READY' && from === 'COMMITTING_TRANSACTION') client.committed++;
    if (to === 'READY' && from === 'ABORTING_TRANSACTION') client.aborted++;
    if (to === 'IN_TRANSACTION') client.transactionPartitions.clear();
  },
  'transaction.joined': (state, { client, tp }) => {
    state.clients.get(client)?.transactionPartitions.add(tp);
  },
  'transaction.queued': nothing,
};
