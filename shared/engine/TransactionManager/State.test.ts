import { expect, test } from 'vitest';
import { TRANSACTION_STATES } from '#events/words';
import { Fixture, thrownBy } from '#testing/TransactionFixture';
import { isTransitionValid } from './State.ts';

/** Rows: from; columns: to, both in the order of the states. Checked against TransactionManager.State of 4.3.1. */
const ALLOWED = `
  UNINITIALIZED          . x . . . . . . x
  INITIALIZING           . . x . x . . x x
  READY                  x . . x . . . . x
  IN_TRANSACTION         . . . . x x x x x
  PREPARED_TRANSACTION   . . . . . x x . x
  COMMITTING_TRANSACTION . x x . . . . x x
  ABORTING_TRANSACTION   . x x . . . . . x
  ABORTABLE_ERROR        x . . . . . x x x
  FATAL_ERROR            . . . . . . . . x
`;

test('each state may only be entered from those of the table', () => {
  const rows = TRANSACTION_STATES.map((from) => {
    const cells = TRANSACTION_STATES.map((to) => (isTransitionValid(from, to) ? 'x' : '.'));
    return `  ${from.padEnd(22)} ${cells.join(' ')}`;
  });
  expect(`\n${rows.join('\n')}\n`).toBe(ALLOWED);
});

test('an application that errs gets an exception and nothing changes; the sender thread is poisoned', () => {
  const fixture = new Fixture({ transactionalId: 'x' }).initialized();
  const message =
    'IllegalStateException: TransactionalId x: Invalid transition attempted from state READY to state ';
  expect(thrownBy(() => fixture.manager.beginCommit())).toBe(`${message}COMMITTING_TRANSACTION`);
  expect(fixture.manager.state()).toBe('READY');
  fixture.onSender(() =>
    expect(thrownBy(() => fixture.manager.beginAbort())).toBe(`${message}ABORTING_TRANSACTION`),
  );
  expect(fixture.manager.state()).toBe('FATAL_ERROR');
  expect(thrownBy(() => fixture.manager.beginTransaction())).toBe(
    "IllegalStateException: Producer with transactionalId 'x' and (producerId=7, epoch=0) cannot execute " +
      'transactional method because of previous invalid state transition attempt',
  );
});
