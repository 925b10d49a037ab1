import { describe, expect, test } from 'vitest';
import { AccumulatorFixture, runThrough } from '#testing/AccumulatorFixture';
import type { ProducerBatch } from '../ProducerBatch.ts';

/** What a broker with this limit leaves of one batch: [records, bytes] of each attempt, rejected ones with a mark. */
function sendUntilAccepted(fixture: AccumulatorFixture, limitBytes: number): string[] {
  const attempts: string[] = [];
  for (let batch = fixture.drain()[0]; batch !== undefined; batch = fixture.drain()[0]) {
    const sizeBytes = batch.sizeInBytes();
    const isRejected = sizeBytes > limitBytes;
    attempts.push(`${batch.recordCount}:${sizeBytes}${isRejected ? ' rejected' : ''}`);
    if (isRejected) {
      fixture.accumulator.splitAndReenqueue(batch);
      fixture.accumulator.completeAndDeallocateBatch(batch);
    } else fixture.complete(batch);
  }
  return attempts;
}

const filled = (options = {}): AccumulatorFixture => {
  const fixture = new AccumulatorFixture({ batchSize: 1000, ...options });
  for (let i = 0; i < 6; i++) fixture.append(100, 0);
  return fixture;
};

describe('split', () => {
  test('to batch.size first, where it comes back whole, then in halves (S18)', () => {
    expect(sendUntilAccepted(filled(), 400)).toEqual([
      '6:715 rejected',
      '6:715 rejected',
      '2:279',
      '2:279',
      '2:279',
    ]);
  });

  test('the estimate starts anew at 1, or at what the batch came to', () => {
    const fixture = filled({ compressionType: 'gzip', compressedBytes: (raw: number) => raw * 2 });
    const [batch] = fixture.drain();
    fixture.estimator.setEstimation('t', 'gzip', 0.3);
    if (batch !== undefined) fixture.accumulator.splitAndReenqueue(batch);
    expect(fixture.estimator.estimation('t', 'gzip')).toBe(2);
  });

  test('parts keep their records in order, count as new and have no memory of the pool', () => {
    const fixture = filled();
    const records = () =>
      (fixture.accumulator.getDeque(fixture.tp(0))?.toArray() ?? []).map((part: ProducerBatch) => [
        ...part.records,
      ]);
    for (let round = 0; round < 2; round++) {
      const [batch] = fixture.drain();
      if (batch === undefined) continue;
      fixture.accumulator.splitAndReenqueue(batch);
      fixture.accumulator.completeAndDeallocateBatch(batch);
    }
    expect(records()).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(fixture.pool.availableMemory()).toBe(fixture.pool.totalMemory());
    const created = fixture.log.events.flatMap((event) =>
      event.type === 'batch.created' ? [event.parentBatch] : [],
    );
    expect(created).toEqual([null, 0, 1, 1, 1]);
  });

  test('a flush waits for all parts of what it has seen (KAFKA-19479)', () => {
    const fixture = filled();
    fixture.accumulator.beginFlush();
    const flush = fixture.accumulator.awaitFlushCompletion();
    expect(flush.next().value).toMatchObject({ on: 'flush' });
    const [batch] = fixture.drain();
    if (batch !== undefined) {
      fixture.accumulator.splitAndReenqueue(batch);
      fixture.accumulator.completeAndDeallocateBatch(batch);
      // The whole is done, its part is not.
      expect(batch.produceFuture.completed()).toBe(true);
    }
    expect(flush.next().done).toBe(false);
    for (const part of fixture.drain()) {
      runThrough(part.complete(0, -1));
      fixture.accumulator.completeAndDeallocateBatch(part);
    }
    expect(flush.next().done).toBe(true);
    expect(fixture.accumulator.flushInProgress()).toBe(false);
  });
});
