/** Why a request is where it is, and the batches in it. */
import type { NodeId, RequestId } from '#base/ids';
import { MICROS_PER_MS } from '#base/time';
import type { BatchState, PartitionState, RequestState } from '#projections/pipelineState';
import { list, nodeName, plural, span } from '../words.ts';
import { acksOf, brokerName, setting, tpNameOf, type WhyContext } from './WhyContext.ts';

export function whyRequest(context: WhyContext, id: RequestId): string {
  const request = context.state.requests.get(id);
  if (request !== undefined) return `${carries(request)} ${onItsWay(context, request, null)}`;
  const line = context.lifelines.request(id);
  const { at } = context.cursor;
  if (line === null || line.sentAt > at) return 'It is not there yet at this moment.';
  const name = nodeName(line.node);
  if (line.receivedAt >= 0)
    return `Answered by ${name}, ${span(line.receivedAt - line.sentAt)} after it was sent.`;
  if (line.lostAt >= 0) {
    return line.lostBy === 'timed-out'
      ? `Lost ${span(line.lostAt - line.sentAt)} after it was sent: no answer from ${name} within request.timeout.ms, so the client closed the connection.`
      : `Lost ${span(line.lostAt - line.sentAt)} after it was sent: the connection to ${name} broke (${line.lostBy ?? 'disconnected'}).`;
  }
  return `Written to ${name}; acks=0 awaits no answer, so for the client it is done.`;
}

function carries(request: RequestState): string {
  if (request.api !== 'PRODUCE') return `${request.api} v${request.version}.`;
  const { length } = request.batches;
  return length === 1
    ? 'Carries 1 batch.'
    : `Carries ${plural(length, 'batch', 'batches')}, one per partition.`;
}

/** Where it is between client and broker. `batch`: the one that is asked about, else its first that waits. */
export function onItsWay(context: WhyContext, request: RequestState, batch: BatchState | null): string {
  const { at } = context.cursor;
  const name = nodeName(request.node);
  const since = span(at - request.phaseAt);
  const broker = context.state.brokers.get(request.node);
  if (request.lostOnWay !== null) {
    const what = request.lostOnWay === 'request' ? 'It was lost' : 'Its answer was lost';
    return `${what} on the way, and the client cannot know. ${whenNoticed(context, request)}`;
  }
  if (broker?.state === 'frozen' && request.phase !== 'answering') {
    return `Broker ${request.node} is frozen: its connection stays open and nothing is answered. ${whenNoticed(context, request)}`;
  }
  if (broker?.state === 'down')
    return `Broker ${request.node} is down; the client learns of it when the connection breaks.`;
  switch (request.phase) {
    case 'sent':
      return `Sent to ${name} ${span(at - request.sentAt)} ago, not fully written to the socket yet.`;
    case 'written':
      return `Written ${since} ago to ${name}, still on its way there.`;
    case 'arrived':
      return `Arrived ${since} ago at ${name}, which handles one request of a connection at a time.`;
    case 'begun':
      return atBroker(context, request, batch);
    case 'answering':
    case 'answered':
      return `Answered by ${name}; the answer left ${since} ago and is on its way back.`;
    case 'lost':
      return 'Lost.';
  }
}

/** §0.2: the request timeout is strict, and an idle client wakes exactly at it. */
function whenNoticed(context: WhyContext, request: RequestState): string {
  const timeoutMs = setting(context.state.clients.get(request.client), 'request.timeout.ms', 30_000);
  const timeout = timeoutMs * MICROS_PER_MS;
  const out = `It is out for ${span(context.cursor.at - request.sentAt)}; request.timeout.ms=${timeoutMs}.`;
  return `${out} A lone lost answer is noticed only at twice that, ${span(2 * timeout)} after the send: an idle client wakes exactly at the limit, finds it not exceeded, and sleeps once more.`;
}

function atBroker(context: WhyContext, request: RequestState, asked: BatchState | null): string {
  const { state, cursor } = context;
  const client = state.clients.get(request.client);
  const written = `Sent ${span(cursor.at - request.sentAt)} ago to ${nodeName(request.node)}`;
  if (request.api !== 'PRODUCE') return `${written}, which works on it.`;
  const acks = acksOf(client);
  const waiting =
    asked ??
    request.batches
      .map((id) => state.batches.get(id))
      .find((batch) => batch !== undefined && batch.endOffset >= 0) ??
    null;
  if (waiting === null || waiting.endOffset < 0) return `${written}, which is writing it.`;
  if (acks !== 'all') return `${written} and in its log; acks=${acks} answers at once.`;
  const partition = state.partitions.get(waiting.tp);
  if (partition === undefined) return `${written} and in its log.`;
  return `${written} and in its log; ${followersOf(context, partition, request.node, waiting)}`;
}

function followersOf(
  context: WhyContext,
  partition: PartitionState,
  leader: NodeId,
  batch: BatchState,
): string {
  const followers = partition.isr.filter((node) => node !== leader);
  const have = followers.filter((node) => (partition.logEnd.get(node as NodeId) ?? 0) >= batch.endOffset);
  const missing = followers.filter((node) => !have.includes(node));
  if (missing.length === 0) {
    if (partition.highWatermark >= batch.endOffset) {
      return 'all in-sync replicas have it; the answer waits for the other partitions of the request, or for its turn.';
    }
    return 'all in-sync replicas have fetched it; the leader learns that with their next fetch.';
  }
  const verb = have.length === 1 ? 'has' : 'have';
  return (
    `${tpNameOf(context, partition.tp)} waits for all in-sync replicas (acks=all): ` +
    `${have.length} of ${plural(followers.length, 'follower')} ${verb} it, ${list(missing.map((node) => brokerName(context, node)))} not yet.`
  );
}
