/** A new producer id, or a new epoch of the one that is there. */
import type { TopicPartition } from '#base/TopicPartition';
import type { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import type { BumpCause } from './TransactionEvents.ts';
import type { TransactionManager } from './TransactionManager.ts';

/** `because` and `tp` are told if it is the epoch that is new. NONE: the id was given up. */
export function setProducerIdAndEpoch(
  manager: TransactionManager,
  id: ProducerIdAndEpoch,
  because: BumpCause,
  tp: TopicPartition | null = null,
): void {
  const before = manager.currentId;
  manager.currentId = id;
  if (id.producerId !== before.producerId) manager.events.producerIdAssigned(id);
  else if (id.epoch !== before.epoch) manager.events.epochBumped(id.epoch, tp, because);
}
