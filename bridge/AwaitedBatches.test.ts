import { describe, expect, it } from 'vitest';
import { AwaitedBatches, type AwaitedBatch } from './AwaitedBatches.ts';

const batch = (record: number): AwaitedBatch => ({
  records: [record],
  endOffset: record + 1,
  order: record,
  at: record,
  goneBefore: 0,
});

describe('batches that the reader has not come to', () => {
  it('are decided when it has passed them, and those after it stay', () => {
    const awaited = new AwaitedBatches();
    for (let record = 0; record < 4; record++) awaited.add(7, batch(record));
    expect(awaited.take(7, -1, -Infinity)).toEqual([]);
    awaited.reached(7, 2);
    expect(awaited.take(7, -1, -Infinity).map(({ order }) => order)).toEqual([0, 1]);
    // It may have been behind the reader all along.
    awaited.add(7, batch(1));
    expect(awaited.take(7, -1, -Infinity).map(({ order }) => order)).toEqual([1]);
    awaited.reached(7, 2);
    expect(awaited.take(7, -1, 3)).toEqual([{ ...batch(2), isPassed: false }]);
  });

  it('are looked at once each while it stands still, however many are acknowledged meanwhile', () => {
    const awaited = new AwaitedBatches();
    let looks = 0;
    for (let record = 0; record < 500; record++) {
      const added = batch(record);
      awaited.add(7, {
        ...added,
        get at() {
          looks++;
          return added.at;
        },
      });
      awaited.take(7, -1, -Infinity);
    }
    expect(looks).toBe(500);
    awaited.reached(7, 500);
    expect(awaited.take(7, -1, -Infinity)).toHaveLength(500);
  });
});
