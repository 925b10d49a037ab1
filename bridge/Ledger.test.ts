import { describe, expect, it } from 'vitest';
import { batchId, clientId, recordId, threadId, tpId } from '#base/ids';
import { EventTape } from '#events/EventTape';
import { Ledger } from './Ledger.ts';
import { LEDGER_HEADER_KEY } from './RecordContents.ts';

const RUN = 0x9abcdef0;

function numbered(record: number, run = RUN) {
  const value = Buffer.alloc(8);
  value.writeUInt32BE(run, 0);
  value.writeUInt32BE(record, 4);
  const headers = [{ key: LEDGER_HEADER_KEY, value }];
  return { offset: 0, timestampMs: 0, key: null, value: null, headers };
}

/** Records 0, 1, … in batches of two, appended in the order given. */
function runOf(order: readonly number[]) {
  const tape = new EventTape();
  tape.writer('partition.named')(tpId(0), 'orders', 0);
  tape.writer('partition.named')(tpId(1), 'orders', 1);
  const created = tape.writer('batch.created');
  for (let i = 0; i * 2 < order.length; i++) created(batchId(i), clientId(0), tpId(0), 100, null);
  const sent = tape.writer('record.sent');
  const appended = tape.writer('record.appended');
  for (const record of order.toSorted((a, b) => a - b)) sent(recordId(record), threadId(0), -1, 10);
  order.forEach((record, i) => appended(recordId(record), batchId(Math.floor(i / 2)), 80, 0));
  const ledger = new Ledger(RUN);
  const follow = (): void => ledger.follow(tape.read(followed), (followed = tape.endSeq));
  let followed = 0;
  follow();
  return {
    tape,
    ledger,
    completed: (batch: number, baseOffset = batch * 2) => {
      tape.writer('batch.completed')(batchId(batch), baseOffset, -1, false);
      follow();
    },
    failed: (batch: number) => {
      tape.writer('batch.failed')(batchId(batch), 'TimeoutException', 'late', true);
      follow();
    },
    follow,
  };
}

