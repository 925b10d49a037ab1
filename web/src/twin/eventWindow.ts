/** The events around the playhead that a filter lets through. A window, however long the log is. */
import { describe } from '#explain/describe';
import type { PipelineEvent } from '#events/catalogue';
import type { Session } from '../session/session.ts';
import type { Provenance } from '../sources/Source.ts';
import type { Entity } from '../stage/scene.ts';
import { provenanceOf } from '../ui/provenance.ts';
import { touches } from '../inspector/touches.ts';
import { namesAt } from '../inspector/whyOf.ts';

export const EVENT_GROUPS = {
  application: ['record', 'call', 'thread', 'callbacks'],
  accumulator: ['batch', 'node', 'drain', 'partition', 'sticky', 'buffer', 'ratio'],
  network: ['request', 'response', 'connection', 'metadata', 'link'],
  sequences: ['producerId', 'epoch', 'sequence', 'transaction'],
  brokers: [
    'broker',
    'log',
    'replica',
    'highWatermark',
    'isr',
    'leader',
    'coordinator',
    'producerState',
    'topic',
  ],
  'faults and commands': ['fault', 'command', 'run', 'client'],
} as const;
export type EventGroup = keyof typeof EVENT_GROUPS;

export interface EventFilter {
  readonly group: EventGroup | null;
  readonly text: string;
  readonly entity: Entity | null;
}

export interface EventRow {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly sentence: string;
  /** How it is known that it happened. */
  readonly how: Provenance | null;
}

/** How far a filter looks for something to show. */
const BACK_EVENTS = 8000;
const AHEAD_EVENTS = 3000;
export const ROWS_BACK = 80;
const ROWS_AHEAD = 40;

const subject = (type: string): string => type.slice(0, type.indexOf('.'));

/**
 * Rows before the cursor, oldest first, and those after it that have been seen. `back`: how many before the cursor.
 */
export function eventsAround(
  session: Session,
  filter: EventFilter,
  back: number,
): { readonly before: readonly EventRow[]; readonly after: readonly EventRow[] } {
  const { log, cursor, state } = session.view;
  const names = namesAt(state);
  const wanted = filter.text.trim().toLowerCase();
  const groups: readonly string[] | null = filter.group === null ? null : EVENT_GROUPS[filter.group];
  const isPlain = wanted === '' && groups === null && filter.entity === null;
  const rowOf = (event: PipelineEvent): EventRow | null => {
    if (groups !== null && !groups.includes(subject(event.type))) return null;
    if (filter.entity !== null && !touches(event, filter.entity)) return null;
    const sentence = describe(event, names);
    if (
      wanted !== '' &&
      !sentence.toLowerCase().includes(wanted) &&
      !event.type.toLowerCase().includes(wanted)
    ) {
      return null;
    }
    const { seq, at, type } = event;
    return { seq, at, type, sentence, how: provenanceOf(session.source.capabilities, [type]) };
  };
  const collect = (from: number, to: number, most: number): EventRow[] => {
    const rows: EventRow[] = [];
    if (from >= to) return rows;
    const reader = log.read(from);
    for (let seq = from; seq < to && rows.length < most; seq++) {
      const row = rowOf(reader.next());
      if (row !== null) rows.push(row);
    }
    return rows;
  };
  const seen = Math.min(log.endSeq, log.seqAfter(session.seenAt));
  const from = Math.max(log.startSeq, cursor.seq - (isPlain ? back : Math.max(BACK_EVENTS, back * 20)));
  return {
    before: collect(from, Math.min(cursor.seq, log.endSeq), Infinity).slice(-back),
    after: collect(
      cursor.seq,
      Math.min(seen, cursor.seq + (isPlain ? ROWS_AHEAD : AHEAD_EVENTS)),
      ROWS_AHEAD,
    ),
  };
}
