/** Cards of what moves: record, batch, request. Facts up to the cursor only. */

import type { BatchId, ClientId, RecordId, RequestId } from '#base/ids';
import { READY_WORDS } from '#explain/reasons';
import { batchSoFar, tpNameOf, type WhyContext } from '#explain/why/WhyContext';
import type { ReadyReason } from '#events/words';
import type { Session } from '../session/session.ts';
import { bytesText, countText, momentText, msText } from '../ui/format.ts';
import { link, type Card, type Fact, type FactLink } from './Card.ts';
import { headerFacts } from './ledgerFacts.ts';
import { whyContext } from './whyOf.ts';

const MOST_LINKS = 24;

const moment = (at: number): string => momentText(at);

export function recordCard(session: Session, id: RecordId): Card {
  const context = whyContext(session);
  const { records, outcomes } = session.projections;
  const { at } = context.cursor;
  const facts: Fact[] = [];
  const content = session.source.content(id);
  const isSent = records.sentAt(id) >= 0 && records.sentAt(id) <= at;
  if (isSent && typeof content === 'object') {
    facts.push({ name: 'key', value: content.key ?? 'null' });
    facts.push({ name: 'value', value: bytesText(new TextEncoder().encode(content.value).length) });
    facts.push(...headerFacts(session, content));
    facts.push({ name: 'timestamp', value: countText(content.timestampMs) });
  }
  if (isSent) facts.push({ name: 'sent', value: `t = ${moment(records.sentAt(id))}` });
  const batch = context.lifelines.batchOf(id, at);
  const tp = records.tp(id);
  if (tp >= 0 && batch !== null)
    facts.push({ name: 'partition', value: [link(tpNameOf(context, tp), 'partition', tp)] });
  if (batch !== null)
    facts.push({ name: 'batch', value: [link(`batch ${countText(batch)}`, 'batch', batch)] });
  const outcome = outcomes.outcomeOf(id, at);
  switch (outcome.kind) {
    case 'acked':
      facts.push({ name: 'outcome', value: 'acked', tone: 'good' });
      facts.push({
        name: 'offset',
        value: outcome.offset === null ? 'unknown (acks=0)' : countText(outcome.offset),
      });
      break;
    case 'failed':
      facts.push({ name: 'outcome', value: `failed: ${outcome.exception}`, tone: 'bad' });
      break;
    case 'in-flight':
    case 'sending':
    case 'waiting':
      facts.push({ name: 'outcome', value: outcome.kind.replace('-', ' ') });
  }
  return { title: `Record ${countText(id)}`, what: 'One call of send().', facts };
}

const isCompressed = ({ view }: Session, client: ClientId): boolean =>
  (view.state.clients.get(client)?.config['compression.type'] ?? 'none') !== 'none';

