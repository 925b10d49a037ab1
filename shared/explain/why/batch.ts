/** Why a batch is where it is. */
import type { BatchId } from '#base/ids';
import { runMicros } from '#base/time';
import type { BatchState, ClientState, PartitionState } from '#projections/pipelineState';
import { READY_WORDS, STOP_WORDS } from '../reasons.ts';
import { bytes, count, nodeName, percent, plural, span, withStop } from '../words.ts';
import { connectionObstacle } from './connection.ts';
import { onItsWay } from './request.ts';
import { batchSoFar, isStored, nowMs, setting, tpNameOf, usOf, type WhyContext } from './WhyContext.ts';

export function whyBatch(context: WhyContext, id: BatchId): string {
  const batch = context.state.batches.get(id);
  if (batch === undefined) return whyEnded(context, id);
  if (batch.expired) return expiredInFlight(context, batch);
  return batch.phase === 'in-flight' ? inFlight(context, batch) : inDeque(context, batch);
}

/** In Java's order: what keeps it back most comes first. */
function inDeque(context: WhyContext, batch: BatchState): string {
  const { state } = context;
  const client = state.clients.get(batch.client);
  const partition = state.partitions.get(batch.tp);
  const behind = placeInDeque(context, batch);
  if (batch.phase === 'requeued' && batch.backoffUntilMs !== null && batch.backoffUntilMs > nowMs(context)) {
    const left = runMicros(batch.backoffUntilMs) - context.cursor.at;
    return `Backs off after ${batch.lastError ?? 'an error'}: about ${span(left)} to go before attempt ${batch.attempts + 1} (retry.backoff.ms).`;
  }
  if (client?.muted.has(batch.tp) === true) {
    return `Waits: ${tpNameOf(context, batch.tp)} is muted, because max.in.flight.requests.per.connection=1 lets only one of its batches be under way.`;
  }
  if (behind > 0) {
    return `Waits behind ${plural(behind, 'older batch', 'older batches')} of ${tpNameOf(context, batch.tp)}: only the first of a deque may leave. ${fill(batch)}`;
  }
  if (partition !== undefined && partition.clientLeader === null && client?.metadataUpdatedAt !== null) {
    return `Waits: the client knows no leader of ${tpNameOf(context, batch.tp)} and asks for metadata.`;
  }
  const ready = readiness(context, batch, client, partition);
  if (ready === null) return lingers(context, batch, client);
  if (batch.drainStop !== null && batch.drainStop !== 'request-full') {
    return `Ready (${ready}), but may not leave: ${STOP_WORDS[batch.drainStop]}.`;
  }
  const obstacle = connectionObstacle(context, client, partition?.clientLeader ?? null);
  if (obstacle !== null) return `Ready (${ready}), but ${obstacle}.`;
  if (batch.drainStop === 'request-full')
    return `Ready (${ready}), and goes with the next request: ${STOP_WORDS['request-full']}.`;
  return `Ready: ${ready}. The sender takes it in its next round.`;
}

function placeInDeque({ state }: WhyContext, batch: BatchState): number {
  const deque = state.partitions.get(batch.tp)?.deque ?? [];
  const place = deque.indexOf(batch.id);
  return deque.slice(0, Math.max(0, place)).filter((id) => state.batches.get(id)?.client === batch.client)
    .length;
}

/** Why it may be sent, as far as the cursor can know; null: it lingers. */
function readiness(
  context: WhyContext,
  batch: BatchState,
  client: ClientState | undefined,
  partition: PartitionState | undefined,
): string | null {
  if (batch.readyReason !== null) {
    if (batch.readyReason === 'linger-expired' && batch.attempts > 0) return 'its back-off is over';
    return READY_WORDS[batch.readyReason];
  }
  const isLast = partition?.deque.at(-1) === batch.id;
  if (batch.phase === 'closed' || !isLast) return READY_WORDS.full;
  if (batch.phase === 'requeued') return 'its back-off is over';
  if (waitedUs(context, batch) >= usOf(setting(client, 'linger.ms', 5))) return READY_WORDS['linger-expired'];
  if ((client?.bufferWaiters ?? 0) > 0) return READY_WORDS['memory-exhausted'];
  return null;
}

