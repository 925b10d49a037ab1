/**
 * Two clocks, never mixed. `Micros` is run time: whole microseconds since the run began, what the log and the
 * screen use. `…Ms` in the engine is the client's clock: whole milliseconds, floor, and it starts at
 * `EPOCH_MS` because the client takes 0 for "long ago" (§0.2, FORMAT.md).
 */
import type { Branded } from './ids.ts';

export type Micros = Branded<'Micros'>;

export const EPOCH_MS = 1_000_000;
export const MICROS_PER_MS = 1000;

export const micros = (value: number): Micros => value as Micros;

/** Run time in µs -> the client's clock in whole ms. */
export const clientMs = (at: number): number => EPOCH_MS + Math.floor(at / MICROS_PER_MS);

/** The client's clock in ms -> the first run time in µs at which it shows that value. */
export const runMicros = (ms: number): Micros => micros((ms - EPOCH_MS) * MICROS_PER_MS);
