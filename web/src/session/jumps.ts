/** Jumping: from mark to mark (faults, errors, commands, elections), and to a share of the run. */
import type { Session } from './session.ts';

/** Moves the playhead to the next mark, or to the one before; stays where there is none. */
export function jumpToMark(session: Session, back: boolean): void {
  const { seq } = session.playback.cursor;
  const { marks } = session.projections;
  // A mark stands just before the cursor that shows it.
  const mark = back ? marks.previous(seq - 1) : marks.next(seq);
  if (mark !== null) session.dispatch({ type: 'moveTo', seq: mark.seq + 1 });
}

/** 0 … 1 of what has been seen of the run: a live run that was joined late begins where it was joined. */
export function jumpToShare(session: Session, share: number): void {
  const { startAt, seenAt } = session;
  session.dispatch({ type: 'seek', at: startAt + Math.max(0, seenAt - startAt) * share });
}
