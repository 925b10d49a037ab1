import { describe, expect, test } from 'vitest';
import { JavaException } from '#record/exceptions';
import { SenderFixture } from '#testing/SenderFixture';
import type { Blocking } from '../Blocking.ts';

const PLAIN = { 'enable.idempotence': 'false', 'linger.ms': '0', 'retry.backoff.ms': '100' };

function* closed(fixture: SenderFixture, timeoutMs: number): Blocking<void> {
  yield* fixture.started.producer.close(timeoutMs);
}

describe('answers', () => {
  test('one request carries a batch of each partition, and each has an outcome of its own', () => {
    const fixture = new SenderFixture(PLAIN);
    fixture.send(0, 2);
    fixture.send(1);
    fixture.run(0);
    expect(fixture.underWay()).toEqual(['PRODUCE t-1×1 t-0×2']);
    fixture.answerProduce({ partition: 1, error: 'INVALID_TOPIC_EXCEPTION', errorMessage: 'no such thing' });
    fixture.run(0);
    expect(fixture.outcomes).toEqual(['2 t-1 InvalidTopicException: no such thing', '0 t-0 @5', '1 t-0 @6']);
    expect(fixture.told('response.answered')).toEqual([
      'response.answered 0 1 INVALID_TOPIC_EXCEPTION -1 0  -1 no such thing',
      'response.answered 0 0 NONE 5 0  -1 ',
    ]);
  });

  test('a lost request fails in the order of its HashMap, which is smaller than that of the metadata', () => {
    const fixture = new SenderFixture({ ...PLAIN, retries: '0' }, 4);
    for (const partition of [0, 1, 2]) fixture.send(partition);
    fixture.run(0);
    expect(fixture.underWay()).toEqual(['PRODUCE t-2×1 t-1×1 t-0×1']);
    fixture.lose('disconnected');
    fixture.run(0);
    expect(fixture.outcomes).toEqual([
      '1 t-1 NetworkException: Disconnected from node 0',
      '0 t-0 NetworkException: Disconnected from node 0',
      '2 t-2 NetworkException: Disconnected from node 0',
    ]);
  });

  test('a timed-out request and an unknown version have names of their own', () => {
    const fixture = new SenderFixture({ ...PLAIN, retries: '0' });
    for (const lostBy of ['timed-out', 'version-mismatch'] as const) {
      fixture.send(0);
      fixture.run(0);
      fixture.lose(lostBy);
      fixture.run(0);
    }
    expect(fixture.outcomes).toEqual([
      '0 t-0 TimeoutException: Disconnected from node 0 due to timeout',
      '1 t-0 UnsupportedVersionException: The version of API is not supported.',
    ]);
  });

  test('a retriable error puts the batch back; it goes out again after its back-off', () => {
    const fixture = new SenderFixture(PLAIN);
    fixture.send(0);
    fixture.run(0);
    fixture.answerProduce({ partition: 0, error: 'NOT_ENOUGH_REPLICAS' });
    fixture.run(99);
    expect(fixture.underWay()).toEqual([]);
    fixture.run(1);
    expect(fixture.underWay()).toEqual(['PRODUCE t-0×1']);
    fixture.answerProduce();
    fixture.run(0);
    expect(fixture.outcomes).toEqual(['0 t-0 @5']);
    expect(fixture.started.producer.metrics().get('record-retry-total')).toBe(1);
  });

  test('the last retry that fails is told with the error of its answer', () => {
    const fixture = new SenderFixture({ ...PLAIN, retries: '1' });
    fixture.send(0);
    fixture.run(0);
    for (let attempt = 0; attempt < 2; attempt++) {
      fixture.answerProduce({ partition: 0, error: 'NOT_ENOUGH_REPLICAS' });
      fixture.run(100);
    }
    expect(fixture.outcomes).toEqual([
      '0 t-0 NotEnoughReplicasException: Messages are rejected since there are fewer in-sync replicas than required.',
    ]);
  });

  test('a duplicate that the broker has forgotten is a success without an offset', () => {
    const fixture = new SenderFixture(PLAIN);
    fixture.send(0);
    fixture.run(0);
    fixture.answerProduce({ partition: 0, error: 'DUPLICATE_SEQUENCE_NUMBER' });
    fixture.run(0);
    expect(fixture.outcomes).toEqual(['0 t-0 @-1']);
  });

  test.each([
    {
      recordErrors: [{ index: 1, message: 'too old' }],
      expected: ['InvalidTimestampException: too old'],
    },
    {
      recordErrors: [
        { index: 1, message: null },
        { index: 2, message: 'too new' },
      ],
      expected: ['InvalidRecordException: one message', 'InvalidRecordException: too new'],
    },
  ])('refused records are told apart: $expected', ({ recordErrors, expected }) => {
    const fixture = new SenderFixture(PLAIN);
    fixture.send(0, 3);
    fixture.run(0);
    fixture.answerProduce({
      partition: 0,
      error: 'INVALID_TIMESTAMP',
      errorMessage: 'one message',
      recordErrors,
    });
    fixture.run(0);
    const innocent =
      'KafkaException: Failed to append record because it was part of a batch which had one more more invalid records';
    const all = [innocent, ...expected, innocent].slice(0, 3);
    expect(fixture.outcomes).toEqual(all.map((outcome, n) => `${n} t-0 ${outcome}`));
  });

  test('acks=0 is over when its bytes are written', () => {
    const fixture = new SenderFixture({ ...PLAIN, acks: '0' });
    fixture.send(0);
    fixture.run(0);
    expect(fixture.client.sent[0]?.expectResponse).toBe(false);
    const request = fixture.client.sent.shift();
    if (request === undefined) throw new Error('nothing was sent');
    const now = fixture.started.sender.clock.milliseconds();
    fixture.client.answers.push({
      request,
      receivedMs: now,
      latencyMs: 0,
      lostBy: null,
      body: null,
      version: 13,
    });
    fixture.run(0);
    expect(fixture.outcomes).toEqual(['0 t-0 @-1']);
    expect(fixture.started.producer.metrics().get('request-latency-avg')).toBeNaN();
  });

  test('a new leader that the broker names is followed at once (KIP-951), and metadata is wanted all the same', () => {
    const fixture = new SenderFixture(PLAIN);
    fixture.send(0);
    fixture.run(0);
    fixture.answerProduce({
      partition: 0,
      error: 'NOT_LEADER_OR_FOLLOWER',
      currentLeader: { leader: fixture.client.leastLoadedNode(), leaderEpoch: 1 },
    });
    fixture.run(0);
    expect(fixture.underWay()).toEqual(['PRODUCE t-0×1']);
    expect(fixture.told('leader.hinted', 'metadata.wanted').slice(-2)).toEqual([
      'metadata.wanted 0 true leader-error',
      'leader.hinted 0 0 0 1',
    ]);
  });
});

