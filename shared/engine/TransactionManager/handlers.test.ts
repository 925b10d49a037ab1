import { describe, expect, test } from 'vitest';
import { EPOCH_MS } from '#base/time';
import type { ErrorName } from '#record/Errors';
import { Fixture, seen, thrownBy } from '#testing/TransactionFixture';

/** retry: the same request again. find: first the coordinator. Otherwise the state and the error after it. */
type Outcome = readonly [after: string, exception?: string, text?: string];

function outcomeOf({ manager }: Fixture): Outcome {
  const queued = [...manager.pendingRequests].map((request) => request.body.api);
  const error = manager.lastError();
  if (error !== null) return [manager.state(), error.exception, error.text ?? ''];
  if (queued.includes('FIND_COORDINATOR')) return [queued.length > 1 ? 'find' : 'find alone'];
  return [queued.length > 0 ? 'retry' : manager.state()];
}

const FENCED = 'There is a newer producer with the same transactionalId which fences the current one.';
const ABORTABLE =
  'The server encountered an error with the transaction. The client can abort the transaction to continue using this transactional ID.';

const expectOutcome = (fixture: Fixture, expected: Outcome): void => {
  const outcome = outcomeOf(fixture);
  expect(outcome.slice(0, expected.length)).toEqual(expected);
};

describe('InitProducerId', () => {
  const rows: readonly (readonly [ErrorName, ...Outcome])[] = [
    ['NONE', 'READY'],
    ['NOT_COORDINATOR', 'find'],
    ['COORDINATOR_NOT_AVAILABLE', 'find'],
    ['COORDINATOR_LOAD_IN_PROGRESS', 'retry'],
    ['CONCURRENT_TRANSACTIONS', 'retry'],
    ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'ABORTABLE_ERROR', 'TransactionalIdAuthorizationException'],
    ['CLUSTER_AUTHORIZATION_FAILED', 'ABORTABLE_ERROR', 'ClusterAuthorizationException'],
    ['INVALID_PRODUCER_EPOCH', 'FATAL_ERROR', 'ProducerFencedException', FENCED],
    ['PRODUCER_FENCED', 'FATAL_ERROR', 'ProducerFencedException', FENCED],
    ['TRANSACTION_ABORTABLE', 'ABORTABLE_ERROR', 'TransactionAbortableException', ABORTABLE],
    [
      'INVALID_TRANSACTION_TIMEOUT',
      'FATAL_ERROR',
      'KafkaException',
      'Unexpected error in InitProducerIdResponse; The transaction timeout is larger than the maximum value ' +
        'allowed by the broker (as configured by transaction.max.timeout.ms).',
    ],
  ];
  for (const [error, ...expected] of rows)
    test(`${error} → ${expected[0]}`, () => {
      const fixture = new Fixture({ transactionalId: 'x' });
      fixture.manager.initializeTransactions(false);
      fixture.producerIdGiven(7, 0, error);
      expectOutcome(fixture, expected);
    });

  test('the idempotent one goes to any broker, and keeps no coordinator', () => {
    const fixture = new Fixture();
    fixture.onSender(() => fixture.manager.bumpIdempotentEpochAndResetIdIfNeeded());
    const handler = fixture.send();
    expect(handler.needsCoordinator()).toBe(false);
    expect(handler.body).toEqual({
      api: 'INIT_PRODUCER_ID',
      transactionalId: null,
      transactionTimeoutMs: 2147483647,
      producerId: -1,
      producerEpoch: -1,
    });
  });
});

