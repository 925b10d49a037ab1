import { describe, expect, test } from 'vitest';
import { recordId } from '#base/ids';
import { HandMadeLog } from '#testing/HandMadeLog';
import { RunProjections } from './RunProjections.ts';
import { recordsByOutcome } from './recordsByOutcome.ts';

function started(acks: string): HandMadeLog {
  const log = new HandMadeLog();
  log
    .write('run.began')
    .write('partition.named', { tp: 0, topic: 't', partition: 0 })
    .write('leader.elected', { tp: 0, leader: 0 });
  log.write('client.started', { client: 0, name: 'p', config: { acks } });
  log.write('thread.started', { thread: 0, client: 0 });
  return log.at(1000);
}

/** Two records in a batch, in a request of its own. */
function batch(log: HandMadeLog, id: number): void {
  for (const record of [2 * id, 2 * id + 1]) {
    log.write('record.sent', { record, thread: 0 }).write('record.partitioned', { record, tp: 0 });
    if (record % 2 === 0) log.write('batch.created', { batch: id, client: 0, tp: 0, capacityBytes: 100 });
    log.write('record.appended', { record, batch: id, sizeBytes: 10, fullOrNew: 0 });
  }
  log.write('batch.closed', { batch: id, records: 2, estimatedBytes: 90 });
  attempt(log, id, id);
}

function attempt(log: HandMadeLog, id: number, request: number): void {
  log.write('batch.drained', { batch: id, node: 0, sizeBytes: 90, rawBytes: 90 });
  log
    .write('request.sent', { request, client: 0, node: 0, api: 'PRODUCE' })
    .write('request.carried', { request, batch: id });
}

const append = (log: HandMadeLog, id: number, baseOffset: number): HandMadeLog =>
  log
    .after(10)
    .write('log.appended', { tp: 0, node: 0, batch: id, baseOffset, logEndOffset: baseOffset + 2 });

const requeue = (log: HandMadeLog, id: number): HandMadeLog =>
  log.write('batch.requeued', { batch: id, error: 'REQUEST_TIMED_OUT', attempts: 1, position: 'front' });

function projected(log: HandMadeLog): RunProjections {
  const run = new RunProjections(log.tape);
  run.extend();
  return run;
}

