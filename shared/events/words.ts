/** Closed lists of words that events use. Only ever appended to: a word's position is what is on the tape. */

export const PARTITIONED_BY = ['explicit', 'key-hash', 'sticky', 'round-robin', 'custom'] as const;
export type PartitionedBy = (typeof PARTITIONED_BY)[number];

/** linger-expired also for a retry: there it is the back-off, counted from the last attempt. */
export const READY_REASONS = [
  'full',
  'linger-expired',
  'node-ready',
  'memory-exhausted',
  'flush',
  'close',
  'transaction-completing',
] as const;
export type ReadyReason = (typeof READY_REASONS)[number];

export const DRAIN_STOPS = [
  'request-full',
  'not-in-transaction',
  'no-producer-id',
  'stale-epoch-in-flight',
  'unresolved-sequence',
  'not-next-in-sequence',
  'fatal-error',
] as const;
export type DrainStop = (typeof DRAIN_STOPS)[number];

export const BLOCKED_ON = [
  'metadata',
  'buffer-memory',
  'record',
  'flush',
  'close',
  'transaction',
  'sleep',
  'cpu',
] as const;
export type BlockedOn = (typeof BLOCKED_ON)[number];

export const STAMP_REASONS = ['drained', 'epoch-bumped', 'split', 'sequence-adjusted'] as const;
export type StampReason = (typeof STAMP_REASONS)[number];

export const CONNECTION_STATES = [
  'connecting',
  'checking-api-versions',
  'ready',
  'throttled',
  'disconnected',
] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** Why a connection moved: wanted (client asked), connected, api-versions (answered), broker (closed it), … */
export const CONNECTION_CAUSES = [
  'wanted',
  'connected',
  'api-versions',
  'refused',
  'broker',
  'request-timeout',
  'setup-timeout',
  'client-closed',
  'throttle',
  'throttle-over',
  'rebootstrap',
  'warm',
] as const;
export type ConnectionCause = (typeof CONNECTION_CAUSES)[number];

export const CLOSED_HOW = ['graceful', 'timed-out', 'forced', 'died'] as const;
export const REFUSED_STAGES = [
  'metadata',
  'serializer',
  'partitioner',
  'size',
  'memory',
  'closed',
  'transaction',
] as const;
export type RefusedStage = (typeof REFUSED_STAGES)[number];
export const LOST_BY = ['timed-out', 'disconnected', 'version-mismatch'] as const;
export const BROKER_STATES = ['up', 'frozen', 'down'] as const;
export type BrokerState = (typeof BROKER_STATES)[number];
/** Why the client wants metadata. */
export const METADATA_WANTS = [
  'new-topic',
  'waiting-for-topic',
  'unknown-leader',
  'leader-error',
  'disconnect',
  'max-age',
  'rebootstrap',
  'start',
] as const;
export type MetadataWant = (typeof METADATA_WANTS)[number];
export const TRANSACTION_STATES = [
  'UNINITIALIZED',
  'INITIALIZING',
  'READY',
  'IN_TRANSACTION',
  'PREPARED_TRANSACTION',
  'COMMITTING_TRANSACTION',
  'ABORTING_TRANSACTION',
  'ABORTABLE_ERROR',
  'FATAL_ERROR',
] as const;
export type TransactionState = (typeof TRANSACTION_STATES)[number];
export const COORDINATOR_STATES = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'PrepareEpochFence',
  'Dead',
] as const;
export type CoordinatorState = (typeof COORDINATOR_STATES)[number];
/** Where a requeued batch went in its deque. */
export const REQUEUE_POSITIONS = ['front', 'by-sequence'] as const;
export const APIS = [
  'send',
  'flush',
  'close',
  'partitionsFor',
  'initTransactions',
  'beginTransaction',
  'sendOffsetsToTransaction',
  'commitTransaction',
  'abortTransaction',
] as const;
export type CallName = (typeof APIS)[number];
export const REQUEST_APIS = [
  'PRODUCE',
  'METADATA',
  'API_VERSIONS',
  'INIT_PRODUCER_ID',
  'FIND_COORDINATOR',
  'ADD_PARTITIONS_TO_TXN',
  'ADD_OFFSETS_TO_TXN',
  'TXN_OFFSET_COMMIT',
  'END_TXN',
] as const;
