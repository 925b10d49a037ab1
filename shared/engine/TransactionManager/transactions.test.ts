import { expect, test } from 'vitest';
import { JavaException } from '#record/exceptions';
import { Fixture, seen, thrownBy } from '#testing/TransactionFixture';

const queued = ({ manager }: Fixture): readonly string[] =>
  [...manager.pendingRequests].map((request) => request.body.api);

test('version 1: partitions are announced, the epoch stays, sequences go on', () => {
  const fixture = new Fixture({ transactionalId: 'x', transactionVersion: 1 }).initialized();
  const { manager } = fixture;
  const tp = fixture.tp(0);
  manager.beginTransaction();
  manager.maybeAddPartition(tp);
  expect([manager.isSendToPartitionAllowed(tp), manager.isPartitionPendingAdd(tp)]).toEqual([false, true]);
  fixture.partitionsAdded([0, 'NONE']);
  expect(manager.isSendToPartitionAllowed(tp)).toBe(true);
  const batch = fixture.drained(tp, 2);
  const result = manager.beginCommit();
  // Held back while a batch is incomplete.
  expect(manager.nextRequest(true)).toBeNull();
  manager.handleCompletedBatch(batch, fixture.partitionResponse(tp, { baseOffset: 0 }));
  expect(fixture.transactionEnded()).toMatchObject({ committed: true, maxVersion: 4, producerEpoch: 0 });
  seen(result);
  expect([manager.state(), manager.sequenceNumber(tp), manager.isSendToPartitionAllowed(tp)]).toEqual([
    'READY',
    2,
    false,
  ]);
  expect(fixture.told('transaction.joined')).toEqual([
    'transaction.joined 0 0 false',
    'transaction.joined 0 0 true',
  ]);
});

test('version 2: partitions join at once, the end brings the next epoch and sequences start anew', () => {
  const fixture = new Fixture({ transactionalId: 'x' }).initialized();
  const { manager } = fixture;
  const tp = fixture.tp(0);
  manager.beginTransaction();
  manager.maybeAddPartition(tp);
  expect([manager.isSendToPartitionAllowed(tp), manager.hasPendingRequests()]).toEqual([true, false]);
  manager.handleCompletedBatch(fixture.drained(tp, 2), fixture.partitionResponse(tp, { baseOffset: 0 }));
  const result = manager.beginAbort();
  expect(fixture.transactionEnded(7, 1)).not.toHaveProperty('maxVersion');
  seen(result);
  expect([manager.producerIdAndEpoch().epoch, manager.sequenceNumber(tp)]).toEqual([1, 0]);
  expect(fixture.told('epoch.bumped', 'producerId.assigned')).toEqual([
    'producerId.assigned 0 7 0',
    'epoch.bumped 0 1  transaction-ended',
  ]);
});

test('a transaction without a record ends without a request', () => {
  const fixture = new Fixture({ transactionalId: 'x' }).initialized();
  const { manager } = fixture;
  manager.beginTransaction();
  const result = manager.beginCommit();
  expect(manager.nextRequest(false)).toBeNull();
  seen(result);
  expect(manager.state()).toBe('READY');
});

test('version 1: after an error the abort is followed by a request for a higher epoch', () => {
  const fixture = new Fixture({ transactionalId: 'x', transactionVersion: 1 }).initialized();
  const { manager } = fixture;
  const tp = fixture.tp(0);
  manager.beginTransaction();
  manager.maybeAddPartition(tp);
  fixture.partitionsAdded([0, 'NONE']);
  const batch = fixture.drained(tp, 1);
  fixture.onSender(() =>
    manager.handleFailedBatch(batch, new JavaException('TimeoutException', 'expired'), false),
  );
  expect(manager.lastError()?.exception).toBe('TransactionAbortableException');
  expect(manager.lastError()?.because?.text).toBe('expired');
  expect(thrownBy(() => manager.maybeAddPartition(tp))).toBe(
    'KafkaException: Cannot execute transactional method because we are in an error state',
  );
  expect(thrownBy(() => manager.beginCommit())).toContain('because we are in an error state');
  const result = manager.beginAbort();
  expect(queued(fixture)).toEqual(['END_TXN', 'INIT_PRODUCER_ID']);
  fixture.transactionEnded();
  expect(manager.state()).toBe('INITIALIZING');
  expect(result.isCompleted()).toBe(false);
  expect(fixture.producerIdGiven(7, 1)).toMatchObject({ producerId: 7, producerEpoch: 0 });
  seen(result);
  expect([manager.state(), manager.sequenceNumber(tp)]).toEqual(['READY', 0]);
});