describe('FindCoordinator', () => {
  const rows: readonly (readonly [ErrorName, 'transaction' | 'group', ...Outcome])[] = [
    ['NONE', 'transaction', 'IN_TRANSACTION'],
    ['COORDINATOR_NOT_AVAILABLE', 'transaction', 'find alone'],
    [
      'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
      'transaction',
      'FATAL_ERROR',
      'TransactionalIdAuthorizationException',
    ],
    [
      'GROUP_AUTHORIZATION_FAILED',
      'group',
      'ABORTABLE_ERROR',
      'GroupAuthorizationException',
      'Not authorized to access group: g',
    ],
    ['TRANSACTION_ABORTABLE', 'transaction', 'ABORTABLE_ERROR', 'TransactionAbortableException'],
    [
      'INVALID_REQUEST',
      'group',
      'FATAL_ERROR',
      'KafkaException',
      'Could not find a coordinator with type GROUP with key g due to unexpected error: no such thing',
    ],
  ];
  for (const [error, type, ...expected] of rows)
    test(`${error} of a ${type} → ${expected[0]}`, () => {
      const fixture = new Fixture({ transactionalId: 'x' }).initialized();
      const { manager } = fixture;
      manager.beginTransaction();
      if (type === 'transaction') manager.lookupTransactionCoordinator();
      else {
        manager.sendOffsetsToTransaction(new Map(), { groupId: 'g', generationId: -1, memberId: '' });
        manager.lookupCoordinator(fixture.send());
        manager.inFlightRequest = null;
      }
      expect(manager.coordinator(type)).toBeNull();
      fixture.coordinatorFound(error, 'no such thing');
      expectOutcome(fixture, expected);
      if (error === 'NONE') expect(manager.coordinator(type)).toBe(0);
    });
});

describe('AddPartitionsToTxn', () => {
  const begun = (...partitions: readonly number[]): Fixture => {
    const fixture = new Fixture({ transactionalId: 'x', transactionVersion: 1 }).initialized();
    fixture.manager.beginTransaction();
    for (const partition of partitions) fixture.manager.maybeAddPartition(fixture.tp(partition));
    return fixture;
  };
  const rows: readonly (readonly [ErrorName, ...Outcome])[] = [
    ['NONE', 'IN_TRANSACTION'],
    ['NOT_COORDINATOR', 'find'],
    ['CONCURRENT_TRANSACTIONS', 'retry'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'retry'],
    ['INVALID_PRODUCER_EPOCH', 'FATAL_ERROR', 'ProducerFencedException'],
    ['PRODUCER_FENCED', 'FATAL_ERROR', 'ProducerFencedException'],
    ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'FATAL_ERROR', 'TransactionalIdAuthorizationException'],
    ['INVALID_TXN_STATE', 'FATAL_ERROR', 'InvalidTxnStateException'],
    ['INVALID_PRODUCER_ID_MAPPING', 'FATAL_ERROR', 'InvalidPidMappingException'],
    ['UNKNOWN_PRODUCER_ID', 'ABORTABLE_ERROR', 'UnknownProducerIdException'],
    ['TRANSACTION_ABORTABLE', 'ABORTABLE_ERROR', 'TransactionAbortableException'],
    [
      'TOPIC_AUTHORIZATION_FAILED',
      'ABORTABLE_ERROR',
      'TopicAuthorizationException',
      'Not authorized to access topics: [t]',
    ],
    [
      'UNKNOWN_SERVER_ERROR',
      'ABORTABLE_ERROR',
      'KafkaException',
      'Could not add partitions to transaction due to errors: {t-1=UNKNOWN_SERVER_ERROR, t-0=UNKNOWN_SERVER_ERROR}',
    ],
  ];
  for (const [error, ...expected] of rows)
    test(`${error} → ${expected[0]}`, () => {
      const fixture = begun(0, 1);
      const asked = fixture.partitionsAdded([0, error], [1, error]);
      expect(asked).toMatchObject({ producerId: 7, producerEpoch: 0 });
      expectOutcome(fixture, expected);
      expect(fixture.manager.transactionContainsPartition(fixture.tp(0))).toBe(error === 'NONE');
    });

  test('only the first one of a transaction is soon repeated after CONCURRENT_TRANSACTIONS', () => {
    const fixture = begun(0);
    fixture.partitionsAdded([0, 'CONCURRENT_TRANSACTIONS']);
    const again = fixture.send();
    expect([again.isRetry(), again.retryBackoffMs()]).toEqual([true, 20]);
    fixture.manager.retry(again);
    fixture.manager.inFlightRequest = null;
    fixture.partitionsAdded([0, 'NONE']);
    fixture.manager.maybeAddPartition(fixture.tp(1));
    fixture.partitionsAdded([1, 'CONCURRENT_TRANSACTIONS']);
    expect(fixture.send().retryBackoffMs()).toBe(100);
  });

  test('one that was not attempted fails with the others, and none of them stays pending', () => {
    const fixture = begun(0, 1);
    fixture.partitionsAdded([0, 'OPERATION_NOT_ATTEMPTED'], [1, 'TOPIC_AUTHORIZATION_FAILED']);
    expect(fixture.manager.lastError()?.exception).toBe('TopicAuthorizationException');
    expect(fixture.manager.hasPartitionsToAdd()).toBe(false);
  });
});

