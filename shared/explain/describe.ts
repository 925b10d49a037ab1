/** A sentence for every event: event list, screen reader and test traces use it. */
import type { EventOf, EventType, PipelineEvent } from '#events/catalogue';
import { FULL, NEW_BATCH } from '#events/catalogue';
import { READY_WORDS, STOP_WORDS } from './reasons.ts';
import { bytes, capital, count, list, nodeName, plural, span, withStop } from './words.ts';

/** How things are called: ids stand in events, names in sentences. */
export interface EntityNames {
  tp(id: number): string;
  client(id: number): string;
  thread(id: number): string;
}

/** Without a run at hand. */
export const PLAIN_NAMES: EntityNames = {
  tp: (id) => `tp ${id}`,
  client: (id) => `producer ${id}`,
  thread: (id) => `thread ${id}`,
};

type Sentence<T extends EventType> = (event: EventOf<T>, names: EntityNames) => string;

const offsetWords = (offset: number): string =>
  offset < 0 ? 'an unknown offset' : `offset ${count(offset)}`;
const because = (exception: string | null, message: string | null): string =>
  exception === null
    ? ''
    : message === null || message === ''
      ? `: ${exception}`
      : `: ${exception}: ${message}`;
const keyWords = (keyId: number): string => (keyId < 0 ? 'null key' : `key ${keyId}`);
const sizeWords = (size: number): string => (size < 0 ? 'null' : bytes(size));
const commandName = (command: unknown): string =>
  typeof command === 'object' && command !== null && 'do' in command ? String(command.do) : 'command';
const millis = (ms: number): string => span(ms * 1000);

function appendWords(flags: number): string {
  if ((flags & NEW_BATCH) !== 0)
    return (flags & FULL) !== 0 ? ', opens it, and the deque is full' : ' and opens it';
  return (flags & FULL) !== 0 ? ', which is full now' : '';
}

