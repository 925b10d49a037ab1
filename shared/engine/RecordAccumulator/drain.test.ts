import { describe, expect, test } from 'vitest';
import { nodeId } from '#base/ids';
import { AccumulatorFixture, runThrough } from '#testing/AccumulatorFixture';
import { JavaException } from '#record/exceptions';
import type { ProducerBatch } from '../ProducerBatch.ts';

const partitionsOf = (batches: readonly ProducerBatch[]): number[] =>
  batches.map((batch) => batch.topicPartition.partition);
const reasons = (fixture: AccumulatorFixture): string[] =>
  fixture.log.events.flatMap((event) =>
    event.type === 'batch.ready' ? [`#${event.batch} ${event.reason}`] : [],
  );

describe('ready', () => {
  test('linger counts from the creation; a partition of a ready node goes along (S05)', () => {
    const fixture = new AccumulatorFixture({ lingerMs: 10, leaders: { t: [0, 0] } });
    fixture.append(10, 0);
    fixture.nowMs += 9;
    fixture.append(10, 1);
    expect(fixture.ready()).toEqual({ nodes: [], delayMs: 1, unknown: [] });
    fixture.nowMs += 1;
    expect(partitionsOf(fixture.drain())).toEqual([1, 0]);
    expect(reasons(fixture)).toEqual(['#0 linger-expired', '#1 node-ready']);
  });

  test('in the order of conditions: full, linger, memory, close, flush', () => {
    const reasonOf = (change: (fixture: AccumulatorFixture) => void): string | undefined => {
      const fixture = new AccumulatorFixture({ lingerMs: 1000, batchSize: 200 });
      fixture.append(40, 0);
      change(fixture);
      fixture.ready();
      return reasons(fixture)[0];
    };
    expect(reasonOf(() => {})).toBeUndefined();
    expect(reasonOf((f) => f.accumulator.beginFlush())).toBe('#0 flush');
    expect(
      reasonOf((f) => {
        f.accumulator.beginFlush();
        f.accumulator.close();
      }),
    ).toBe('#0 close');
    expect(
      reasonOf((f) => {
        f.accumulator.close();
        f.nowMs += 1000;
      }),
    ).toBe('#0 linger-expired');
    expect(
      reasonOf((f) => {
        f.nowMs += 1000;
        f.append(200, 0);
      }),
    ).toBe('#0 full');
  });

  test('a topic without leader is named, and its batches wait', () => {
    const fixture = new AccumulatorFixture({ leaders: { t: [null] } });
    fixture.append(10, 0);
    expect(fixture.ready()).toEqual({ nodes: [], delayMs: Infinity, unknown: ['t'] });
  });

  test.each([
    [3, [2, 0, 1]],
    [6, [4, 5, 2, 3, 0, 1]],
    [9, [4, 5, 2, 3, 0, 1, 8, 6, 7]],
  ])('%i nodes at localhost:9092, 9093, … come in the order of a HashSet<Node>', (nodes, order) => {
    const leaders = Array.from({ length: nodes }, (_, node) => node);
    const fixture = new AccumulatorFixture({ leaders: { t: leaders } });
    for (const partition of leaders) fixture.append(10, partition);
    expect(fixture.ready().nodes).toEqual(order);
  });
});

describe('back-off', () => {
  const retried = (leaderEpoch: number) => {
    const fixture = new AccumulatorFixture({ retryBackoffMs: 200, retryBackoffMaxMs: 200 });
    fixture.append(10, 0);
    const [batch] = fixture.drain();
    fixture.nowMs += 10;
    if (batch !== undefined) fixture.accumulator.reenqueue(batch, fixture.nowMs, 'NOT_ENOUGH_REPLICAS');
    fixture.cluster = fixture.clusterOf({ t: [0] }, leaderEpoch);
    return fixture;
  };

  test('beats a flush (S27)', () => {
    const fixture = retried(0);
    fixture.accumulator.beginFlush();
    expect(fixture.ready()).toEqual({ nodes: [], delayMs: 200, unknown: [] });
    fixture.nowMs += 199;
    expect(fixture.drain()).toHaveLength(0);
    fixture.nowMs += 1;
    expect(fixture.drain()).toHaveLength(1);
    expect(fixture.log.events.find(({ type }) => type === 'batch.requeued')).toMatchObject({
      attempts: 1,
      error: 'NOT_ENOUGH_REPLICAS',
      position: 'front',
      backoffUntilMs: 1_000_210,
    });
  });

  test('is skipped when metadata shows a newer leader epoch (KIP-951)', () => {
    expect(retried(1).drain()).toHaveLength(1);
  });
});