describe('EndTxn', () => {
  const rows: readonly (readonly [ErrorName, boolean, ...Outcome])[] = [
    ['NONE', true, 'READY'],
    ['NOT_COORDINATOR', true, 'find'],
    ['CONCURRENT_TRANSACTIONS', true, 'retry'],
    ['INVALID_PRODUCER_EPOCH', true, 'FATAL_ERROR', 'ProducerFencedException'],
    ['PRODUCER_FENCED', false, 'FATAL_ERROR', 'ProducerFencedException'],
    ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', true, 'FATAL_ERROR', 'TransactionalIdAuthorizationException'],
    ['INVALID_TXN_STATE', false, 'FATAL_ERROR', 'InvalidTxnStateException'],
    ['INVALID_PRODUCER_ID_MAPPING', true, 'FATAL_ERROR', 'InvalidPidMappingException'],
    ['UNKNOWN_PRODUCER_ID', true, 'ABORTABLE_ERROR', 'UnknownProducerIdException'],
    ['TRANSACTION_ABORTABLE', true, 'ABORTABLE_ERROR', 'TransactionAbortableException'],
    ['TRANSACTION_ABORTABLE', false, 'FATAL_ERROR', 'KafkaException', 'Failed to abort transaction'],
    [
      'UNKNOWN_SERVER_ERROR',
      true,
      'FATAL_ERROR',
      'KafkaException',
      'Unhandled error in EndTxnResponse: The server experienced an unexpected error when processing the request.',
    ],
  ];
  for (const [error, commit, ...expected] of rows)
    test(`${error}, commit ${commit} → ${expected[0]}`, () => {
      const fixture = new Fixture({ transactionalId: 'x' }).initialized();
      const { manager } = fixture;
      manager.beginTransaction();
      manager.maybeAddPartition(fixture.tp(0));
      if (commit) manager.beginCommit();
      else manager.beginAbort();
      fixture.transactionEnded(7, 1, error);
      expectOutcome(fixture, expected);
    });
});

