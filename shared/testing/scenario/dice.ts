/** Draws for random scenarios. */
import type { Random } from '#base/random';

export const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)] as T;
/** Both ends included. */
export const between = (random: Random, low: number, high: number): number =>
  low + random.below(high - low + 1);
export const isLucky = (random: Random, percent: number): boolean => random.below(100) < percent;
