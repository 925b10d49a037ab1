/**
 * The state at the cursor: what is open at this moment. Never one entry per record, so that a copy is cheap and a
 * jump back costs a few thousand events. What is finished lives in the indexes: RecordColumns and Lifelines.
 */
import type { BatchId, ClientId, NodeId, RecordId, RequestId, ThreadId, TpId } from '#base/ids';
import type { Micros } from '#base/time';
import type {
  BlockedOn,
  BrokerState,
  CallName,
  ConnectionState,
  CoordinatorState,
  DrainStop,
  ReadyReason,
  TransactionState,
} from '#events/words';

export interface ThreadState {
  readonly id: ThreadId;
  client: ClientId;
  readonly name: string;
  /** The call it is in; null between calls. `send` when `sending` is set. */
  call: CallName | null;
  /** The record whose send() it is in. */
  sending: RecordId | null;
  /** The last record it appended: `send()` can still refuse it after that (§1.1, step 12). */
  lastAppended: RecordId | null;
  blockedOn: BlockedOn | null;
  blockedSince: Micros;
  blockedUntilUs: number | null;
}

export interface ClientState {
  readonly id: ClientId;
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly startedAt: Micros;
  closed: 'graceful' | 'timed-out' | 'forced' | 'died' | null;
  producerId: number;
  producerEpoch: number;
  /** Kafka's own state; null: it has no transaction manager, or nothing was said of it yet. */
  transaction: TransactionState | null;
  transactionSince: Micros;
  /** What brought it into an error state; null: it is in none. */
  transactionError: string | null;
  /** Of the open transaction: those that it has written to. */
  transactionPartitions: Set<TpId>;
  committed: number;
  aborted: number;
  /** 0: its memory has no limit. */
  bufferTotalBytes: number;
  bufferAvailableBytes: number;
  bufferWaiters: number;
  metadataVersion: number;
  metadataUpdatedAt: Micros | null;
  readonly stickyOf: Map<string, TpId>;
  readonly muted: Set<TpId>;
  readonly connections: Map<NodeId, ConnectionView>;
  readonly sequences: Map<TpId, { nextSequence: number; lastAckedSequence: number; unresolved: boolean }>;
}

export interface ConnectionView {
  readonly node: NodeId;
  state: ConnectionState;
  because: string;
  since: Micros;
  untilMs: number | null;
  addedUs: number;
  cut: boolean;
  /** Oldest first. */
  readonly inFlight: RequestId[];
}

export type BatchPhase =
  /** In its deque, open for appends. */
  | 'open'
  /** In its deque, closed for appends (full), or sendable: see `readyReason`. */
  | 'closed'
  /** In a request. */
  | 'in-flight'
  /** In its deque again, waiting for its back-off or its turn. */
  | 'requeued';

export interface BatchState {
  readonly id: BatchId;
  readonly client: ClientId;
  readonly tp: TpId;
  readonly createdAt: Micros;
  readonly capacityBytes: number;
  readonly parent: BatchId | null;
  phase: BatchPhase;
  records: number;
  /** With the 61-byte header; grows with each append, real once drained. */
  sizeBytes: number;
  rawBytes: number;
  readyReason: ReadyReason | null;
  readyAt: Micros | null;
  /** Its linger, and after a retry its back-off, counts from here. */
  lastAttemptAt: Micros;
  backoffUntilMs: number | null;
  attempts: number;
  lastError: string | null;
  producerId: number;
  producerEpoch: number;
  baseSequence: number;
  request: RequestId | null;
  /** Failed for the application while its request is still out (§3.6). */
  expired: boolean;
  /** Why the last drain of its node stopped at it; null since it went on. */
  drainStop: DrainStop | null;
  /** Offset after its last record in the leader's log; −1: no broker has appended it. */
  endOffset: number;
}

export type RequestPhase = 'sent' | 'written' | 'arrived' | 'begun' | 'answering' | 'answered' | 'lost';

