import { describe, expect, it } from 'vitest';
import { ExponentialBackoff } from './ExponentialBackoff.ts';

const pinned = { backoffFactor: (): number => 1 };

const waits = (initialMs: number, maxMs: number): number[] => {
  const backoff = new ExponentialBackoff(initialMs, 2, maxMs, 0, pinned);
  return Array.from({ length: 8 }, (_, attempts) => backoff.backoff(attempts));
};

describe('without jitter', () => {
  // What the Java class answers. 499 and 4999 come from its floating-point arithmetic.
  it.each([
    [100, 500, [100, 200, 400, 499, 499, 499, 499, 499]],
    [100, 1000, [100, 200, 400, 800, 1000, 1000, 1000, 1000]],
    [50, 1000, [50, 100, 200, 400, 800, 1000, 1000, 1000]],
    [100, 250, [100, 200, 250, 250, 250, 250, 250, 250]],
    [1, 74, [1, 2, 4, 8, 16, 32, 64, 74]],
    [200, 1000, [200, 400, 800, 999, 999, 999, 999, 999]],
    [10000, 30000, [10000, 20000, 30000, 30000, 30000, 30000, 30000, 30000]],
    [4, 51, [4, 8, 16, 32, 50, 50, 50, 50]],
    [100, 5000, [100, 200, 400, 800, 1600, 3200, 4999, 4999]],
    [17, 60000, [17, 34, 68, 136, 272, 544, 1088, 2176]],
    [0, 100, [0, 0, 0, 0, 0, 0, 0, 0]],
    [0, 1, [0, 0, 0, 0, 0, 0, 0, 0]],
    [500, 100, [100, 100, 100, 100, 100, 100, 100, 100]],
    [100, 100, [100, 100, 100, 100, 100, 100, 100, 100]],
  ])('from %d to %d ms', (initialMs, maxMs, expected) => {
    expect(waits(initialMs, maxMs)).toEqual(expected);
  });
});

describe('with jitter', () => {
  it('multiplies before it cuts to whole ms, and never exceeds the maximum', () => {
    const at = (factor: number): number[] => {
      const backoff = new ExponentialBackoff(100, 2, 1000, 0.2, { backoffFactor: () => factor });
      return [0, 1, 2, 3, 4].map((attempts) => backoff.backoff(attempts));
    };
    expect(at(0.8)).toEqual([80, 160, 320, 640, 800]);
    expect(at(1.1996)).toEqual([119, 239, 479, 959, 1000]);
  });

  it('draws nothing when the wait is constant', () => {
    const backoff = new ExponentialBackoff(100, 2, 100, 0.2, {
      backoffFactor: () => {
        throw new Error('drawn');
      },
    });
    expect(backoff.backoff(7)).toBe(100);
  });

  it('refuses a jitter above 1', () => {
    expect(() => new ExponentialBackoff(1, 2, 3, 1.5, pinned)).toThrow('jitter must be between 0 and 1');
  });
});
