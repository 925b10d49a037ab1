/**
 * core/.../coordinator/transaction/TransactionCoordinator: who owns a transactional id,
 * which partitions its transaction has, and the markers that end it. Its own log is kept by all brokers: a write takes
 * one replica round trip, and when its broker is gone the next one goes on where the log says.
 */
import type { NodeId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import { MICROS_PER_MS } from '#base/time';
import type { EndTxnRequest, InitProducerIdRequest, TxnOffsetCommitRequest } from '#engine/requests';
import type { CoordinatorState } from '#events/words';
import type { ErrorName } from '#record/Errors';
import type { Broker } from './Broker.ts';
import type { ClusterContext } from './ClusterContext.ts';
import { writeMarker } from './markers.ts';
import {
  createTransaction,
  endError,
  initError,
  raiseEpoch,
  remember,
  takeOver,
  type Asker,
  type Transaction,
} from './TransactionMetadata.ts';

const FIRST_PRODUCER_ID = 1000;
/** `transaction.max.timeout.ms` and `transaction.abort.timed.out.transaction.cleanup.interval.ms`. */
const MAX_TIMEOUT_MS = 900_000;
const TIMEOUT_SCAN_US = 10_000 * MICROS_PER_MS;

export interface ProducerIdAnswer {
  readonly error: ErrorName;
  readonly producerId: number;
  readonly producerEpoch: number;
}
const refusal = (error: ErrorName): ProducerIdAnswer => ({ error, producerId: -1, producerEpoch: -1 });

export class TransactionCoordinator {
  private readonly cluster: ClusterContext;
  private readonly transactions = new Map<string, Transaction>();
  private nextProducerId = FIRST_PRODUCER_ID;
  private readonly newProducerId = (): number => this.nextProducerId++;

  constructor(cluster: ClusterContext) {
    this.cluster = cluster;
  }

  start(): void {
    const { queue } = this.cluster;
    queue.schedule(
      queue.nowUs + TIMEOUT_SCAN_US,
      () => {
        this.abortTimedOut();
        this.start();
      },
      null,
    );
  }

  /** The id of a producer that was there before the run began. */
  takeProducerId(): number {
    return this.nextProducerId++;
  }

  transaction(transactionalId: string): Transaction | undefined {
    return this.transactions.get(transactionalId);
  }

  /** The leader of the id's partition of `__transaction_state`; null: no broker is there. */
  nodeOf(transactionalId: string): NodeId | null {
    const nodes = this.cluster.brokers.length;
    let hash = 0;
    for (let i = 0; i < transactionalId.length; i++) {
      hash = (Math.imul(31, hash) + transactionalId.charCodeAt(i)) | 0;
    }
    for (let i = 0; i < nodes; i++) {
      const node = (((hash & 0x7fffffff) + i) % nodes) as NodeId;
      if (this.cluster.controller.isActive(node)) return node;
    }
    return null;
  }

  /** Ownership follows the living: unfinished ends of transactions are taken up by the new owner. */
  brokersChanged(): void {
    for (const transaction of this.transactions.values()) {
      const owner = this.nodeOf(transaction.transactionalId);
      if (owner === transaction.owner) continue;
      takeOver(transaction, owner);
      this.tell(transaction);
      if (transaction.state === 'PrepareCommit' || transaction.state === 'PrepareAbort') {
        this.sendMarkers(transaction);
      }
    }
  }

  /** TransactionCoordinator.handleInitProducerId. */
  initProducerId(broker: Broker, body: InitProducerIdRequest, answer: (to: ProducerIdAnswer) => void): void {
    const { transactionalId } = body;
    if (transactionalId === null) {
      return answer({ error: 'NONE', producerId: this.nextProducerId++, producerEpoch: 0 });
    }
    if (this.nodeOf(transactionalId) !== broker.node) return answer(refusal('NOT_COORDINATOR'));
    if (body.transactionTimeoutMs > MAX_TIMEOUT_MS || body.transactionTimeoutMs <= 0) {
      return answer(refusal('INVALID_TRANSACTION_TIMEOUT'));
    }
    let transaction = this.transactions.get(transactionalId);
    if (transaction === undefined) {
      transaction = createTransaction(
        transactionalId,
        broker.node,
        this.nextProducerId++,
        this.cluster.settings.transactionVersion,
      );
      this.transactions.set(transactionalId, transaction);
    }
    const error = initError(transaction, body);
    if (error !== null) return answer(refusal(error));
    if (transaction.state === 'Ongoing') {
      // Somebody else, or the same one after a crash: the open transaction is aborted under a new epoch first.
      this.fence(transaction);
      return answer(refusal('CONCURRENT_TRANSACTIONS'));
    }
    raiseEpoch(transaction, body.producerEpoch, this.newProducerId);
    transaction.timeoutMs = body.transactionTimeoutMs;
    transaction.partitions = new Set();
    const { producerId, producerEpoch } = transaction;
    this.write(
      transaction,
      'Empty',
      () => answer({ error: 'NONE', producerId, producerEpoch }),
      () => answer(refusal('NOT_COORDINATOR')),
    );
  }

  /** TransactionCoordinator.handleAddPartitionsToTransaction. Without partitions: the offsets topic joins. */
  addPartitions(
    broker: Broker,
    asker: Asker,
    partitions: readonly TopicPartition[],
    answer: (error: ErrorName) => void,
  ): void {
    if (this.nodeOf(asker.transactionalId) !== broker.node) return answer('NOT_COORDINATOR');
    this.join(asker, partitions, answer);
  }

  join(asker: Asker, partitions: readonly TopicPartition[], answer: (error: ErrorName) => void): void {
    const transaction = this.transactions.get(asker.transactionalId);
    if (transaction === undefined || transaction.producerId !== asker.producerId) {
      return answer('INVALID_PRODUCER_ID_MAPPING');
    }
    if (transaction.producerEpoch !== asker.producerEpoch) return answer('PRODUCER_FENCED');
    const { state } = transaction;
    if (transaction.isPending || state === 'PrepareCommit' || state === 'PrepareAbort') {
      return answer('CONCURRENT_TRANSACTIONS');
    }
    if (state === 'Ongoing' && partitions.every((tp) => transaction.partitions.has(tp)))
      return answer('NONE');
    if (state !== 'Ongoing') {
      transaction.partitions = new Set();
      transaction.startedUs = this.cluster.queue.nowUs;
    }
    for (const tp of partitions) transaction.partitions.add(tp);
    this.write(
      transaction,
      'Ongoing',
      () => answer('NONE'),
      () => answer('NOT_COORDINATOR'),
    );
  }

  /** The group coordinator keeps offsets in a log of its own, which is not modelled; version 2 joins it here. */
  commitOffsets(body: TxnOffsetCommitRequest, answer: (error: ErrorName) => void): void {
    if (this.cluster.settings.transactionVersion < 2) return answer('NONE');
    this.join(body, [], (error) => answer(error === 'PRODUCER_FENCED' ? 'INVALID_PRODUCER_EPOCH' : error));
  }

  /** TransactionCoordinator.endTransaction. The client is answered when the end is in the log, before the markers. */
  endTransaction(
    broker: Broker,
    body: EndTxnRequest,
    version: number,
    answer: (to: ProducerIdAnswer) => void,
  ): void {
    if (this.nodeOf(body.transactionalId) !== broker.node) return answer(refusal('NOT_COORDINATOR'));
    const transaction = this.transactions.get(body.transactionalId);
    const isOwn =
      transaction !== undefined &&
      (transaction.producerId === body.producerId || transaction.previousProducerId === body.producerId);
    if (!isOwn) return answer(refusal('INVALID_PRODUCER_ID_MAPPING'));
    const raises = version >= 5;
    const isRepeated =
      raises &&
      (transaction.producerId !== body.producerId || body.producerEpoch === transaction.producerEpoch - 1);
    if (!isRepeated && body.producerEpoch !== transaction.producerEpoch) {
      return answer(refusal('PRODUCER_FENCED'));
    }
    if (transaction.isPending) return answer(refusal('CONCURRENT_TRANSACTIONS'));
    const error = endError(transaction, body.committed, raises, isRepeated);
    if (error === 'repeated') {
      const { producerId, producerEpoch } = transaction;
      return answer({ error: 'NONE', producerId, producerEpoch });
    }
    if (error !== null) return answer(refusal(error));
    transaction.version = raises ? 2 : 1;
    this.prepareEnd(transaction, body.committed, raises, answer);
  }

  private prepareEnd(
    transaction: Transaction,
    isCommit: boolean,
    raises: boolean,
    answer: (to: ProducerIdAnswer) => void,
  ): void {
    if (transaction.state !== 'Ongoing') transaction.partitions = new Set();
    if (raises) raiseEpoch(transaction, -1, this.newProducerId);
    const { producerId, producerEpoch } = transaction;
    this.write(
      transaction,
      isCommit ? 'PrepareCommit' : 'PrepareAbort',
      () => {
        answer({ error: 'NONE', producerId, producerEpoch });
        this.sendMarkers(transaction);
      },
      () => answer(refusal('NOT_COORDINATOR')),
    );
  }

  /** prepareFenceProducerEpoch, then the abort: whoever wrote under the old epoch may write no more. */
  private fence(transaction: Transaction): void {
    raiseEpoch(transaction, -1, this.newProducerId);
    this.move(transaction, 'PrepareEpochFence');
    this.write(transaction, 'PrepareAbort', () => this.sendMarkers(transaction));
  }

  private abortTimedOut(): void {
    const { nowUs } = this.cluster.queue;
    for (const transaction of this.transactions.values()) {
      if (transaction.state !== 'Ongoing' || transaction.isPending) continue;
      if (transaction.startedUs + transaction.timeoutMs * MICROS_PER_MS <= nowUs) this.fence(transaction);
    }
  }

  private move(transaction: Transaction, to: CoordinatorState): void {
    transaction.state = to;
    this.tell(transaction);
  }

  private tell({ transactionalId, state, producerId, producerEpoch, owner }: Transaction): void {
    this.cluster.writers.coordinatorMoved(transactionalId, state, producerId, producerEpoch, owner);
  }

  /** A write to the coordinator's own log: known when its followers have it, and void when another took over first. */
  private write(
    transaction: Transaction,
    to: CoordinatorState,
    then: () => void,
    moved: () => void = () => {},
  ): void {
    transaction.isPending = true;
    const { term, owner } = transaction;
    if (owner === null) return;
    const { queue, settings } = this.cluster;
    const isAlone = this.cluster.brokers.length === 1;
    this.cluster.broker(owner).later(queue.nowUs + (isAlone ? 0 : 2 * settings.replicaFetchUs), () => {
      if (term !== transaction.term) return moved();
      transaction.isPending = false;
      this.move(transaction, to);
      then();
      remember(transaction);
    });
  }

  /** WriteTxnMarkers to every partition of the transaction; complete when all logs have them for good. */
  private sendMarkers(transaction: Transaction): void {
    const { term, owner } = transaction;
    if (owner === null) return;
    const isCommit = transaction.state === 'PrepareCommit';
    let missing = transaction.partitions.size;
    const written = (): void => {
      missing--;
      if (missing > 0 || term !== transaction.term) return;
      this.write(transaction, isCommit ? 'CompleteCommit' : 'CompleteAbort', () => {
        transaction.partitions = new Set();
      });
    };
    if (missing === 0) {
      missing = 1;
      return written();
    }
    const marker = { ...transaction, marker: isCommit ? ('commit' as const) : ('abort' as const) };
    const sender = {
      broker: this.cluster.broker(owner),
      isCoordinator: (): boolean => term === transaction.term,
    };
    for (const tp of transaction.partitions) {
      writeMarker(this.cluster, sender, tp, marker, written);
    }
  }
}
