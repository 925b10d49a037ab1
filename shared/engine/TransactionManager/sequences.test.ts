import { expect, test } from 'vitest';
import { JavaException } from '#record/exceptions';
import { Fixture } from '#testing/TransactionFixture';
import { incrementSequence } from './TxnPartitionEntry.ts';

const failed = new JavaException('TimeoutException', 'too late');

test('sequences wrap from the largest int to 0', () => {
  expect(incrementSequence(0, 5)).toBe(5);
  expect(incrementSequence(2147483646, 1)).toBe(2147483647);
  expect(incrementSequence(2147483647, 1)).toBe(0);
  expect(incrementSequence(2147483640, 10)).toBe(2);
});

test('sequences count records, and an acknowledged batch is no longer in flight', () => {
  const fixture = new Fixture().withProducerId();
  const { manager } = fixture;
  const tp = fixture.tp(0);
  const first = fixture.drained(tp, 3);
  const second = fixture.drained(tp, 2);
  expect([first.baseSequence(), second.baseSequence(), manager.sequenceNumber(tp)]).toEqual([0, 3, 5]);
  expect(manager.firstInFlightSequence(tp)).toBe(0);
  // The answers may come in the other order.
  manager.handleCompletedBatch(second, fixture.partitionResponse(tp, { baseOffset: 10 }));
  manager.handleCompletedBatch(first, fixture.partitionResponse(tp, { baseOffset: 7 }));
  expect([manager.lastAckedSequence(tp), manager.lastAckedOffset(tp)]).toEqual([4, 11]);
  expect(manager.firstInFlightSequence(tp)).toBe(-1);
  expect(fixture.told('batch.stamped', 'sequence.moved')).toEqual([
    'sequence.moved 0 0 3 -1 false',
    'batch.stamped 0 7 0 0 drained',
    'sequence.moved 0 0 5 -1 false',
    'batch.stamped 1 7 0 3 drained',
    'sequence.moved 0 0 5 4 false',
  ]);
});

test('a failed batch of an idempotent producer bumps the epoch: what is in flight is stamped from 0', () => {
  const fixture = new Fixture().withProducerId();
  const { manager } = fixture;
  const tp = fixture.tp(0);
  const other = fixture.tp(1);
  const [first, second, third] = [1, 2, 4].map((records) => fixture.drained(tp, records));
  const elsewhere = fixture.drained(other, 1);
  if (first === undefined || second === undefined || third === undefined) throw new Error('drained');
  manager.handleFailedBatch(first, new JavaException('RecordTooLargeException', 'x'), true);
  // Not at once: at the start of the sender's next iteration.
  expect(second.baseSequence()).toBe(1);
  manager.bumpIdempotentEpochAndResetIdIfNeeded();
  expect([second, third].map((batch) => [batch.producerEpoch(), batch.baseSequence()])).toEqual([
    [1, 0],
    [1, 2],
  ]);
  expect(second.sequenceHasBeenReset()).toBe(true);
  expect(manager.sequenceNumber(tp)).toBe(6);
  // The other partition keeps its epoch until nothing of it is in flight.
  expect([elsewhere.producerEpoch(), manager.hasStaleProducerIdAndEpoch(other)]).toEqual([0, true]);
  manager.maybeUpdateProducerIdAndEpoch(other);
  expect(manager.producerIdAndEpoch(other).epoch).toBe(0);
  manager.handleCompletedBatch(elsewhere, fixture.partitionResponse(other, { baseOffset: 0 }));
  const next = fixture.drained(other, 1);
  expect([next.producerEpoch(), next.baseSequence()]).toEqual([1, 0]);
  expect(fixture.told('epoch.bumped')).toEqual(['epoch.bumped 0 1 0 batch-failed']);
});

