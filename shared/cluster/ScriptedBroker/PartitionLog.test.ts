import { describe, expect, test } from 'vitest';
import { PartitionLog } from './PartitionLog.ts';

const OUT_OF_ORDER = { error: 'OUT_OF_ORDER_SEQUENCE_NUMBER', baseOffset: -1, recognised: false };

describe('PartitionLog', () => {
  test('recognises each of the last five batches and no older one', () => {
    const log = new PartitionLog();
    for (let i = 0; i < 6; i++) expect(log.append(7, 0, i * 2, 2, false).baseOffset).toBe(i * 2);
    for (let i = 1; i < 6; i++)
      expect(log.append(7, 0, i * 2, 2, false)).toEqual({
        error: 'NONE',
        baseOffset: i * 2,
        recognised: true,
      });
    expect(log.append(7, 0, 0, 2, false)).toEqual(OUT_OF_ORDER);
    expect(log.endOffset).toBe(12);
  });

  test('the same first sequence with another length is no repetition', () => {
    const log = new PartitionLog();
    log.append(7, 0, 0, 3, false);
    expect(log.append(7, 0, 0, 2, false)).toEqual(OUT_OF_ORDER);
  });

  test('an unknown producer may begin anywhere unless the start is strict', () => {
    expect(new PartitionLog().append(7, 0, 40, 1, true)).toEqual(OUT_OF_ORDER);
    expect(new PartitionLog().append(7, 0, 40, 1, false).error).toBe('NONE');
  });

  test('a newer epoch begins at 0 and forgets what came before; an older one is refused', () => {
    const log = new PartitionLog();
    log.append(7, 0, 0, 5, false);
    expect(log.append(7, 1, 5, 1, false)).toEqual(OUT_OF_ORDER);
    expect(log.append(7, 1, 0, 5, false).baseOffset).toBe(5);
    expect(log.append(7, 0, 5, 1, false).error).toBe('INVALID_PRODUCER_EPOCH');
  });

  test('sequences go round: 0 follows 2147483647', () => {
    const log = new PartitionLog();
    log.append(7, 0, 2147483646, 2, false);
    expect(log.append(7, 0, 0, 1, false).error).toBe('NONE');
    const across = new PartitionLog();
    across.append(7, 0, 2147483647, 3, false);
    expect(across.append(7, 0, 2, 1, false).error).toBe('NONE');
  });

  test('a marker takes an offset, and one of a newer epoch lets sequences begin anew', () => {
    const log = new PartitionLog();
    log.append(7, 0, 0, 2, true);
    log.appendMarker(7, 0);
    expect(log.append(7, 0, 2, 1, true).baseOffset).toBe(3);
    log.appendMarker(7, 1);
    expect(log.append(7, 1, 3, 1, true)).toEqual(OUT_OF_ORDER);
    expect(log.append(7, 1, 0, 1, true).baseOffset).toBe(5);
  });
});
