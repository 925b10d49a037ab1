/** The transactional calls of KafkaProducer: each asks the transaction manager, wakes the sender and waits. */
import type { TopicPartition } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import type { Blocking } from '../Blocking.ts';
import type {
  ConsumerGroupMetadata,
  OffsetAndMetadata,
} from '../TransactionManager/sendOffsetsToTransaction.ts';
import type { TransactionalRequestResult } from '../TransactionManager/TransactionalRequestResult.ts';
import type { TransactionManager } from '../TransactionManager/TransactionManager.ts';
import type { KafkaProducer } from './KafkaProducer.ts';

const INIT_TXN_TIMEOUT =
  'InitTransactions timed out - did not complete coordinator discovery or receive the InitProducerId response ' +
  'within max.block.ms.';
const SEND_OFFSETS_TIMEOUT =
  'SendOffsetsToTransaction timed out - did not reach the coordinator or receive the ' +
  'TxnOffsetCommit/AddOffsetsToTxn response within max.block.ms';
const COMMIT_TXN_TIMEOUT =
  'CommitTransaction timed out - did not complete EndTxn with the transaction coordinator within max.block.ms';
const ABORT_TXN_TIMEOUT =
  'AbortTransaction timed out - did not complete EndTxn(abort) with the transaction coordinator within max.block.ms';

/** @throws IllegalStateException without transaction manager, and once closed. */
function managerOf(producer: KafkaProducer): TransactionManager {
  const { transactionManager } = producer.parts;
  if (transactionManager === null)
    throw new JavaException(
      'IllegalStateException',
      'Cannot use transactional methods without enabling transactions by setting the transactional.id ' +
        'configuration property',
    );
  producer.throwIfProducerClosed();
  return transactionManager;
}

function awaitResult(
  producer: KafkaProducer,
  result: TransactionalRequestResult,
  message: string,
): Blocking<void> {
  producer.parts.sender.wakeup();
  return result.await(producer.maxBlockMs, message);
}

export function* initTransactions(producer: KafkaProducer): Blocking<void> {
  const manager = managerOf(producer);
  const startUs = producer.clock.nowUs();
  yield* awaitResult(producer, manager.initializeTransactions(false), INIT_TXN_TIMEOUT);
  producer.parts.producerMetrics.recordInit(producer.nanosSince(startUs));
  manager.maybeUpdateTransactionV2Enabled(true);
}

/** Does not block. */
export function beginTransaction(producer: KafkaProducer): void {
  const manager = managerOf(producer);
  const startUs = producer.clock.nowUs();
  manager.beginTransaction();
  producer.parts.producerMetrics.recordBeginTxn(producer.nanosSince(startUs));
}

export function* sendOffsetsToTransaction(
  producer: KafkaProducer,
  offsets: ReadonlyMap<TopicPartition, OffsetAndMetadata>,
  groupMetadata: ConsumerGroupMetadata,
): Blocking<void> {
  throwIfInvalidGroupMetadata(groupMetadata);
  const manager = managerOf(producer);
  if (offsets.size === 0) return;
  const startUs = producer.clock.nowUs();
  yield* awaitResult(
    producer,
    manager.sendOffsetsToTransaction(offsets, groupMetadata),
    SEND_OFFSETS_TIMEOUT,
  );
  producer.parts.producerMetrics.recordSendOffsets(producer.nanosSince(startUs));
}

export function* commitTransaction(producer: KafkaProducer): Blocking<void> {
  const manager = managerOf(producer);
  const startUs = producer.clock.nowUs();
  yield* awaitResult(producer, manager.beginCommit(), COMMIT_TXN_TIMEOUT);
  producer.parts.producerMetrics.recordCommitTxn(producer.nanosSince(startUs));
}

export function* abortTransaction(producer: KafkaProducer): Blocking<void> {
  const manager = managerOf(producer);
  const startUs = producer.clock.nowUs();
  yield* awaitResult(producer, manager.beginAbort(), ABORT_TXN_TIMEOUT);
  producer.parts.producerMetrics.recordAbortTxn(producer.nanosSince(startUs));
}

function throwIfInvalidGroupMetadata({ groupId, generationId, memberId }: ConsumerGroupMetadata): void {
  if (generationId <= 0 || memberId !== '') return;
  throw new JavaException(
    'IllegalArgumentException',
    `Passed in group metadata GroupMetadata(groupId = ${groupId}, generationId = ${generationId}, memberId = , ` +
      'groupInstanceId = ) has generationId > 0 but the member.id is unknown',
  );
}
