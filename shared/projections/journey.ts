/**
 * The way of one record as stages that touch without gap or overlap, so that their sum is its latency. Facts up to a
 * moment only: a stage that is not over ends there.
 */
import type { RecordId } from '#base/ids';
import type { EventLogView } from '#events/EventLogView';
import type { BatchLifeline, RequestLifeline } from './lifelines.ts';
import type { LifelineTables } from './lifelines/LifelineTables.ts';
import type { RecordColumns } from './RecordColumns.ts';

export const STAGES = [
  'blocked',
  'serialize',
  'partition',
  'accumulate',
  'back-off',
  'in flight',
  'broker',
  'replicate',
  'respond',
  'callback',
] as const;
export type Stage = (typeof STAGES)[number];

export interface JourneyPart {
  readonly stage: Stage;
  /** µs of run time, half-open. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Attempt of the batch, from 1; 0 before the first. */
  readonly attempt: number;
}

export interface Journey {
  readonly parts: readonly JourneyPart[];
  /** false: it goes on. */
  readonly isOver: boolean;
  readonly totalUs: number;
}

export interface JourneySource {
  readonly log: EventLogView;
  readonly records: RecordColumns;
  readonly lifelines: LifelineTables;
}

/** Collects touching parts up to a moment. */
class Parts {
  readonly all: JourneyPart[] = [];
  private end: number;
  private readonly untilUs: number;

  constructor(fromUs: number, untilUs: number) {
    this.end = fromUs;
    this.untilUs = untilUs;
  }

  /** From where the last part ended to `toUs`; −1: not over. Returns whether it is over by now. */
  to(stage: Stage, toUs: number, attempt: number): boolean {
    const isOver = toUs >= 0 && toUs <= this.untilUs;
    const end = Math.max(this.end, isOver ? toUs : this.untilUs);
    const last = this.all.at(-1);
    if (last !== undefined && last.stage === stage && last.attempt === attempt) {
      this.all[this.all.length - 1] = { ...last, toUs: end };
    } else if (end > this.end || !isOver) {
      this.all.push({ stage, fromUs: this.end, toUs: end, attempt });
    }
    this.end = end;
    return isOver;
  }
}

/** `untilUs`: the cursor's time. null: nothing is known of the record there. */
export function journey(source: JourneySource, record: RecordId, untilUs: number): Journey | null {
  const sentAt = source.records.sentAt(record);
  if (sentAt < 0 || sentAt > untilUs) return null;
  const parts = new Parts(sentAt, untilUs);
  const isOver =
    addSend(source, record, parts, sentAt, untilUs) && addBatches(source, record, parts, untilUs);
  const last = parts.all.at(-1);
  return { parts: parts.all, isOver, totalUs: (last?.toUs ?? sentAt) - sentAt };
}

/** Inside `send()`: read from the log, for no index keeps it. Returns whether the record was appended. */
function addSend(
  source: JourneySource,
  record: RecordId,
  parts: Parts,
  sentAt: number,
  untilUs: number,
): boolean {
  const { log, records } = source;
  const thread = records.thread(record);
  let isBlocked = false;
  let stage: Stage = 'serialize';
  const first = log.seqAfter(sentAt - 1);
  const reader = log.read(Math.max(first, log.startSeq));
  while (reader.seq < log.endSeq) {
    const event = reader.next();
    if (event.at > untilUs) break;
    switch (event.type) {
      case 'thread.blocked':
        if (event.thread !== thread || event.on === 'cpu') break;
        parts.to(stage, event.at, 0);
        isBlocked = true;
        break;
      case 'thread.resumed':
        if (event.thread !== thread || !isBlocked) break;
        parts.to('blocked', event.at, 0);
        isBlocked = false;
        break;
      case 'record.serialized':
        if (event.record !== record) break;
        parts.to('serialize', event.at, 0);
        stage = 'partition';
        break;
      case 'record.appended':
        if (event.record === record) return parts.to('partition', event.at, 0);
        break;
      case 'record.refused':
        if (event.record !== record) break;
        parts.to(isBlocked ? 'blocked' : stage, event.at, 0);
        return false;
      default:
    }
  }
  parts.to(isBlocked ? 'blocked' : stage, -1, 0);
  return false;
}

