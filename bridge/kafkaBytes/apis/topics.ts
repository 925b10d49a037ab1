/** Topics and their leaders: CreateTopics, DeleteTopics, ElectLeaders. */
import type { ErrorName } from '#record/Errors';
import { readError, readTopic, writeTopics, type Api, type OfTopic } from '../Api.ts';
import type { ByteReader } from '../ByteReader.ts';

export interface NewTopic {
  readonly topic: string;
  /** For each partition its replicas, the preferred leader first. */
  readonly assignments: readonly (readonly number[])[] | null;
  /** Without assignments; −1 for the cluster's default. */
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}
export interface CreateTopicsRequest {
  readonly topics: readonly NewTopic[];
  readonly timeoutMs: number;
}
export interface TopicError {
  readonly topic: string;
  readonly error: ErrorName;
  readonly errorMessage: string | null;
}

export const CREATE_TOPICS: Api<CreateTopicsRequest, readonly TopicError[]> = {
  name: 'CreateTopics',
  key: 19,
  versions: [5, 7],
  flexibleFrom: 5,
  encode(writer, { topics, timeoutMs }) {
    writer.array(topics, ({ topic, assignments, partitions, replicationFactor, configs }) => {
      writer.string(topic);
      writer.int32(assignments === null ? partitions : -1);
      writer.int16(assignments === null ? replicationFactor : -1);
      writer.array([...(assignments ?? []).entries()], ([partition, replicas]) => {
        writer.int32(partition);
        writer.array(replicas, (node) => writer.int32(node));
        writer.tags();
      });
      writer.array(Object.entries(configs), ([key, value]) => {
        writer.string(key);
        writer.string(value);
        writer.tags();
      });
      writer.tags();
    });
    writer.int32(timeoutMs);
    writer.boolean(false);
    writer.tags();
  },
  decode(reader, version) {
    reader.int32();
    const topics = reader.array(() => readCreated(reader, version));
    reader.tags();
    return topics;
  },
};

function readCreated(reader: ByteReader, version: number): TopicError {
  const topic = reader.string();
  if (version >= 7) reader.uuid();
  const error = readError(reader);
  const errorMessage = reader.nullableString();
  reader.int32();
  reader.int16();
  reader.array(() => {
    reader.string();
    reader.nullableString();
    reader.boolean();
    reader.int8();
    reader.boolean();
    reader.tags();
  });
  reader.tags();
  return { topic, error, errorMessage };
}

export interface DeleteTopicsRequest {
  readonly topics: readonly string[];
  readonly timeoutMs: number;
}

export const DELETE_TOPICS: Api<DeleteTopicsRequest, readonly TopicError[]> = {
  name: 'DeleteTopics',
  key: 20,
  versions: [5, 5],
  flexibleFrom: 4,
  encode(writer, { topics, timeoutMs }) {
    writer.array(topics, (topic) => writer.string(topic));
    writer.int32(timeoutMs);
    writer.tags();
  },
  decode(reader) {
    reader.int32();
    const topics = reader.array(() => {
      const topic = reader.string();
      const error = readError(reader);
      const errorMessage = reader.nullableString();
      reader.tags();
      return { topic, error, errorMessage };
    });
    reader.tags();
    return topics;
  },
};

export interface ElectLeadersRequest {
  readonly type: 'preferred' | 'unclean';
  /** null: all partitions. */
  readonly topics: readonly OfTopic<number>[] | null;
  readonly timeoutMs: number;
}
export interface ElectionResult {
  readonly partition: number;
  readonly error: ErrorName;
  readonly errorMessage: string | null;
}
export interface ElectLeadersResponse {
  readonly error: ErrorName;
  readonly topics: readonly OfTopic<ElectionResult>[];
}

export const ELECT_LEADERS: Api<ElectLeadersRequest, ElectLeadersResponse> = {
  name: 'ElectLeaders',
  key: 43,
  versions: [1, 2],
  flexibleFrom: 2,
  encode(writer, { type, topics, timeoutMs }) {
    writer.int8(type === 'preferred' ? 0 : 1);
    writeTopics(writer, topics, (partition) => writer.int32(partition));
    writer.int32(timeoutMs);
    writer.tags();
  },
  decode(reader) {
    reader.int32();
    const error = readError(reader);
    const topics = reader.array(() => readTopic(reader, readElection));
    reader.tags();
    return { error, topics };
  },
};

function readElection(reader: ByteReader): ElectionResult {
  const partition = reader.int32();
  const error = readError(reader);
  const errorMessage = reader.nullableString();
  reader.tags();
  return { partition, error, errorMessage };
}
