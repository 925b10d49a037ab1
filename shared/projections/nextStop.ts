/** Where a step takes the cursor: a seq such that [0, seq) is applied. */
import type { EventLogView } from '#events/EventLogView';
import type { Marks } from './marks.ts';

/** One event on, or null at the end of the log. */
export const nextEvent = (log: EventLogView, seq: number): number | null =>
  seq < log.endSeq ? seq + 1 : null;

/** One event back, or null at the beginning. */
export const previousEvent = (log: EventLogView, seq: number): number | null =>
  seq > log.startSeq ? seq - 1 : null;

/** Just after the next Produce request has left with its batches, or null when none does in this log. */
export function nextBatchLeaving(log: EventLogView, marks: Marks, seq: number): number | null {
  for (let n = marks.leavesBefore(Math.max(0, seq - MOST_CARRIED)); n < marks.batchesLeft; n++) {
    const after = afterCarried(log, marks.leave(n));
    if (after > seq) return after;
  }
  return null;
}

/** Just after the last Produce request that had left before the cursor, or null when none had. */
export function previousBatchLeaving(log: EventLogView, marks: Marks, seq: number): number | null {
  for (let n = marks.leavesBefore(seq) - 1; n >= 0; n--) {
    const leave = marks.leave(n);
    if (leave < log.startSeq) return null;
    const after = afterCarried(log, leave);
    if (after < seq) return after;
  }
  return null;
}

/** A request of so many batches is looked at again; more only cost a longer look. */
const MOST_CARRIED = 256;

/** `request.carried` of each of its batches follows the request at once. */
function afterCarried(log: EventLogView, leave: number): number {
  let after = leave + 1;
  const reader = log.read(after);
  while (after < log.endSeq && reader.next().type === 'request.carried') after++;
  return after;
}

/** Whether something happens soon that deserves a slower clock: a mark, or a request that leaves. */
export function interestingWithin(
  log: EventLogView,
  marks: Marks,
  fromSeq: number,
  untilUs: number,
): boolean {
  const mark = marks.next(fromSeq);
  if (mark !== null && mark.at <= untilUs) return true;
  const leave = marks.leavesBefore(fromSeq);
  if (leave >= marks.batchesLeft) return false;
  const seq = marks.leave(leave);
  return seq >= log.startSeq && log.timeOf(seq) <= untilUs;
}