export function batchCard(session: Session, id: BatchId): Card {
  const context = whyContext(session);
  const batch = batchSoFar(context, id);
  if (batch === null) return { title: `Batch ${countText(id)}`, what: 'Not made yet.', facts: [] };
  const open = context.state.batches.get(id);
  const facts: Fact[] = [
    { name: 'partition', value: [link(tpNameOf(context, batch.tp), 'partition', batch.tp)] },
  ];
  const count = open?.records ?? batch.recordCount;
  facts.push({ name: 'records', value: countText(count) });
  const size = open?.sizeBytes ?? batch.sizeBytes;
  if (open !== undefined) {
    const percent = Math.floor((size / Math.max(1, open.capacityBytes)) * 100);
    facts.push({
      name: 'size',
      value: `${bytesText(size)} of ${bytesText(open.capacityBytes)} (${percent} %)`,
      // Until it is closed its size is the compression ratio of the batches before it (CompressionRatioEstimator).
      isEstimate: batch.attempts.length === 0 && isCompressed(session, open.client),
    });
  } else facts.push({ name: 'size', value: bytesText(size) });
  if (batch.rawBytes > 0 && batch.attempts.length > 0 && size < batch.rawBytes) {
    facts.push({ name: 'uncompressed', value: bytesText(batch.rawBytes) });
  }
  facts.push({ name: 'created', value: `t = ${moment(batch.createdAt)}` });
  const left = batch.attempts[0]?.drainedAt;
  facts.push({
    name: left === undefined ? 'waits for' : 'waited',
    value: msText((left ?? context.cursor.at) - batch.createdAt),
  });
  if (batch.readyAt >= 0 && batch.readyReason !== null) {
    facts.push({ name: 'ready', value: READY_WORDS[batch.readyReason as ReadyReason] });
  }
  if (batch.baseSequence >= 0 && batch.attempts.length > 0) {
    facts.push({ name: 'baseSequence', value: countText(batch.baseSequence) });
    facts.push({ name: 'producer id', value: `${batch.producerId}, epoch ${batch.producerEpoch}` });
  }
  if (batch.attempts.length > 0) {
    facts.push({
      name: batch.attempts.length === 1 ? 'attempt' : 'attempts',
      value: batch.attempts.map(({ request, error }) =>
        link(`request ${countText(request)}${error === null ? '' : `: ${error}`}`, 'request', request),
      ),
    });
  }
  if (batch.completedAt >= 0) {
    facts.push({ name: 'outcome', value: 'acked', tone: 'good' });
    if (batch.baseOffset >= 0) {
      facts.push({
        name: 'offsets',
        value: `${countText(batch.baseOffset)} … ${countText(batch.baseOffset + count - 1)}`,
      });
    }
  }
  if (batch.failedAt >= 0)
    facts.push({ name: 'outcome', value: `failed: ${batch.exception ?? ''}`, tone: 'bad' });
  if (batch.parent !== null)
    facts.push({ name: 'part of', value: [link(`batch ${countText(batch.parent)}`, 'batch', batch.parent)] });
  const members = context.lifelines.recordsOf(id).slice(0, Math.min(count, MOST_LINKS));
  const links: FactLink[] = members.map((record) => link(countText(record), 'record', record));
  if (links.length > 0) {
    const more = count - links.length;
    facts.push({ name: more > 0 ? `its first ${links.length} records` : 'its records', value: links });
  }
  return { title: `Batch ${countText(id)}`, what: 'Records of one partition that travel together.', facts };
}

export function requestCard(session: Session, id: RequestId): Card {
  const { lifelines, cursor, state } = whyContext(session);
  const request = lifelines.request(id);
  if (request === null || request.sentAt > cursor.at) {
    return { title: `Request ${countText(id)}`, what: 'Not sent yet.', facts: [] };
  }
  const facts: Fact[] = [
    { name: 'api', value: `${request.api} v${request.version}` },
    {
      name: 'to',
      value: [
        link(
          request.node < 0 ? `bootstrap address ${Math.abs(request.node)}` : `broker ${request.node}`,
          'broker',
          request.node,
        ),
      ],
    },
    { name: 'size', value: bytesText(request.sizeBytes) },
    { name: 'correlation id', value: countText(request.correlationId) },
  ];
  if (request.batches.length > 0) {
    facts.push({
      name: request.batches.length === 1 ? 'batch' : 'batches',
      value: request.batches.map((batch) => {
        const tp = lifelines.batch(batch)?.tp ?? -1;
        return link(`${tpNameOf({ state } as WhyContext, tp)} #${countText(batch)}`, 'batch', batch);
      }),
    });
  }
  const way: readonly (readonly [string, number])[] = [
    ['sent', request.sentAt],
    ['arrived', request.arrivesAt],
    ['begun', request.begunAt],
    ['answered', request.answeredAt],
    ['received', request.receivedAt],
    ['lost', request.lostAt],
  ];
  for (const [name, at] of way) {
    if (at < 0 || at > cursor.at) continue;
    facts.push({
      name,
      value: name === 'sent' ? `t = ${moment(at)}` : `after ${msText(at - request.sentAt)}`,
    });
  }
  return {
    title: `Request ${countText(id)}`,
    what:
      request.api === 'PRODUCE'
        ? 'All batches for one broker that were ready together.'
        : 'A question of the client to the cluster.',
    facts,
  };
}