const table: { readonly [T in EventType]: Sentence<T> } = {
  'run.began': () => 'The run begins.',
  'partition.named': (e) => `The run has the partition ${e.topic}-${e.partition}.`,
  'command.applied': (e) => `Command ${commandName(e.command)}.`,
  'client.started': (e) => `Producer ${e.name} starts.`,
  'client.closed': (e, n) => `${n.client(e.client)} is closed (${e.how}).`,
  'thread.started': (e, n) => `Thread ${e.name} of ${n.client(e.client)} starts.`,
  'thread.blocked': (e, n) => `${n.thread(e.thread)} blocks: it waits for ${e.on}.`,
  'thread.resumed': (e, n) => `${n.thread(e.thread)} goes on.`,
  'call.began': (e, n) => `${n.thread(e.thread)} calls ${e.call}().`,
  'call.returned': (e, n) =>
    e.exception === null
      ? `The call ${e.call}() returns to ${n.thread(e.thread)}.`
      : `The call ${e.call}() throws to ${n.thread(e.thread)}${because(e.exception, e.message)}`,
  'record.sent': (e, n) =>
    `Record ${e.record} is sent by ${n.thread(e.thread)}: ${keyWords(e.keyId)}, value of ${sizeWords(e.valueBytes)}.`,
  'record.timestamped': (e) => `Record ${e.record} has the timestamp ${e.timestampMs}.`,
  'record.intercepted': (e) =>
    `Interceptor ${e.interceptor} sees record ${e.record} (${e.phase})${e.threw ? ' and throws, which is only logged' : ''}.`,
  'record.serialized': (e) =>
    `Record ${e.record} is serialized: key ${sizeWords(e.keyBytes)}, value ${sizeWords(e.valueBytes)}.`,
  'record.partitioned': (e, n) => `Record ${e.record} goes to ${n.tp(e.tp)} (${e.by}).`,
  'record.appended': (e) =>
    `Record ${e.record} is appended to batch ${e.batch} (+${bytes(e.sizeBytes)})${appendWords(e.fullOrNew)}.`,
  'record.refused': (e) =>
    `Record ${e.record} is refused in send() (${e.stage})${e.thrown ? ', thrown' : ''}${because(e.exception, e.message)}`,
  'record.failed': (e) =>
    `Record ${e.record} fails with an exception of its own${because(e.exception, e.message)}`,
  'record.awaited': (e, n) => `get() of record ${e.record} returns to ${n.thread(e.thread)}.`,
  'callbacks.ran': (e) => `${plural(e.records, 'callback')} of batch ${e.batch} ran in ${span(e.tookUs)}.`,
  'batch.created': (e, n) =>
    e.parentBatch === null
      ? `Batch ${e.batch} of ${n.tp(e.tp)} is created with room for ${bytes(e.capacityBytes)}.`
      : `Batch ${e.batch} of ${n.tp(e.tp)} is created as a part of batch ${e.parentBatch}.`,
  'batch.closed': (e) =>
    `Batch ${e.batch} takes no more records: it has ${count(e.records)}, some ${bytes(e.estimatedBytes)}.`,
  'batch.ready': (e) => `Batch ${e.batch} is ready: ${READY_WORDS[e.reason]}.`,
  'batch.drained': (e) => `Batch ${e.batch} is drained for ${nodeName(e.node)}: ${bytes(e.sizeBytes)}.`,
  'batch.stamped': (e) =>
    `Batch ${e.batch} gets sequence ${count(e.baseSequence)} of producer id ${e.producerId}, epoch ${e.producerEpoch} (${e.reason}).`,
  'batch.requeued': (e) =>
    `Batch ${e.batch} goes back to its deque (${e.position}) after ${e.error}; attempts so far: ${e.attempts}.`,
  'batch.split': (e) =>
    `Batch ${e.batch} was too large for the broker and is split into ${plural(e.parts, 'batch', 'batches')}.`,
  'batch.completed': (e) =>
    `Batch ${e.batch} is acked at ${offsetWords(e.baseOffset)}${e.duplicate ? ': the broker had it already' : ''}.`,
  'batch.failed': (e) =>
    `Batch ${e.batch} ${e.expired ? 'times out' : 'fails'}${because(e.exception, e.message)}`,
  'batch.freed': (e) => `Batch ${e.batch} gives back ${bytes(e.pooledBytes)} of buffer.memory.`,
  'ratio.observed': (e) =>
    `Batch ${e.batch} shrank to ${Math.round(e.observedPpm / 10_000)} %; the estimate for ${e.topic} is now ${Math.round(e.estimatePpm / 10_000)} %.`,
  'node.drained': (e) =>
    e.batches === 0
      ? `The drain for ${nodeName(e.node)} finds nothing to take.`
      : `${plural(e.batches, 'batch', 'batches')} with ${plural(e.records, 'record')} drained for ${nodeName(e.node)}.`,
  'drain.stopped': (e) =>
    `The drain for ${nodeName(e.node)} stops at batch ${e.batch}: ${STOP_WORDS[e.reason]}.`,
  'partition.muted': (e, n) => `${n.tp(e.tp)} is muted until its batch is done.`,
  'partition.unmuted': (e, n) => `${n.tp(e.tp)} is no longer muted.`,
  'sticky.switched': (e, n) => `The sticky partition is now ${n.tp(e.tp)}, after ${bytes(e.producedBytes)}.`,
  'sticky.weighed': (e) =>
    e.frequencies === null
      ? `All partitions of ${e.topic} are equally likely.`
      : `Partitions of ${e.topic} are weighed by the length of their queues.`,
  'buffer.changed': (e) =>
    `The buffer has ${bytes(e.availableBytes)} of buffer.memory left${e.waiters > 0 ? `; ${plural(e.waiters, 'caller')} waiting` : ''}.`,
  'connection.moved': (e) => `The connection to ${nodeName(e.node)} is ${e.to} (${e.because}).`,
  'request.sent': (e) =>
    `Request ${e.request} leaves for ${nodeName(e.node)}: ${e.api} v${e.version}, ${bytes(e.sizeBytes)}.`,
  'request.carried': (e) => `Request ${e.request} carries batch ${e.batch}.`,
  'request.asked': (e) => `Request ${e.request} asks ${JSON.stringify(e.what)}.`,
  'request.written': (e) => `Request ${e.request} is written to its socket.`,
  'request.lost': (e) => `Request ${e.request} is lost: ${e.by}.`,
  'response.received': (e) =>
    `The answer to request ${e.request} is here${e.error === null ? '' : `: ${e.error}`}${e.throttleMs > 0 ? `; throttled for ${millis(e.throttleMs)}` : ''}.`,
  'response.answered': (e) =>
    e.error === 'NONE'
      ? `The broker wrote batch ${e.batch} at ${offsetWords(e.baseOffset)}.`
      : `The broker answers ${e.error} for batch ${e.batch}${e.message === null ? '' : `: ${e.message}`}${e.leaderHint === null ? '' : `; the leader is ${nodeName(e.leaderHint)}`}.`,
  'metadata.wanted': (e) => `Metadata is wanted (${e.because}).`,
  'metadata.updated': (e) => `Metadata version ${e.version} is here${e.partial ? ' (new topics only)' : ''}.`,
  'metadata.bootstrapped': () =>
    'The client forgets its brokers and begins again at the bootstrap addresses.',
  'leader.hinted': (e, n) =>
    `An answer names ${nodeName(e.leader)} as leader of ${n.tp(e.tp)}, epoch ${e.leaderEpoch}.`,
  'producerId.assigned': (e) => `The producer id is ${e.producerId}, epoch ${e.producerEpoch}.`,
  'epoch.bumped': (e) => `The producer epoch is now ${e.producerEpoch} (${e.because}).`,
  'sequence.moved': (e, n) =>
    `${n.tp(e.tp)}: next sequence ${count(e.nextSequence)}${e.unresolved ? ', unresolved' : ''}.`,
  'transaction.moved': (e) => `Transaction: ${e.from} to ${e.to}${because(e.exception, e.message)}.`,
  'transaction.joined': (e, n) =>
    `${n.tp(e.tp)} joins the transaction${e.onServer ? '' : ' (at the client)'}.`,
  'transaction.queued': (e) => `${e.api} is queued${e.isRetry ? ' again' : ''}.`,
  'broker.moved': (e) => `Broker ${e.node} is ${e.to}.`,
  'broker.slowed': (e) =>
    e.addedUs > 0
      ? `Broker ${e.node} takes ${span(e.addedUs)} longer for each request.`
      : `Broker ${e.node} is as fast as it was.`,
  'link.changed': (e) =>
    `The link to ${nodeName(e.node)} ${e.cut ? 'is cut' : e.addedUs > 0 ? `is slower by ${span(e.addedUs)}` : 'is as it was'}.`,
  'request.arrived': (e) => `Request ${e.request} arrives at its broker.`,
  'request.dropped': (e) =>
    `Nobody answers request ${e.request}: its connection is closed on the broker's side.`,
  'request.begun': (e) => `The broker begins with request ${e.request}.`,
  'response.left': (e) => `The answer to request ${e.request} leaves the broker.`,
  'request.departed': (e) =>
    `Request ${e.request} is on its way${e.arrivesAtUs === null ? ' and will never arrive' : ''}.`,
  'response.departed': (e) =>
    `The answer to request ${e.request} is on its way${e.arrivesAtUs === null ? ' and will never arrive' : ''}.`,
  'log.appended': (e, n) =>
    `${nodeName(e.node)} appends batch ${e.batch} to ${n.tp(e.tp)} at ${offsetWords(e.baseOffset)}.`,
  'log.refused': (e, n) =>
    `${nodeName(e.node)} refuses ${e.batch === null ? 'a batch' : `batch ${e.batch}`} of ${n.tp(e.tp)}: ${e.error}.`,
  'log.recognised': (e, n) =>
    `The leader of ${n.tp(e.tp)} recognises batch ${e.batch} at ${offsetWords(e.baseOffset)} and appends nothing.`,
  'log.truncated': (e, n) =>
    `${nodeName(e.node)} cuts its log of ${n.tp(e.tp)} at offset ${count(e.logEndOffset)}.`,
  'log.marked': (e, n) =>
    `A ${e.commit ? 'commit' : 'abort'} marker stands in ${n.tp(e.tp)} at ${offsetWords(e.offset)}.`,
  'replica.fetched': (e, n) => `${nodeName(e.node)} has ${n.tp(e.tp)} up to offset ${count(e.logEndOffset)}.`,
  'highWatermark.advanced': (e, n) => `The high watermark of ${n.tp(e.tp)} is ${count(e.highWatermark)}.`,
  'isr.changed': (e, n) => `In sync for ${n.tp(e.tp)}: ${list(e.isr.map(nodeName)) || 'nobody'}.`,
  'leader.elected': (e, n) =>
    e.leader === null
      ? `${n.tp(e.tp)} has no leader.`
      : `${nodeName(e.leader)} leads ${n.tp(e.tp)}, epoch ${e.leaderEpoch}${e.unclean ? ' (unclean election)' : ''}.`,
  'coordinator.moved': (e) =>
    e.node === null
      ? `No broker is there to coordinate ${e.transactionalId}.`
      : `${nodeName(e.node)}, coordinator of ${e.transactionalId}, holds it as ${e.to} (epoch ${e.producerEpoch}).`,
  'producerState.expired': (e, n) =>
    `${nodeName(e.node)} forgets producer id ${e.producerId} in ${n.tp(e.tp)}.`,
  'topic.changed': (e) =>
    e.partitions === 0
      ? `Topic ${e.topic} is deleted.`
      : `Topic ${e.topic} has ${plural(e.partitions, 'partition')}.`,
  'fault.armed': (e) => `Fault ${e.fault} waits for its moment.`,
  'fault.struck': (e) => `Fault ${e.fault} strikes${e.request === null ? '' : ` request ${e.request}`}.`,
  'sampling.changed': (e) =>
    e.oneIn === 1
      ? 'From now on every record is shown.'
      : `Too many records to show each: those of one batch in ${e.oneIn} are. The sums count all.`,
  'records.omitted': (e) =>
    `${plural(e.records, 'record')} of batch ${e.batch} (+${bytes(e.sizeBytes)}) ${e.records === 1 ? 'is' : 'are'} counted and not shown.`,
};

/** One plain sentence with a capital letter; a name at its beginning stays as its owner writes it. */
export function describe(event: PipelineEvent, names: EntityNames = PLAIN_NAMES): string {
  const sentence = (table[event.type] as (event: PipelineEvent, names: EntityNames) => string)(event, names);
  return withStop(beginsWithName(sentence, event, names) ? sentence : capital(sentence));
}

function beginsWithName(sentence: string, event: PipelineEvent, names: EntityNames): boolean {
  const begins = (name: string, plain: string): boolean => name !== plain && sentence.startsWith(name);
  return (
    ('tp' in event && event.tp !== null && begins(names.tp(event.tp), PLAIN_NAMES.tp(event.tp))) ||
    ('client' in event && begins(names.client(event.client), PLAIN_NAMES.client(event.client))) ||
    ('thread' in event && begins(names.thread(event.thread), PLAIN_NAMES.thread(event.thread)))
  );
}
