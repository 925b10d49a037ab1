/**
 * core/.../coordinator/transaction/TransactionMetadata: the state of one transactional id and what it allows (§8.6). It
 * decides; the coordinator beside it writes, waits and answers.
 */
import type { NodeId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { InitProducerIdRequest } from '#engine/requests';
import type { CoordinatorState } from '#events/words';
import type { ErrorName } from '#record/Errors';

/** TransactionMetadata.isEpochExhausted. */
const LAST_EPOCH = 32766;

/** TransactionMetadata. */
export interface Transaction {
  readonly transactionalId: string;
  producerId: number;
  producerEpoch: number;
  /** The epoch before the last one a producer asked for with its own: a repeated request is recognised by it. */
  lastEpoch: number;
  /** Before the ids ran out and a new one was given; −1: the same. */
  previousProducerId: number;
  timeoutMs: number;
  state: CoordinatorState;
  partitions: Set<TopicPartition>;
  startedUs: number;
  /** A write to the log is under way (`pendingState`). */
  isPending: boolean;
  /** The producer speaks version 2: every end of a transaction raises the epoch. */
  version: 1 | 2;
  owner: NodeId | null;
  /** Rises when another broker takes over: what the old one had under way is void. */
  term: number;
  /** What the coordinator's log says: all that the next owner knows. */
  logged: LoggedState;
}

type LoggedState = Pick<
  Transaction,
  | 'producerId'
  | 'producerEpoch'
  | 'lastEpoch'
  | 'previousProducerId'
  | 'timeoutMs'
  | 'state'
  | 'partitions'
  | 'startedUs'
  | 'version'
>;

/** Who asks, in the name of which producer. */
export interface Asker {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Empty, with the epoch before the first. */
export function createTransaction(
  transactionalId: string,
  owner: NodeId,
  producerId: number,
  version: 1 | 2,
): Transaction {
  const logged: LoggedState = {
    producerId,
    producerEpoch: -1,
    lastEpoch: -1,
    previousProducerId: -1,
    timeoutMs: 0,
    state: 'Empty',
    partitions: new Set(),
    startedUs: 0,
    version,
  };
  return { ...logged, transactionalId, isPending: false, owner, term: 0, logged };
}

/** The write is in the log. */
export function remember(transaction: Transaction): void {
  const { producerId, producerEpoch, lastEpoch, previousProducerId, timeoutMs } = transaction;
  const { state, startedUs, version } = transaction;
  const partitions = new Set(transaction.partitions);
  const ids = { producerId, producerEpoch, lastEpoch, previousProducerId };
  transaction.logged = { ...ids, timeoutMs, state, partitions, startedUs, version };
}

/** Another broker takes over and reads the log: what was not written yet has never been, a fence for instance. */
export function takeOver(transaction: Transaction, owner: NodeId | null): void {
  const { logged } = transaction;
  Object.assign(transaction, logged, { partitions: new Set(logged.partitions), isPending: false, owner });
  transaction.term++;
}

/** Why an InitProducerId is refused; null: it is not. An open transaction is no error here. */
export function initError(transaction: Transaction, body: InitProducerIdRequest): ErrorName | null {
  if (transaction.isPending) return 'CONCURRENT_TRANSACTIONS';
  if (body.producerId >= 0 && body.producerId !== transaction.producerId) {
    if (body.producerId !== transaction.previousProducerId) return 'PRODUCER_FENCED';
  }
  if (transaction.state === 'PrepareCommit' || transaction.state === 'PrepareAbort') {
    return 'CONCURRENT_TRANSACTIONS';
  }
  const { producerEpoch } = body;
  const isKnown =
    producerEpoch < 0 ||
    producerEpoch === transaction.producerEpoch ||
    producerEpoch === transaction.lastEpoch;
  return isKnown ? null : 'PRODUCER_FENCED';
}

/** TransactionMetadata.prepareIncrementProducerEpoch, and a new id where the epochs have run out. */
export function raiseEpoch(
  transaction: Transaction,
  expectedEpoch: number,
  nextProducerId: () => number,
): void {
  if (transaction.producerEpoch >= LAST_EPOCH) {
    transaction.previousProducerId = transaction.producerId;
    transaction.producerId = nextProducerId();
    transaction.producerEpoch = 0;
    transaction.lastEpoch = -1;
    return;
  }
  // A repeated request gets the answer that the first one got.
  if (expectedEpoch >= 0 && expectedEpoch === transaction.lastEpoch) return;
  transaction.lastEpoch = expectedEpoch;
  transaction.producerEpoch++;
}

/** Version 1: whether the producer has added these partitions (KIP-890 part 1). */
export function verified(
  transaction: Transaction | undefined,
  asker: Asker,
  partitions: readonly TopicPartition[],
): ErrorName {
  if (transaction === undefined || transaction.producerId !== asker.producerId) {
    return 'INVALID_PRODUCER_ID_MAPPING';
  }
  if (transaction.producerEpoch !== asker.producerEpoch) return 'PRODUCER_FENCED';
  if (transaction.state === 'PrepareCommit' || transaction.state === 'PrepareAbort') {
    return 'CONCURRENT_TRANSACTIONS';
  }
  const isIn = transaction.state === 'Ongoing' && partitions.every((tp) => transaction.partitions.has(tp));
  return isIn ? 'NONE' : 'TRANSACTION_ABORTABLE';
}

/** What a producer that is no client of the coordinator hears instead of the coordinator's own word. */
const AS_PRODUCE_ERROR: Partial<Record<ErrorName, ErrorName>> = {
  PRODUCER_FENCED: 'INVALID_PRODUCER_EPOCH',
  NOT_COORDINATOR: 'NOT_ENOUGH_REPLICAS',
  COORDINATOR_NOT_AVAILABLE: 'NOT_ENOUGH_REPLICAS',
  COORDINATOR_LOAD_IN_PROGRESS: 'NOT_ENOUGH_REPLICAS',
};

/** AddPartitionsToTxnManager and ReplicaManager: the error of the batch; null: it may be appended. */
export function asProduceError(error: ErrorName, isImplicitAdd: boolean): ErrorName | null {
  if (error === 'NONE') return null;
  // A producer of version 1 does not expect this one from a partition leader.
  if (error === 'CONCURRENT_TRANSACTIONS' && !isImplicitAdd) return 'NOT_ENOUGH_REPLICAS';
  return AS_PRODUCE_ERROR[error] ?? error;
}

/** null: the transaction may end; 'repeated': it has ended the same way before. */
export function endError(
  transaction: Transaction,
  isCommit: boolean,
  raises: boolean,
  isRepeated: boolean,
): ErrorName | 'repeated' | null {
  switch (transaction.state) {
    case 'Ongoing':
      return isRepeated ? 'PRODUCER_FENCED' : null;
    case 'PrepareCommit':
      return isCommit ? 'CONCURRENT_TRANSACTIONS' : 'INVALID_TXN_STATE';
    case 'PrepareAbort':
      return isCommit ? 'INVALID_TXN_STATE' : 'CONCURRENT_TRANSACTIONS';
    case 'CompleteCommit':
      if (isCommit) return isRepeated || !raises ? 'repeated' : 'INVALID_TXN_STATE';
      return raises && !isRepeated ? null : 'INVALID_TXN_STATE';
    case 'CompleteAbort':
      if (!isCommit) return isRepeated || !raises ? 'repeated' : null;
      return 'INVALID_TXN_STATE';
    case 'Empty':
      // Version 2: an abort of what the client took for begun raises the epoch, and nothing else.
      return raises && !isCommit && !isRepeated ? null : 'INVALID_TXN_STATE';
    case 'PrepareEpochFence':
    case 'Dead':
      return 'INVALID_TXN_STATE';
  }
}
