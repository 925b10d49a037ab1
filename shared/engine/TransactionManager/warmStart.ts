/** The manager as it stands after an idle while (FORMAT.md §4). */
import { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import { setProducerIdAndEpoch } from './setProducerIdAndEpoch.ts';
import type { TransactionManager } from './TransactionManager.ts';

export const WARM_PRODUCER_ID = 1000;

/** An idempotent producer holds its producer id, epoch 0. A transactional one has not called initTransactions. */
export function warmStart(manager: TransactionManager, producerId = WARM_PRODUCER_ID): void {
  if (manager.isTransactional()) return;
  manager.transitionTo('INITIALIZING');
  setProducerIdAndEpoch(manager, new ProducerIdAndEpoch(producerId, 0), 'init-producer-id');
  manager.transitionTo('READY');
}
