/**
 * Bytes on the wire of requests and responses, without the 4-byte length prefix, for the flexible versions of
 * Kafka's message definitions (KIP-482): those a client of 4.3 and a broker since 2.4 agree on. Verified for Produce
 * against the golden traces (§4.6).
 */
import { utf8Length } from '#base/utf8';
import { sizeOfUnsignedVarint } from '#base/varint';
import type { TopicPartition } from '#base/TopicPartition';
import type { ProduceRequest, ProduceResponse, RequestBody, ResponseBody } from './requests.ts';

/** An empty list of tagged fields. */
const NO_TAGS = 1;
const UUID = 16;
/** Request header v2: api key, version, correlation id, client id, tags. */
const REQUEST_HEADER = 2 + 2 + 4 + 2 + NO_TAGS;
const CORRELATION_ID = 4;
const PRODUCER_ID_AND_EPOCH = 8 + 2;
/** What the Java client calls itself in ApiVersions. */
const SOFTWARE_NAME = 'apache-kafka-java';
const SOFTWARE_VERSION = '4.3.1';
const FIRST_VERSION_WITH_TOPIC_IDS = 13;

const arrayLength = (count: number): number => sizeOfUnsignedVarint(count + 1);

function compactString(text: string): number {
  const length = utf8Length(text);
  return sizeOfUnsignedVarint(length + 1) + length;
}

const nullableString = (text: string | null): number => (text === null ? 1 : compactString(text));

const compactBytes = (length: number): number => sizeOfUnsignedVarint(length + 1) + length;

const sum = <T>(items: Iterable<T>, sizeOf: (item: T) => number): number => {
  let total = 0;
  for (const item of items) total += sizeOf(item);
  return total;
};

/** topic -> its items, topics in order of appearance, as Java's collections keep them. */
function byTopic<T>(items: readonly T[], topicOf: (item: T) => string): Map<string, T[]> {
  const topics = new Map<string, T[]>();
  for (const item of items) {
    const known = topics.get(topicOf(item));
    if (known === undefined) topics.set(topicOf(item), [item]);
    else known.push(item);
  }
  return topics;
}

function topicArray<T>(
  items: readonly T[],
  topicOf: (item: T) => string,
  topicName: (topic: string) => number,
  sizeOf: (item: T) => number,
): number {
  const topics = byTopic(items, topicOf);
  let total = arrayLength(topics.size);
  for (const [topic, parts] of topics)
    total += topicName(topic) + arrayLength(parts.length) + sum(parts, sizeOf) + NO_TAGS;
  return total;
}

const topicOfPartition = (tp: TopicPartition): string => tp.topic;
const topicOfPart = (part: { readonly tp: TopicPartition }): string => part.tp.topic;

/** From version 13 on topics go by id (KIP-516). */
const produceTopic =
  (version: number) =>
  (topic: string): number =>
    version >= FIRST_VERSION_WITH_TOPIC_IDS ? UUID : compactString(topic);

function produceRequest(body: ProduceRequest, version: number): number {
  const acksAndTimeout = 2 + 4;
  const topics = topicArray(
    body.batches,
    topicOfPart,
    produceTopic(version),
    (batch) => 4 + compactBytes(batch.sizeBytes) + NO_TAGS,
  );
  return nullableString(body.transactionalId) + acksAndTimeout + topics;
}

function requestBody(body: RequestBody, version: number): number {
  switch (body.api) {
    case 'PRODUCE':
      return produceRequest(body, version);
    case 'METADATA': {
      const id = version >= 10 ? UUID : 0;
      const flags = version >= 8 && version <= 10 ? 3 : 2;
      const topics = sum(body.topics, (topic) => id + compactString(topic) + NO_TAGS);
      return arrayLength(body.topics.length) + topics + flags;
    }
    case 'API_VERSIONS':
      return compactString(SOFTWARE_NAME) + compactString(SOFTWARE_VERSION);
    case 'INIT_PRODUCER_ID':
      return nullableString(body.transactionalId) + 4 + PRODUCER_ID_AND_EPOCH;
    case 'FIND_COORDINATOR':
      return version >= 4 ? 1 + arrayLength(1) + compactString(body.key) : compactString(body.key) + 1;
    case 'ADD_PARTITIONS_TO_TXN':
      return (
        compactString(body.transactionalId) +
        PRODUCER_ID_AND_EPOCH +
        topicArray(body.partitions, topicOfPartition, compactString, () => 4)
      );
    case 'ADD_OFFSETS_TO_TXN':
      return compactString(body.transactionalId) + PRODUCER_ID_AND_EPOCH + compactString(body.groupId);
    case 'TXN_OFFSET_COMMIT':
      return (
        compactString(body.transactionalId) +
        compactString(body.groupId) +
        PRODUCER_ID_AND_EPOCH +
        4 +
        compactString(body.memberId) +
        nullableString(null) +
        topicArray(
          body.offsets,
          topicOfPart,
          compactString,
          (offset) => 4 + 8 + 4 + compactString(offset.metadata) + NO_TAGS,
        )
      );
    case 'END_TXN':
      return compactString(body.transactionalId) + PRODUCER_ID_AND_EPOCH + 1;
  }
}

