import { describe, expect, test } from 'vitest';
import { batchId, clientId, nodeId, recordId, requestId, tpId } from '#base/ids';
import { RunProjections } from '#projections/RunProjections';
import { HandMadeLog } from '#testing/HandMadeLog';
import { why, type Entity, type WhyContext } from './why.ts';

const MS = 1000;
const CONFIG = {
  acks: '-1',
  'linger.ms': '10',
  'batch.size': '16384',
  'buffer.memory': '33554432',
  'max.block.ms': '60000',
  'request.timeout.ms': '30000',
  'delivery.timeout.ms': '120000',
  'max.in.flight.requests.per.connection': '5',
};

/** One producer, topic orders with three partitions, each led by the broker of its number, connections up. */
function started(config: Record<string, string> = {}): HandMadeLog {
  const log = new HandMadeLog();
  for (let node = 0; node < 3; node++) log.write('broker.moved', { node, to: 'up' });
  for (let tp = 0; tp < 3; tp++) {
    log.write('partition.named', { tp, topic: 'orders', partition: tp });
    log.write('isr.changed', { tp, isr: [0, 1, 2], elr: [] });
    log.write('leader.elected', { tp, leader: tp, leaderEpoch: 4 });
  }
  log.write('client.started', { client: 0, name: 'producer-1', config: { ...CONFIG, ...config } });
  log.write('thread.started', { thread: 0, client: 0, name: 'main' });
  log.write('metadata.updated', { client: 0, version: 2, leaders: { orders: [0, 1, 2] }, errors: {} });
  for (let node = 0; node < 3; node++)
    log.write('connection.moved', { client: 0, node, to: 'ready', because: 'warm' });
  return log;
}

function send(
  log: HandMadeLog,
  record: number,
  batch: number,
  tp: number,
  sizeBytes: number,
  isNew: boolean,
): void {
  log.write('record.sent', { record, thread: 0, valueBytes: 100 });
  log.write('record.partitioned', { record, tp, by: 'sticky' });
  if (isNew) log.write('batch.created', { batch, client: 0, tp, capacityBytes: 16_384 });
  log.write('record.appended', { record, batch, sizeBytes, fullOrNew: isNew ? 2 : 0 });
}

function leave(
  log: HandMadeLog,
  batch: number,
  request: number,
  node: number,
  reason = 'linger-expired',
): void {
  log.write('batch.ready', { batch, reason });
  log.write('batch.closed', { batch, records: 1, estimatedBytes: 500 });
  log.write('batch.drained', { batch, node, sizeBytes: 500, rawBytes: 500 });
  log.write('request.sent', { request, client: 0, node, api: 'PRODUCE', version: 13, sizeBytes: 600 });
  log.write('request.carried', { request, batch });
}

function contextOf(log: HandMadeLog, seq = log.tape.endSeq, at = log.now): WhyContext {
  const run = new RunProjections(log.tape);
  run.extend();
  return {
    state: run.moveTo(seq),
    cursor: { seq, at },
    records: run.records,
    lifelines: run.lifelines,
    outcomes: run.outcomes,
  };
}

const BATCH: Entity = { kind: 'batch', id: batchId(0) };
const RECORD: Entity = { kind: 'record', id: recordId(0) };
const REQUEST: Entity = { kind: 'request', id: requestId(0) };
const say = (log: HandMadeLog, entity: Entity = BATCH): string => why(entity, contextOf(log));

