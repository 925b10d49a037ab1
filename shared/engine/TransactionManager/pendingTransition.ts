/**
 * A call that timed out stays pending: its request is still on its way. Until its outcome has been seen, the same
 * call again waits for the same result and every other one is refused (§8.2).
 */
import { JavaException } from '#record/exceptions';
import type { State } from './State.ts';
import type { TransactionalRequestResult } from './TransactionalRequestResult.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { ensureTransactional } from './transitionTo.ts';

export interface PendingStateTransition {
  readonly result: TransactionalRequestResult;
  readonly state: State;
  readonly operation: string;
}

function unfinished(manager: TransactionManager): PendingStateTransition | null {
  if (manager.pendingTransition?.result.isAcked() === true) manager.pendingTransition = null;
  return manager.pendingTransition;
}

const refuse = (operation: string, pending: PendingStateTransition): JavaException =>
  new JavaException(
    'IllegalStateException',
    `Cannot attempt operation \`${operation}\` because the previous call to \`${pending.operation}\` ` +
      'timed out and must be retried',
  );

/** @throws JavaException IllegalStateException. */
export function throwIfPendingState(manager: TransactionManager, operation: string): void {
  const pending = unfinished(manager);
  if (pending !== null) throw refuse(operation, pending);
}

/** The result of the same call that is still pending, or that of `begin`. @throws JavaException */
export function handleCachedTransactionRequestResult(
  manager: TransactionManager,
  begin: () => TransactionalRequestResult,
  nextState: State,
  operation: string,
): TransactionalRequestResult {
  ensureTransactional(manager);
  const pending = unfinished(manager);
  if (pending !== null) {
    if (pending.state !== nextState) throw refuse(operation, pending);
    return pending.result;
  }
  const result = begin();
  manager.pendingTransition = { result, state: nextState, operation };
  return result;
}
