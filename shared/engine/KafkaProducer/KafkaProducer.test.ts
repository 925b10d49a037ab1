import { describe, expect, test } from 'vitest';
import { JavaException } from '#record/exceptions';
import { SenderFixture } from '#testing/SenderFixture';
import type { Blocking } from '../Blocking.ts';
import { createProducerRecord, type ProducerRecord } from '../ProducerRecord.ts';

const thrownBy = (error: unknown): string =>
  error instanceof JavaException ? `${error.exception}: ${error.text}` : String(error);

/** What each send of a thread comes to: `future` and whether it is done, callbacks as they run, what is thrown. */
function sendsOf(fixture: SenderFixture, records: readonly Partial<ProducerRecord>[]): string[] {
  const told: string[] = [];
  function* thread(): Blocking<void> {
    for (const fields of records) {
      try {
        const record = createProducerRecord({ topic: 't', ...fields });
        const future = yield* fixture.started.producer.send(record, (metadata, exception) => {
          told.push(`callback ${metadata.partition} ${exception?.exception ?? `@${metadata.offset}`}`);
        });
        told.push(future.isDone() ? 'future done' : 'future');
      } catch (error) {
        told.push(`thrown ${thrownBy(error)}`);
      }
    }
  }
  fixture.application(thread());
  fixture.run(1);
  return told;
}

const plain = { 'enable.idempotence': 'false', 'linger.ms': '1000' };

describe('errors of send (§1.4)', () => {
  test('a record too large: the callback runs first, then a failed future; the bound is exact (S16)', () => {
    const fixture = new SenderFixture({ ...plain, 'max.request.size': '200' });
    expect(sendsOf(fixture, [{ valueBytes: 114, partition: 1 }, { valueBytes: 115 }])).toEqual([
      'future',
      'callback -1 RecordTooLargeException',
      'future done',
    ]);
    expect(fixture.told('record.refused')).toEqual([
      'record.refused 1  size RecordTooLargeException The message is 201 bytes when serialized which is larger ' +
        'than 200, which is the value of the max.request.size configuration. false',
    ]);
    expect(fixture.started.producer.metrics().get('record-error-total')).toBe(1);
  });

  test('buffer.memory bounds it too', () => {
    const fixture = new SenderFixture({ ...plain, 'buffer.memory': '1000' });
    expect(sendsOf(fixture, [{ valueBytes: 2000 }])).toEqual([
      'callback -1 RecordTooLargeException',
      'future done',
    ]);
  });

  test('a closed producer throws and counts no error', () => {
    const fixture = new SenderFixture(plain);
    fixture.application(fixture.started.producer.close(0));
    fixture.run(1);
    expect(sendsOf(fixture, [{ valueBytes: 10 }])).toEqual([
      'thrown IllegalStateException: Cannot perform operation after producer has been closed',
    ]);
    expect(fixture.started.producer.metrics().get('record-error-total')).toBe(0);
    expect(fixture.told('record.refused')[0]).toContain('closed IllegalStateException');
  });

  test('the checks of ProducerRecord', () => {
    const fixture = new SenderFixture(plain);
    expect(sendsOf(fixture, [{ timestampMs: -1 }, { partition: -2 }])).toEqual([
      'thrown IllegalArgumentException: Invalid timestamp: -1. Timestamp should always be non-negative or null.',
      'thrown IllegalArgumentException: Invalid partition: -2. Partition number should always be non-negative or null.',
    ]);
  });
});

describe('waiting for metadata', () => {
  test('an unknown topic: TimeoutException in the future after max.block.ms (S38)', () => {
    const fixture = new SenderFixture({ ...plain, 'max.block.ms': '500' });
    const told = sendsOf(fixture, [{ topic: 'nope', valueBytes: 10 }]);
    fixture.run(498);
    expect(told).toEqual([]);
    fixture.run(1);
    expect(told).toEqual(['callback -1 TimeoutException', 'future done']);
    expect(fixture.told('thread.blocked', 'thread.resumed', 'record.refused')).toEqual([
      'thread.blocked 1 metadata 500000',
      'thread.resumed 1',
      'record.refused 0  metadata TimeoutException Topic nope not present in metadata after 500 ms. false',
    ]);
  });

  test('a partition beyond the known ones is waited for, not refused (S39)', () => {
    const fixture = new SenderFixture({ ...plain, 'max.block.ms': '300' });
    const told = sendsOf(fixture, [{ partition: 5, valueBytes: 10 }]);
    fixture.run(300);
    expect(told).toEqual(['callback 5 TimeoutException', 'future done']);
    expect(fixture.told('record.refused')[0]).toContain(
      'Partition 5 of topic t with partition count 2 is not present in metadata after 300 ms.',
    );
  });

  test('partitionsFor tells them in hash order', () => {
    const fixture = new SenderFixture(plain, 3);
    let partitions: number[] = [];
    function* thread(): Blocking<void> {
      partitions = (yield* fixture.started.producer.partitionsFor('t')).map(({ tp }) => tp.partition);
    }
    fixture.application(thread());
    fixture.run(1);
    expect(partitions).toEqual([1, 0, 2]);
    expect(fixture.told('call.began', 'call.returned')).toEqual([
      'call.began 1 0 partitionsFor',
      'call.returned 1 partitionsFor  ',
    ]);
  });
});

