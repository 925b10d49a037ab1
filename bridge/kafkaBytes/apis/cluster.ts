/** What a client asks of the cluster as a whole: ApiVersions, Metadata, FindCoordinator. */
import type { ErrorName } from '#record/Errors';
import { readError, type Api } from '../Api.ts';
import type { ByteReader } from '../ByteReader.ts';

export interface ApiVersionsResponse {
  readonly error: ErrorName;
  readonly apis: readonly { readonly key: number; readonly min: number; readonly max: number }[];
  /** Levels the cluster has agreed on, as `transaction.version`. */
  readonly finalizedFeatures: ReadonlyMap<string, number>;
}

const CLIENT_SOFTWARE = 'linger';

export const API_VERSIONS: Api<null, ApiVersionsResponse> = {
  name: 'ApiVersions',
  key: 18,
  versions: [3, 4],
  flexibleFrom: 3,
  encode(writer) {
    writer.string(CLIENT_SOFTWARE);
    writer.string('1');
    writer.tags();
  },
  decode(reader) {
    const error = readError(reader);
    const apis = reader.array(() => {
      const api = { key: reader.int16(), min: reader.int16(), max: reader.int16() };
      reader.tags();
      return api;
    });
    reader.int32();
    const finalizedFeatures = new Map<string, number>();
    reader.tags((tag, value) => {
      if (tag !== 2) return;
      value.array(() => {
        finalizedFeatures.set(value.string(), value.int16());
        value.int16();
        value.tags();
      });
    });
    return { error, apis, finalizedFeatures };
  },
};

export interface MetadataRequest {
  /** null: all topics. They are never created by asking. */
  readonly topics: readonly string[] | null;
}
export interface PartitionMetadata {
  readonly error: ErrorName;
  readonly partition: number;
  /** −1: none. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}
export interface TopicMetadata {
  readonly error: ErrorName;
  readonly topic: string;
  /** 32 hexadecimal digits, since version 10. */
  readonly topicId: string | null;
  readonly isInternal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}
export interface BrokerMetadata {
  readonly node: number;
  readonly host: string;
  readonly port: number;
}
export interface MetadataResponse {
  readonly brokers: readonly BrokerMetadata[];
  readonly clusterId: string | null;
  readonly topics: readonly TopicMetadata[];
}

const NO_ID = '0'.repeat(32);

export const METADATA: Api<MetadataRequest, MetadataResponse> = {
  name: 'Metadata',
  key: 3,
  versions: [8, 12],
  flexibleFrom: 9,
  encode(writer, { topics }, version) {
    writer.array(topics, (topic) => {
      if (version >= 10) writer.uuid(NO_ID);
      writer.string(topic);
      writer.tags();
    });
    writer.boolean(false);
    if (version <= 10) writer.boolean(false);
    writer.boolean(false);
    writer.tags();
  },
  decode(reader, version) {
    reader.int32();
    const brokers = reader.array(() => {
      const broker = { node: reader.int32(), host: reader.string(), port: reader.int32() };
      reader.nullableString();
      reader.tags();
      return broker;
    });
    const clusterId = reader.nullableString();
    // The "controller" is any broker that would pass a request on: it says nothing about who is in charge.
    reader.int32();
    const topics = reader.array(() => readTopicMetadata(reader, version));
    if (version <= 10) reader.int32();
    reader.tags();
    return { brokers, clusterId, topics };
  },
};

function readTopicMetadata(reader: ByteReader, version: number): TopicMetadata {
  const error = readError(reader);
  const topic = reader.nullableString() ?? '';
  const topicId = version >= 10 ? reader.uuid() : null;
  const isInternal = reader.boolean();
  const partitions = reader.array(readPartitionMetadata);
  reader.int32();
  reader.tags();
  return { error, topic, topicId, isInternal, partitions };
}

function readPartitionMetadata(reader: ByteReader): PartitionMetadata {
  const error = readError(reader);
  const partition = reader.int32();
  const leader = reader.int32();
  const leaderEpoch = reader.int32();
  const replicas = reader.array(() => reader.int32());
  const isr = reader.array(() => reader.int32());
  reader.array(() => reader.int32());
  reader.tags();
  return { error, partition, leader, leaderEpoch, replicas, isr };
}

export interface FindCoordinatorRequest {
  readonly keyType: 'group' | 'transaction';
  readonly key: string;
}
export interface FindCoordinatorResponse extends BrokerMetadata {
  readonly error: ErrorName;
  readonly errorMessage: string | null;
}

/** Versions 1 to 3 ask for one key, later ones for a list. */
export const FIND_COORDINATOR: Api<FindCoordinatorRequest, FindCoordinatorResponse> = {
  name: 'FindCoordinator',
  key: 10,
  versions: [1, 3],
  flexibleFrom: 3,
  encode(writer, { keyType, key }) {
    writer.string(key);
    writer.int8(keyType === 'group' ? 0 : 1);
    writer.tags();
  },
  decode(reader) {
    reader.int32();
    const error = readError(reader);
    const errorMessage = reader.nullableString();
    const answer = { node: reader.int32(), host: reader.string(), port: reader.int32() };
    reader.tags();
    return { ...answer, error, errorMessage };
  },
};
