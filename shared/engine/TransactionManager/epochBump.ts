/** The epoch of a producer without transactions rises by itself, without a request (KIP-360, §6.4). */
import type { TopicPartition } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import { InitProducerIdHandler } from './InitProducerIdHandler.ts';
import { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import { setProducerIdAndEpoch } from './setProducerIdAndEpoch.ts';
import type { BumpCause } from './TransactionEvents.ts';
import type { TransactionManager } from './TransactionManager.ts';

const MAX_EPOCH = 32767;
const MAX_INT = 2147483647;

/** A wish: which partition asked for it first, and why. */
export interface EpochBump {
  readonly tp: TopicPartition;
  readonly because: BumpCause;
}

/** Done at the start of the sender's next iteration, once for all partitions that asked. */
export function requestIdempotentEpochBumpForPartition(
  manager: TransactionManager,
  tp: TopicPartition,
  because: BumpCause,
): void {
  manager.clientSideEpochBumpRequired = true;
  manager.partitionsToRewriteSequences.add(tp);
  manager.epochBump ??= { tp, because };
}

/** Epochs are used up: a new producer id is asked for. @throws JavaException IllegalStateException. */
function resetIdempotentProducerId(manager: TransactionManager): void {
  if (manager.isTransactional()) {
    throw new JavaException(
      'IllegalStateException',
      'Cannot reset producer state for a transactional producer. You must either abort the ongoing ' +
        'transaction or reinitialize the transactional producer instead',
    );
  }
  setProducerIdAndEpoch(manager, ProducerIdAndEpoch.NONE, 'batch-failed');
  manager.transitionTo('UNINITIALIZED');
}

function bumpIdempotentProducerEpoch(manager: TransactionManager): void {
  const { producerId, epoch } = manager.currentId;
  if (epoch === MAX_EPOCH) resetIdempotentProducerId(manager);
  else {
    const next = new ProducerIdAndEpoch(producerId, epoch + 1);
    const bump = manager.epochBump;
    setProducerIdAndEpoch(manager, next, bump?.because ?? 'batch-failed', bump?.tp ?? null);
  }
  for (const tp of manager.partitionsToRewriteSequences) {
    manager.txnPartitionMap.startSequencesAtBeginning(tp, manager.currentId);
    manager.partitionsWithUnresolvedSequences.delete(tp);
    manager.sequenceMoved(tp);
  }
  manager.partitionsToRewriteSequences.clear();
  manager.clientSideEpochBumpRequired = false;
  manager.epochBump = null;
}

/** First in each iteration of the sender of a producer without transactions. @throws JavaException */
export function bumpIdempotentEpochAndResetIdIfNeeded(manager: TransactionManager): void {
  if (manager.isTransactional()) return;
  if (manager.clientSideEpochBumpRequired) bumpIdempotentProducerEpoch(manager);
  if (manager.currentState === 'INITIALIZING' || manager.hasProducerId()) return;
  manager.transitionTo('INITIALIZING');
  const request = {
    api: 'INIT_PRODUCER_ID',
    transactionalId: null,
    transactionTimeoutMs: MAX_INT,
    producerId: -1,
    producerEpoch: -1,
  } as const;
  manager.enqueueRequest(new InitProducerIdHandler(manager, request, false));
}