export interface RequestState {
  readonly id: RequestId;
  readonly client: ClientId;
  readonly node: NodeId;
  readonly api: string;
  readonly version: number;
  readonly sizeBytes: number;
  readonly correlationId: number;
  readonly sentAt: Micros;
  phase: RequestPhase;
  phaseAt: Micros;
  readonly batches: BatchId[];
  /** The model knows what the client does not: this way never ends. */
  lostOnWay: 'request' | 'answer' | null;
  what: Readonly<Record<string, unknown>> | null;
}

export interface PartitionState {
  readonly tp: TpId;
  readonly topic: string;
  readonly partition: number;
  /** What the cluster knows; null: none. */
  leader: NodeId | null;
  leaderEpoch: number;
  /** What the client believes. */
  clientLeader: NodeId | null;
  isr: readonly number[];
  elr: readonly number[];
  highWatermark: number;
  lastStableOffset: number;
  /** Log end offset of each replica. */
  readonly logEnd: Map<NodeId, number>;
  /** Its topic was deleted. */
  isDeleted: boolean;
  /** From which offset on a replica has something else than the leader, until it is cut there. */
  readonly divergedFrom: Map<NodeId, number>;
  /** What the application was told of the records that went to it. */
  acked: number;
  failed: number;
  /** Records in the leader's log: its log end offset without transaction markers. */
  stored: number;
  markers: number;
  /** Open, closed and requeued batches of every client, oldest first. */
  readonly deque: BatchId[];
}

/** Before the first word of a leader: a live run begins before the cluster has been asked. */
export const isLeaderUnknown = ({ leader, leaderEpoch }: PartitionState): boolean =>
  leader === null && leaderEpoch < 0;

/** A transactional id as its coordinator has it in its log. */
export interface CoordinatorView {
  readonly transactionalId: string;
  readonly state: CoordinatorState;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** null: no broker is there to coordinate it. */
  readonly node: NodeId | null;
  readonly since: Micros;
}

export interface BrokerView {
  readonly node: NodeId;
  state: BrokerState;
  since: Micros;
  /** What each request of a client takes longer than it should. */
  addedUs: number;
}

/** Everything adds up: sent = waiting + acked + failed (+ refused, which is failed before it was in a batch). */
export interface Counters {
  recordsSent: number;
  recordsAppended: number;
  recordsAcked: number;
  recordsFailed: number;
  /** Failed by exception name. */
  readonly failedBy: Map<string, number>;
  recordsRetried: number;
  requestsSent: number;
  produceRequestsSent: number;
  bytesSent: number;
  batchesCompleted: number;
  batchesSplit: number;
  /** What stands in the leaders' logs, which can disagree with what the application was told. */
  recordsStored: number;
  /** These four are known to Outcomes only, which `RunProjections.moveTo` asks. */
  recordsDuplicated: number;
  recordsLostAfterAck: number;
  recordsFailedYetStored: number;
  recordsReordered: number;
}

export interface PipelineState {
  /** Events applied: [0, seq). */
  seq: number;
  at: Micros;
  readonly threads: Map<ThreadId, ThreadState>;
  readonly clients: Map<ClientId, ClientState>;
  /** Batches that are not done yet, or whose request is still out. */
  readonly batches: Map<BatchId, BatchState>;
  /** Those of them that no copy of this state shares: only these may be changed in place. */
  ownBatches: Set<BatchId>;
  /** Requests that are not answered or lost yet. */
  readonly requests: Map<RequestId, RequestState>;
  readonly partitions: Map<TpId, PartitionState>;
  readonly brokers: Map<NodeId, BrokerView>;
  /** By transactional id. Each view is replaced, never changed. */
  readonly coordinators: Map<string, CoordinatorView>;
  readonly counters: Counters;
  /** The records of one new batch in so many have events of their own; 1: all. */
  recordsOneIn: number;
  /** The last `batch.failed`: records of it whose own exception differs follow at the same instant. */
  lastFailure: { readonly exception: string; readonly at: Micros } | null;
}