describe('a batch in its deque', () => {
  test('lingers', () => {
    const log = started().at(1000 * MS);
    send(log, 0, 0, 2, 6880, true);
    log.after(6900);
    expect(say(log)).toBe(
      'Waits: linger.ms=10 has 3.1 ms to go and the batch is 41 % full (6,880 of 16,384 B).',
    );
  });

  test('is full and waits for a slot', () => {
    const log = started().at(1000 * MS);
    for (let i = 0; i < 5; i++) {
      send(log, i, i, 2, 500, true);
      leave(log, i, i, 2, 'full');
    }
    send(log, 5, 5, 2, 16_000, true);
    log.write('batch.closed', { batch: 5, records: 1, estimatedBytes: 16_000 });
    expect(say(log, { kind: 'batch', id: batchId(5) })).toBe(
      'Ready (it is full, or another batch waits behind it), but 5 of 5 requests are in flight to broker 2 (max.in.flight.requests.per.connection).',
    );
  });

  test('waits behind an older one', () => {
    const log = started().at(1000 * MS);
    send(log, 0, 0, 1, 16_000, true);
    log.write('batch.closed', { batch: 0, records: 1, estimatedBytes: 16_000 });
    send(log, 1, 1, 1, 300, true);
    expect(say(log, { kind: 'batch', id: batchId(1) })).toBe(
      'Waits behind 1 older batch of orders-1: only the first of a deque may leave. It is 1 % full (300 of 16,384 B, 1 record).',
    );
  });

  test('backs off', () => {
    const log = started().at(1000 * MS);
    send(log, 0, 0, 2, 500, true);
    leave(log, 0, 0, 2);
    log.after(5 * MS).write('request.lost', { request: 0, by: 'disconnected' });
    log.write('batch.requeued', {
      batch: 0,
      error: 'NETWORK_EXCEPTION',
      attempts: 1,
      position: 'front',
      backoffUntilMs: 1_000_000 + 1005 + 100,
    });
    log.after(40 * MS);
    expect(say(log)).toBe(
      'Backs off after NETWORK_EXCEPTION: about 60 ms to go before attempt 2 (retry.backoff.ms).',
    );
    log
      .after(60 * MS)
      .write('drain.stopped', { client: 0, node: 2, batch: 0, reason: 'not-next-in-sequence' });
    expect(say(log)).toBe(
      'Ready (its back-off is over), but may not leave: a batch with a lower sequence of its partition is not through yet.',
    );
  });

  test('is muted, without leader, without connection', () => {
    const muted = started().at(1000 * MS);
    send(muted, 0, 0, 2, 500, true);
    muted.write('partition.muted', { client: 0, tp: 2 });
    expect(say(muted)).toContain('orders-2 is muted, because max.in.flight.requests.per.connection=1');

    const noLeader = started().at(1000 * MS);
    send(noLeader, 0, 0, 2, 500, true);
    noLeader.write('metadata.updated', {
      client: 0,
      version: 3,
      leaders: { orders: [0, 1, -1] },
      errors: {},
    });
    expect(say(noLeader)).toBe('Waits: the client knows no leader of orders-2 and asks for metadata.');

    const down = started().at(1000 * MS);
    send(down, 0, 0, 2, 500, true);
    down.write('connection.moved', {
      client: 0,
      node: 2,
      to: 'disconnected',
      because: 'broker',
      untilMs: 1_000_000 + 1050,
    });
    down.after(10 * MS);
    expect(say(down)).toBe(
      'Ready (its linger.ms is over), but the connection to broker 2 is down and in its reconnect back-off: 40 ms to go (reconnect.backoff.ms).',
    );
  });

  test('says why it left', () => {
    for (const [reason, words] of [
      ['full', 'it is full, or another batch waits behind it'],
      ['linger-expired', 'its linger.ms is over'],
      ['node-ready', 'taken along, because its broker was ready for another partition'],
      ['memory-exhausted', 'buffer.memory is exhausted'],
      ['flush', 'flush() is waiting'],
      ['close', 'the producer is closing'],
    ] as const) {
      const log = started().at(1000 * MS);
      send(log, 0, 0, 2, 500, true);
      leave(log, 0, 0, 2, reason);
      expect(say(log)).toContain(`It left because: ${words}`);
    }
  });
});

