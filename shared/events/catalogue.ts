/**
 * Every event, once. The union for readers, the writers for the engine, the bytes on the tape and the check that
 * each has a sentence are derived from this table. A line is only ever appended or given fields at its end.
 */
import type { Micros } from '#base/time';
import {
  alike,
  beside,
  batch,
  bytes,
  client,
  count,
  flag,
  json,
  leader,
  long,
  maybeBatch,
  maybeLong,
  maybeNode,
  maybeRequest,
  maybeText,
  maybeTp,
  maybeWord,
  node,
  ofPartition,
  record,
  request,
  rising,
  signed,
  text,
  thread,
  tp,
  word,
  type Args,
  type BodyOf,
} from './fields.ts';
import {
  APIS,
  BLOCKED_ON,
  BROKER_STATES,
  CLOSED_HOW,
  CONNECTION_CAUSES,
  CONNECTION_STATES,
  COORDINATOR_STATES,
  DRAIN_STOPS,
  LOST_BY,
  METADATA_WANTS,
  PARTITIONED_BY,
  READY_REASONS,
  REFUSED_STAGES,
  REQUEST_APIS,
  REQUEUE_POSITIONS,
  STAMP_REASONS,
  TRANSACTION_STATES,
} from './words.ts';

export const FULL = 1;
export const NEW_BATCH = 2;

