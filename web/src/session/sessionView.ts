/** What the session shows at the moment, as the one object that stage and panels look at. */
import type { Picture } from './picture.ts';
import { isMoving, leadOf, type Playback } from './playback.ts';
import type { Cursor, StageView } from './view.ts';

/** Asked anew each time: the session exchanges them. */
export interface Shown {
  readonly picture: () => Picture;
  readonly playback: () => Playback;
  /** The person wants less motion: steps instead of flights. */
  readonly isReduced: () => boolean;
}

export function createView({ picture, playback, isReduced }: Shown): StageView {
  /** Time stands at the last event while it runs, and is exact when it rests. */
  const steppedCursor = (): Cursor => {
    const { seq, at } = playback().cursor;
    const { log } = picture();
    return isMoving(playback()) && seq > log.startSeq ? { seq, at: log.timeOf(seq - 1) } : { seq, at };
  };
  return {
    get log() {
      return picture().log;
    },
    get state() {
      return picture().state;
    },
    get records() {
      return picture().projections.records;
    },
    get lifelines() {
      return picture().projections.lifelines;
    },
    get tails() {
      return picture().projections.tails;
    },
    get readers() {
      return picture().projections.readers;
    },
    get cursor() {
      return isReduced() ? steppedCursor() : playback().cursor;
    },
    get leadUs() {
      return isReduced() ? 0 : leadOf(playback());
    },
    get speed() {
      return playback().speed;
    },
    get playing() {
      return playback().playing;
    },
  };
}
