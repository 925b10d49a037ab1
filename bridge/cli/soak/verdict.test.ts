/** Hand-made runs: what their events explain, and that what they do not is found. */
import { expect, test } from 'vitest';
import { HandMadeLog } from '#testing/HandMadeLog';
import { LEDGER_HEADER_KEY } from '../../RecordContents.ts';
import { EventChains } from './EventChains.ts';
import { Recount } from './Recount.ts';
import { verdictOf, type Verdict } from './verdict.ts';

const RUN = 77;
const S = 1_000_000;

function numbered(record: number) {
  const value = Buffer.alloc(8);
  value.writeUInt32BE(RUN, 0);
  value.writeUInt32BE(record, 4);
  const headers = [{ key: LEDGER_HEADER_KEY, value }];
  return { offset: 0, timestampMs: 0, key: null, value: null, headers };
}

type End = 'lost' | 'NONE' | 'NOT_ENOUGH_REPLICAS' | 'NOT_LEADER_OR_FOLLOWER';

/** A run of batches with one record each, which has the batch's number, in one partition. */
class Run {
  private readonly log = new HandMadeLog();
  private requests = 0;

  constructor() {
    this.log.write('leader.elected', { tp: 0, leader: 1, leaderEpoch: 0 });
  }

  sends(batch: number): this {
    this.log.write('record.sent', { record: batch }).write('batch.created', { batch, tp: 0 });
    this.log.write('record.appended', { record: batch, batch });
    return this;
  }

  /** `sequence` null: without idempotence. */
  goes(batch: number, sequence: number | null, end: End): this {
    const request = this.requests++;
    if (sequence !== null)
      this.log.write('batch.stamped', { batch, producerId: 5, producerEpoch: 0, baseSequence: sequence });
    this.log.after(S).write('request.sent', { request, node: 1, api: 'PRODUCE' });
    this.log.write('request.carried', { request, batch }).after(S);
    if (end === 'lost') this.log.write('request.lost', { request, by: 'timed-out' });
    else this.log.write('response.answered', { request, batch, error: end });
    return this;
  }

  acked(batch: number): this {
    this.log.write('batch.completed', { batch });
    return this;
  }

  failed(batch: number): this {
    this.log.write('batch.failed', { batch, expired: true });
    return this;
  }

  bumps(): this {
    this.log.write('epoch.bumped', { because: 'expired' });
    return this;
  }

  elects(node: number, afterUs: number): this {
    this.log.after(afterUs).write('leader.elected', { tp: 0, leader: node, leaderEpoch: 1 });
    return this;
  }

  /** The log holds these records, in this order. */
  holding(records: readonly number[], run: { mayLose?: boolean; isIdempotent?: boolean } = {}): Verdict {
    const chains = new EventChains();
    const events = this.log.tape.read(0);
    while (events.seq < this.log.tape.endSeq) chains.take(events.next());
    const recount = new Recount(RUN, (record) => chains.order(record));
    recount.read(0, records.map(numbered));
    const { mayLose = false, isIdempotent = true } = run;
    const counted = (ledger: Parameters<typeof verdictOf>[0]['ledger']): Verdict =>
      verdictOf({ chains, recount, ledger, mayLose, isIdempotent });
    const nothing = { acked: 0, ackedAndMissing: 0, duplicated: 0, outOfOrder: 0, failedButPresent: 0 };
    const { counts } = counted(nothing);
    // A ledger that agrees: what it says is for another test.
    return counted({ ...counts, ackedAndMissing: counts.missing });
  }
}

test('what was acknowledged once and stands there once, in order, needs no explanation', () => {
  const run = new Run().sends(0).goes(0, 0, 'NONE').acked(0).sends(1).goes(1, 1, 'NONE').acked(1);
  expect(run.holding([0, 1]).counts).toEqual({
    records: 2,
    acked: 2,
    missing: 0,
    duplicated: 0,
    outOfOrder: 0,
    failedButPresent: 0,
    unexplained: 0,
  });
});

test('a copy for each time it went out without a sequence; with one, a single copy', () => {
  const twice = (sequence: number | null): Run =>
    new Run().sends(0).goes(0, sequence, 'lost').goes(0, sequence, 'NONE').acked(0);
  expect(twice(null).holding([0, 0], { isIdempotent: false }).counts).toMatchObject({
    duplicated: 1,
    unexplained: 0,
  });
  expect(twice(null).holding([0, 0, 0], { isIdempotent: false }).counts).toMatchObject({
    duplicated: 2,
    unexplained: 1,
  });
  const { counts, riddles } = twice(3).holding([0, 0]);
  expect(counts).toMatchObject({ duplicated: 1, unexplained: 1 });
  expect(riddles[0]).toContain('record 0 stands there 2 times');
  // A bumped epoch gave it another sequence.
  const bumped = new Run().sends(0).goes(0, 3, 'lost').bumps().goes(0, 0, 'NONE').acked(0);
  expect(bumped.holding([0, 0]).counts).toMatchObject({ duplicated: 1, unexplained: 0 });
  expect([...bumped.holding([0, 0]).bumps]).toEqual([['expired', 1]]);
});

test('failed and yet stored: only when it may have arrived', () => {
  const failed = (end: End): Verdict => new Run().sends(0).goes(0, 0, end).failed(0).holding([0]);
  expect(failed('lost').counts).toMatchObject({ failedButPresent: 1, unexplained: 0 });
  expect(failed('NOT_LEADER_OR_FOLLOWER').counts).toMatchObject({ failedButPresent: 1, unexplained: 0 });
  expect(failed('NOT_ENOUGH_REPLICAS').counts).toMatchObject({ failedButPresent: 1, unexplained: 1 });
  expect(new Run().sends(0).failed(0).holding([0]).counts.unexplained).toBe(1);
});

test('a loss: never with acks=all, and else when its leader was replaced soon after', () => {
  const lost = (afterUs: number, mayLose: boolean): number =>
    new Run()
      .sends(0)
      .goes(0, null, 'NONE')
      .acked(0)
      .elects(2, afterUs)
      .holding([], { mayLose, isIdempotent: false }).counts.unexplained;
  expect(lost(S, true)).toBe(0);
  expect(lost(100 * S, true)).toBe(1);
  expect(lost(S, false)).toBe(1);
});

test('out of order: after a retry, but with idempotence only around an epoch bump', () => {
  const late = (sequence: number | null): Run =>
    new Run().sends(0).sends(1).goes(0, sequence, 'lost').goes(1, sequence, 'NONE').acked(1);
  const end = (run: Run): Run => run.goes(0, 9, 'NONE').acked(0);
  const retried = late(null).goes(0, null, 'NONE').acked(0);
  expect(retried.holding([1, 0], { isIdempotent: false }).counts).toMatchObject({
    outOfOrder: 1,
    unexplained: 0,
  });
  expect(end(late(1)).holding([1, 0]).counts).toMatchObject({ outOfOrder: 1, unexplained: 1 });
  expect(end(late(1).bumps()).holding([1, 0]).counts).toMatchObject({ outOfOrder: 1, unexplained: 0 });
});

test('a ledger that says something else is a riddle of its own', () => {
  const chains = new EventChains();
  const recount = new Recount(RUN, () => 0);
  const ledger = { acked: 1, ackedAndMissing: 0, duplicated: 0, outOfOrder: 2, failedButPresent: 0 };
  const { counts, riddles } = verdictOf({ chains, recount, ledger, mayLose: true, isIdempotent: false });
  expect(counts.unexplained).toBe(2);
  expect(riddles).toContain('outOfOrder: counted 0, but the ledger says 2');
});
