import { describe, expect, test } from 'vitest';
import { clientId } from '#base/ids';
import { AccumulatorFixture } from '#testing/AccumulatorFixture';
import { BuiltInPartitioner } from './BuiltInPartitioner.ts';

/** The partition that each random number chooses, with these weights over partitions 0, 1, 2. */
function choices(
  sizes: number[] | null,
  ids: number[],
  length: number,
  randoms: readonly number[],
): number[] {
  return randoms.map((random) => {
    const fixture = new AccumulatorFixture({ leaders: { orders: [0, 0, 0] } });
    const source = { nextSticky: () => random, backoffFactor: () => 1, leastLoadedOffset: () => 0 };
    const partitioner = new BuiltInPartitioner(fixture.run, clientId(0), source, 'orders', 100);
    partitioner.updatePartitionLoadStats(sizes === null ? null : [...sizes], ids, length);
    return partitioner.peekCurrentPartitionInfo(fixture.cluster).partition;
  });
}

describe('weights', () => {
  test('queues of 0, 3 and 1 batches are chosen 4, 1 and 3 times in 8', () => {
    const randoms = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    expect(choices([0, 3, 1], [0, 1, 2], 3, randoms)).toEqual([0, 0, 0, 0, 1, 2, 2, 2, 0]);
  });

  test('equal queues, one partition or no table: every available partition alike', () => {
    for (const [sizes, length] of [
      [[2, 2, 2], 3],
      [[5], 1],
      [[1, 2, 3], 0],
      [null, 0],
    ] as const)
      expect(choices(sizes === null ? null : [...sizes], [0, 1, 2], length, [0, 1, 2, 3])).toEqual([
        0, 1, 2, 0,
      ]);
  });

  test('a partition that was left out is never chosen, also when the others are equal', () => {
    expect(choices([2, 2, 9], [0, 2, 1], 2, [0, 1, 2])).toEqual([0, 2, 0]);
  });
});

describe('byte accounting', () => {
  const partitioner = () => {
    const fixture = new AccumulatorFixture({ leaders: { orders: [0, 0, 0] } });
    let next = 0;
    const source = { nextSticky: () => next++, backoffFactor: () => 1, leastLoadedOffset: () => 0 };
    return { fixture, it: new BuiltInPartitioner(fixture.run, clientId(0), source, 'orders', 100) };
  };

  test('from batch.size on it switches if it may, from twice that in any case', () => {
    const { fixture, it } = partitioner();
    const info = it.peekCurrentPartitionInfo(fixture.cluster);
    it.updatePartitionInfo(info, 99, fixture.cluster, true);
    expect(it.isPartitionChanged(info)).toBe(false);
    it.updatePartitionInfo(info, 100, fixture.cluster, false);
    expect(it.isPartitionChanged(info)).toBe(false);
    it.updatePartitionInfo(info, 1, fixture.cluster, false);
    expect(it.isPartitionChanged(info)).toBe(true);
    expect(it.peekCurrentPartitionInfo(fixture.cluster)).toEqual({ partition: 1, producedBytes: 0 });
  });

  test('the log is told the weights when a choice uses others than the last one', () => {
    const { fixture, it } = partitioner();
    const use = (sizes: number[] | null): void => {
      it.updatePartitionLoadStats(sizes, [0, 1, 2], 3);
      it.updatePartitionInfo(it.peekCurrentPartitionInfo(fixture.cluster), 200, fixture.cluster, true);
    };
    for (const sizes of [null, [0, 3, 1], [0, 3, 1], null]) use(sizes);
    const told = fixture.log.events.flatMap((event) =>
      event.type === 'sticky.weighed' ? [event.frequencies?.map(({ cumulative }) => cumulative) ?? null] : [],
    );
    expect(told).toEqual([[4, 5, 8], null]);
  });
});
