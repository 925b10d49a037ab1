/** EndTxn: commit or abort. In version 2 the answer brings the epoch of the next transaction (KIP-890). */
import { assert } from '#base/assert';
import { errorMessage, exceptionOf, isRetriable } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import type { EndTxnRequest, ResponseBody } from '../requests.ts';
import { resetTransactionState } from './nextRequest.ts';
import { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import { setProducerIdAndEpoch } from './setProducerIdAndEpoch.ts';
import { Priority } from './State.ts';
import type { TransactionManager } from './TransactionManager.ts';
import { isCoordinatorElsewhere, isFenced, TxnRequestHandler } from './TxnRequestHandler.ts';

export class EndTxnHandler extends TxnRequestHandler {
  override readonly body: EndTxnRequest;
  override readonly priority = Priority.END_TXN;

  constructor(manager: TransactionManager, body: EndTxnRequest) {
    super(manager, `EndTxn(${body.committed})`);
    this.body = body;
  }

  override isEndTxn(): boolean {
    return true;
  }

  override handleResponse(response: ResponseBody): void {
    assert(response.api === 'END_TXN', 'an EndTxn is answered by its response');
    const { error } = response;
    if (error === 'NONE') {
      this.accept(response.producerId, response.producerEpoch);
    } else if (isCoordinatorElsewhere(error)) {
      this.findCoordinatorAndRetry();
    } else if (isRetriable(error)) {
      this.reenqueue();
    } else if (isFenced(error)) {
      this.fatalError(exceptionOf('PRODUCER_FENCED'));
    } else if (
      error === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED' ||
      error === 'INVALID_TXN_STATE' ||
      error === 'INVALID_PRODUCER_ID_MAPPING'
    ) {
      this.fatalError(exceptionOf(error));
    } else if (error === 'UNKNOWN_PRODUCER_ID') {
      this.abortableErrorIfPossible(exceptionOf(error));
    } else if (error === 'TRANSACTION_ABORTABLE') {
      const cause = exceptionOf(error);
      // An abort that asks for an abort would never end.
      if (this.body.committed) this.abortableError(cause);
      else this.fatalError(new JavaException('KafkaException', 'Failed to abort transaction', cause));
    } else {
      const message = `Unhandled error in EndTxnResponse: ${errorMessage(error)}`;
      this.fatalError(new JavaException('KafkaException', message));
    }
  }

  private accept(producerId: number, producerEpoch: number): void {
    if (producerId !== -1) {
      const next = new ProducerIdAndEpoch(producerId, producerEpoch);
      setProducerIdAndEpoch(this.manager, next, 'transaction-ended');
      this.manager.resetSequenceNumbers();
    }
    resetTransactionState(this.manager);
    this.result.done();
  }
}