describe('AddOffsetsToTxn and TxnOffsetCommit', () => {
  const group = { groupId: 'g', generationId: 3, memberId: 'm' };
  const begun = (transactionVersion: number) => {
    const fixture = new Fixture({ transactionalId: 'x', transactionVersion }).initialized();
    fixture.manager.beginTransaction();
    const offsets = new Map([
      [fixture.tp(0), { offset: 5, metadata: '' }],
      [fixture.tp(1), { offset: 6, metadata: '' }],
    ]);
    return { fixture, result: fixture.manager.sendOffsetsToTransaction(offsets, group) };
  };
  const commit = (fixture: Fixture, first: ErrorName, second: ErrorName) =>
    fixture.answer({
      api: 'TXN_OFFSET_COMMIT',
      throttleTimeMs: 0,
      errors: [
        { tp: fixture.tp(0), error: first },
        { tp: fixture.tp(1), error: second },
      ],
    });
  const added = (fixture: Fixture, error: ErrorName) =>
    fixture.answer({ api: 'ADD_OFFSETS_TO_TXN', throttleTimeMs: 0, error });

  const addRows: readonly (readonly [ErrorName, ...Outcome])[] = [
    ['NONE', 'retry'],
    ['COORDINATOR_NOT_AVAILABLE', 'find'],
    ['COORDINATOR_LOAD_IN_PROGRESS', 'retry'],
    ['UNKNOWN_PRODUCER_ID', 'ABORTABLE_ERROR', 'UnknownProducerIdException'],
    ['PRODUCER_FENCED', 'FATAL_ERROR', 'ProducerFencedException'],
    ['INVALID_TXN_STATE', 'FATAL_ERROR', 'InvalidTxnStateException'],
    ['GROUP_AUTHORIZATION_FAILED', 'ABORTABLE_ERROR', 'GroupAuthorizationException'],
    ['TRANSACTION_ABORTABLE', 'ABORTABLE_ERROR', 'TransactionAbortableException'],
    ['INVALID_REQUEST', 'FATAL_ERROR', 'KafkaException'],
  ];
  for (const [error, ...expected] of addRows)
    test(`AddOffsetsToTxn ${error} → ${expected[0]}`, () => {
      const { fixture } = begun(1);
      added(fixture, error);
      expectOutcome(fixture, expected);
    });

  test('version 1: the call returns when the offsets are committed', () => {
    const { fixture, result } = begun(1);
    added(fixture, 'NONE');
    expect(result.isCompleted()).toBe(false);
    expect(commit(fixture, 'NONE', 'NONE')).toMatchObject({ maxVersion: 4, generationId: 3, memberId: 'm' });
    expect(result.isSuccessful()).toBe(true);
  });

  const commitRows: readonly (readonly [ErrorName, ...Outcome])[] = [
    ['UNKNOWN_TOPIC_OR_PARTITION', 'retry'],
    ['NOT_COORDINATOR', 'find'],
    ['REQUEST_TIMED_OUT', 'find'],
    ['GROUP_AUTHORIZATION_FAILED', 'ABORTABLE_ERROR', 'GroupAuthorizationException'],
    ['FENCED_INSTANCE_ID', 'ABORTABLE_ERROR', 'FencedInstanceIdException'],
    [
      'ILLEGAL_GENERATION',
      'ABORTABLE_ERROR',
      'CommitFailedException',
      'Transaction offset Commit failed due to consumer group metadata mismatch: Specified group generation id is not valid.',
    ],
    ['INVALID_PRODUCER_EPOCH', 'FATAL_ERROR', 'ProducerFencedException'],
    ['UNSUPPORTED_FOR_MESSAGE_FORMAT', 'FATAL_ERROR', 'UnsupportedForMessageFormatException'],
    ['OFFSET_METADATA_TOO_LARGE', 'FATAL_ERROR', 'KafkaException'],
  ];
  for (const [error, ...expected] of commitRows)
    test(`TxnOffsetCommit ${error} → ${expected[0]}`, () => {
      const { fixture } = begun(2);
      commit(fixture, 'NONE', error);
      expectOutcome(fixture, expected);
      expect(fixture.manager.hasPendingOffsetCommits()).toBe(fixture.manager.lastError() === null);
    });
});

describe('what became of a request', () => {
  test('a lost one finds its coordinator anew and is sent again', () => {
    const fixture = new Fixture({ transactionalId: 'x' }).initialized();
    fixture.manager.beginTransaction();
    fixture.manager.maybeAddPartition(fixture.tp(0));
    fixture.manager.beginCommit();
    fixture.lose('disconnected');
    expect(outcomeOf(fixture)).toEqual(['find']);
    expect(fixture.manager.coordinator('transaction')).toBeNull();
    expect(fixture.coordinatorFound()).toMatchObject({ api: 'FIND_COORDINATOR', key: 'x' });
    expect(fixture.send().isRetry()).toBe(true);
  });

  test('a version that no broker knows is fatal', () => {
    const fixture = new Fixture({ transactionalId: 'x' });
    fixture.manager.initializeTransactions(false);
    fixture.lose('version-mismatch');
    expect(outcomeOf(fixture).slice(0, 2)).toEqual(['FATAL_ERROR', 'UnsupportedVersionException']);
  });

  test('a call that times out stays pending until it is repeated and its outcome seen', () => {
    const fixture = new Fixture({ transactionalId: 'x' });
    const { manager } = fixture;
    const result = manager.initializeTransactions(false);
    const call = result.await(50, 'Try harder.');
    expect(call.next().value).toMatchObject({ on: 'transaction', untilUs: 50_000 });
    fixture.nowMs = EPOCH_MS + 50;
    expect(thrownBy(() => call.next())).toBe(
      'TimeoutException: Timeout expired after 50ms while awaiting InitProducerId. Try harder.',
    );
    expect(thrownBy(() => manager.beginTransaction())).toBe(
      'IllegalStateException: Cannot attempt operation `beginTransaction` because the previous call to ' +
        '`initTransactions` timed out and must be retried',
    );
    expect(manager.initializeTransactions(false)).toBe(result);
    fixture.producerIdGiven(7, 0);
    seen(result);
    manager.beginTransaction();
    expect(manager.state()).toBe('IN_TRANSACTION');
  });
});
