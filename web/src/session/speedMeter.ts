/** Whether the model keeps up with the speed that is wished. */
import type { Playback } from './playback.ts';

/** Of the last frame in what is said: it does not flicker. */
const NEW_SHARE = 0.1;

export interface SpeedMeter {
  /** Share of the wished speed that was reached lately; 1: all of it. */
  readonly keptUp: number;
  frame(before: Playback, after: Playback, wallMs: number): void;
  rest(): void;
}

export function createSpeedMeter(): SpeedMeter {
  let keptUp = 1;
  return {
    get keptUp() {
      return keptUp;
    },
    frame(before, after, wallMs) {
      if (!after.playing || wallMs <= 0) return this.rest();
      const wanted = wallMs * 1000 * after.speed;
      const got = after.headAt - before.headAt;
      keptUp = keptUp * (1 - NEW_SHARE) + Math.min(1, got / wanted) * NEW_SHARE;
    },
    rest() {
      keptUp = 1;
    },
  };
}
