/** The transaction manager's requests: one at a time, and nothing else goes out meanwhile (§8.2). */
import type { NodeId } from '#base/ids';
import { JavaException } from '#record/exceptions';
import type { Blocking, Wait } from '../Blocking.ts';
import { awaitReady } from '../NetworkClient/NetworkClientUtils.ts';
import type { TransactionManager } from '../TransactionManager/TransactionManager.ts';
import type { TxnRequestHandler } from '../TransactionManager/TxnRequestHandler.ts';
import type { Sender } from './Sender.ts';

/** The answer of a coordinator runs no user code, so nobody rests in it. */
const NO_WAITS: readonly Wait[] = [];

/** Whether a request is under way, was sent, or had to be put off: then this iteration is over. */
export function* maybeSendAndPollTransactionalRequest(
  sender: Sender,
  manager: TransactionManager,
): Blocking<boolean> {
  if (manager.hasInFlightRequest()) {
    yield* poll(sender);
    return true;
  }
  const lastError = manager.lastError();
  if (manager.hasAbortableError() && lastError !== null) {
    yield* sender.accumulator.abortUndrainedBatches(lastError);
  } else if (manager.isAborting()) {
    const aborted = 'Failing batch since transaction was aborted';
    yield* sender.accumulator.abortUndrainedBatches(
      new JavaException('TransactionAbortedException', aborted),
    );
  }
  const request = manager.nextRequest(sender.accumulator.hasIncomplete());
  if (request === null) return false;
  const node = targetNode(sender, manager, request);
  if (node !== null) {
    if (yield* awaitNodeReady(sender, manager, node, request)) yield* send(sender, manager, node, request);
    else yield* maybeFindCoordinatorAndRetry(sender, manager, request);
  } else if (request.needsCoordinator()) {
    yield* maybeFindCoordinatorAndRetry(sender, manager, request);
  } else {
    manager.retry(request);
    yield* poll(sender);
  }
  return true;
}

const poll = (sender: Sender): Blocking<void> =>
  sender.client.poll(sender.settings.retryBackoffMs, sender.clock.milliseconds());

function targetNode(sender: Sender, manager: TransactionManager, request: TxnRequestHandler): NodeId | null {
  const type = request.coordinatorType();
  return type === null
    ? sender.client.leastLoadedNode(sender.clock.milliseconds())
    : manager.coordinator(type);
}

/** False when the time is over or the connection broke: Java does the same for both. */
function* awaitNodeReady(
  sender: Sender,
  manager: TransactionManager,
  node: NodeId,
  request: TxnRequestHandler,
): Blocking<boolean> {
  const awaited = yield* awaitReady(sender.client, node, sender.clock, sender.settings.requestTimeoutMs);
  if (awaited !== 'ready') return false;
  if (request.coordinatorType() === 'transaction') manager.handleCoordinatorReady();
  return true;
}

/** A retried request first has the sender thread sleep; only then is it stamped with the time and sent. */
function* send(
  sender: Sender,
  manager: TransactionManager,
  node: NodeId,
  handler: TxnRequestHandler,
): Blocking<void> {
  if (handler.isRetry()) yield* sender.sleep(handler.retryBackoffMs());
  const nowMs = sender.clock.milliseconds();
  const request = sender.client.newClientRequest(
    node,
    handler.body,
    nowMs,
    true,
    sender.settings.requestTimeoutMs,
    function* (response) {
      handler.onComplete(response);
      yield* NO_WAITS;
    },
  );
  sender.client.send(request, nowMs);
  manager.setInFlightRequest(request.id);
  yield* poll(sender);
}

function* maybeFindCoordinatorAndRetry(
  sender: Sender,
  manager: TransactionManager,
  request: TxnRequestHandler,
): Blocking<void> {
  if (request.needsCoordinator()) {
    manager.lookupCoordinator(request);
  } else {
    // No coordinator to look for: without a rest this would be a tight loop.
    yield* sender.sleep(sender.settings.retryBackoffMs);
    sender.metadata.requestUpdate(false, 'disconnect');
  }
  manager.retry(request);
}
