/** A batch that will not be sent again: the exception of each record, and what the failure does to its producer. */
import { errorMessage, exceptionOf } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import type { Blocking } from '../Blocking.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { ErrorsByIndex } from '../ProduceRequestResult.ts';
import type { ProducePartitionResponse } from '../requests.ts';
import type { Sender } from './Sender.ts';

export function* failBatchWithResponse(
  sender: Sender,
  batch: ProducerBatch,
  response: ProducePartitionResponse,
  adjustSequenceNumbers: boolean,
): Blocking<void> {
  const topLevelException = topLevelExceptionOf(batch, response);
  const recordExceptions =
    response.recordErrors.length === 0 ? () => topLevelException : recordExceptionsOf(response);
  yield* failBatch(sender, batch, topLevelException, recordExceptions, adjustSequenceNumbers, true, false);
}

function topLevelExceptionOf(batch: ProducerBatch, response: ProducePartitionResponse): JavaException {
  if (response.error === 'TOPIC_AUTHORIZATION_FAILED') {
    const message = `Not authorized to access topics: [${batch.topicPartition.topic}]`;
    return new JavaException('TopicAuthorizationException', message);
  }
  if (response.error === 'CLUSTER_AUTHORIZATION_FAILED') {
    const message = 'The producer is not authorized to do idempotent sends';
    return new JavaException('ClusterAuthorizationException', message);
  }
  return exceptionOf(response.error, response.errorMessage);
}

/**
 * KIP-467: the broker names the records it refused, and one bad record fails its whole batch. The partition's error
 * is surely that of the record only if there is one; else the messages have to tell them apart.
 */
function recordExceptionsOf(response: ProducePartitionResponse): ErrorsByIndex {
  const exceptions = new Map<number, JavaException>();
  for (const { index, message } of response.recordErrors) {
    const text = message ?? response.errorMessage ?? errorMessage(response.error);
    const exception =
      response.recordErrors.length === 1
        ? exceptionOf(response.error, text)
        : new JavaException('InvalidRecordException', text);
    exceptions.set(index, exception);
  }
  const innocent = new JavaException(
    'KafkaException',
    'Failed to append record because it was part of a batch which had one more more invalid records',
  );
  return (batchIndex) => exceptions.get(batchIndex) ?? innocent;
}

/**
 * `deallocateBatch` false: its request is still in flight, and the answer to it will free the memory. `expired`:
 * delivery.timeout.ms is over.
 */
export function* failBatch(
  sender: Sender,
  batch: ProducerBatch,
  topLevelException: JavaException,
  recordExceptions: ErrorsByIndex,
  adjustSequenceNumbers: boolean,
  deallocateBatch: boolean,
  expired: boolean,
): Blocking<void> {
  const { accumulator } = sender;
  sender.sensors.recordErrors(batch.topicPartition.topic, batch.recordCount);
  if (yield* batch.completeExceptionally(topLevelException, recordExceptions, expired)) {
    tellTransactionManager(sender, batch, topLevelException, adjustSequenceNumbers);
    sender.inFlight.maybeRemove(batch);
    if (deallocateBatch) accumulator.completeAndDeallocateBatch(batch);
    else accumulator.completeBatch(batch);
  } else if (deallocateBatch) accumulator.deallocate(batch);
}

function tellTransactionManager(
  sender: Sender,
  batch: ProducerBatch,
  exception: JavaException,
  adjustSequenceNumbers: boolean,
): void {
  try {
    sender.transactionManager?.handleFailedBatch(batch, exception, adjustSequenceNumbers);
  } catch (thrown) {
    // An illegal transition, which has poisoned the manager: Java logs it and frees the batch all the same.
    if (!(thrown instanceof JavaException)) throw thrown;
  }
}
