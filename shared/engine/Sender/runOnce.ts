/** One iteration of the sender: the transaction manager's turn first, then produce data, then one select (§5.1). */
import { JavaException } from '#record/exceptions';
import type { Blocking } from '../Blocking.ts';
import type { TransactionManager } from '../TransactionManager/TransactionManager.ts';
import { maybeSendAndPollTransactionalRequest } from './maybeSendAndPollTransactionalRequest.ts';
import type { Sender } from './Sender.ts';
import { sendProducerData } from './sendProducerData.ts';

/** @throws JavaException of an illegal transition. */
export function* runOnce(sender: Sender): Blocking<void> {
  const manager = sender.transactionManager;
  if (manager !== null && (yield* runTransactionManager(sender, manager))) return;
  const nowMs = sender.clock.milliseconds();
  const pollTimeoutMs = yield* sendProducerData(sender, nowMs);
  yield* sender.client.poll(pollTimeoutMs, nowMs);
}

/** Whether this iteration is over: no produce data may go out now. */
function* runTransactionManager(sender: Sender, manager: TransactionManager): Blocking<boolean> {
  manager.maybeResolveSequences();
  const lastError = manager.lastError();
  if (manager.hasFatalError()) {
    if (lastError !== null) yield* maybeAbortBatches(sender, lastError);
    yield* sender.client.poll(sender.settings.retryBackoffMs, sender.clock.milliseconds());
    return true;
  }
  if (manager.hasAbortableError() && lastError !== null && isAuthorizationError(lastError)) {
    yield* handleAuthorizationError(sender, manager, lastError);
    return true;
  }
  manager.bumpIdempotentEpochAndResetIdIfNeeded();
  return yield* maybeSendAndPollTransactionalRequest(sender, manager);
}

const isAuthorizationError = (exception: JavaException): boolean =>
  exception.is('TransactionalIdAuthorizationException') || exception.is('ClusterAuthorizationException');

/** The right may be granted later: everything under way fails, then the producer may be initialized again. */
function* handleAuthorizationError(
  sender: Sender,
  manager: TransactionManager,
  exception: JavaException,
): Blocking<void> {
  // The message of an exception that has only a cause is that cause as text.
  const message = `org.apache.kafka.common.errors.${exception.exception}: ${exception.text}`;
  manager.failPendingRequests(new JavaException('AuthenticationException', message, exception));
  yield* maybeAbortBatches(sender, exception);
  manager.transitionToUninitialized(exception);
}

function* maybeAbortBatches(sender: Sender, exception: JavaException): Blocking<void> {
  if (!sender.accumulator.hasIncomplete()) return;
  yield* sender.accumulator.abortBatches(exception);
  sender.inFlight.clear();
}
