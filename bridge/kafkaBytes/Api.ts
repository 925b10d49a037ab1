/** What an API of the protocol is: its number, its versions, and the two halves of a body. */
import { ERROR_NAMES, errorCode, type ErrorName } from '#record/Errors';
import type { ByteReader } from './ByteReader.ts';
import type { ByteWriter } from './ByteWriter.ts';

export interface Api<Request, Response> {
  readonly name: string;
  readonly key: number;
  /** The lowest and highest version that is written here. */
  readonly versions: readonly [number, number];
  /** From this version on lengths are compact and there are tags (KIP-482). */
  readonly flexibleFrom: number;
  encode(writer: ByteWriter, request: Request, version: number): void;
  /** @throws MalformedBytes */
  decode(reader: ByteReader, version: number): Response;
}

/** A topic and what a request or an answer says of its partitions. */
export interface OfTopic<T> {
  readonly topic: string;
  readonly partitions: readonly T[];
}

const BY_CODE = new Map<number, ErrorName>(ERROR_NAMES.map((name) => [errorCode(name), name]));

/** The error that stands next in the bytes; as in Java a code without a name is UNKNOWN_SERVER_ERROR. */
export const readError = (reader: ByteReader): ErrorName =>
  BY_CODE.get(reader.int16()) ?? 'UNKNOWN_SERVER_ERROR';

export function readTopic<T>(reader: ByteReader, readPartition: (reader: ByteReader) => T): OfTopic<T> {
  const topic = reader.string();
  const partitions = reader.array(readPartition);
  reader.tags();
  return { topic, partitions };
}

export function writeTopics<T>(
  writer: ByteWriter,
  topics: readonly OfTopic<T>[] | null,
  writePartition: (partition: T) => void,
): void {
  writer.array(topics, ({ topic, partitions }) => {
    writer.string(topic);
    writer.array(partitions, writePartition);
    writer.tags();
  });
}

/** In the order in which the topics come first. */
export function byTopic<T>(items: readonly T[], topicOf: (item: T) => string): OfTopic<T>[] {
  const topics = new Map<string, T[]>();
  for (const item of items) {
    const topic = topicOf(item);
    const ofTopic = topics.get(topic);
    if (ofTopic === undefined) topics.set(topic, [item]);
    else ofTopic.push(item);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
