import { describe, expect, test } from 'vitest';
import { AccumulatorFixture, type AccumulatorOptions } from '#testing/AccumulatorFixture';
import { JavaException } from '#record/exceptions';

/** Sizes and record counts of the batches of a partition, in order. */
const batchesOf = (fixture: AccumulatorFixture, partition = 0): [number, number][] =>
  (fixture.accumulator.getDeque(fixture.tp(partition))?.toArray() ?? []).map((batch) => [
    batch.recordCount,
    batch.estimatedSizeInBytes(),
  ]);

const appended = (options: AccumulatorOptions, sizes: readonly number[]): AccumulatorFixture => {
  const fixture = new AccumulatorFixture(options);
  for (const size of sizes) fixture.append(size, 0);
  return fixture;
};

describe('batches', () => {
  test('a batch is full when the next record does not fit (S01)', () => {
    const fixture = appended({ batchSize: 200 }, [40, 40, 40]);
    expect(batchesOf(fixture)).toEqual([
      [2, 155],
      [1, 108],
    ]);
    expect(fixture.accumulator.getDeque(fixture.tp(0))?.peekFirst()?.isFull()).toBe(true);
  });

  test('a record above batch.size has a buffer of its own, with room for a tiny one (S08)', () => {
    const fixture = appended({ batchSize: 100 }, [200, 3, 3]);
    expect(batchesOf(fixture)).toEqual([
      [2, 280],
      [1, 71],
    ]);
  });

  test('batch.size 0 counts as 1: two tiny records share a batch (S09)', () => {
    const fixture = appended({ batchSize: 1, lingerMs: 1000 }, [5, 5, -1, -1]);
    expect(batchesOf(fixture)).toEqual([
      [2, 85],
      [2, 75],
    ]);
    // Two batches: the first is sent; the second is not full and would wait for linger.
    expect(fixture.drain().map((batch) => batch.recordCount)).toEqual([2]);
    expect(fixture.ready()).toEqual({ nodes: [], delayMs: 1000, unknown: [] });
  });

  test('the result tells of a new batch, and of a full one once a second is there', () => {
    const fixture = new AccumulatorFixture({ batchSize: 200 });
    const results = [40, 40, 40, 40, 40].map((size) => {
      const { newBatchCreated, batchIsFull } = fixture.append(size, 0);
      return [newBatchCreated, batchIsFull];
    });
    expect(results).toEqual([
      [true, false],
      [false, false],
      [true, true],
      [false, true],
      [true, true],
    ]);
  });

  test('closed: nothing more is appended, and no memory is kept', () => {
    const fixture = new AccumulatorFixture();
    fixture.accumulator.close();
    expect(() => fixture.append(10, 0)).toThrow('Producer closed while send in progress');
    expect(fixture.pool.availableMemory()).toBe(fixture.pool.totalMemory());
  });
});

describe('the sticky partition', () => {
  /** Partition of each of `count` records of `size` bytes. */
  const visits = (fixture: AccumulatorFixture, count: number, size: number): number[] =>
    Array.from({ length: count }, () => fixture.append(size).effectivePartition);

  test('stays for two batches, because it is left at a batch boundary (S12)', () => {
    const fixture = new AccumulatorFixture({ batchSize: 200, lingerMs: 10, leaders: { t: [0, 0, 0] } });
    expect(visits(fixture, 14, 40)).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 2, 2, 1, 1]);
  });

  test('one partition is chosen again and again, and each time counts as a switch', () => {
    const fixture = new AccumulatorFixture({ batchSize: 200, leaders: { t: [0] } });
    visits(fixture, 9, 40);
    const switches = fixture.log.events.flatMap((event) =>
      event.type === 'sticky.switched' ? [event.producedBytes] : [],
    );
    expect(switches).toEqual([0, 310, 310]);
  });

  test('without any leader the number itself is taken, among all partitions', () => {
    const fixture = new AccumulatorFixture({ batchSize: 200, leaders: { t: [null, null, null] } });
    expect(visits(fixture, 9, 40)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2]);
  });
});

describe('memory', () => {
  const full = () => {
    const fixture = new AccumulatorFixture({
      batchSize: 1000,
      bufferMemory: 2000,
      leaders: { t: [0, 0, 0] },
    });
    fixture.append(10, 0);
    fixture.append(10, 1);
    return fixture;
  };

  test('a blocked append makes every batch ready and goes on with what is freed', () => {
    const fixture = full();
    const blocked = fixture.recordAppend(10, 2);
    expect(fixture.accumulator.appendNow(blocked)).toBe(false);
    const body = fixture.accumulator.append(blocked, 100);
    expect(body.next().value).toMatchObject({ on: 'buffer-memory' });
    const [first] = fixture.drain();
    expect(first).toBeDefined();
    expect(
      fixture.log.events.flatMap((event) => (event.type === 'batch.ready' ? [event.reason] : [])),
    ).toContain('linger-expired');
    if (first !== undefined) fixture.complete(first);
    expect(body.next().done).toBe(true);
    expect([blocked.newBatchCreated, blocked.effectivePartition]).toEqual([true, 2]);
    expect(fixture.accumulator.appendsInProgress).toBe(0);
  });

  test('another thread made the batch meanwhile: the memory goes back', () => {
    const fixture = full();
    const one = fixture.recordAppend(10, 2);
    const two = fixture.recordAppend(10, 2);
    const bodies = [fixture.accumulator.append(one, 100), fixture.accumulator.append(two, 100)];
    for (const body of bodies) body.next();
    for (const batch of fixture.drain()) fixture.complete(batch);
    for (const body of bodies) expect(body.next().done).toBe(true);
    expect([one.newBatchCreated, two.newBatchCreated]).toEqual([true, false]);
    expect(one.batch).toBe(two.batch);
    expect(fixture.pool.availableMemory()).toBe(1000);
  });

  test('the time is over: the exception is one of the pool, and nothing is kept', () => {
    const fixture = full();
    const body = fixture.accumulator.append(fixture.recordAppend(10, 2), 100);
    body.next();
    fixture.nowMs += 100;
    let thrown: unknown = null;
    try {
      body.next();
    } catch (error) {
      thrown = error;
    }
    expect(thrown instanceof JavaException && thrown.exception).toBe('BufferExhaustedException');
    expect(fixture.accumulator.appendsInProgress).toBe(0);
    expect(fixture.pool.queued()).toBe(0);
  });
});
