import { describe as suite, expect, test } from 'vitest';
import { LAYOUTS } from '#events/tape/layout';
import { HandMadeLog } from '#testing/HandMadeLog';
import { describe } from './describe.ts';
import { count, span } from './words.ts';

suite('describe', () => {
  test('every event has one sentence: a capital letter, a stop, nothing undefined', () => {
    const log = new HandMadeLog();
    const lists = { isr: [0, 2], elr: [] };
    for (const { type } of LAYOUTS) log.write(type, type === 'isr.changed' ? lists : {});
    for (let seq = 0; seq < log.tape.endSeq; seq++) {
      const sentence = describe(log.tape.at(seq));
      expect(sentence).toMatch(/^[A-Z0].*[.!?]$/);
      expect(sentence).not.toMatch(/undefined|null-|NaN|\[object/);
    }
  });

  test('a name at the beginning stays as it is', () => {
    const log = new HandMadeLog();
    log.write('partition.muted', { tp: 2 });
    log.write('client.closed', { client: 1, how: 'graceful' });
    const names = { tp: () => 'orders-2', client: () => 'shop', thread: () => 'main' };
    expect(describe(log.tape.at(0), names)).toBe('orders-2 is muted until its batch is done.');
    expect(describe(log.tape.at(1), names)).toBe('shop is closed (graceful).');
    expect(describe(log.tape.at(0))).toMatch(/^[A-Z]/);
  });

  test('names stand for ids', () => {
    const log = new HandMadeLog();
    log.write('record.partitioned', { record: 1204, tp: 2, by: 'key-hash' });
    log.write('batch.ready', { batch: 7, reason: 'node-ready' });
    log.write('batch.failed', {
      batch: 7,
      exception: 'TimeoutException',
      message: 'Expiring 1 record(s)',
      expired: true,
    });
    log.write('leader.elected', { tp: 2, leader: 1, leaderEpoch: 5, unclean: true });
    const names = { tp: () => 'orders-2', client: () => 'producer-1', thread: () => 'main' };
    expect(Array.from({ length: 4 }, (_, seq) => describe(log.tape.at(seq), names))).toMatchInlineSnapshot(`
      [
        "Record 1204 goes to orders-2 (key-hash).",
        "Batch 7 is ready: taken along, because its broker was ready for another partition.",
        "Batch 7 times out: TimeoutException: Expiring 1 record(s).",
        "Broker 1 leads orders-2, epoch 5 (unclean election).",
      ]
    `);
  });
});

test('numbers as sentences say them', () => {
  expect([0, 999, 1000, 1234567].map(count)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([0, 850, 1000, 3050, 59_200_000, 119_000_000, 150_000_000].map(span)).toEqual([
    '0 µs',
    '850 µs',
    '1 ms',
    '3.1 ms',
    '59.2 s',
    '119 s',
    '2.5 min',
  ]);
});
