/** The moves between the states, and what an error does to a producer (§8.1, §8.5). */
import { JavaException } from '#record/exceptions';
import { isTransitionValid, type State } from './State.ts';
import type { TransactionManager } from './TransactionManager.ts';

function enter(manager: TransactionManager, target: State, error: JavaException | null): void {
  const from = manager.currentState;
  manager.currentState = target;
  manager.currentError = error;
  manager.events.moved(from, target, error);
}

/**
 * An application that asks for an illegal move gets the exception and may go on. On the sender thread nobody is
 * there to catch it, so the manager goes to FATAL_ERROR besides and no transactional call succeeds any more.
 * @throws JavaException IllegalStateException.
 */
export function transitionTo(manager: TransactionManager, target: State, error: JavaException | null): void {
  if (isTransitionValid(manager.currentState, target)) {
    const isError = target === 'FATAL_ERROR' || target === 'ABORTABLE_ERROR';
    if (isError && error === null)
      throw new JavaException(
        'IllegalArgumentException',
        `Cannot transition to ${target} with a null exception`,
      );
    enter(manager, target, isError ? error : null);
    return;
  }
  const transactionalId = manager.transactionalId();
  const who = transactionalId === null ? '' : `TransactionalId ${transactionalId}: `;
  const illegal = new JavaException(
    'IllegalStateException',
    `${who}Invalid transition attempted from state ${manager.currentState} to state ${target}`,
  );
  if (manager.shouldPoisonStateOnInvalidTransition()) enter(manager, 'FATAL_ERROR', illegal);
  throw illegal;
}

/** Nothing once the transaction is being aborted: that is what the error would ask for. */
export function transitionToAbortableError(manager: TransactionManager, exception: JavaException): void {
  if (manager.isAborting()) return;
  transitionTo(manager, 'ABORTABLE_ERROR', exception);
}

export function transitionToFatalError(manager: TransactionManager, exception: JavaException): void {
  transitionTo(manager, 'FATAL_ERROR', exception);
  manager.pendingTransition?.result.fail(exception);
}

/** An authorization was refused that may be granted later: the application may call initTransactions again. */
export function transitionToUninitialized(manager: TransactionManager, exception: JavaException): void {
  transitionTo(manager, 'UNINITIALIZED', null);
  manager.pendingTransition?.result.fail(exception);
}

export function transitionToAbortableErrorOrFatalError(
  manager: TransactionManager,
  abortableException: JavaException,
  fatalException: JavaException,
): void {
  if (!manager.canHandleAbortableError()) {
    transitionToFatalError(manager, fatalException);
    return;
  }
  if (manager.needToTriggerEpochBumpFromClient()) manager.clientSideEpochBumpRequired = true;
  transitionToAbortableError(manager, abortableException);
}

const isFatal = (exception: JavaException): boolean =>
  exception.is('ClusterAuthorizationException') ||
  exception.is('TransactionalIdAuthorizationException') ||
  exception.is('ProducerFencedException') ||
  exception.is('UnsupportedVersionException') ||
  exception.is('InvalidPidMappingException');

/** A batch or a record failed for good: what that means for the producer. */
export function maybeTransitionToErrorState(manager: TransactionManager, exception: JavaException): void {
  if (isFatal(exception)) {
    transitionToFatalError(manager, exception);
    return;
  }
  if (!manager.isTransactional()) return;
  if (manager.needToTriggerEpochBumpFromClient() && !manager.isCompleting())
    manager.clientSideEpochBumpRequired = true;
  // All retries are used up, so the application must not take the error for one to retry (KIP-1050).
  const isForTheApplicationToAbort =
    exception.is('RetriableException') || exception.is('InvalidTxnStateException');
  transitionToAbortableError(
    manager,
    isForTheApplicationToAbort
      ? new JavaException(
          'TransactionAbortableException',
          'Transaction Request was aborted after exhausting retries.',
          exception,
        )
      : exception,
  );
}

/** @throws JavaException when the manager is in an error state: its own class for fencing, else a KafkaException. */
export function maybeFailWithError(manager: TransactionManager): void {
  if (!manager.hasError()) return;
  const error = manager.currentError;
  const who = `Producer with transactionalId '${manager.transactionalId()}' and ${manager.currentId.toString()}`;
  if (error?.is('ProducerFencedException') === true) {
    throw new JavaException(
      'ProducerFencedException',
      `${who} has been fenced by another producer with the same transactionalId`,
    );
  }
  if (error?.is('InvalidProducerEpochException') === true)
    throw new JavaException('InvalidProducerEpochException', `${who} attempted to produce with an old epoch`);
  if (error?.is('IllegalStateException') === true) {
    throw new JavaException(
      'IllegalStateException',
      `${who} cannot execute transactional method because of previous invalid state transition attempt`,
      error,
    );
  }
  throw new JavaException(
    'KafkaException',
    'Cannot execute transactional method because we are in an error state',
    error,
  );
}

/** @throws JavaException IllegalStateException. */
export function ensureTransactional(manager: TransactionManager): void {
  if (!manager.isTransactional()) {
    throw new JavaException(
      'IllegalStateException',
      'Transactional method invoked on a non-transactional producer.',
    );
  }
}
