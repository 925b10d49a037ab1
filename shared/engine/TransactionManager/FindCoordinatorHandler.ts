/** FindCoordinator: which broker looks after the transactional id or the consumer group. Any broker answers it. */
import { assert } from '#base/assert';
import { exceptionOf, isRetriable } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import type { FindCoordinatorRequest, ResponseBody } from '../requests.ts';
import { Priority } from './State.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { groupAuthorizationException, TxnRequestHandler } from './TxnRequestHandler.ts';

export class FindCoordinatorHandler extends TxnRequestHandler {
  override readonly body: FindCoordinatorRequest;
  override readonly priority = Priority.FIND_COORDINATOR;

  constructor(manager: TransactionManager, body: FindCoordinatorRequest) {
    super(manager, 'FindCoordinator');
    this.body = body;
  }

  override coordinatorType(): null {
    return null;
  }

  override handleResponse(response: ResponseBody): void {
    assert(response.api === 'FIND_COORDINATOR', 'a FindCoordinator is answered by its response');
    const { error } = response;
    const { key, keyType } = this.body;
    if (error === 'NONE') {
      const node = response.node?.id ?? null;
      if (keyType === 'group') this.manager.consumerGroupCoordinator = node;
      else this.manager.transactionCoordinator = node;
      this.result.done();
    } else if (isRetriable(error)) {
      this.reenqueue();
    } else if (error === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED') {
      this.fatalError(exceptionOf(error));
    } else if (error === 'GROUP_AUTHORIZATION_FAILED') {
      this.abortableError(groupAuthorizationException(key));
    } else if (error === 'TRANSACTION_ABORTABLE') {
      this.abortableError(exceptionOf(error));
    } else {
      const type = keyType === 'group' ? 'GROUP' : 'TRANSACTION';
      const message =
        `Could not find a coordinator with type ${type} with key ${key} due to unexpected error: ` +
        `${response.errorMessage}`;
      this.fatalError(new JavaException('KafkaException', message));
    }
  }
}
