/** What the simulator and its worker threads say to each other. */
import type { Violation } from '#testing/laws';

/** Half-open. */
export interface SeedRange {
  readonly fromSeed: number;
  readonly toSeed: number;
}

export interface Failure {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

export interface SeedReport {
  readonly seeds: number;
  events: number;
  readonly failures: Failure[];
}