describe('one request in flight', () => {
  test('a drained partition stays muted until its batch is done, also while it retries', () => {
    const fixture = new SenderFixture({ ...PLAIN, 'max.in.flight.requests.per.connection': '1' });
    fixture.send(0);
    fixture.run(0);
    fixture.send(0);
    fixture.send(1);
    fixture.run(0);
    expect(fixture.underWay()).toEqual(['PRODUCE t-0×1', 'PRODUCE t-1×1']);
    fixture.answerProduce();
    fixture.run(0);
    expect(fixture.underWay()).toEqual(['PRODUCE t-1×1', 'PRODUCE t-0×1']);
    expect(fixture.told('partition.muted', 'partition.unmuted')).toEqual([
      'partition.muted 0 0',
      'partition.muted 0 1',
      'partition.unmuted 0 0',
      'partition.muted 0 0',
    ]);
  });
});

describe('delivery.timeout.ms', () => {
  const SHORT = { ...PLAIN, 'delivery.timeout.ms': '200', 'request.timeout.ms': '150' };

  test('a batch in flight fails in time; its memory comes back with the end of its request', () => {
    const fixture = new SenderFixture(SHORT);
    const available = () => fixture.started.producer.metrics().get('buffer-available-bytes');
    const all = available();
    fixture.send(0);
    fixture.run(200);
    expect(fixture.outcomes).toEqual([
      '0 t-0 TimeoutException: Expiring 1 record(s) for t-0:200 ms has passed since batch creation. ' +
        'The request has not been sent, or no server response has been received yet.',
    ]);
    expect(available()).toBeLessThan(all ?? 0);
    fixture.answerProduce();
    fixture.run(0);
    expect([available(), fixture.outcomes.length]).toEqual([all, 1]);
  });

  test('expired after a retry, the partition waits until its sequences are known', () => {
    const fixture = new SenderFixture({ ...SHORT, 'enable.idempotence': 'true' });
    fixture.answer({
      api: 'INIT_PRODUCER_ID',
      throttleTimeMs: 0,
      error: 'NONE',
      producerId: 7,
      producerEpoch: 0,
    });
    fixture.run(0);
    fixture.send(0);
    fixture.run(0);
    fixture.answerProduce({ partition: 0, error: 'NOT_ENOUGH_REPLICAS' });
    fixture.run(150);
    expect(fixture.underWay()).toEqual(['PRODUCE t-0×1']);
    fixture.run(50);
    expect(fixture.outcomes.length).toBe(1);
    fixture.lose('timed-out');
    fixture.run(0);
    // Nothing else was in flight, so the gap is certain and the epoch rises.
    expect(fixture.told('epoch.bumped')).toEqual(['epoch.bumped 0 1 0 unresolved-sequence']);
  });
});

