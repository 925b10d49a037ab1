/** Keeping up with a live run: a little behind what has come, so that the next frame is there before it is needed. */
import { clamp01, MAX_LEAD_US } from '../stage/motion.ts';

/** Frames come every 30 to 50 ms; send() is drawn this much behind them, the facts 250 ms behind that. */
const HEAD_DELAY_US = 60_000;
/** A pause of the network, or a tab that slept: further off, the picture jumps. */
const MAX_OFF_US = 1_500_000;
/** So much off, and the picture runs at half or twice its pace. */
const FULL_CORRECTION_US = 400_000;

const offUs = (completeAt: number, headAt: number): number => completeAt - HEAD_DELAY_US - headAt;

/** Where the facts stand when the picture has just caught up; not before `startAt`. */
export const nowShownAt = (completeAt: number, startAt: number): number =>
  Math.max(startAt, Math.floor(completeAt - HEAD_DELAY_US - MAX_LEAD_US));

/** Where they stand without flights: at all that has come, and nothing is in the air. */
export const atOnceShownAt = (completeAt: number, startAt: number): number =>
  Math.max(startAt, Math.floor(completeAt));

export const isFarFrom = (completeAt: number, headAt: number): boolean =>
  Math.abs(offUs(completeAt, headAt)) > MAX_OFF_US;

/** What wall time is multiplied by: 0.5 … 2, too little to be seen as a jerk. */
export function followFactor(completeAt: number, headAt: number): number {
  const off = offUs(completeAt, headAt) / FULL_CORRECTION_US;
  return off >= 0 ? 1 + clamp01(off) : 1 - clamp01(-off) / 2;
}