describe('in flight', () => {
  function flying(config: Record<string, string> = {}): HandMadeLog {
    const log = started(config).at(1000 * MS);
    send(log, 0, 0, 2, 500, true);
    leave(log, 0, 0, 2);
    return log
      .write('request.departed', { request: 0, arrivesAtUs: log.now + 2000 })
      .write('request.written', { request: 0 });
  }

  test('on its way, at the broker, replicated, on its way back', () => {
    const log = flying().after(1500);
    expect(say(log)).toBe(
      'Written 1.5 ms ago to broker 2, still on its way there. It left because: its linger.ms is over.',
    );
    log.after(500).write('request.arrived', { request: 0 }).after(100);
    expect(say(log, REQUEST)).toBe(
      'Carries 1 batch. Arrived 100 µs ago at broker 2, which handles one request of a connection at a time.',
    );
    log.write('request.begun', { request: 0 });
    log.write('log.appended', { tp: 2, node: 2, batch: 0, baseOffset: 0, logEndOffset: 1 });
    log.after(900).write('replica.fetched', { tp: 2, node: 0, logEndOffset: 1 });
    expect(say(log)).toContain(
      'Sent 3 ms ago to broker 2 and in its log; orders-2 waits for all in-sync replicas (acks=all): 1 of 2 followers has it, broker 1 not yet.',
    );
    log.write('replica.fetched', { tp: 2, node: 1, logEndOffset: 1 });
    expect(say(log)).toContain(
      'all in-sync replicas have fetched it; the leader learns that with their next fetch.',
    );
    log
      .write('response.left', { request: 0 })
      .write('response.departed', { request: 0, arrivesAtUs: log.now + 2000 });
    log.after(700);
    expect(say(log)).toContain('Answered by broker 2; the answer left 700 µs ago and is on its way back.');
    log.after(1300).write('response.received', { request: 0 });
    log.write('batch.completed', { batch: 0, baseOffset: 0 });
    expect(say(log)).toBe('Acked 5 ms after its creation: orders-2 has it at offset 0.');
    expect(say(log, RECORD)).toBe('Acked 5 ms after send(): offset 0 of orders-2.');
    expect(say(log, REQUEST)).toBe('Answered by broker 2, 5 ms after it was sent.');
  });

  test('a sentence never looks ahead', () => {
    const log = flying().after(2000).write('request.begun', { request: 0 });
    const seq = log.tape.endSeq;
    const at = log.now;
    log
      .after(5000)
      .write('response.received', { request: 0 })
      .write('batch.completed', { batch: 0, baseOffset: 7 });
    const context = contextOf(log, seq, at);
    expect(why(BATCH, context)).toContain('which is writing it');
    expect(why(RECORD, context)).toContain('which is writing it');
    expect(why({ kind: 'record', id: recordId(9) }, context)).toBe('It is not sent yet at this moment.');
  });

  test('a lost answer, a frozen broker', () => {
    const log = flying().after(2000).write('request.begun', { request: 0 });
    log
      .write('response.left', { request: 0 })
      .write('response.departed', { request: 0 })
      .after(10_000 * MS);
    expect(say(log)).toContain(
      'Its answer was lost on the way, and the client cannot know. It is out for 10 s; request.timeout.ms=30000. ' +
        'A lone lost answer is noticed only at twice that, 60 s after the send',
    );
    const frozen = flying().write('broker.moved', { node: 2, to: 'frozen' });
    expect(say(frozen)).toContain('Broker 2 is frozen: its connection stays open and nothing is answered.');
    expect(say(frozen, { kind: 'broker', id: nodeId(2) })).toContain(
      'Clients notice only by request.timeout.ms.',
    );
  });

  test('failed and in the log all the same', () => {
    const log = flying().after(2000).write('request.begun', { request: 0 });
    log.write('log.appended', { tp: 2, node: 2, batch: 0, baseOffset: 0, logEndOffset: 1 });
    log.after(120_000 * MS).write('batch.failed', {
      batch: 0,
      exception: 'TimeoutException',
      message: 'Expiring 1 record(s) for orders-2:120000 ms has passed since batch creation.',
      expired: true,
    });
    expect(say(log)).toBe(
      "Failed for the application: delivery.timeout.ms=120000 counts from the batch's creation and is over. " +
        'Its request is still out, keeps its memory, and may still be written. It is in the log all the same.',
    );
    log.write('request.lost', { request: 0, by: 'timed-out' }).write('batch.freed', { batch: 0 });
    expect(say(log, RECORD)).toMatch(
      /^Failed 2 min after send\(\) with TimeoutException: Expiring 1 record.* It is in the log all the same: TimeoutException came after/,
    );
  });

  test('acked and lost with its leader', () => {
    const log = flying({ acks: '1' }).after(2000).write('request.begun', { request: 0 });
    log.write('log.appended', { tp: 2, node: 2, batch: 0, baseOffset: 0, logEndOffset: 1 });
    log.write('response.received', { request: 0 }).write('batch.completed', { batch: 0, baseOffset: 0 });
    log.after(10 * MS).write('leader.elected', { tp: 2, leader: 0, leaderEpoch: 5 });
    expect(say(log, RECORD)).toBe(
      'Acked 2 ms after send(): offset 0 of orders-2. Yet it is lost: the election made broker 0 leader (epoch 5), which did not have it.',
    );
  });
});

