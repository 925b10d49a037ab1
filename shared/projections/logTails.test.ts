import { describe, expect, it } from 'vitest';
import { batchId, nodeId, tpId } from '#base/ids';
import { micros } from '#base/time';
import { LogTails } from './logTails.ts';

const appended = (
  tails: LogTails,
  at: number,
  batch: number,
  baseOffset: number,
  logEndOffset: number,
): void =>
  tails.add({
    type: 'log.appended',
    seq: 0,
    at: micros(at),
    tp: tpId(1),
    node: nodeId(0),
    batch: batchId(batch),
    baseOffset,
    logEndOffset,
  });
const walk = (tails: LogTails, atUs: number, endOffset: number, most = 99): number[] => {
  const batches: number[] = [];
  tails.walkBack(1, atUs, endOffset, (batch) => batches.push(batch) < most);
  return batches;
};

describe('the tails of the logs', () => {
  it('are read as of a time, newest first', () => {
    const tails = new LogTails();
    appended(tails, 10, 7, 0, 4);
    appended(tails, 20, 8, 4, 5);
    appended(tails, 30, 9, 5, 9);
    expect(walk(tails, 30, 9)).toEqual([9, 8, 7]);
    expect(walk(tails, 29, 5)).toEqual([8, 7]);
    expect(walk(tails, 9, 0)).toEqual([]);
    expect(walk(tails, 30, 9, 1)).toEqual([9]);
  });

  it('pass over what a leader change cut off', () => {
    const tails = new LogTails();
    appended(tails, 10, 1, 0, 4);
    appended(tails, 20, 2, 4, 8);
    appended(tails, 30, 3, 4, 6);
    expect(walk(tails, 20, 8)).toEqual([2, 1]);
    expect(walk(tails, 30, 6)).toEqual([3, 1]);
  });
});
