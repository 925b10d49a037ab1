import { describe, expect, test } from 'vitest';
import { batchId } from '#base/ids';
import { MemoryRecordsBuilder } from './MemoryRecordsBuilder.ts';

const half = { compressedBytes: (_topic: string, rawBytes: number) => Math.ceil(rawBytes / 2) };
const builder = (writeLimit = 16_384, isCompressed = false): MemoryRecordsBuilder =>
  new MemoryRecordsBuilder('t', batchId(0), writeLimit, isCompressed, half);

/** Size of each record as it is appended, by its timestamp. */
const growth = (timestamps: readonly number[], valueSize = 10): number[] => {
  const records = builder();
  return timestamps.map((timestampMs) => {
    const before = records.estimatedSizeInBytes();
    records.tryAppend(timestampMs, -1, valueSize, 1);
    return records.estimatedSizeInBytes() - before;
  });
};

describe('sizes of a batch', () => {
  test.each([
    [1, 78],
    [3, 112],
    [66, 1185],
  ])('%i records of 10 bytes', (count, sizeBytes) => {
    const records = builder();
    for (let i = 0; i < count; i++) records.tryAppend(1_000_000, -1, 10, 1);
    expect(records.estimatedSizeInBytes()).toBe(sizeBytes);
    records.close();
    expect(records.estimatedSizeInBytes()).toBe(sizeBytes);
    expect(records.compressionRatio).toBe(1);
  });

  test('a later timestamp costs bytes, an earlier one too (S43)', () => {
    const at = [0, 63, 64, 8191, 8192].map((delta) => 1_000_000 + delta);
    expect(growth(at)).toEqual([17, 17, 18, 18, 19]);
    expect(growth([1_000_000, 999_937, 999_935])).toEqual([17, 17, 18]);
  });

  test('a compressed batch is estimated in binary32 while it is open, and has its real size once closed', () => {
    const records = builder(16_384, true);
    records.estimatedCompressionRatio = Math.fround(0.7);
    for (let i = 0; i < 10; i++) records.tryAppend(1_000_000, -1, 100, 1);
    // 1090 × 0.7f × 1.05f
    expect(records.estimatedSizeInBytes()).toBe(61 + 801);
    records.close();
    expect(records.estimatedSizeInBytes()).toBe(61 + 545);
    expect(records.compressionRatio).toBe(0.5);
  });
});

describe('room', () => {
  test('the first record always fits, whatever the limit', () => {
    const records = builder(1);
    expect(records.tryAppend(1_000_000, -1, 1000, 1)).toBe(true);
    expect(records.isFull()).toBe(true);
    expect(records.tryAppend(1_000_000, -1, 0, 1)).toBe(false);
  });

  test('the limit may be reached exactly, and then the batch is full', () => {
    const records = builder(61 + 17 + 17);
    expect(records.tryAppend(1_000_000, -1, 10, 1)).toBe(true);
    expect(records.isFull()).toBe(false);
    expect(records.tryAppend(1_000_000, -1, 11, 1)).toBe(false);
    expect(records.tryAppend(1_000_000, -1, 10, 1)).toBe(true);
    expect(records.isFull()).toBe(true);
  });

  test('a new record counts uncompressed', () => {
    const records = builder(61 + 200, true);
    records.estimatedCompressionRatio = 0.5;
    // 109 bytes each: 57 estimated and 109 still fit, 114 estimated and 109 do not.
    expect(records.tryAppend(1_000_000, -1, 100, 1)).toBe(true);
    expect(records.tryAppend(1_000_000, -1, 100, 1)).toBe(true);
    expect(records.tryAppend(1_000_000, -1, 100, 1)).toBe(false);
  });
});

describe('the header', () => {
  test('a sequence is given once; an epoch bump opens the batch again', () => {
    const records = builder();
    records.tryAppend(1_000_000, -1, 10, 1);
    records.setProducerState(1000, 0, 5, false);
    records.close();
    expect(() => records.setProducerState(1000, 0, 6, false)).toThrow('already closed batch');
    records.reopenAndRewriteProducerState(1000, 1, 0, false);
    expect(records.isClosed()).toBe(false);
    records.close();
    expect([records.producerEpoch, records.baseSequence, records.isClosed()]).toEqual([1, 0, true]);
  });

  test('what was aborted is not built any more', () => {
    const records = builder();
    records.abort();
    expect(() => records.close()).toThrow('already been aborted');
    expect(() => records.reopenAndRewriteProducerState(1, 0, 0, false)).toThrow('already aborted');
  });
});
