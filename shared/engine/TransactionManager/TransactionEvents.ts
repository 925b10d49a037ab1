/** What the transaction manager tells the log. Writers are taken once; the rest only fills in the client. */
import type { ClientId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { EventSink } from '#events/catalogue';
import type { StampReason } from '#events/words';
import type { JavaException } from '#record/exceptions';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { ApiName } from '../requests.ts';
import type { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import type { State } from './State.ts';

/** Why a producer's epoch rose. The last two are the broker's doing, the others the client's own (§6.4, §8.4). */
export type BumpCause =
  | 'out-of-order-sequence'
  | 'unknown-producer-id'
  | 'batch-failed'
  | 'unresolved-sequence'
  | 'init-producer-id'
  | 'transaction-ended';

export interface TransactionEvents {
  moved(from: State, to: State, error: JavaException | null): void;
  queued(api: ApiName, isRetry: boolean): void;
  /** `onServer`: the coordinator confirmed it. Before that, and in version 2, the client alone counts it in. */
  joined(tp: TopicPartition, onServer: boolean): void;
  producerIdAssigned(id: ProducerIdAndEpoch): void;
  epochBumped(epoch: number, tp: TopicPartition | null, because: BumpCause): void;
  sequenceMoved(tp: TopicPartition, next: number, lastAcked: number, unresolved: boolean): void;
  stamped(batch: ProducerBatch, reason: StampReason): void;
}

export function createTransactionEvents(events: EventSink, client: ClientId): TransactionEvents {
  const moved = events.writer('transaction.moved');
  const queued = events.writer('transaction.queued');
  const joined = events.writer('transaction.joined');
  const producerIdAssigned = events.writer('producerId.assigned');
  const epochBumped = events.writer('epoch.bumped');
  const sequenceMoved = events.writer('sequence.moved');
  const stamped = events.writer('batch.stamped');
  return {
    moved: (from, to, error) => moved(client, from, to, error?.exception ?? null, error?.text ?? null),
    queued: (api, isRetry) => queued(client, api, isRetry),
    joined: (tp, onServer) => joined(client, tp.id, onServer),
    producerIdAssigned: (id) => producerIdAssigned(client, id.producerId, id.epoch),
    epochBumped: (epoch, tp, because) => epochBumped(client, epoch, tp?.id ?? null, because),
    sequenceMoved: (tp, next, lastAcked, unresolved) =>
      sequenceMoved(client, tp.id, next, lastAcked, unresolved),
    stamped: (batch, reason) =>
      stamped(batch.id, batch.producerId(), batch.producerEpoch(), batch.baseSequence(), reason),
  };
}
