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
    completed: (batch: number) => {
      tape.writer('batch.completed')(batchId(batch), 0, -1, false);
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
    ledger.read(tpId(0), [numbered(0), numbered(2), numbered(4)]);
    failed(1);
    expect(ledger.counts).toEqual({
      sent: 6,
      acked: 2,
      failed: 2,
      ackedAndPresent: 1,
      ackedAndMissing: 1,
      duplicated: 0,
      outOfOrder: 0,
      failedButPresent: 1,
      pendingAndPresent: 1,
    });
    expect(ledger.missing()).toEqual([1]);
    completed(2);
    expect(ledger.counts).toMatchObject({ ackedAndPresent: 2, ackedAndMissing: 2, pendingAndPresent: 0 });
  });

  it('counts every copy beyond the first, and order by partition', () => {
    const { ledger } = runOf([0, 1, 2, 3]);
    ledger.read(tpId(0), [numbered(0), numbered(2), numbered(0), numbered(1)]);
    ledger.read(tpId(1), [numbered(3)]);
    expect(ledger.counts).toMatchObject({ duplicated: 1, outOfOrder: 1 });
  });

  it('takes the order of the appends, which threads may reach in another order than they began', () => {
    const { ledger } = runOf([1, 0]);
    ledger.read(tpId(0), [numbered(1), numbered(0)]);
    expect(ledger.counts.outOfOrder).toBe(0);
  });

  it('passes over other runs and records without a number', () => {
    const { ledger } = runOf([0]);
    ledger.read(tpId(0), [numbered(0, 1), { ...numbered(0), headers: [] }]);
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
    ledger.read(tpId(0), [numbered(0)]);
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
