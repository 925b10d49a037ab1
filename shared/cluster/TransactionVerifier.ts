/**
 * kafka.server.AddPartitionsToTxnManager: a partition leader asks the coordinator before the first append of a
 * transaction. Version 2 adds the partition, version 1 only looks whether the producer has added it (KIP-890).
 */
import type { NodeId } from '#base/ids';
import { MICROS_PER_MS } from '#base/time';
import type { SentBatch } from '#engine/requests';
import type { ErrorName } from '#record/Errors';
import type { Broker } from './Broker.ts';
import type { ClusterContext } from './ClusterContext.ts';
import { asProduceError, verified } from './TransactionMetadata.ts';

/** `add.partitions.to.txn.retry.backoff.ms` and `…retry.backoff.max.ms`: the leader asks again for so long. */
const IMPLICIT_ADD_RETRY_US = 20 * MICROS_PER_MS;
const IMPLICIT_ADD_LIMIT_US = 100 * MICROS_PER_MS;

/** A request of a leader that is out. */
interface Question {
  readonly node: NodeId | null;
  readonly fail: () => void;
}

export class TransactionVerifier {
  private readonly cluster: ClusterContext;
  private readonly questions = new Set<Question>();

  constructor(cluster: ClusterContext) {
    this.cluster = cluster;
  }

  /** Whoever waits for an answer of a dead coordinator sees the connection break. */
  brokerDied(node: NodeId): void {
    for (const question of this.questions) if (question.node === node) question.fail();
  }

  /** `answer` gets null when the append may go on. */
  ask(
    leader: Broker,
    transactionalId: string,
    batches: readonly SentBatch[],
    isImplicitAdd: boolean,
    answer: (error: ErrorName | null) => void,
  ): void {
    const first = batches[0];
    if (first === undefined) return answer(null);
    const { queue, settings, coordinator } = this.cluster;
    const asker = { transactionalId, producerId: first.producerId, producerEpoch: first.producerEpoch };
    const partitions = batches.map(({ tp }) => tp);
    const limitUs = queue.nowUs + IMPLICIT_ADD_LIMIT_US;
    const ask = (): void => {
      const node = coordinator.nodeOf(transactionalId);
      const question: Question = { node, fail: () => back('COORDINATOR_NOT_AVAILABLE') };
      const back = (error: ErrorName): void => {
        if (!this.questions.delete(question)) return;
        leader.later(queue.nowUs + settings.replicaFetchUs, () => {
          const retryUs = queue.nowUs + IMPLICIT_ADD_RETRY_US;
          if (error === 'CONCURRENT_TRANSACTIONS' && isImplicitAdd && retryUs <= limitUs) {
            leader.later(retryUs, ask);
          } else answer(asProduceError(error, isImplicitAdd));
        });
      };
      this.questions.add(question);
      const broker = node === null ? null : this.cluster.broker(node);
      if (broker === null || broker.isDown) return question.fail();
      broker.later(queue.nowUs + settings.replicaFetchUs, () => {
        if (isImplicitAdd) coordinator.join(asker, partitions, back);
        else back(verified(coordinator.transaction(transactionalId), asker, partitions));
      });
    };
    ask();
  }
}