describe('Outcomes', () => {
  test('a retry that is written again is a duplicate, from that event on', () => {
    const log = started('-1');
    batch(log, 0);
    requeue(append(log, 0, 0), 0);
    attempt(log, 0, 1);
    const before = log.tape.endSeq;
    append(log, 0, 2).write('batch.completed', { batch: 0, baseOffset: 2 });
    const run = projected(log);
    expect(run.outcomes.counts(before).duplicated).toBe(0);
    expect(run.moveTo(log.tape.endSeq).counters).toMatchObject({
      recordsDuplicated: 2,
      recordsStored: 4,
      recordsAcked: 2,
    });
    expect(run.outcomes.recordsBehind('duplicated', log.tape.endSeq, 10)).toEqual([0, 1]);
    expect(run.outcomes.outcomeOf(recordId(1), log.now)).toEqual({ kind: 'acked', offset: 3 });
  });

  test('a batch that is written behind a later one is reordered', () => {
    const log = started('-1');
    batch(log, 0);
    batch(log, 1);
    append(log, 1, 0);
    requeue(log, 0);
    attempt(log, 0, 2);
    append(log, 0, 2);
    const run = projected(log);
    expect(run.moveTo(log.tape.endSeq).counters.recordsReordered).toBe(2);
    expect(run.outcomes.recordsBehind('reordered', log.tape.endSeq, 1)).toEqual([0]);
  });

  test('parts of a split batch in their order are in order, also when split again', () => {
    const log = started('-1');
    batch(log, 0);
    for (const part of [1, 2]) {
      log.write('batch.created', { batch: part, client: 0, tp: 0, parentBatch: 0 });
      log.write('batch.closed', { batch: part, records: 1, estimatedBytes: 70 });
    }
    log.write('batch.split', { batch: 0, parts: 2 });
    batch(log, 3);
    for (const [i, id] of [1, 2, 3].entries()) append(log, id, i);
    for (const id of [1, 2]) log.write('batch.completed', { batch: id, baseOffset: id - 1 });
    const run = projected(log);
    expect(run.outcomes.counts(log.tape.endSeq).reordered).toBe(0);
    expect(run.lifelines.batchOf(recordId(1), log.now)).toBe(2);
    expect(run.outcomes.outcomeOf(recordId(1), log.now)).toEqual({ kind: 'acked', offset: 1 });
    expect(run.moveTo(log.tape.endSeq).counters).toMatchObject({
      recordsSent: 4,
      recordsAcked: 2,
      batchesSplit: 1,
    });
  });

  test('what a new leader does not have is lost, until it is written again', () => {
    const log = started('1');
    batch(log, 0);
    append(log, 0, 0).write('batch.completed', { batch: 0, baseOffset: 0 });
    batch(log, 1);
    append(log, 1, 2);
    log.write('replica.fetched', { tp: 0, node: 1, logEndOffset: 0 });
    log.write('leader.elected', { tp: 0, leader: 1, leaderEpoch: 1 });
    const lost = log.tape.endSeq;
    requeue(log, 1);
    attempt(log, 1, 2);
    log.write('log.appended', { tp: 0, node: 1, batch: 1, baseOffset: 0, logEndOffset: 2 });
    log.write('batch.completed', { batch: 1, baseOffset: 0 });
    const run = projected(log);
    expect(run.outcomes.counts(lost)['lost-after-ack']).toBe(2);
    expect(run.moveTo(log.tape.endSeq).counters).toMatchObject({
      recordsLostAfterAck: 2,
      recordsStored: 2,
      recordsDuplicated: 0,
    });
    expect(run.outcomes.recordsBehind('lost-after-ack', log.tape.endSeq, 9)).toEqual([0, 1]);
  });

  test('what a replaced leader writes is lost when it was acked, unless that one leads again', () => {
    const log = started('1');
    log.write('replica.fetched', { tp: 0, node: 1, logEndOffset: 0, leader: 0 });
    log.write('leader.elected', { tp: 0, leader: 1, leaderEpoch: 1 });
    batch(log, 0);
    append(log, 0, 0).write('batch.completed', { batch: 0, baseOffset: 0 });
    const stray = log.tape.endSeq;
    log.write('leader.elected', { tp: 0, leader: 0, leaderEpoch: 2, unclean: true });
    const run = projected(log);
    expect(run.outcomes.counts(stray)['lost-after-ack']).toBe(2);
    expect(run.outcomes.incidentsOf('lost-after-ack', stray)[0]?.cause).toBe(
      'broker 0 answered for it when another one without it had been elected',
    );
    expect(run.outcomes.counts(log.tape.endSeq)['lost-after-ack']).toBe(0);
  });

  test('what a replaced leader has and is sent again is lost as before, not taken for another batch', () => {
    const log = started('1');
    log.write('replica.fetched', { tp: 0, node: 1, logEndOffset: 0, leader: 0 });
    log.write('leader.elected', { tp: 0, leader: 1, leaderEpoch: 1 });
    batch(log, 0);
    append(log, 0, 0);
    requeue(log, 0);
    attempt(log, 0, 1);
    log.write('log.recognised', { tp: 0, batch: 0, baseOffset: 0 });
    log.write('batch.completed', { batch: 0, baseOffset: 0, duplicate: true });
    const { outcomes } = projected(log);
    expect(outcomes.incidentsOf('lost-after-ack', log.tape.endSeq).map(({ cause }) => cause)).toEqual([
      'broker 0 answered for it when another one without it had been elected',
    ]);
  });

  test('a part of a split batch is a second copy when the whole was written before', () => {
    const log = started('1');
    batch(log, 0);
    append(log, 0, 0).write('batch.requeued', { batch: 0, error: 'REQUEST_TIMED_OUT', attempts: 1 });
    for (const part of [1, 2]) {
      log.write('batch.created', { batch: part, client: 0, tp: 0, parentBatch: 0 });
      log.write('batch.closed', { batch: part, records: 1, estimatedBytes: 70 });
    }
    log.write('batch.split', { batch: 0, parts: 2 });
    log.write('log.appended', { tp: 0, node: 0, batch: 1, baseOffset: 2, logEndOffset: 3 });
    const { outcomes } = projected(log);
    expect(outcomes.recordsBehind('duplicated', log.tape.endSeq, 9)).toEqual([0]);
  });

  test('a batch that a broker takes for another one is lost when it is acked', () => {
    const log = started('-1');
    batch(log, 0);
    log.after(10).write('log.recognised', { tp: 0, batch: 0, baseOffset: 0 });
    log.write('batch.completed', { batch: 0, baseOffset: 0 });
    const [incident] = projected(log).outcomes.incidentsOf('lost-after-ack', log.tape.endSeq);
    expect(incident?.cause).toBe('the broker took it for another batch that has the same sequence');
  });

  test('two copies, one with a replaced leader, are one', () => {
    const log = started('-1');
    log.write('leader.elected', { tp: 0, leader: 1, leaderEpoch: 1 });
    batch(log, 0);
    requeue(append(log, 0, 0), 0);
    attempt(log, 0, 1);
    log.write('log.appended', { tp: 0, node: 1, batch: 0, baseOffset: 0, logEndOffset: 2 });
    log.write('log.truncated', { tp: 0, node: 0, logEndOffset: 0 });
    expect(projected(log).outcomes.counts(log.tape.endSeq).duplicated).toBe(0);
  });

  test('what stood in a topic that is deleted is lost, and a new one of its name begins empty', () => {
    const log = started('-1');
    log.write('partition.named', { tp: 0, topic: 'orders', partition: 0 });
    batch(log, 0);
    append(log, 0, 0).write('batch.completed', { batch: 0, baseOffset: 0 });
    log.write('topic.changed', { topic: 'orders', partitions: 0 });
    const deleted = log.tape.endSeq;
    log.write('leader.elected', { tp: 0, leader: 0, leaderEpoch: 0 });
    batch(log, 1);
    append(log, 1, 0).write('batch.completed', { batch: 1, baseOffset: 0 });
    const run = projected(log);
    expect(run.outcomes.counts(deleted)['lost-after-ack']).toBe(2);
    expect(run.outcomes.incidentsOf('lost-after-ack', deleted)[0]?.cause).toBe('its topic was deleted');
    expect(run.outcomes.counts(log.tape.endSeq)).toMatchObject({ 'lost-after-ack': 2, reordered: 0 });
    const { records, lifelines, outcomes } = run;
    const list = recordsByOutcome(
      { records, lifelines, outcomes },
      'lost-after-ack',
      0,
      log.tape.endSeq,
      log.now,
      1,
    );
    expect(list).toMatchObject({ isCut: true, records: [{ record: 0, cause: 'its topic was deleted' }] });
    const acked = recordsByOutcome(
      { records, lifelines, outcomes },
      'acked',
      null,
      log.tape.endSeq,
      log.now,
      9,
    );
    expect(acked.records.map(({ record }) => record)).toEqual([3, 2, 1, 0]);
  });

  test('acks=0: acked at the socket, lost when the broker refuses or the connection breaks', () => {
    const log = started('0');
    for (const id of [0, 1, 2]) {
      batch(log, id);
      log
        .write('request.departed', { request: id, arrivesAtUs: log.now + 50 })
        .write('request.written', { request: id });
      log.write('batch.completed', { batch: id, baseOffset: -1 });
    }
    append(log, 0, 0);
    log.write('log.refused', { tp: 0, node: 0, batch: 1, error: 'MESSAGE_TOO_LARGE' });
    log.write('request.dropped', { request: 2 });
    const run = projected(log);
    expect(run.outcomes.incidentsOf('lost-after-ack', log.tape.endSeq).map((each) => each.batch)).toEqual([
      1, 2,
    ]);
    expect(run.moveTo(log.tape.endSeq).counters).toMatchObject({
      recordsAcked: 6,
      recordsLostAfterAck: 4,
      recordsStored: 2,
    });
  });

  test('failed and written after that', () => {
    const log = started('-1');
    batch(log, 0);
    log.write('batch.failed', {
      batch: 0,
      exception: 'TimeoutException',
      message: 'Expiring',
      expired: true,
    });
    const before = log.tape.endSeq;
    append(log, 0, 0).write('batch.freed', { batch: 0 });
    const run = projected(log);
    expect(run.outcomes.counts(before)['failed-yet-stored']).toBe(0);
    const { counters } = run.moveTo(log.tape.endSeq);
    expect(counters).toMatchObject({ recordsFailed: 2, recordsFailedYetStored: 2, recordsStored: 2 });
  });
});
