import { createRandom } from '#base/random';
import { utf8Bytes } from '#base/utf8';
import { describe, expect, it } from 'vitest';
import { headerText, valueText } from './content.ts';
import { createKeyBytes, createKeyChoice, createPace, createSizeChoice, type Workload } from './workload.ts';

const WORKLOAD: Workload = {
  topic: 't',
  shape: 'steady',
  recordsPerS: 1000,
  burstRecords: 10,
  rampMs: 1000,
  valueBytes: 100,
  valueSpreadPercent: 0,
  keys: 4,
  keySkewPercent: 0,
  headerBytes: 0,
  records: 0,
};

/** When each record is due within the first second, of all threads together. */
function dues(changed: Partial<Workload>, threads = 1, originUs = 0): number[] {
  const workload = { ...WORKLOAD, ...changed };
  const all: number[] = [];
  for (let thread = 0; thread < threads; thread++) {
    const pace = createPace(workload, originUs, thread, threads, createRandom(5).fork(`${thread}`));
    for (; pace.dueUs < originUs + 1_000_000; pace.advance()) all.push(pace.dueUs);
  }
  return all.toSorted((a, b) => a - b);
}

describe('pace', () => {
  it('steady: evenly spaced, however many threads share the rate', () => {
    const expected = Array.from({ length: 1000 }, (_, i) => i * 1000);
    expect(dues({})).toEqual(expected);
    expect(dues({}, 3)).toEqual(expected);
    expect(dues({}, 3, 7).slice(0, 3)).toEqual([7, 1007, 2007]);
  });

  it('steady: a rate that does not divide a second drifts nowhere', () => {
    expect(dues({ recordsPerS: 7 })).toEqual([0, 142857, 285714, 428571, 571428, 714285, 857142]);
  });

  it('burst: so many at once, and the mean rate holds', () => {
    const bursts = dues({ shape: 'burst', burstRecords: 250 }, 2);
    expect(bursts).toHaveLength(1000);
    expect(new Set(bursts)).toEqual(new Set([0, 250_000, 500_000, 750_000]));
  });

  it('ramp: from nothing to the rate, then anew', () => {
    const ramp = dues({ shape: 'ramp', rampMs: 500 });
    expect(ramp).toHaveLength(500);
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => ramp.filter((due) => Math.floor(due / 100_000) === tenth).length,
    );
    expect(tenths).toEqual([10, 30, 50, 70, 90, 10, 30, 50, 70, 90]);
  });

  it('poisson: the rate on average, from the seed alone', () => {
    const poisson = dues({ shape: 'poisson' }, 2);
    expect(poisson).toEqual(dues({ shape: 'poisson' }, 2));
    expect(poisson.length).toBeGreaterThan(900);
    expect(poisson.length).toBeLessThan(1100);
    expect(new Set(poisson.map((due, i) => due - (poisson[i - 1] ?? 0))).size).toBeGreaterThan(200);
  });

  it('no rate: nothing is ever due', () => {
    for (const shape of ['steady', 'poisson', 'burst', 'ramp'] as const) {
      expect(createPace({ ...WORKLOAD, shape, recordsPerS: 0 }, 0, 0, 1, createRandom(1)).dueUs).toBe(
        Infinity,
      );
    }
  });
});

describe('keys', () => {
  function counts(changed: Partial<Workload>, draws: number): number[] {
    const next = createKeyChoice({ ...WORKLOAD, ...changed }, createRandom(3));
    const drawn: number[] = Array.from({ length: changed.keys ?? WORKLOAD.keys }, () => 0);
    for (let i = 0; i < draws; i++) {
      const key = next();
      drawn[key] = (drawn[key] ?? 0) + 1;
    }
    return drawn;
  }

  it('are drawn alike without skew, and none without keys', () => {
    for (const count of counts({}, 8000)) expect(Math.abs(count - 2000)).toBeLessThan(150);
    expect(createKeyChoice({ ...WORKLOAD, keys: 0 }, createRandom(1))()).toBe(-1);
  });

  it('are drawn by Zipf’s law with it: exponent 1 gives the second half as often as the first', () => {
    const [first = 0, second = 0, third = 0] = counts({ keys: 100, keySkewPercent: 100 }, 60_000);
    expect(first / second).toBeGreaterThan(1.9);
    expect(first / second).toBeLessThan(2.1);
    expect(first / third).toBeGreaterThan(2.8);
    expect(first / third).toBeLessThan(3.2);
  });

  it('reach into a long tail', () => {
    const drawn = counts({ keys: 50_000, keySkewPercent: 80 }, 60_000);
    const inTail = drawn.slice(256).reduce((sum, count) => sum + count, 0);
    // Sum over 257…50000 of k^-0.8 is 28.5 of 38.9 in all.
    expect(inTail / 60_000).toBeGreaterThan(0.71);
    expect(inTail / 60_000).toBeLessThan(0.75);
    expect(drawn).toHaveLength(50_000);
  });

  it('have their bytes made once', () => {
    const bytesOf = createKeyBytes();
    expect([...(bytesOf(42) ?? [])]).toEqual([...utf8Bytes('user-42')]);
    expect(bytesOf(42)).toBe(bytesOf(42));
    expect(bytesOf(-1)).toBeNull();
  });
});

describe('content', () => {
  it('has the wanted size to the byte, and is JSON where it can be', () => {
    for (let size = 0; size < 300; size++) {
      const text = valueText(7, size, 'user-1', size);
      expect(text).toHaveLength(size);
      if (size > 0) JSON.parse(text);
    }
    expect(valueText(7, 3, 'user-1', 130)).toMatch(/^\{"order":3,"user":"user-1","item":"/);
  });

  it('counts bytes, not letters, of a key that somebody typed', () => {
    for (let size = 0; size < 200; size++) {
      const text = valueText(7, 12, 'Zoë 😀 "', size);
      expect(utf8Bytes(text)).toHaveLength(size);
      if (size > 0) JSON.parse(text);
    }
    expect(JSON.parse(valueText(7, 12, 'Zoë 😀 "', 150))).toMatchObject({ order: 12, user: 'Zoë 😀 "' });
  });

  it('comes from seed and number', () => {
    expect(valueText(7, 3, null, 90)).toBe(valueText(7, 3, null, 90));
    expect(valueText(7, 3, null, 90)).not.toBe(valueText(7, 4, null, 90));
    expect(valueText(8, 3, null, 90)).not.toBe(valueText(7, 3, null, 90));
  });

  it('headers are as large as they are said to be', () => {
    expect(headerText(1, 1, 0)).toEqual([]);
    for (const size of [1, 8, 9, 60]) {
      const [header] = headerText(1, 1, size);
      expect((header?.key.length ?? 0) + (header?.value.length ?? 0)).toBe(size);
    }
  });

  it('sizes stay within the spread', () => {
    const next = createSizeChoice({ ...WORKLOAD, valueSpreadPercent: 30 }, createRandom(9));
    const sizes = Array.from({ length: 2000 }, next);
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([70, 130]);
  });
});
