/**
 * Bodies of requests and responses as values. Bytes are made when somebody needs them (live, the bytes view),
 * not on the model's hot path; sizes on the wire are in `requestSizes.ts`. Fields carry the names of Kafka's
 * message definitions (clients/src/main/resources/common/message).
 */
import type { NodeId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { REQUEST_APIS } from '#events/words';
import type { ErrorName } from '#record/Errors';
import type { ProducerBatch } from './ProducerBatch.ts';

export type ApiName = (typeof REQUEST_APIS)[number];

export interface ProduceRequest {
  readonly api: 'PRODUCE';
  /** Of the request's builder: the highest version it may go out with; absent: the client's own highest. */
  readonly maxVersion?: number;
  readonly acks: -1 | 0 | 1;
  /** `request.timeout.ms`: how long the broker may wait for its followers. */
  readonly timeoutMs: number;
  readonly transactionalId: string | null;
  /** From version 13 on topics go by their ids: what the client knew when it made the request. */
  readonly topicIds?: ReadonlyMap<string, string>;
  /** In the order of the request. */
  readonly batches: readonly SentBatch[];
}
/** A batch as its bytes left: an epoch bump may stamp the batch anew while these are still on their way. */
export interface SentBatch {
  readonly batch: ProducerBatch;
  readonly tp: TopicPartition;
  readonly recordCount: number;
  /** Whole batch with its 61-byte header, after compression. */
  readonly sizeBytes: number;
  /** −1 without a producer id. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
}
export interface MetadataRequest {
  readonly api: 'METADATA';
  /** null asks for all topics (never by a producer); sorted as Java's `Set` gave them is not promised. */
  readonly topics: readonly string[];
  readonly isPartialUpdate: boolean;
}
export interface ApiVersionsRequest {
  readonly api: 'API_VERSIONS';
  /** After UNSUPPORTED_VERSION: what the broker named instead. */
  readonly maxVersion?: number;
}
export interface InitProducerIdRequest {
  readonly api: 'INIT_PRODUCER_ID';
  readonly transactionalId: string | null;
  readonly transactionTimeoutMs: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Two-phase commit (KIP-939). Absent: false. */
  readonly keepPreparedTxn?: boolean;
}
export interface FindCoordinatorRequest {
  readonly api: 'FIND_COORDINATOR';
  readonly keyType: 'transaction' | 'group';
  readonly key: string;
}
export interface AddPartitionsToTxnRequest {
  readonly api: 'ADD_PARTITIONS_TO_TXN';
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly partitions: readonly TopicPartition[];
}
export interface AddOffsetsToTxnRequest {
  readonly api: 'ADD_OFFSETS_TO_TXN';
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly groupId: string;
}
export interface TxnOffsetCommitRequest {
  readonly api: 'TXN_OFFSET_COMMIT';
  /** Of the request's builder: the highest version it may go out with; absent: the client's own highest. */
  readonly maxVersion?: number;
  readonly transactionalId: string;
  readonly groupId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly generationId: number;
  readonly memberId: string;
  readonly offsets: readonly {
    readonly tp: TopicPartition;
    readonly offset: number;
    readonly metadata: string;
  }[];
}
export interface EndTxnRequest {
  readonly api: 'END_TXN';
  /** Of the request's builder: the highest version it may go out with; absent: the client's own highest. */
  readonly maxVersion?: number;
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly committed: boolean;
}
export type RequestBody =
  | ProduceRequest
  | MetadataRequest
  | ApiVersionsRequest
  | InitProducerIdRequest
  | FindCoordinatorRequest
  | AddPartitionsToTxnRequest
  | AddOffsetsToTxnRequest
  | TxnOffsetCommitRequest
  | EndTxnRequest;

export interface LeaderHint {
  readonly leader: NodeId;
  readonly leaderEpoch: number;
}
export interface ProducePartitionResponse {
  readonly tp: TopicPartition;
  readonly error: ErrorName;
  /** −1: unknown. */
  readonly baseOffset: number;
  /** −1: the topic keeps the time of creation. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  readonly recordErrors: readonly { readonly index: number; readonly message: string | null }[];
  readonly errorMessage: string | null;
  /** KIP-951. */
  readonly currentLeader: LeaderHint | null;
}
export interface ProduceResponse {
  readonly api: 'PRODUCE';
  readonly throttleTimeMs: number;
  readonly partitions: readonly ProducePartitionResponse[];
  /** Addresses of the leaders that the hints name; a hint whose node is unknown to the client is ignored. */
  readonly nodeEndpoints?: readonly BrokerAddress[];
}
export interface BrokerAddress {
  readonly id: NodeId;
  readonly host: string;
  readonly port: number;
}
export interface MetadataResponse {
  readonly api: 'METADATA';
  readonly throttleTimeMs: number;
  /** Of the whole response: REBOOTSTRAP_REQUIRED (KIP-1102); absent: none. */
  readonly error?: ErrorName;
  readonly brokers: readonly BrokerAddress[];
  readonly controller: NodeId | null;
  readonly topics: readonly {
    readonly topic: string;
    readonly error: ErrorName;
    /** Changes when a topic is deleted and made anew. Absent: the topic has had one id all along. */
    readonly topicId?: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly error: ErrorName;
      readonly leader: NodeId | null;
      readonly leaderEpoch: number;
      readonly replicas: readonly NodeId[];
      readonly isr: readonly NodeId[];
    }[];
  }[];
}
export interface ApiVersionsResponse {
  readonly api: 'API_VERSIONS';
  readonly throttleTimeMs: number;
  readonly error: ErrorName;
  /** Highest version of each API that the broker offers. */
  readonly maxVersions: Readonly<Partial<Record<ApiName, number>>>;
  /** Finalized feature `transaction.version`. */
  readonly transactionVersion: number;
}
export interface InitProducerIdResponse {
  readonly api: 'INIT_PRODUCER_ID';
  readonly throttleTimeMs: number;
  readonly error: ErrorName;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Of a prepared transaction that was kept (KIP-939). Absent: none. */
  readonly ongoingTxn?: { readonly producerId: number; readonly producerEpoch: number };
}
export interface FindCoordinatorResponse {
  readonly api: 'FIND_COORDINATOR';
  readonly throttleTimeMs: number;
  readonly error: ErrorName;
  readonly errorMessage: string | null;
  readonly node: BrokerAddress | null;
}
export interface AddPartitionsToTxnResponse {
  readonly api: 'ADD_PARTITIONS_TO_TXN';
  readonly throttleTimeMs: number;
  readonly errors: readonly { readonly tp: TopicPartition; readonly error: ErrorName }[];
}
export interface AddOffsetsToTxnResponse {
  readonly api: 'ADD_OFFSETS_TO_TXN';
  readonly throttleTimeMs: number;
  readonly error: ErrorName;
}
export interface TxnOffsetCommitResponse {
  readonly api: 'TXN_OFFSET_COMMIT';
  readonly throttleTimeMs: number;
  readonly errors: readonly { readonly tp: TopicPartition; readonly error: ErrorName }[];
}
export interface EndTxnResponse {
  readonly api: 'END_TXN';
  readonly throttleTimeMs: number;
  readonly error: ErrorName;
  /** Version 5 and later (KIP-890): the epoch of the next transaction; −1 before. */
  readonly producerId: number;
  readonly producerEpoch: number;
}
export type ResponseBody =
  | ProduceResponse
  | MetadataResponse
  | ApiVersionsResponse
  | InitProducerIdResponse
  | FindCoordinatorResponse
  | AddPartitionsToTxnResponse
  | AddOffsetsToTxnResponse
  | TxnOffsetCommitResponse
  | EndTxnResponse;
