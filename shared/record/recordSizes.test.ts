import { describe, expect, it } from 'vitest';
import {
  estimatedCompressedBytes,
  estimateSizeInBytesUpperBound,
  NO_HEADERS_BYTES,
  RECORD_BATCH_OVERHEAD_BYTES,
  sizeInBytes,
  sizeOfHeaders,
} from './recordSizes.ts';

/** A batch of records without key and headers: `deltas[i]` is the time of record i since the first. */
function batchBytes(valueBytes: number, deltas: readonly number[]): number {
  let size = RECORD_BATCH_OVERHEAD_BYTES;
  deltas.forEach((delta, i) => (size += sizeInBytes(i, delta, -1, valueBytes, NO_HEADERS_BYTES)));
  return size;
}

describe('record sizes', () => {
  it.each([
    [10, 17],
    [40, 47],
    [57, 64],
    [58, 66],
    [100, 109],
    [-1, 7],
    [0, 7],
  ])('a value of %d bytes makes a record of %d', (valueBytes, size) => {
    expect(sizeInBytes(0, 0, -1, valueBytes, NO_HEADERS_BYTES)).toBe(size);
  });

  it('S43: offset deltas from 64 and time deltas from 64 ms cost more', () => {
    const zeros = (n: number): number[] => Array.from({ length: n }, () => 0);
    expect(batchBytes(10, zeros(1))).toBe(78);
    expect(batchBytes(10, zeros(3))).toBe(112);
    expect(batchBytes(10, zeros(66))).toBe(1185);
    expect([0, 63, 64, 8191, 8192].map((ms) => sizeInBytes(0, ms, -1, 10, NO_HEADERS_BYTES))).toEqual([
      17, 17, 18, 18, 19,
    ]);
    expect(sizeInBytes(1, -65, -1, 10, NO_HEADERS_BYTES)).toBe(18);
  });

  it('S16: 114 bytes are bounded by exactly 200', () => {
    expect(estimateSizeInBytesUpperBound(-1, 114, NO_HEADERS_BYTES)).toBe(200);
    expect(estimateSizeInBytesUpperBound(-1, 115, NO_HEADERS_BYTES)).toBe(201);
  });

  it('measures header keys in UTF-8 and null values as one byte', () => {
    expect(sizeOfHeaders([])).toBe(NO_HEADERS_BYTES);
    expect(sizeOfHeaders([{ key: 'trace', valueBytes: 16 }])).toBe(1 + 6 + 17);
    expect(sizeOfHeaders([{ key: 'é', valueBytes: -1 }])).toBe(1 + 3 + 1);
    expect(sizeOfHeaders([{ key: '', valueBytes: 64 }])).toBe(1 + 1 + 66);
  });

  it('never exceeds its upper bound less what the deltas spare', () => {
    for (const key of [-1, 0, 7, 63, 64, 9000]) {
      for (const value of [-1, 0, 57, 58, 8191, 8192, 1_100_000]) {
        const bound =
          estimateSizeInBytesUpperBound(key, value, NO_HEADERS_BYTES) - RECORD_BATCH_OVERHEAD_BYTES;
        expect(sizeInBytes(2147483647, 1e15, key, value, NO_HEADERS_BYTES)).toBeLessThanOrEqual(bound);
        expect(bound - sizeInBytes(0, 0, key, value, NO_HEADERS_BYTES)).toBeGreaterThanOrEqual(14);
      }
    }
  });
});

describe('estimate of an open compressed batch', () => {
  // Values of (int) (n * ratio * 1.05f) in Java.
  it.each([
    [100, 1, 104],
    [1000, Math.fround(0.995), 1044],
    [16384, Math.fround(0.3), 5160],
    [16777217, 1, 17616076],
    [0, 0.5, 0],
  ])('%d bytes at %d', (rawBytes, ratio, estimate) => {
    expect(estimatedCompressedBytes(rawBytes, ratio)).toBe(RECORD_BATCH_OVERHEAD_BYTES + estimate);
  });
});