export const catalogue = {
  // run
  'run.began': [json<unknown>()('run')],
  'partition.named': [tp('tp'), text('topic'), count('partition')],
  'command.applied': [json<unknown>()('command')],
  'client.started': [client('client'), text('name'), json<Readonly<Record<string, string>>>()('config')],
  'client.closed': [client('client'), word(CLOSED_HOW)('how')],
  'thread.started': [thread('thread'), client('client'), text('name')],
  'thread.blocked': [thread('thread'), word(BLOCKED_ON)('on'), maybeLong('untilUs')],
  'thread.resumed': [thread('thread')],
  // application
  'call.began': [thread('thread'), client('client'), word(APIS)('call')],
  'call.returned': [thread('thread'), word(APIS)('call'), maybeText('exception'), maybeText('message')],
  'record.sent': [record('record'), thread('thread'), signed('keyId'), signed('valueBytes')],
  /** Only where a record's timestamp is not the ms of its send(): explicit, or after a metadata wait. */
  'record.timestamped': [record('record'), long('timestampMs')],
  'record.intercepted': [record('record'), text('interceptor'), text('phase'), flag('threw')],
  'record.serialized': [record('record'), signed('keyBytes'), signed('valueBytes'), bytes('headerBytes')],
  'record.partitioned': [record('record'), tp('tp'), word(PARTITIONED_BY)('by')],
  /** fullOrNew: FULL | NEW_BATCH, what RecordAppendResult says. sizeBytes: growth of the batch. */
  'record.appended': [record('record'), batch('batch'), bytes('sizeBytes'), count('fullOrNew')],
  'record.refused': [
    record('record'),
    maybeTp('tp'),
    word(REFUSED_STAGES)('stage'),
    text('exception'),
    text('message'),
    flag('thrown'),
  ],
  /** A record whose own error differs from its batch's (KIP-467), or that failed before or beside its batch. */
  'record.failed': [record('record'), maybeTp('tp'), text('exception'), text('message')],
  /** The future of a sync send is done: get() returned or threw. */
  'record.awaited': [record('record'), thread('thread')],
  'callbacks.ran': [batch('batch'), count('records'), count('tookUs')],
  // accumulator
  'batch.created': [
    batch('batch'),
    client('client'),
    tp('tp'),
    bytes('capacityBytes'),
    maybeBatch('parentBatch'),
  ],
  'batch.closed': [batch('batch'), count('records'), alike('batch-bytes', bytes('estimatedBytes'))],
  'batch.ready': [batch('batch'), word(READY_REASONS)('reason')],
  'batch.drained': [
    batch('batch'),
    node('node'),
    alike('batch-bytes', bytes('sizeBytes')),
    beside(bytes('rawBytes')),
  ],
  'batch.stamped': [
    batch('batch'),
    long('producerId'),
    signed('producerEpoch'),
    ofPartition(alike('sequence', signed('baseSequence'))),
    word(STAMP_REASONS)('reason'),
  ],
  /** backoffUntilMs: client clock at which it may go again. attempts: those made so far. */
  'batch.requeued': [
    batch('batch'),
    text('error'),
    count('attempts'),
    word(REQUEUE_POSITIONS)('position'),
    long('backoffUntilMs'),
  ],
  'batch.split': [batch('batch'), count('parts'), bytes('targetBytes')],
  'batch.completed': [
    batch('batch'),
    alike('answered-offset', long('baseOffset')),
    long('logAppendTimeMs'),
    flag('duplicate'),
  ],
  'batch.failed': [batch('batch'), text('exception'), text('message'), flag('expired')],
  'batch.freed': [batch('batch'), bytes('pooledBytes')],
  'ratio.observed': [
    client('client'),
    text('topic'),
    batch('batch'),
    count('observedPpm'),
    count('estimatePpm'),
  ],
  'node.drained': [client('client'), node('node'), count('batches'), count('records')],
  'drain.stopped': [client('client'), node('node'), batch('batch'), word(DRAIN_STOPS)('reason')],
  'partition.muted': [client('client'), tp('tp')],
  'partition.unmuted': [client('client'), tp('tp')],
  'sticky.switched': [client('client'), tp('tp'), bytes('producedBytes')],
  'sticky.weighed': [
    client('client'),
    text('topic'),
    json<readonly { readonly partition: number; readonly cumulative: number }[] | null>()('frequencies'),
  ],
  'buffer.changed': [client('client'), bytes('availableBytes'), count('waiters')],
  // network
  'connection.moved': [
    client('client'),
    node('node'),
    word(CONNECTION_STATES)('to'),
    word(CONNECTION_CAUSES)('because'),
    /** Client clock: end of the throttle, or the first moment of a new attempt. */
    maybeLong('untilMs'),
  ],
  'request.sent': [
    request('request'),
    client('client'),
    node('node'),
    word(REQUEST_APIS)('api'),
    count('version'),
    bytes('sizeBytes'),
    rising(count('correlationId')),
  ],
  'request.carried': [request('request'), batch('batch')],
  /** What a request other than Produce asks: topics, producer id and epoch, partitions, commit or abort. */
  'request.asked': [request('request'), json<Readonly<Record<string, unknown>>>()('what')],
  'request.written': [request('request')],
  'request.lost': [request('request'), word(LOST_BY)('by')],
  'response.received': [request('request'), maybeText('error'), bytes('sizeBytes'), count('throttleMs')],
  'response.answered': [
    request('request'),
    batch('batch'),
    text('error'),
    alike('answered-offset', long('baseOffset')),
    long('logStartOffset'),
    maybeNode('leaderHint'),
    signed('leaderHintEpoch'),
    maybeText('message'),
  ],
  'metadata.wanted': [client('client'), flag('full'), word(METADATA_WANTS)('because')],
  'metadata.updated': [
    client('client'),
    count('version'),
    flag('partial'),
    json<Readonly<Record<string, readonly number[]>>>()('leaders'),
    json<Readonly<Record<string, string>>>()('errors'),
  ],
  'metadata.bootstrapped': [client('client')],
  'leader.hinted': [client('client'), tp('tp'), node('leader'), signed('leaderEpoch')],
  // transaction manager
  'producerId.assigned': [client('client'), long('producerId'), signed('producerEpoch')],
  'epoch.bumped': [client('client'), signed('producerEpoch'), maybeTp('tp'), text('because')],
  'sequence.moved': [
    client('client'),
    tp('tp'),
    alike('sequence', signed('nextSequence')),
    beside(signed('lastAckedSequence')),
    flag('unresolved'),
  ],
  'transaction.moved': [
    client('client'),
    word(TRANSACTION_STATES)('from'),
    word(TRANSACTION_STATES)('to'),
    maybeText('exception'),
    maybeText('message'),
  ],
  'transaction.joined': [client('client'), tp('tp'), flag('onServer')],
  'transaction.queued': [client('client'), word(REQUEST_APIS)('api'), flag('isRetry')],
  // cluster: only the model can see it
  'broker.moved': [node('node'), word(BROKER_STATES)('to')],
  /** A broker that takes so much longer for every request of a client. */
  'broker.slowed': [node('node'), count('addedUs')],
  'link.changed': [client('client'), node('node'), count('addedUs'), flag('cut')],
  'request.arrived': [request('request')],
  'request.begun': [request('request')],
  'response.left': [request('request')],
  /** arrivesAtUs: run time at which a one-way flight ends, known when it begins; null: it never arrives. */
  'request.departed': [request('request'), maybeLong('arrivesAtUs')],
  'response.departed': [request('request'), maybeLong('arrivesAtUs')],
  'log.appended': [
    tp('tp'),
    node('node'),
    batch('batch'),
    rising(long('baseOffset')),
    beside(long('logEndOffset')),
  ],
  'log.refused': [tp('tp'), node('node'), maybeBatch('batch'), text('error')],
  /** Answered from the five batches that a broker remembers: nothing was appended. */
  'log.recognised': [tp('tp'), batch('batch'), long('baseOffset')],
  /** fromOffset: where the log ended before. */
  'log.truncated': [tp('tp'), node('node'), long('logEndOffset'), long('fromOffset')],
  'log.marked': [
    tp('tp'),
    long('offset'),
    flag('commit'),
    long('producerId'),
    node('node'),
    signed('producerEpoch'),
  ],
  'replica.fetched': [tp('tp'), node('node'), long('logEndOffset'), leader('leader')],
  /** leaderEpoch: of the leader that tells it, which may have been replaced without knowing. */
  'highWatermark.advanced': [
    tp('tp'),
    rising(long('highWatermark')),
    beside(long('lastStableOffset')),
    signed('leaderEpoch'),
  ],
  'isr.changed': [tp('tp'), json<readonly number[]>()('isr'), json<readonly number[]>()('elr')],
  'leader.elected': [tp('tp'), maybeNode('leader'), signed('leaderEpoch'), flag('unclean')],
  'coordinator.moved': [
    text('transactionalId'),
    word(COORDINATOR_STATES)('to'),
    long('producerId'),
    signed('producerEpoch'),
    /** The broker that coordinates it from now on; null: none is there. */
    maybeNode('node'),
  ],
  'producerState.expired': [tp('tp'), long('producerId'), node('node')],
  'topic.changed': [text('topic'), count('partitions')],
  // faults and what they hit
  'fault.armed': [count('fault'), json<unknown>()('rule')],
  'fault.struck': [count('fault'), maybeRequest('request'), maybeTp('tp'), maybeWord(REQUEST_APIS)('api')],
  /** It had arrived, and the broker's end of its connection is closed: it is not read, or not worked on to its end. */
  'request.dropped': [request('request')],
  // live, at a rate that is told in parts
  /** From now on the records of one new batch in so many have events of their own. */
  'sampling.changed': [count('oneIn')],
  /** The next records of the batch: sent and appended, and without events of their own. sizeBytes: growth of the batch. */
  'records.omitted': [batch('batch'), count('records'), bytes('sizeBytes')],
} as const;

export type Catalogue = typeof catalogue;
export type EventType = keyof Catalogue;
/** `seq` is the place in the log, dense from 0. `at` is whole µs of run time and never goes back. */
export type EventOf<T extends EventType> = {
  [K in T]: { readonly type: K; readonly seq: number; readonly at: Micros } & BodyOf<Catalogue[K]>;
}[T];
export type PipelineEvent = EventOf<EventType>;
export type WriterOf<T extends EventType> = (...fields: Args<Catalogue[T]>) => void;

/** What the engine and the cluster write to. The time comes from the run's clock. */
export interface EventSink {
  writer<T extends EventType>(type: T): WriterOf<T>;
}