describe('the ledger', () => {
  it('holds what was told against what is there, whichever comes first', () => {
    const { ledger, completed, failed } = runOf([0, 1, 2, 3, 4, 5]);
    completed(0);
    ledger.read('orders', 0, [numbered(0), numbered(2), numbered(4)]);
    failed(1);
    expect(ledger.counts).toEqual({
      sent: 6,
      acked: 2,
      failed: 2,
      ackedAndPresent: 1,
      ackedAndMissing: 1,
      ackedAndAwaited: 1,
      duplicated: 0,
      outOfOrder: 0,
      failedButPresent: 1,
      pendingAndPresent: 1,
      committed: 0,
      byOffset: 0,
      gone: 0,
      goneOffsets: 0,
      goneCommittedOffsets: 0,
      cutOffsets: 0,
      forgotten: 0,
    });
    expect(ledger.missing()).toEqual([1]);
    completed(2);
    expect(ledger.counts).toMatchObject({ ackedAndPresent: 2, ackedAndMissing: 2, pendingAndPresent: 0 });
  });

  it('waits for what the reader has not come to, and then it is missing; until it is read after all', () => {
    const { ledger, completed } = runOf([0, 1, 2, 3]);
    completed(0);
    ledger.read('orders', 0, [numbered(0)]);
    ledger.reached('orders', 0, 1, null);
    expect(ledger.counts).toMatchObject({ ackedAndMissing: 1, ackedAndAwaited: 1 });
    expect(ledger.list('awaited', 0, 9)).toEqual([1]);
    ledger.reached('orders', 0, 2, null);
    expect(ledger.counts).toMatchObject({ ackedAndMissing: 1, ackedAndAwaited: 0 });
    expect(ledger.list('missing', null, 9)).toEqual([1]);
    expect(ledger.list('missing', 1, 9)).toEqual([]);
    ledger.read('orders', 0, [numbered(1)]);
    expect(ledger.counts).toMatchObject({ ackedAndMissing: 0, ackedAndAwaited: 0 });
    completed(1);
    ledger.reached('orders', 0, 3, Infinity);
    expect(ledger.list('missing', null, 9)).toEqual([3, 2]);
  });

  it('what was gone before it was read is neither there nor missing, whichever is heard of first', () => {
    const { ledger, completed } = runOf([0, 1, 2, 3, 4, 5]);
    completed(0);
    ledger.gone('orders', 0, 1, 4);
    ledger.reached('orders', 0, 4, null);
    completed(1);
    // Record 0 stood before what is gone, and was passed.
    expect(ledger.counts).toMatchObject({ acked: 4, gone: 3, goneOffsets: 3, ackedAndMissing: 1 });
    expect(ledger.list('gone', 0, 9)).toEqual([3, 2, 1]);
    expect(ledger.list('missing', null, 9)).toEqual([0]);
    expect(ledger.missing()).toEqual([0]);
    // One of them was stored a second time.
    ledger.read('orders', 0, [numbered(1)]);
    expect(ledger.counts).toMatchObject({ gone: 2, ackedAndPresent: 1, duplicated: 0 });
  });

  it('without an offset, what has gone since may have been it; what was lost later is missing', () => {
    const { ledger, completed } = runOf([0, 1, 2, 3, 4, 5]);
    completed(0, -1);
    ledger.gone('orders', 0, 0, 7);
    completed(1, -1);
    ledger.read('orders', 0, [numbered(4)]);
    ledger.reached('orders', 0, 8, null);
    expect(ledger.counts).toMatchObject({ gone: 2, ackedAndMissing: 2, ackedAndAwaited: 0 });
  });

  it('where a leader has cut off what was read, it waits for what is written there since', () => {
    const { ledger, completed } = runOf([0, 1, 2, 3]);
    completed(0);
    ledger.read('orders', 0, [numbered(0), numbered(1)]);
    ledger.reached('orders', 0, 2, null);
    ledger.cutOff('orders', 0, 0, 2);
    completed(1, 0);
    expect(ledger.counts).toMatchObject({ cutOffsets: 2, ackedAndPresent: 2, ackedAndAwaited: 2 });
    ledger.read('orders', 0, [numbered(2), numbered(3)]);
    ledger.reached('orders', 0, 2, null);
    expect(ledger.counts).toMatchObject({ ackedAndPresent: 4, ackedAndMissing: 0 });
  });

  it('without an offset, a later record of the partition tells that one is missing', () => {
    const { ledger, completed } = runOf([0, 1, 2, 3]);
    completed(0, -1);
    ledger.read('orders', 0, [numbered(1)]);
    ledger.reached('orders', 0, 1, null);
    expect(ledger.counts).toMatchObject({ ackedAndPresent: 1, ackedAndAwaited: 1 });
    ledger.read('orders', 0, [numbered(2)]);
    ledger.reached('orders', 0, 2, null);
    expect(ledger.counts).toMatchObject({ ackedAndMissing: 1, ackedAndAwaited: 0 });
  });

  it('takes records without a number for present when the log goes on behind them, and says so', () => {
    const { ledger, tape, completed, follow } = runOf([0, 1]);
    for (const record of [0, 1]) tape.writer('record.serialized')(recordId(record), 0, 10, 1);
    follow();
    ledger.reached('orders', 0, 2, null);
    completed(0);
    expect(ledger.counts).toMatchObject({ ackedAndPresent: 2, byOffset: 2, ackedAndMissing: 0 });
  });

  it('knows partitions by their topic, and keeps account of each', () => {
    const tape = new EventTape();
    const ledger = new Ledger(RUN);
    tape.writer('partition.named')(tpId(0), 'invoices', 0);
    tape.writer('partition.named')(tpId(1), 'orders', 0);
    for (const i of [0, 1]) {
      tape.writer('batch.created')(batchId(i), clientId(0), tpId(i), 100, null);
      tape.writer('record.sent')(recordId(i), threadId(0), -1, 10);
      tape.writer('record.appended')(recordId(i), batchId(i), 80, 0);
      tape.writer('batch.completed')(batchId(i), 0, -1, false);
    }
    ledger.follow(tape.read(0), tape.endSeq);
    ledger.read('orders', 0, [numbered(1)]);
    ledger.reached('orders', 0, 1, Infinity);
    const ofEach = (): readonly unknown[] =>
      ledger.partitions().map(([tp, { ackedAndPresent, missing }]) => [tp, ackedAndPresent, missing]);
    expect(ledger.counts).toMatchObject({ ackedAndPresent: 1, ackedAndMissing: 1, ackedAndAwaited: 1 });
    ledger.reached('invoices', 0, 1, null);
    expect(ledger.counts).toMatchObject({ ackedAndPresent: 1, ackedAndMissing: 1, ackedAndAwaited: 0 });
    expect(ofEach()).toEqual([
      [0, 0, 1],
      [1, 1, 0],
    ]);
  });

  it('tells what a reader of committed records gets from what is there', () => {
    const { ledger } = runOf([0, 1, 2]);
    ledger.read('orders', 0, [numbered(0), numbered(1), numbered(2)]);
    ledger.readCommitted('orders', 0, [numbered(0), numbered(2), numbered(2)]);
    expect(ledger.counts.committed).toBe(2);
    expect(ledger.list('not-committed', null, 9)).toEqual([1]);
  });

  it('knows the latest records, and of older ones only the counts', () => {
    const tape = new EventTape();
    const ledger = new Ledger(RUN);
    const count = 2_200_000;
    const sent = tape.writer('record.sent');
    for (let i = 0; i < count; i++) sent(recordId(i), threadId(0), -1, 10);
    ledger.follow(tape.read(0), tape.endSeq);
    ledger.read('orders', 0, [numbered(0), numbered(count - 1), numbered(count)]);
    expect(ledger.counts).toMatchObject({ sent: count, pendingAndPresent: 1, forgotten: 2 });
  });

  it('counts every copy beyond the first, and order by partition', () => {
    const { ledger } = runOf([0, 1, 2, 3]);
    ledger.read('orders', 0, [numbered(0), numbered(2), numbered(0), numbered(1)]);
    ledger.read('orders', 1, [numbered(3)]);
    expect(ledger.counts).toMatchObject({ duplicated: 1, outOfOrder: 1 });
  });

  it('takes the order of the appends, which threads may reach in another order than they began', () => {
    const { ledger } = runOf([1, 0]);
    ledger.read('orders', 0, [numbered(1), numbered(0)]);
    expect(ledger.counts.outOfOrder).toBe(0);
  });

  it('passes over other runs and records without a number', () => {
    const { ledger } = runOf([0]);
    ledger.read('orders', 0, [numbered(0, 1), { ...numbered(0), headers: [] }]);
    expect(ledger.counts.pendingAndPresent).toBe(0);
  });

  it('follows the records of a batch that was split into its parts', () => {
    const { ledger, tape, completed, failed } = runOf([0, 1]);
    for (const part of [7, 8]) {
      tape.writer('batch.created')(batchId(part), clientId(0), tpId(0), 100, batchId(0));
      tape.writer('batch.closed')(batchId(part), 1, 100);
    }
    tape.writer('batch.split')(batchId(0), 2, 100);
    completed(7);
    failed(8);
    expect(ledger.counts).toMatchObject({ acked: 1, failed: 1, ackedAndMissing: 1 });
    ledger.read('orders', 0, [numbered(0)]);
    expect(ledger.counts).toMatchObject({ ackedAndMissing: 0 });
  });

  it('counts a record with an error of its own once', () => {
    const { ledger, tape, failed, follow } = runOf([0, 1]);
    tape.writer('record.failed')(recordId(0), tpId(0), 'InvalidRecordException', '');
    follow();
    failed(0);
    expect(ledger.counts.failed).toBe(2);
  });
});