const waitedUs = ({ cursor }: WhyContext, batch: BatchState): number =>
  Math.max(0, cursor.at - batch.lastAttemptAt);

const fill = (batch: BatchState): string =>
  `It is ${percent(batch.sizeBytes, batch.capacityBytes)} full (${count(batch.sizeBytes)} of ${bytes(batch.capacityBytes)}, ${plural(batch.records, 'record')}).`;

function lingers(context: WhyContext, batch: BatchState, client: ClientState | undefined): string {
  const lingerMs = setting(client, 'linger.ms', 5);
  const left = usOf(lingerMs) - waitedUs(context, batch);
  return (
    `Waits: linger.ms=${lingerMs} has ${span(left)} to go and the batch is ` +
    `${percent(batch.sizeBytes, batch.capacityBytes)} full (${count(batch.sizeBytes)} of ${bytes(batch.capacityBytes)}).`
  );
}

function inFlight(context: WhyContext, batch: BatchState): string {
  const left = whyItLeft(batch);
  const request = batch.request === null ? undefined : context.state.requests.get(batch.request);
  if (request === undefined) return withStop(left);
  return `${onItsWay(context, request, batch)} ${left}`;
}

function whyItLeft(batch: BatchState): string {
  if (batch.readyReason === null) return '';
  const reason =
    batch.readyReason === 'linger-expired' && batch.attempts > 0
      ? 'its back-off was over'
      : READY_WORDS[batch.readyReason];
  return `It left because: ${reason}.`;
}

function expiredInFlight(context: WhyContext, batch: BatchState): string {
  const deliveryMs = setting(context.state.clients.get(batch.client), 'delivery.timeout.ms', 120_000);
  const waits = 'Its request is still out, keeps its memory, and may still be written.';
  const stored = isStored(context, batch.id) ? ' It is in the log all the same.' : '';
  return `Failed for the application: delivery.timeout.ms=${deliveryMs} counts from the batch's creation and is over. ${waits}${stored}`;
}

function whyEnded(context: WhyContext, id: BatchId): string {
  const batch = batchSoFar(context, id);
  if (batch === null) return 'It is not there yet at this moment.';
  const attempts = batch.attempts.length;
  const times = attempts > 1 ? ` at attempt ${attempts}` : '';
  if (batch.completedAt >= 0) {
    const took = span(batch.completedAt - batch.createdAt);
    const [incident] = context.outcomes.incidentsAbout(id, 'lost-after-ack', context.cursor.seq);
    const lost = incident === undefined ? '' : ` Yet it is lost: ${incident.cause}.`;
    if (batch.baseOffset < 0) {
      const how = acksAreZero(context, batch.client)
        ? 'acks=0: done as soon as its bytes were written'
        : 'the broker had it already';
      return `Acked ${took} after its creation${times}, without an offset (${how}).${lost}`;
    }
    return `Acked ${took} after its creation${times}: ${tpNameOf(context, batch.tp)} has it at offset ${count(batch.baseOffset)}.${lost}`;
  }
  if (batch.failedAt >= 0) {
    const stored = isStored(context, id) ? ' It is in the log all the same.' : '';
    const said = batch.message === null || batch.message === '' ? '' : `: ${batch.message}`;
    return `${withStop(`Failed ${span(batch.failedAt - batch.createdAt)} after its creation with ${batch.exception ?? 'an error'}${said}`)}${stored}`;
  }
  const last = batch.attempts.at(-1);
  const node = last === undefined ? null : (context.lifelines.request(last.request)?.node ?? null);
  return `Split: it was too large for ${node === null ? 'the broker' : nodeName(node)}, and its records went on in smaller batches.`;
}

const acksAreZero = ({ state }: WhyContext, client: number): boolean =>
  [...state.clients.values()].some((each) => each.id === client && each.config['acks'] === '0');
