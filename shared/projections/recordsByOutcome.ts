/** The records behind a counter, the latest first: what a click on "failed" or "lost after ack" lists. */
import { recordId, type RecordId } from '#base/ids';
import type { LifelineTables } from './lifelines/LifelineTables.ts';
import { INCIDENT_KINDS, type IncidentKind } from './outcomes/Incidents.ts';
import type { Outcomes } from './outcomes.ts';
import { sentUntil, type RecordColumns } from './RecordColumns.ts';

export type OutcomeKind = 'waiting' | 'acked' | 'failed' | IncidentKind;

export interface ListedRecord {
  readonly record: RecordId;
  readonly tp: number;
  /** Why it is in the list, where there is something to say. */
  readonly cause: string;
}

export interface RecordList {
  readonly records: readonly ListedRecord[];
  /** There are more, or there may be: older ones were not looked at. */
  readonly isCut: boolean;
}

interface Tables {
  readonly records: RecordColumns;
  readonly lifelines: LifelineTables;
  readonly outcomes: Outcomes;
}

/** Older records than so many are not looked through: they would take longer than a frame. */
const MOST_LOOKED_AT = 50_000;

export const isIncident = (kind: OutcomeKind): kind is IncidentKind =>
  INCIDENT_KINDS.some((each) => each === kind);

/** As of `seq` and `atUs`, which are the same moment. `tp` null: of every partition. */
export function recordsByOutcome(
  tables: Tables,
  kind: OutcomeKind,
  tp: number | null,
  seq: number,
  atUs: number,
  limit: number,
): RecordList {
  return isIncident(kind)
    ? ofIncidents(tables, kind, tp, seq, limit)
    : ofOutcomes(tables, kind, tp, atUs, limit);
}

function ofIncidents(
  { outcomes, lifelines }: Tables,
  kind: IncidentKind,
  tp: number | null,
  seq: number,
  limit: number,
): RecordList {
  const found: ListedRecord[] = [];
  for (const incident of outcomes.incidentsOf(kind, seq).toReversed()) {
    if (tp !== null && incident.tp !== tp) continue;
    for (const record of lifelines.batches.recordsOf(incident.batch)) {
      if (found.length === limit) return { records: found, isCut: true };
      found.push({ record: recordId(record), tp: incident.tp, cause: incident.cause });
    }
  }
  return { records: found, isCut: false };
}

function ofOutcomes(
  { records, outcomes }: Tables,
  kind: 'waiting' | 'acked' | 'failed',
  tp: number | null,
  atUs: number,
  limit: number,
): RecordList {
  const found: ListedRecord[] = [];
  const last = sentUntil(records, atUs) - 1;
  const first = Math.max(0, last - MOST_LOOKED_AT);
  for (let id = last; id >= first; id--) {
    const itsTp = records.tp(id);
    if (tp !== null && itsTp !== tp) continue;
    const outcome = outcomes.outcomeOf(recordId(id), atUs);
    const isOver = outcome.kind === 'acked' || outcome.kind === 'failed';
    if (kind === 'waiting' ? isOver : outcome.kind !== kind) continue;
    if (found.length === limit) return { records: found, isCut: true };
    const cause = outcome.kind === 'failed' ? `${outcome.exception}: ${outcome.message}` : '';
    found.push({ record: recordId(id), tp: itsTp, cause });
  }
  return { records: found, isCut: first > 0 };
}