describe('in send()', () => {
  test('blocked by metadata, by memory, refused', () => {
    const log = started().at(1000 * MS);
    log.write('record.sent', { record: 0, thread: 0, valueBytes: 100 });
    log.write('thread.blocked', { thread: 0, on: 'metadata', untilUs: log.now + 60_000 * MS });
    log.after(800 * MS);
    expect(say(log, RECORD)).toBe(
      'Blocked in send(): the client does not know the partitions of its topic yet and asks for metadata. max.block.ms=60000 has 59.2 s to go.',
    );
    log.write('thread.resumed', { thread: 0 });
    log.write('buffer.changed', { client: 0, availableBytes: 1200, waiters: 2 });
    log.write('thread.blocked', { thread: 0, on: 'buffer-memory', untilUs: log.now + 59_200 * MS });
    expect(say(log, RECORD)).toBe(
      'Blocked in send(): buffer.memory has only 1,200 of 33,554,432 B left, less than a batch needs. max.block.ms=60000 has 59.2 s to go. 1 other caller waits too, first come first served.',
    );
    log.write('thread.resumed', { thread: 0 });
    log.after(59_200 * MS).write('record.refused', {
      record: 0,
      stage: 'memory',
      exception: 'BufferExhaustedException',
      message: 'Failed to allocate 16384 bytes',
    });
    expect(say(log, RECORD)).toBe(
      'Refused in send() after 60 s: BufferExhaustedException: Failed to allocate 16384 bytes.',
    );
  });
});

test('partitions, brokers, producers', () => {
  const log = started().at(1000 * MS);
  send(log, 0, 0, 2, 500, true);
  log.write('log.appended', { tp: 2, node: 2, batch: 0, baseOffset: 0, logEndOffset: 3 });
  log.write('replica.fetched', { tp: 2, node: 0, logEndOffset: 3 });
  expect(say(log, { kind: 'partition', id: tpId(2) })).toBe(
    'Led by broker 2, epoch 4; 3 of 3 offsets above the high watermark: broker 1 has yet to fetch. 1 batch waits; the first: ' +
      'Waits: linger.ms=10 has 10 ms to go and the batch is 3 % full (500 of 16,384 B).',
  );
  expect(say(log, { kind: 'broker', id: nodeId(2) })).toBe(
    'Up, leader of 1 partition; no request is out to it.',
  );
  expect(say(log, { kind: 'client', id: clientId(0) })).toBe(
    'Running; 1 record in 1 batch not done yet, 33,554,432 of 33,554,432 B of buffer.memory free.',
  );
});

test('a partition that nobody has told a leader of is not one without a leader', () => {
  const log = new HandMadeLog();
  log.write('broker.moved', { node: 0, to: 'up' });
  log.write('partition.named', { tp: 2, topic: 'orders', partition: 2 });
  expect(say(log, { kind: 'partition', id: tpId(2) })).toContain(
    'Nobody has told yet which broker leads it.',
  );
  log.write('leader.elected', { tp: 2, leader: null, leaderEpoch: 4 });
  expect(say(log, { kind: 'partition', id: tpId(2) })).toContain('It has no leader');
});
