/** Where stepping stops, and which seq an instant holds: pure in (picture, place). */
import type { EventLogView } from '#events/EventLogView';
import { nextBatchLeaving, nextEvent, previousBatchLeaving, previousEvent } from '#projections/nextStop';
import type { Picture } from './picture.ts';

export type StepBy = 'event' | 'batch';

/** The seq that a step from `seq` leads to; null: there is none in what is known. */
export function nextStop(
  { log, projections }: Picture,
  seq: number,
  by: StepBy,
  back: boolean,
): number | null {
  if (by === 'event') return back ? previousEvent(log, seq) : nextEvent(log, seq);
  const find = back ? previousBatchLeaving : nextBatchLeaving;
  return find(log, projections.marks, seq);
}

/** Whether `seq` stands between two events of the instant `at`, or at one of its ends. */
export const isWithinInstant = (log: EventLogView, seq: number, at: number): boolean =>
  seq > 0 && seq <= log.endSeq && log.seqAfter(at - 1) <= seq && seq <= log.seqAfter(at);