test('with transactions, the sequences of a refused batch are given out again', () => {
  const fixture = new Fixture({ transactionalId: 'x' }).initialized();
  const { manager } = fixture;
  const tp = fixture.tp(0);
  manager.beginTransaction();
  manager.maybeAddPartition(tp);
  const [first, second, third] = [1, 2, 4].map((records) => fixture.drained(tp, records));
  if (first === undefined || second === undefined || third === undefined) throw new Error('drained');
  manager.handleFailedBatch(second, new JavaException('InvalidRecordException', 'x'), true);
  expect([first.baseSequence(), third.baseSequence(), manager.sequenceNumber(tp)]).toEqual([0, 1, 5]);
  expect(manager.state()).toBe('ABORTABLE_ERROR');
  expect(fixture.told('batch.stamped').at(-1)).toBe('batch.stamped 2 7 0 1 sequence-adjusted');
});

test('an expired batch that was acknowledged after all resolves its partition', () => {
  const fixture = new Fixture().withProducerId();
  const { manager } = fixture;
  const tp = fixture.tp(0);
  const expired = fixture.drained(tp, 2);
  const behind = fixture.drained(tp, 3);
  manager.handleFailedBatch(expired, failed, false);
  manager.markSequenceUnresolved(expired);
  manager.maybeResolveSequences();
  expect(manager.hasUnresolvedSequence(tp)).toBe(true);
  manager.handleCompletedBatch(behind, fixture.partitionResponse(tp, { baseOffset: 5 }));
  manager.maybeResolveSequences();
  expect([manager.hasUnresolvedSequences(), manager.clientSideEpochBumpRequired]).toEqual([false, false]);
});

test('when all that was in flight expired, only a new epoch helps', () => {
  const fixture = new Fixture().withProducerId();
  const { manager } = fixture;
  const tp = fixture.tp(0);
  const expired = fixture.drained(tp, 2);
  manager.handleFailedBatch(expired, failed, false);
  manager.markSequenceUnresolved(expired);
  manager.maybeResolveSequences();
  manager.bumpIdempotentEpochAndResetIdIfNeeded();
  expect([manager.hasUnresolvedSequences(), manager.sequenceNumber(tp)]).toEqual([false, 0]);
  expect(fixture.told('epoch.bumped')).toEqual(['epoch.bumped 0 1 0 unresolved-sequence']);
});

test.each([
  {
    transactionVersion: 2,
    coordinatorVersion: 5,
    state: 'ABORTABLE_ERROR',
    bumps: false,
    says: 'It is safe',
  },
  { transactionVersion: 1, coordinatorVersion: 5, state: 'ABORTABLE_ERROR', bumps: true, says: 'It is safe' },
  { transactionVersion: 1, coordinatorVersion: 2, state: 'FATAL_ERROR', bumps: false, says: "It isn't safe" },
])('unresolved with transactions of version $transactionVersion: $state', (row) => {
  const fixture = new Fixture({ transactionalId: 'x', transactionVersion: row.transactionVersion });
  const { manager } = fixture.initialized();
  manager.coordinatorSupportsBumpingEpoch = row.coordinatorVersion >= 3;
  const tp = fixture.tp(0);
  manager.beginTransaction();
  manager.maybeAddPartition(tp);
  const expired = fixture.drained(tp, 1);
  manager.removeInFlightBatch(expired);
  manager.markSequenceUnresolved(expired);
  manager.maybeResolveSequences();
  expect([manager.state(), manager.clientSideEpochBumpRequired]).toEqual([row.state, row.bumps]);
  expect(manager.lastError()?.text).toContain(row.says);
});

test('epochs end at 32767: then a new producer id is asked for', () => {
  const fixture = new Fixture().withProducerId();
  const { manager } = fixture;
  const tp = fixture.tp(0);
  for (let epoch = 1; epoch <= 32767; epoch++) {
    manager.clientSideEpochBumpRequired = true;
    manager.bumpIdempotentEpochAndResetIdIfNeeded();
  }
  expect(manager.producerIdAndEpoch().epoch).toBe(32767);
  const batch = fixture.drained(tp, 1);
  manager.handleFailedBatch(batch, new JavaException('OutOfOrderSequenceException', 'x'), true);
  fixture.onSender(() => manager.bumpIdempotentEpochAndResetIdIfNeeded());
  expect(manager.state()).toBe('INITIALIZING');
  expect(fixture.producerIdGiven(8, 0)).toMatchObject({ producerId: -1, producerEpoch: -1 });
  expect(manager.producerIdAndEpoch().toString()).toBe('(producerId=8, epoch=0)');
});
