/** TransactionManager.TxnRequestHandler: a request to a coordinator, with what its answer does. */
import { assert } from '#base/assert';
import { exceptionOf, type ErrorName } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import type { ClientResponse } from '../KafkaClient.ts';
import type { RequestBody, ResponseBody } from '../requests.ts';
import type { Priority } from './State.ts';
import { TransactionalRequestResult } from './TransactionalRequestResult.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { transitionToAbortableError, transitionToFatalError } from './transitionTo.ts';

export type CoordinatorType = 'transaction' | 'group';

export abstract class TxnRequestHandler {
  readonly result: TransactionalRequestResult;
  /** `requestBuilder()`. It keeps the id and epoch of the time when it was made, also when it is sent again. */
  abstract readonly body: RequestBody;
  abstract readonly priority: Priority;
  protected readonly manager: TransactionManager;
  private retried = false;

  /** `operation` names the call in the message of a timeout; or the result of an earlier request that goes on. */
  constructor(manager: TransactionManager, operation: string | TransactionalRequestResult) {
    this.manager = manager;
    this.result =
      typeof operation === 'string' ? new TransactionalRequestResult(manager.clock, operation) : operation;
  }

  /** @throws JavaException IllegalStateException on an illegal transition; so may every method that answers. */
  abstract handleResponse(response: ResponseBody): void;

  onComplete(response: ClientResponse): void {
    assert(
      response.request.id === this.manager.inFlightRequest,
      'one transactional request in flight at a time',
    );
    this.manager.inFlightRequest = null;
    if (response.lostBy === 'version-mismatch') {
      this.fatalError(exceptionOf('UNSUPPORTED_VERSION'));
    } else if (response.lostBy !== null) {
      this.manager.lookupCoordinator(this);
      this.reenqueue();
    } else if (response.body !== null) {
      this.handleResponse(response.body);
    } else {
      this.fatalError(
        new JavaException('KafkaException', 'Could not execute transactional request for unknown reasons'),
      );
    }
  }

  fatalError(exception: JavaException): void {
    this.result.fail(exception);
    transitionToFatalError(this.manager, exception);
  }

  abortableError(exception: JavaException): void {
    this.result.fail(exception);
    transitionToAbortableError(this.manager, exception);
  }

  /** Abortable if the epoch can rise afterwards, by the client or by the end of a version 2 transaction. */
  abortableErrorIfPossible(exception: JavaException): void {
    if (!this.manager.canHandleAbortableError()) {
      this.fatalError(exception);
      return;
    }
    if (this.manager.needToTriggerEpochBumpFromClient()) this.manager.clientSideEpochBumpRequired = true;
    this.abortableError(exception);
  }

  fail(exception: JavaException): void {
    this.result.fail(exception);
  }

  reenqueue(): void {
    this.retried = true;
    this.manager.enqueueRequest(this);
  }

  /** The sender thread sleeps that long before it sends this again. */
  retryBackoffMs(): number {
    return this.manager.retryBackoffMs;
  }

  isRetry(): boolean {
    return this.retried;
  }

  isEndTxn(): boolean {
    return false;
  }

  needsCoordinator(): boolean {
    return this.coordinatorType() !== null;
  }

  /** null: any broker will do. */
  coordinatorType(): CoordinatorType | null {
    return 'transaction';
  }

  coordinatorKey(): string {
    return this.manager.transactionalId() ?? '';
  }

  /** The coordinator has moved, or is not there yet: find it, then ask again. */
  protected findCoordinatorAndRetry(): void {
    this.manager.lookupTransactionCoordinator();
    this.reenqueue();
  }
}

/** Old coordinators say INVALID_PRODUCER_EPOCH where they mean that the producer is fenced. */
export const isFenced = (error: ErrorName): boolean =>
  error === 'INVALID_PRODUCER_EPOCH' || error === 'PRODUCER_FENCED';

export const isCoordinatorElsewhere = (error: ErrorName): boolean =>
  error === 'NOT_COORDINATOR' || error === 'COORDINATOR_NOT_AVAILABLE';

/** GroupAuthorizationException.forGroupId. */
export const groupAuthorizationException = (groupId: string): JavaException =>
  new JavaException('GroupAuthorizationException', `Not authorized to access group: ${groupId}`);