/** Size of a request in bytes with its header, for a flexible version of its API. */
export function requestSizeBytes(body: RequestBody, version: number, clientId: string): number {
  return REQUEST_HEADER + utf8Length(clientId) + requestBody(body, version) + NO_TAGS;
}

const FIELD_TAG_AND_SIZE = 2;
const LEADER_HINT = FIELD_TAG_AND_SIZE + 4 + 4 + NO_TAGS;

function produceResponse(body: ProduceResponse, version: number): number {
  const partition = (part: ProduceResponse['partitions'][number]): number =>
    4 +
    2 +
    8 * 3 +
    arrayLength(part.recordErrors.length) +
    sum(part.recordErrors, (error) => 4 + nullableString(error.message) + NO_TAGS) +
    nullableString(part.errorMessage) +
    NO_TAGS +
    (part.currentLeader === null ? 0 : LEADER_HINT);
  const endpoints = body.nodeEndpoints ?? [];
  const endpointBytes = sum(endpoints, (node) => 4 + compactString(node.host) + 4 + 1 + NO_TAGS);
  return (
    topicArray(body.partitions, topicOfPart, produceTopic(version), partition) +
    (endpoints.length === 0 ? 0 : FIELD_TAG_AND_SIZE + arrayLength(endpoints.length) + endpointBytes)
  );
}

function responseBody(body: ResponseBody, version: number, asked: RequestBody): number {
  switch (body.api) {
    case 'PRODUCE':
      return produceResponse(body, version);
    case 'METADATA': {
      const brokers = sum(body.brokers, (node) => 4 + compactString(node.host) + 4 + 1 + NO_TAGS);
      const topics = sum(body.topics, (topic) => {
        const partitions = sum(
          topic.partitions,
          (p) =>
            14 +
            arrayLength(p.replicas.length) +
            arrayLength(p.isr.length) +
            1 +
            NO_TAGS +
            4 * (p.replicas.length + p.isr.length),
        );
        const head = 2 + compactString(topic.topic) + (version >= 10 ? UUID : 0) + 1;
        return head + arrayLength(topic.partitions.length) + partitions + 4 + NO_TAGS;
      });
      const lists = arrayLength(body.brokers.length) + brokers + arrayLength(body.topics.length) + topics;
      // The cluster id is a base64 UUID.
      const authorizedOperations = version >= 8 && version <= 10 ? 4 : 0;
      return lists + compactBytes(22) + 4 + authorizedOperations + (version >= 13 ? 2 : 0);
    }
    case 'API_VERSIONS':
      return 2 + arrayLength(0) + 7 * Object.keys(body.maxVersions).length;
    case 'INIT_PRODUCER_ID':
      return 2 + PRODUCER_ID_AND_EPOCH;
    case 'FIND_COORDINATOR': {
      // The answer names what was asked for.
      const key = compactString(asked.api === 'FIND_COORDINATOR' ? asked.key : '');
      const node = 4 + compactString(body.node?.host ?? '') + 4;
      return arrayLength(1) + key + node + 2 + nullableString(body.errorMessage) + NO_TAGS;
    }
    case 'ADD_PARTITIONS_TO_TXN':
    case 'TXN_OFFSET_COMMIT':
      return topicArray(body.errors, topicOfPart, compactString, () => 4 + 2 + NO_TAGS);
    case 'ADD_OFFSETS_TO_TXN':
      return 2;
    case 'END_TXN':
      return 2 + (version >= 5 ? PRODUCER_ID_AND_EPOCH : 0);
  }
}

/** Size of a response in bytes with its header; `asked` is the body of its request. */
export function responseSizeBytes(body: ResponseBody, version: number, asked: RequestBody): number {
  const throttleTime = 4;
  // The header of ApiVersions stays without tags, so that every client can read it.
  const header = CORRELATION_ID + (body.api === 'API_VERSIONS' ? 0 : NO_TAGS);
  return header + throttleTime + responseBody(body, version, asked) + NO_TAGS;
}