describe('the end', () => {
  test('a graceful close sends what is there and waits for the answers', () => {
    const fixture = new SenderFixture({ ...PLAIN, 'linger.ms': '1000' });
    fixture.send(0);
    fixture.run(10);
    const call = fixture.application(closed(fixture, 500));
    fixture.run(10);
    expect([fixture.underWay(), call.isDone]).toEqual([['PRODUCE t-0×1'], false]);
    fixture.answerProduce();
    fixture.run(10);
    expect([call.isDone, fixture.client.isClosed]).toEqual([true, true]);
    expect(fixture.told('client.closed')).toEqual(['client.closed 0 graceful']);
  });

  test.each([
    [0, 'forced'],
    [50, 'timed-out'],
  ])('close(%i) ends %s: what was not acknowledged fails', (timeoutMs, how) => {
    const fixture = new SenderFixture(PLAIN);
    fixture.send(0);
    fixture.run(0);
    fixture.application(closed(fixture, timeoutMs));
    fixture.run(timeoutMs + 1);
    expect(fixture.outcomes).toEqual(['0 t-0 KafkaException: Producer is closed forcefully.']);
    expect(fixture.told('client.closed')).toEqual([`client.closed 0 ${how}`]);
  });
});

describe('transactions', () => {
  const TRANSACTIONAL = { ...PLAIN, 'transactional.id': 'x', 'enable.idempotence': 'true' };

  test('the producer id waits behind its coordinator, and then for the back-off of a retry', () => {
    const fixture = new SenderFixture(TRANSACTIONAL);
    const call = fixture.application(fixture.started.producer.initTransactions());
    fixture.run(1);
    expect(fixture.underWay()).toEqual(['FIND_COORDINATOR']);
    const node = { id: fixture.client.leastLoadedNode(), host: 'localhost', port: 9092 };
    fixture.answer({
      api: 'FIND_COORDINATOR',
      throttleTimeMs: 0,
      error: 'NONE',
      errorMessage: null,
      node,
    });
    fixture.run(99);
    expect(fixture.underWay()).toEqual([]);
    fixture.run(2);
    expect(fixture.underWay()).toEqual(['INIT_PRODUCER_ID']);
    fixture.answer({
      api: 'INIT_PRODUCER_ID',
      throttleTimeMs: 0,
      error: 'NONE',
      producerId: 7,
      producerEpoch: 0,
    });
    fixture.run(1);
    expect(call.isDone).toBe(true);
    expect(fixture.told('transaction.moved')).toEqual([
      'transaction.moved 0 UNINITIALIZED INITIALIZING  ',
      'transaction.moved 0 INITIALIZING READY  ',
    ]);
    expect(fixture.told('thread.blocked').map((line) => line.split(' ')[2])).toEqual([
      'transaction',
      'sleep',
    ]);
  });

  test('a right that was refused may be asked for again', () => {
    const fixture = new SenderFixture({ ...PLAIN, 'enable.idempotence': 'true' });
    fixture.send(0);
    fixture.answer({
      api: 'INIT_PRODUCER_ID',
      throttleTimeMs: 0,
      error: 'CLUSTER_AUTHORIZATION_FAILED',
      producerId: -1,
      producerEpoch: -1,
    });
    fixture.run(0);
    expect(fixture.outcomes).toEqual(['0 t-0 ClusterAuthorizationException: Cluster authorization failed.']);
    expect(fixture.underWay()).toEqual(['INIT_PRODUCER_ID']);
  });

  test('a fatal error fails every batch, and the sender only polls', () => {
    const fixture = new SenderFixture(TRANSACTIONAL);
    fixture.started.transactionManager?.transitionToFatalError(
      new JavaException('ProducerFencedException', 'm'),
    );
    fixture.run(300);
    expect(fixture.underWay()).toEqual([]);
    expect(fixture.started.sender.isRunning()).toBe(true);
  });
});