describe('timestamps', () => {
  test('only one that is not the ms of its send() is told', () => {
    const fixture = new SenderFixture(plain);
    sendsOf(fixture, [{ valueBytes: 1 }, { valueBytes: 1, timestampMs: 42 }]);
    expect(fixture.told('record.timestamped')).toEqual(['record.timestamped 1 42']);
  });
});

describe('futures', () => {
  test('get() waits for the answer and gives the offset', () => {
    const fixture = new SenderFixture({ ...plain, 'linger.ms': '0' });
    const offsets: number[] = [];
    function* thread(): Blocking<void> {
      for (let i = 0; i < 2; i++) {
        const future = yield* fixture.started.producer.send(
          createProducerRecord({ topic: 't', partition: 0 }),
        );
        offsets.push((yield* future.get()).offset);
      }
    }
    fixture.application(thread());
    for (let i = 0; i < 2; i++) {
      fixture.run(1);
      fixture.answerProduce({ partition: 0, baseOffset: 7 + i });
      fixture.run(1);
    }
    expect(offsets).toEqual([7, 8]);
    expect(fixture.told('record.awaited')).toEqual(['record.awaited 0 1', 'record.awaited 1 1']);
  });

  test('get(timeout) gives up, and the record goes on', () => {
    const fixture = new SenderFixture(plain);
    let thrown = '';
    function* thread(): Blocking<void> {
      const future = yield* fixture.started.producer.send(createProducerRecord({ topic: 't', partition: 0 }));
      try {
        yield* future.get(20);
      } catch (error) {
        thrown = thrownBy(error);
      }
    }
    fixture.application(thread());
    fixture.run(30);
    expect(thrown).toBe('TimeoutException: Timeout after waiting for 20 ms.');
    expect(fixture.started.accumulator.hasIncomplete()).toBe(true);
  });
});

describe('flush and close', () => {
  test('flush sends what lingers and waits for it', () => {
    const fixture = new SenderFixture(plain);
    fixture.send(0, 2);
    const flush = fixture.application(fixture.started.producer.flush());
    fixture.run(5);
    expect(fixture.underWay()).toEqual(['PRODUCE t-0×2']);
    expect(flush.isDone).toBe(false);
    fixture.answerProduce();
    fixture.run(1);
    expect(flush.isDone).toBe(true);
    expect(fixture.told('batch.ready')).toEqual(['batch.ready 0 flush']);
  });

  test('flush inside a callback would wait for itself: refused', () => {
    const fixture = new SenderFixture({ ...plain, 'linger.ms': '0' });
    let thrown = '';
    function* callback(): Blocking<void> {
      try {
        yield* fixture.started.producer.flush();
      } catch (error) {
        thrown = thrownBy(error);
      }
    }
    function* thread(): Blocking<void> {
      yield* fixture.started.producer.send(createProducerRecord({ topic: 't', partition: 0 }), callback);
    }
    fixture.application(thread());
    fixture.run(1);
    fixture.answerProduce();
    fixture.run(1);
    expect(thrown).toContain(
      'KafkaException: KafkaProducer.flush() invocation inside a callback is not permitted',
    );
  });

  test('close waits for what is under way, and its timeout fails the rest', () => {
    const fixture = new SenderFixture(plain);
    fixture.send(0, 1);
    const close = fixture.application(fixture.started.producer.close(50));
    fixture.run(49);
    expect(fixture.underWay()).toEqual(['PRODUCE t-0×1']);
    expect([close.isDone, fixture.outcomes]).toEqual([false, []]);
    fixture.run(2);
    expect(close.isDone).toBe(true);
    expect(fixture.outcomes).toEqual(['0 t-0 KafkaException: Producer is closed forcefully.']);
  });

  test('a negative timeout is refused', () => {
    const fixture = new SenderFixture(plain);
    let thrown = '';
    function* thread(): Blocking<void> {
      try {
        yield* fixture.started.producer.close(-1);
      } catch (error) {
        thrown = thrownBy(error);
      }
    }
    fixture.application(thread());
    fixture.run(1);
    expect(thrown).toBe('IllegalArgumentException: The timeout cannot be negative.');
  });
});

describe('interceptors', () => {
  test('what they throw changes nothing; what they add is sent and acknowledged', () => {
    const fixture = new SenderFixture({
      ...plain,
      'linger.ms': '0',
      'interceptor.classes': 'linger.TracingInterceptor,linger.FailingInterceptor',
    });
    sendsOf(fixture, [{ valueBytes: 10, partition: 0 }]);
    fixture.answerProduce();
    fixture.run(1);
    expect(fixture.told('record.intercepted', 'record.serialized')).toEqual([
      'record.intercepted 0 linger.TracingInterceptor onSend false',
      'record.intercepted 0 linger.FailingInterceptor onSend true',
      'record.serialized 0 -1 10 19',
      'record.intercepted 0 linger.TracingInterceptor onAcknowledgement false',
      'record.intercepted 0 linger.FailingInterceptor onAcknowledgement true',
    ]);
  });
});
