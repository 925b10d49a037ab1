import { expect, it } from 'vitest';
import { smoothed } from './smoothed.ts';

it('is the mean of the last values, without those that are not there', () => {
  expect(smoothed([4, 8, 6, 2], 2)).toEqual([4, 6, 7, 4]);
  expect(smoothed([null, 8, null, null, 3], 2)).toEqual([null, 8, 8, null, 3]);
  expect(smoothed([], 3)).toEqual([]);
});

it('keeps the mean of a long series', () => {
  const values = Array.from({ length: 500 }, (_, i) => (i * 7919) % 101);
  const means = smoothed(values, 10);
  for (const i of [9, 50, 499]) {
    const window = values.slice(i - 9, i + 1);
    expect(means[i]).toBeCloseTo(window.reduce((a, b) => a + b, 0) / 10, 9);
  }
});