test('an upgrade of the cluster takes effect with the next transaction, under a new epoch', () => {
  const fixture = new Fixture({ transactionalId: 'x', transactionVersion: 1 }).initialized();
  const { manager } = fixture;
  manager.beginTransaction();
  manager.maybeAddPartition(fixture.tp(0));
  fixture.partitionsAdded([0, 'NONE']);
  fixture.finalizeTransactionVersion(2);
  const result = manager.beginCommit();
  expect(fixture.transactionEnded()).toMatchObject({ maxVersion: 4 });
  fixture.producerIdGiven(7, 1);
  seen(result);
  manager.beginTransaction();
  manager.maybeAddPartition(fixture.tp(0));
  expect([manager.isTransactionV2Enabled(), manager.hasPartitionsToAdd()]).toEqual([true, false]);
});

test.each([
  ['ProducerFencedException', 'FATAL_ERROR'],
  ['ClusterAuthorizationException', 'FATAL_ERROR'],
  ['InvalidPidMappingException', 'FATAL_ERROR'],
  ['UnsupportedVersionException', 'FATAL_ERROR'],
  ['InvalidProducerEpochException', 'ABORTABLE_ERROR'],
  ['RecordTooLargeException', 'ABORTABLE_ERROR'],
] as const)('a batch that fails with %s leads to %s', (exception, state) => {
  const fixture = new Fixture({ transactionalId: 'x' }).initialized();
  fixture.manager.beginTransaction();
  fixture.manager.maybeTransitionToErrorState(new JavaException(exception, 'm'));
  expect([fixture.manager.state(), fixture.manager.lastError()?.exception]).toEqual([state, exception]);
});

test('a fenced producer says so under its own name', () => {
  const fixture = new Fixture({ transactionalId: 'x' }).initialized();
  fixture.manager.beginTransaction();
  fixture.manager.transitionToFatalError(new JavaException('ProducerFencedException', 'm'));
  expect(thrownBy(() => fixture.manager.beginCommit())).toBe(
    "ProducerFencedException: Producer with transactionalId 'x' and (producerId=7, epoch=0) has been fenced by " +
      'another producer with the same transactionalId',
  );
});

test('requests go out by priority: coordinator, producer id, partitions, end, epoch bump', () => {
  const fixture = new Fixture({ transactionalId: 'x', transactionVersion: 1 }).initialized();
  const { manager } = fixture;
  manager.beginTransaction();
  manager.maybeAddPartition(fixture.tp(0));
  fixture.partitionsAdded([0, 'NONE']);
  manager.maybeAddPartition(fixture.tp(1));
  manager.clientSideEpochBumpRequired = true;
  manager.beginCommit();
  manager.lookupTransactionCoordinator();
  const order: string[] = [];
  for (let next = manager.nextRequest(false); next !== null; next = manager.nextRequest(false))
    order.push(next.body.api);
  expect(order).toEqual(['FIND_COORDINATOR', 'ADD_PARTITIONS_TO_TXN', 'END_TXN', 'INIT_PRODUCER_ID']);
});

test('in an error state, requests fail with it; only a coordinator is still looked for', () => {
  const fixture = new Fixture({ transactionalId: 'x', transactionVersion: 1 }).initialized();
  const { manager } = fixture;
  manager.beginTransaction();
  manager.maybeAddPartition(fixture.tp(0));
  manager.lookupTransactionCoordinator();
  manager.transitionToAbortableError(new JavaException('KafkaException', 'm'));
  expect(manager.nextRequest(false)?.body.api).toBe('FIND_COORDINATOR');
  const added = [...manager.pendingRequests][0];
  expect(manager.nextRequest(false)).toBeNull();
  expect(added?.result.error()?.text).toBe('m');
});

test('a forced close fails whoever waits', () => {
  const fixture = new Fixture({ transactionalId: 'x' }).initialized();
  const { manager } = fixture;
  manager.beginTransaction();
  manager.maybeAddPartition(fixture.tp(0));
  const result = manager.beginCommit();
  fixture.onSender(() => manager.close());
  expect(thrownBy(() => seen(result))).toBe('KafkaException: The producer closed forcefully');
});