/** From the append to the end, through every attempt of every batch that held the record. */
function addBatches(source: JourneySource, record: RecordId, parts: Parts, untilUs: number): boolean {
  const { lifelines } = source;
  let attempt = 0;
  let id: number = lifelines.batches.batchOf(record, source.records.appendedAt(record));
  for (;;) {
    const batch = lifelines.batches.get(id);
    if (batch === null) return false;
    for (const each of batch.attempts) {
      attempt++;
      if (!parts.to(attempt === 1 ? 'accumulate' : 'back-off', each.drainedAt, attempt - 1)) return false;
      const over = addAttempt(source, parts, batch, lifelines.request(each.request), each.endedAt, attempt);
      if (!over) return endEarly(parts, batch, untilUs);
    }
    const endedAt = Math.max(batch.completedAt, batch.failedAt);
    if (endedAt >= 0) {
      parts.to(attempt === 0 ? 'accumulate' : 'back-off', endedAt, attempt);
      return addCallback(source, parts, batch, endedAt, attempt, untilUs);
    }
    const part = lifelines.batches.batchOf(record, untilUs);
    if (part === id) {
      parts.to(attempt === 0 ? 'accumulate' : 'back-off', -1, attempt);
      return false;
    }
    // The part that the record went into when this batch was split.
    id = nextPart(lifelines, part, id);
  }
}

function nextPart(lifelines: LifelineTables, part: number, whole: number): number {
  let id = part;
  while (lifelines.batches.parent(id) !== whole && lifelines.batches.parent(id) >= 0)
    id = lifelines.batches.parent(id);
  return id;
}

/** A batch that expired in flight is over for the application while its request is still out (§3.6). */
function endEarly(parts: Parts, batch: BatchLifeline, untilUs: number): boolean {
  return batch.failedAt >= 0 && batch.failedAt <= untilUs && parts.all.length > 0;
}

function addAttempt(
  source: JourneySource,
  parts: Parts,
  batch: BatchLifeline,
  request: RequestLifeline | null,
  endedAt: number,
  attempt: number,
): boolean {
  const failedAt = batch.failedAt;
  const end = endedAt >= 0 && failedAt >= 0 ? Math.min(endedAt, failedAt) : Math.max(endedAt, failedAt);
  // What happens at the broker after the client has given up is no part of this attempt.
  const within = (at: number): number => (at >= 0 && (end < 0 || at <= end) ? at : -1);
  if (request !== null && request.begunAt >= 0 && within(request.begunAt) >= 0) {
    if (!parts.to('in flight', request.begunAt, attempt)) return false;
    const appendedAt = appendedAtBroker(source, batch, request);
    if (appendedAt >= 0 && !parts.to('broker', within(appendedAt), attempt)) return false;
    const stage = appendedAt >= 0 ? 'replicate' : 'broker';
    if (within(request.answeredAt) < 0) return parts.to(stage, end, attempt);
    if (!parts.to(stage, request.answeredAt, attempt)) return false;
    return parts.to('respond', end, attempt);
  }
  return parts.to('in flight', end, attempt);
}

/** Between the broker's first look at the request and its answer. */
function appendedAtBroker({ log }: JourneySource, batch: BatchLifeline, request: RequestLifeline): number {
  const reader = log.read(Math.max(log.seqAfter(request.begunAt - 1), log.startSeq));
  const until = request.answeredAt >= 0 ? request.answeredAt : request.begunAt + NO_ANSWER_WINDOW_US;
  while (reader.seq < log.endSeq) {
    const event = reader.next();
    if (event.at > until) return -1;
    if (event.type === 'log.appended' && event.batch === batch.id) return event.at;
  }
  return -1;
}

/** A broker appends soon or never: no need to look further through the log. */
const NO_ANSWER_WINDOW_US = 1_000_000;

function addCallback(
  { log }: JourneySource,
  parts: Parts,
  batch: BatchLifeline,
  endedAt: number,
  attempt: number,
  untilUs: number,
): boolean {
  const reader = log.read(Math.max(log.seqAfter(endedAt - 1), log.startSeq));
  let isAfter = false;
  for (let steps = 0; reader.seq < log.endSeq && steps < CALLBACK_STEPS; steps++) {
    const event = reader.next();
    if (event.at > untilUs) break;
    if (event.type === 'callbacks.ran' && event.batch === batch.id) {
      parts.to('callback', event.at, attempt);
      return true;
    }
    // The sender thread does one batch after the other: the next end means that this one had no callbacks.
    if (event.type === 'batch.completed' || event.type === 'batch.failed') {
      if (isAfter) return true;
      isAfter = event.batch === batch.id;
    }
  }
  return true;
}

const CALLBACK_STEPS = 5000;
