/** InitProducerId: a first producer id, or with an id a higher epoch of it. */
import { assert } from '#base/assert';
import { errorMessage, exceptionOf, isRetriable } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import type { InitProducerIdRequest, InitProducerIdResponse, ResponseBody } from '../requests.ts';
import { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import { setProducerIdAndEpoch } from './setProducerIdAndEpoch.ts';
import { Priority } from './State.ts';
import type { TransactionManager } from './TransactionManager.ts';
import {
  isCoordinatorElsewhere,
  isFenced,
  TxnRequestHandler,
  type CoordinatorType,
} from './TxnRequestHandler.ts';

export class InitProducerIdHandler extends TxnRequestHandler {
  override readonly body: InitProducerIdRequest;
  override readonly priority: Priority;
  private readonly isEpochBump: boolean;

  constructor(manager: TransactionManager, body: InitProducerIdRequest, isEpochBump: boolean) {
    super(manager, 'InitProducerId');
    this.body = body;
    this.isEpochBump = isEpochBump;
    this.priority = isEpochBump ? Priority.EPOCH_BUMP : Priority.INIT_PRODUCER_ID;
  }

  /** Without transactions any broker gives out ids. */
  override coordinatorType(): CoordinatorType | null {
    return this.manager.isTransactional() ? 'transaction' : null;
  }

  override handleResponse(response: ResponseBody): void {
    assert(response.api === 'INIT_PRODUCER_ID', 'an InitProducerId is answered by its response');
    const { error } = response;
    if (error === 'NONE') {
      this.accept(response);
    } else if (isCoordinatorElsewhere(error)) {
      this.findCoordinatorAndRetry();
    } else if (isRetriable(error)) {
      this.reenqueue();
    } else if (
      error === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED' ||
      error === 'CLUSTER_AUTHORIZATION_FAILED' ||
      error === 'TRANSACTION_ABORTABLE'
    ) {
      // The two authorizations may be granted later; the sender goes back to UNINITIALIZED for them.
      this.abortableError(exceptionOf(error));
    } else if (isFenced(error)) {
      this.fatalError(exceptionOf('PRODUCER_FENCED'));
    } else {
      const message = `Unexpected error in InitProducerIdResponse; ${errorMessage(error)}`;
      this.fatalError(new JavaException('KafkaException', message));
    }
  }

  private accept(response: InitProducerIdResponse): void {
    const id = new ProducerIdAndEpoch(response.producerId, response.producerEpoch);
    setProducerIdAndEpoch(this.manager, id, 'init-producer-id');
    const kept = this.body.keepPreparedTxn === true ? response.ongoingTxn : undefined;
    if (kept === undefined) this.manager.transitionTo('READY');
    else {
      this.manager.transitionTo('PREPARED_TRANSACTION');
      this.manager.preparedTxnState = new ProducerIdAndEpoch(kept.producerId, kept.producerEpoch);
    }
    if (this.isEpochBump) this.manager.resetSequenceNumbers();
    this.result.done();
  }
}
