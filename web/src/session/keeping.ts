/**
 * A live run may go on for days: a page keeps so many of its last events. When there are more, the picture is made anew
 * of the later ones, aside and in slices, while the old one goes on; then it takes its place, and the rest is let go.
 */
import { BLOCK_EVENTS } from '#events/tape/layout';
import type { Picture } from './picture.ts';

/** Let go at once, so that a picture is made anew seldom: it costs as much as taking in all that is kept. */
const SHARE_LET_GO = 4;

export interface Keeping {
  /** A new picture is being made. */
  readonly isUnderWay: boolean;
  /** At most about `budgetMs` of work. Returns the picture that takes the place of `picture`; null: none does yet. */
  step(picture: Picture, mostEvents: number, budgetMs: number): Picture | null;
}

export function createKeeping(): Keeping {
  let next: Picture | null = null;

  /** The first event that is kept, which begins a block; null: there is room. */
  const keptFrom = ({ log, projections }: Picture, mostEvents: number): number | null => {
    if (log.endSeq - log.startSeq <= mostEvents) return null;
    const seq = log.endSeq - (mostEvents - mostEvents / SHARE_LET_GO);
    const from = Math.floor(seq / BLOCK_EVENTS) * BLOCK_EVENTS;
    // What the state does not know yet cannot be begun with.
    return from > log.startSeq && projections.extendedSeq >= from ? from : null;
  };

  return {
    get isUnderWay() {
      return next !== null;
    },
    step(picture, mostEvents, budgetMs) {
      if (next?.log !== picture.log) {
        const from = keptFrom(picture, mostEvents);
        next = from === null ? null : picture.from(from);
      }
      if (next === null || !next.extend(budgetMs)) return null;
      const made = next;
      next = null;
      return made;
    },
  };
}
