/** Notes when the first record has moved: the moment until which everything that is fetched must be small. */
import type { Session } from './session/session.ts';
import { SPRITE_STRIDE, type Sprites } from './stage/sprites.ts';
import type { StageInstance } from './stage/stage.ts';

/** Name of the performance mark; its time counts from the navigation. */
export const FIRST_RECORD = 'linger:first-record';

/** x of every square by its record. */
export function placesOf(sprites: Sprites): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  for (const { data, ids, count } of sprites.buckets)
    for (let i = 0; i < count; i++) places.set(ids[i] ?? -1, data[i * SPRITE_STRIDE] ?? 0);
  return places;
}

/** Draws at the sought moment in which nothing moves: then nothing is going to, soon. */
const PATIENCE_DRAWS = 20;

/**
 * Sets the mark at the first draw in which a record stands elsewhere than in the draw before, and calls `then` once: at
 * that draw, or when it is clear that nothing moves.
 */
export function whenFirstRecordMoves(session: Session, { scene }: StageInstance, then: () => void): void {
  let before: ReadonlyMap<number, number> = new Map();
  let restingDraws = 0;
  const stop = session.onDraw(() => {
    const now = placesOf(scene.sprites);
    let hasMoved = false;
    for (const [record, x] of now) hasMoved ||= before.has(record) && before.get(record) !== x;
    before = now;
    if (hasMoved) performance.mark(FIRST_RECORD);
    else if (session.playback.seekingTo !== null) return;
    // A paused link draws once and rests.
    else if (session.playback.playing && ++restingDraws < PATIENCE_DRAWS) return;
    stop();
    then();
  });
}
