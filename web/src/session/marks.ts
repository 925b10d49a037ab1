/** Jumping from mark to mark: faults, errors, commands, elections. */
import type { Session } from './session.ts';

/** Moves the playhead to the next mark, or to the one before; stays where there is none. */
export function jumpToMark(session: Session, back: boolean): void {
  const { seq } = session.playback.cursor;
  const { marks } = session.projections;
  // A mark stands just before the cursor that shows it.
  const mark = back ? marks.previous(seq - 1) : marks.next(seq);
  if (mark !== null) session.dispatch({ type: 'moveTo', seq: mark.seq + 1 });
}
