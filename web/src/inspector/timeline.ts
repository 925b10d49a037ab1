/** What happened to a thing so far: read from the log, each event once as long as the same thing is looked at. */
import type { BatchId, RecordId, RequestId } from '#base/ids';
import { describe } from '#explain/describe';
import type { EventLogView } from '#events/EventLogView';
import type { PipelineEvent } from '#events/catalogue';
import type { Session } from '../session/session.ts';
import type { Provenance } from '../sources/Source.ts';
import type { Entity } from '../stage/scene.ts';
import { provenanceOf } from '../ui/provenance.ts';
import { touches } from './touches.ts';
import { namesAt } from './whyOf.ts';

export interface TimelineRow {
  readonly seq: number;
  readonly at: number;
  readonly sentence: string;
  /** How it is known that it happened. */
  readonly how: Provenance | null;
}

/** Of things other than records: what happens all the time and tells nothing of its own. */
const ROUTINE = new Set(['record.appended', 'record.partitioned', 'replica.fetched', 'buffer.changed']);
/** A thing that lives for longer shows what happened lately. */
const MOST_EVENTS = 20_000;
const RECENT_EVENTS = 4000;

export interface Timeline {
  /** Up to the cursor, oldest first. */
  rows(session: Session): readonly TimelineRow[];
}

/** Where its life begins; −1: it lives as long as the run. */
function bornAt(session: Session, entity: Entity): number {
  const { records, lifelines } = session.projections;
  switch (entity.kind) {
    case 'record':
      return records.sentAt(entity.id);
    case 'batch':
      return lifelines.batch(entity.id as BatchId)?.createdAt ?? -1;
    case 'request':
      return lifelines.request(entity.id as RequestId)?.sentAt ?? -1;
    case 'broker':
    case 'link':
    case 'partition':
    case 'client':
      return -1;
  }
}

export function createTimeline(entity: Entity): Timeline {
  let of: EventLogView | null = null;
  let read = 0;
  let rows: TimelineRow[] = [];

  const matches = (session: Session, event: PipelineEvent): boolean => {
    if (touches(event, entity)) {
      return entity.kind === 'record' || !ROUTINE.has(event.type);
    }
    if (entity.kind !== 'record' || !event.type.startsWith('batch.') || !('batch' in event)) return false;
    return session.projections.lifelines.batchOf(entity.id as RecordId, event.at) === event.batch;
  };

  return {
    rows(session) {
      const { log, cursor, state } = session.view;
      const born = bornAt(session, entity);
      const first = born < 0 ? Math.max(log.startSeq, cursor.seq - RECENT_EVENTS) : log.seqAfter(born - 1);
      if (log !== of || read > log.endSeq || read < log.startSeq || (rows.length === 0 && read < first)) {
        of = log;
        read = first;
        rows = [];
      }
      const to = Math.min(cursor.seq, log.endSeq, first + MOST_EVENTS);
      if (read < to) {
        const names = namesAt(state);
        const reader = log.read(read);
        for (; read < to; read++) {
          const event = reader.next();
          if (!matches(session, event)) continue;
          const how = provenanceOf(session.source.capabilities, [event.type]);
          rows.push({ seq: event.seq, at: event.at, sentence: describe(event, names), how });
        }
      }
      return rows.filter(({ seq }) => seq < cursor.seq);
    },
  };
}
