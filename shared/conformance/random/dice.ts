import { known } from '#base/assert';
import type { Random } from '#base/random';

/** Draws from one stream. */
export interface Dice {
  below(bound: number): number;
  /** True in so many of a hundred throws. */
  chance(percent: number): boolean;
  pick<T>(values: readonly T[]): T;
  /** One of the values, as often as its weight says. */
  weighted<T>(values: readonly (readonly [weight: number, value: T])[]): T;
}

export function createDice(random: Random): Dice {
  const below = (bound: number): number => random.below(bound);
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick: (values) => known(values[below(values.length)], 'value'),
    weighted: (values) => {
      let at = below(values.reduce((sum, [weight]) => sum + weight, 0));
      for (const [weight, value] of values) {
        if (at < weight) return value;
        at -= weight;
      }
      return known(values[0], 'value')[1];
    },
  };
}
