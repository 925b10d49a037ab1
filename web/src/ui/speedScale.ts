/** The speed slider: even steps on a log scale from 0.0001x to 10x. */
import { clampSpeed, MAX_SPEED, MIN_SPEED } from '../session/playback.ts';

export const SPEED_STEPS = 100;
const DECADES = Math.log10(MAX_SPEED / MIN_SPEED);

/** 0 … SPEED_STEPS -> speed, rounded to two digits so that the words are round. */
export const speedAtStep = (step: number): number =>
  clampSpeed(Number((MIN_SPEED * 10 ** ((step / SPEED_STEPS) * DECADES)).toPrecision(2)));

export const stepOfSpeed = (speed: number): number =>
  Math.round((Math.log10(clampSpeed(speed) / MIN_SPEED) / DECADES) * SPEED_STEPS);
