/** Reading a log back: ListOffsets, OffsetForLeaderEpoch and Fetch. */
import type { ErrorName } from '#record/Errors';
import { readError, readTopic, writeTopics, type Api, type OfTopic } from '../Api.ts';
import type { ByteReader } from '../ByteReader.ts';

/** 0 sees everything below the high watermark, 1 only what is below the last stable offset. */
export type IsolationLevel = 'read_uncommitted' | 'read_committed';

const isolationByte = (level: IsolationLevel): number => (level === 'read_uncommitted' ? 0 : 1);
/** A client is no replica. */
const NO_REPLICA = -1;
/** ListOffsetsRequest.DEBUGGING_REPLICA_ID: any replica answers with the end of its own log. */
const ANY_REPLICA = -2;

export interface ListOffsetsRequest {
  readonly isolationLevel: IsolationLevel;
  /** Not what consumers may read but what the asked broker has, leader or not. */
  readonly isOfReplica?: boolean;
  readonly topics: readonly OfTopic<{ readonly partition: number; readonly at: 'earliest' | 'latest' }>[];
}
export interface ListedOffset {
  readonly partition: number;
  readonly error: ErrorName;
  readonly offset: number;
  readonly leaderEpoch: number;
}

export const LIST_OFFSETS: Api<ListOffsetsRequest, readonly OfTopic<ListedOffset>[]> = {
  name: 'ListOffsets',
  key: 2,
  versions: [4, 6],
  flexibleFrom: 6,
  encode(writer, { isolationLevel, isOfReplica = false, topics }) {
    writer.int32(isOfReplica ? ANY_REPLICA : NO_REPLICA);
    writer.int8(isolationByte(isolationLevel));
    writeTopics(writer, topics, ({ partition, at }) => {
      writer.int32(partition);
      writer.int32(-1);
      writer.int64(at === 'latest' ? -1 : -2);
      writer.tags();
    });
    writer.tags();
  },
  decode(reader) {
    reader.int32();
    const topics = reader.array(() => readTopic(reader, readListedOffset));
    reader.tags();
    return topics;
  },
};

function readListedOffset(reader: ByteReader): ListedOffset {
  const partition = reader.int32();
  const error = readError(reader);
  reader.int64();
  const offset = reader.int64();
  const leaderEpoch = reader.int32();
  reader.tags();
  return { partition, error, offset, leaderEpoch };
}

export interface LeaderEpochRequest {
  readonly topics: readonly OfTopic<{
    readonly partition: number;
    /** As metadata have it; a broker that knows of another says so. */
    readonly currentLeaderEpoch: number;
    readonly leaderEpoch: number;
  }>[];
}
export interface LeaderEpochEnd {
  readonly partition: number;
  readonly error: ErrorName;
  /** One past the last offset of the epoch that was asked for, or of the last one before it; −1: it knows of none. */
  readonly endOffset: number;
}

/** Where the log of a leader has another history than the one that was read (KIP-320). */
export const OFFSET_FOR_LEADER_EPOCH: Api<LeaderEpochRequest, readonly OfTopic<LeaderEpochEnd>[]> = {
  name: 'OffsetForLeaderEpoch',
  key: 23,
  versions: [3, 3],
  flexibleFrom: 4,
  encode(writer, { topics }) {
    // As consumers ask: OffsetsForLeaderEpochRequest.CONSUMER_REPLICA_ID.
    writer.int32(NO_REPLICA);
    writeTopics(writer, topics, ({ partition, currentLeaderEpoch, leaderEpoch }) => {
      writer.int32(partition);
      writer.int32(currentLeaderEpoch);
      writer.int32(leaderEpoch);
    });
  },
  decode(reader) {
    reader.int32();
    return reader.array(() => readTopic(reader, readLeaderEpochEnd));
  },
};

function readLeaderEpochEnd(reader: ByteReader): LeaderEpochEnd {
  const error = readError(reader);
  const partition = reader.int32();
  reader.int32();
  const endOffset = reader.int64();
  return { partition, error, endOffset };
}

export interface FetchRequest {
  readonly isolationLevel: IsolationLevel;
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly topics: readonly OfTopic<{
    readonly partition: number;
    readonly offset: number;
    readonly maxBytes: number;
  }>[];
}
export interface FetchedPartition {
  readonly partition: number;
  readonly error: ErrorName;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** read_committed: whose records from which offset on were aborted. */
  readonly abortedTransactions: readonly { readonly producerId: number; readonly firstOffset: number }[];
  /** Whole batches, the last one perhaps cut off; see `readRecordBatches`. */
  readonly records: Uint8Array;
}
export interface FetchResponse {
  readonly error: ErrorName;
  readonly throttleTimeMs: number;
  readonly topics: readonly OfTopic<FetchedPartition>[];
}

const NOTHING = new Uint8Array(0);

/** Version 11, the last with names for every broker since 2.3; without a fetch session. */
export const FETCH: Api<FetchRequest, FetchResponse> = {
  name: 'Fetch',
  key: 1,
  versions: [11, 11],
  flexibleFrom: 12,
  encode(writer, request) {
    writer.int32(NO_REPLICA);
    writer.int32(request.maxWaitMs);
    writer.int32(request.minBytes);
    writer.int32(request.maxBytes);
    writer.int8(isolationByte(request.isolationLevel));
    writer.int32(0);
    writer.int32(-1);
    writeTopics(writer, request.topics, ({ partition, offset, maxBytes }) => {
      writer.int32(partition);
      writer.int32(-1);
      writer.int64(offset);
      writer.int64(-1);
      writer.int32(maxBytes);
    });
    writer.array([], () => {});
    writer.string('');
  },
  decode(reader) {
    const throttleTimeMs = reader.int32();
    const error = readError(reader);
    reader.int32();
    const topics = reader.array(() => readTopic(reader, readFetched));
    return { throttleTimeMs, error, topics };
  },
};

function readFetched(reader: ByteReader): FetchedPartition {
  const partition = reader.int32();
  const error = readError(reader);
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const logStartOffset = reader.int64();
  const abortedTransactions = reader.array(() => ({
    producerId: reader.int64(),
    firstOffset: reader.int64(),
  }));
  // A replica that is nearer: never without racks.
  reader.int32();
  const records = reader.byteString() ?? NOTHING;
  return {
    partition,
    error,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    abortedTransactions,
    records,
  };
}