describe('drain', () => {
  test('begins where the last pass ended, one batch of a partition, within the size of a request (S07)', () => {
    const fixture = new AccumulatorFixture({ leaders: { t: [0, 0, 0, 0, 0, 0] } });
    const fill = () => {
      for (let partition = 0; partition < 6; partition++) fixture.append(100, partition);
    };
    fill();
    const first = [fixture.drain(400), fixture.drain(400), fixture.drain(400)].map(partitionsOf);
    expect(first).toEqual([
      [5, 4],
      [3, 2],
      [1, 0],
    ]);
    fill();
    expect([fixture.drain(400), fixture.drain(400)].map(partitionsOf)).toEqual([
      [2, 1],
      [0, 5],
    ]);
    expect(fixture.log.events.filter(({ type }) => type === 'drain.stopped').length).toBeGreaterThan(0);
  });

  test('a batch above the limit goes alone', () => {
    const fixture = new AccumulatorFixture({ leaders: { t: [0, 0] } });
    fixture.append(1000, 0);
    fixture.append(1000, 1);
    expect([fixture.drain(400), fixture.drain(400)].map(partitionsOf)).toEqual([[1], [0]]);
  });

  test('a muted partition is left out', () => {
    const fixture = new AccumulatorFixture({ leaders: { t: [0, 0] } });
    fixture.append(10, 0);
    fixture.append(10, 1);
    fixture.accumulator.mutePartition(fixture.tp(1));
    expect(partitionsOf(fixture.drain())).toEqual([0]);
    expect(fixture.ready().nodes).toEqual([]);
    fixture.accumulator.unmutePartition(fixture.tp(1));
    expect(partitionsOf(fixture.drain())).toEqual([1]);
  });

  test('a node that is asked for nothing tells so: Kafka counts a request of 0 records', () => {
    const fixture = new AccumulatorFixture();
    fixture.accumulator.drain(fixture.cluster, new Set([nodeId(0)]), 100, fixture.nowMs);
    expect(fixture.log.events.at(-1)).toMatchObject({ type: 'node.drained', batches: 0, records: 0 });
  });
});

describe('expiry and abort', () => {
  test('what waits too long is taken out from the front, the next one tells when to look again', () => {
    const fixture = new AccumulatorFixture({ batchSize: 200, lingerMs: 50, deliveryTimeoutMs: 100 });
    fixture.append(100, 0);
    fixture.nowMs += 60;
    fixture.append(100, 0);
    fixture.nowMs += 39;
    expect(fixture.accumulator.expiredBatches(fixture.nowMs)).toHaveLength(0);
    fixture.nowMs += 1;
    fixture.accumulator.resetNextBatchExpiryTime();
    expect(fixture.accumulator.expiredBatches(fixture.nowMs).map(({ id }) => id)).toEqual([0]);
    expect(fixture.accumulator.nextExpiryTimeMs()).toBe(1_000_160);
  });

  test('a forced close fails all batches, frees their memory and lets blocked sends go on', () => {
    const fixture = new AccumulatorFixture({ leaders: { t: [0, 0] } });
    fixture.append(10, 0);
    fixture.append(10, 1);
    const [sent] = fixture.drain();
    sent?.setInflight(true);
    fixture.append(10, 0);
    runThrough(fixture.accumulator.abortIncompleteBatches());
    expect(fixture.resumptions).toBe(2);
    expect(fixture.accumulator.hasIncomplete()).toBe(false);
    expect(fixture.log.events.filter(({ type }) => type === 'batch.failed')).toHaveLength(3);
    // The one that the network client still holds keeps its memory until its request ends.
    expect(fixture.pool.totalMemory() - fixture.pool.availableMemory()).toBe(16_384);
    sent?.setInflight(false);
    if (sent !== undefined) fixture.accumulator.deallocate(sent);
    expect(fixture.pool.availableMemory()).toBe(fixture.pool.totalMemory());
  });

  test('an undrained batch is aborted, a drained one is not', () => {
    const fixture = new AccumulatorFixture({ leaders: { t: [0, 0] } });
    fixture.append(10, 0);
    const [drained] = fixture.drain();
    fixture.append(10, 1);
    runThrough(fixture.accumulator.abortUndrainedBatches(new JavaException('KafkaException', 'aborted')));
    expect(drained?.isDone()).toBe(false);
    expect(fixture.accumulator.incomplete.copyAll()).toEqual([drained]);
  });
});
