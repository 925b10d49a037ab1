/**
 * Hands out producer ids and keeps the open transactions of a conformance case (FORMAT.md §5). Everything takes
 * effect when the request is written.
 */
import type { TopicPartition } from '#base/TopicPartition';
import type { ErrorName } from '#record/Errors';

export interface Identity {
  readonly error: ErrorName;
  /** −1 with an error. */
  readonly producerId: number;
  readonly producerEpoch: number;
}

interface Transaction {
  readonly producerId: number;
  epoch: number;
  isOpen: boolean;
  /** How the last transaction ended; null: none has ended since the producer was initialised. */
  lastCommitted: boolean | null;
  readonly partitions: Set<TopicPartition>;
}

const FIRST_PRODUCER_ID = 1000;

const refused = (error: ErrorName): Identity => ({ error, producerId: -1, producerEpoch: -1 });
const identity = (transaction: Transaction): Identity => ({
  error: 'NONE',
  producerId: transaction.producerId,
  producerEpoch: transaction.epoch,
});
const isFenced = (transaction: Transaction, producerId: number, epoch: number): boolean =>
  producerId !== transaction.producerId || epoch < transaction.epoch;

/** `mark` appends a commit or abort marker to a partition's log. */
export class TransactionCoordinator {
  private readonly mark: (tp: TopicPartition, producerId: number, epoch: number, commit: boolean) => void;
  private readonly transactions = new Map<string, Transaction>();
  private nextProducerId = FIRST_PRODUCER_ID;

  constructor(mark: (tp: TopicPartition, producerId: number, epoch: number, commit: boolean) => void) {
    this.mark = mark;
  }

  initProducerId(transactionalId: string | null, producerId: number, epoch: number): Identity {
    if (transactionalId === null)
      return { error: 'NONE', producerId: this.nextProducerId++, producerEpoch: 0 };
    const known = this.transactions.get(transactionalId);
    if (known === undefined) {
      const transaction: Transaction = {
        producerId: this.nextProducerId++,
        epoch: 0,
        isOpen: false,
        lastCommitted: null,
        partitions: new Set(),
      };
      this.transactions.set(transactionalId, transaction);
      return identity(transaction);
    }
    if (producerId >= 0 && isFenced(known, producerId, epoch)) return refused('PRODUCER_FENCED');
    this.raiseEpoch(known);
    return identity(known);
  }

  /** Another producer with the same transactional id calls initTransactions. */
  fence(transactionalId: string): void {
    const transaction = this.transactions.get(transactionalId);
    if (transaction !== undefined) this.raiseEpoch(transaction);
  }

  addPartitions(
    transactionalId: string,
    producerId: number,
    epoch: number,
    partitions: readonly TopicPartition[],
  ): ErrorName {
    const transaction = this.transactions.get(transactionalId);
    if (transaction === undefined) return 'INVALID_PRODUCER_ID_MAPPING';
    if (isFenced(transaction, producerId, epoch)) return 'PRODUCER_FENCED';
    for (const tp of partitions) transaction.partitions.add(tp);
    transaction.isOpen = true;
    return 'NONE';
  }

  /** What a partition's leader asks before it appends a transactional batch. `joins`: KIP-890, Produce ≥ 12. */
  checkProduce(
    transactionalId: string | null,
    producerId: number,
    epoch: number,
    tp: TopicPartition,
    joins: boolean,
  ): ErrorName {
    const transaction = transactionalId === null ? undefined : this.transactions.get(transactionalId);
    if (transaction === undefined || transaction.producerId !== producerId)
      return 'INVALID_PRODUCER_ID_MAPPING';
    if (epoch < transaction.epoch) return 'INVALID_PRODUCER_EPOCH';
    if (joins) {
      transaction.partitions.add(tp);
      transaction.isOpen = true;
    }
    return transaction.partitions.has(tp) ? 'NONE' : 'INVALID_TXN_STATE';
  }

  /** What a group's coordinator asks before it takes offsets in. `joins`: KIP-890, TxnOffsetCommit ≥ 5. */
  commitOffsets(transactionalId: string, producerId: number, epoch: number, joins: boolean): ErrorName {
    const transaction = this.transactions.get(transactionalId);
    if (transaction === undefined || transaction.producerId !== producerId)
      return 'INVALID_PRODUCER_ID_MAPPING';
    if (epoch < transaction.epoch) return 'INVALID_PRODUCER_EPOCH';
    if (joins) transaction.isOpen = true;
    return transaction.isOpen ? 'NONE' : 'INVALID_TXN_STATE';
  }

  /** `bumpsEpoch`: EndTxn version 5, where every finished transaction raises the epoch. */
  endTransaction(
    transactionalId: string,
    producerId: number,
    epoch: number,
    commit: boolean,
    bumpsEpoch: boolean,
  ): Identity {
    const transaction = this.transactions.get(transactionalId);
    if (transaction === undefined || transaction.producerId !== producerId)
      return refused('INVALID_PRODUCER_ID_MAPPING');
    const isRepetition =
      !transaction.isOpen &&
      transaction.lastCommitted === commit &&
      epoch === transaction.epoch - (bumpsEpoch ? 1 : 0);
    if (isRepetition) return identity(transaction);
    if (epoch !== transaction.epoch) return refused('PRODUCER_FENCED');
    if (!transaction.isOpen && (commit || !bumpsEpoch)) return refused('INVALID_TXN_STATE');
    if (bumpsEpoch) transaction.epoch++;
    this.finish(transaction, commit);
    return identity(transaction);
  }

  private raiseEpoch(transaction: Transaction): void {
    transaction.epoch++;
    if (transaction.isOpen) this.finish(transaction, false);
    transaction.lastCommitted = null;
  }

  private finish(transaction: Transaction, commit: boolean): void {
    for (const tp of transaction.partitions) this.mark(tp, transaction.producerId, transaction.epoch, commit);
    transaction.partitions.clear();
    transaction.isOpen = false;
    transaction.lastCommitted = commit;
  }
}
