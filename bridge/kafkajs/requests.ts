/**
 * The engine's requests and responses into bytes and back. kafkajs writes the header of a request in its older form;
 * for a flexible version the tag section that ends the newer form is the first byte of what it takes for the body, and
 * that of the response the first of what it hands over. So every version can be sent.
 */
import { nodeId } from '#base/ids';
import type { TopicPartition, TopicPartitions } from '#base/TopicPartition';
import type { NetworkSend } from '#engine/Selectable';
import type {
  ApiName,
  ApiVersionsResponse,
  MetadataResponse as EngineMetadata,
  RequestBody,
  ResponseBody,
  SentBatch,
} from '#engine/requests';
import type { ErrorName } from '#record/Errors';
import { byTopic, type Api, type OfTopic } from '../kafkaBytes/Api.ts';
import { ByteReader } from '../kafkaBytes/ByteReader.ts';
import { ByteWriter } from '../kafkaBytes/ByteWriter.ts';
import { API_VERSIONS, FIND_COORDINATOR, METADATA, type TopicMetadata } from '../kafkaBytes/apis/cluster.ts';
import { PRODUCE } from '../kafkaBytes/apis/produce.ts';
import * as transactions from '../kafkaBytes/apis/transactions.ts';

/** The bytes of a batch as it is sent. */
export type BatchBytes = (sent: SentBatch) => Uint8Array;

export interface RequestCodec {
  apiOf(send: NetworkSend): { readonly key: number; readonly name: string };
  encode(send: NetworkSend): Buffer;
  /** @throws MalformedBytes */
  decode(send: NetworkSend, payload: Uint8Array): ResponseBody;
}

type AnyApi = Pick<Api<never, unknown>, 'name' | 'key' | 'flexibleFrom'>;

const APIS: Readonly<Record<ApiName, AnyApi>> = {
  PRODUCE,
  METADATA,
  API_VERSIONS,
  INIT_PRODUCER_ID: transactions.INIT_PRODUCER_ID,
  FIND_COORDINATOR,
  ADD_PARTITIONS_TO_TXN: transactions.ADD_PARTITIONS_TO_TXN,
  ADD_OFFSETS_TO_TXN: transactions.ADD_OFFSETS_TO_TXN,
  TXN_OFFSET_COMMIT: transactions.TXN_OFFSET_COMMIT,
  END_TXN: transactions.END_TXN,
};

/** The highest version that is sent. Produce 13 would name topics by ids that change when one is made anew. */
const HIGHEST: Readonly<Record<ApiName, number>> = {
  PRODUCE: 12,
  METADATA: METADATA.versions[1],
  API_VERSIONS: API_VERSIONS.versions[1],
  INIT_PRODUCER_ID: transactions.INIT_PRODUCER_ID.versions[1],
  FIND_COORDINATOR: FIND_COORDINATOR.versions[1],
  ADD_PARTITIONS_TO_TXN: transactions.ADD_PARTITIONS_TO_TXN.versions[1],
  ADD_OFFSETS_TO_TXN: transactions.ADD_OFFSETS_TO_TXN.versions[1],
  TXN_OFFSET_COMMIT: transactions.TXN_OFFSET_COMMIT.versions[1],
  END_TXN: transactions.END_TXN.versions[1],
};

const UNSUPPORTED_VERSION = 35;
/** Of its number, the length of its records and its tags. */
const MOST_PARTITION_BYTES = 10;
const NAMES = Object.keys(APIS) as ApiName[];

export function createRequestCodec(partitions: TopicPartitions, batchBytes: BatchBytes): RequestCodec {
  return {
    apiOf: ({ api }) => APIS[api],
    encode({ body, version }) {
      const writer = new ByteWriter();
      writer.isFlexible = version >= APIS[body.api].flexibleFrom;
      writer.tags();
      encodeBody(writer, body, version, batchBytes);
      const bytes = writer.written();
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    },
    decode({ body, version }, payload) {
      const reader = new ByteReader(payload);
      const isFlexible = version >= APIS[body.api].flexibleFrom;
      // The header of this one answer has no tags, so that a client of any age can read it.
      reader.isFlexible = isFlexible && body.api !== 'API_VERSIONS';
      reader.tags();
      reader.isFlexible = isFlexible;
      const rest = payload.subarray(reader.at);
      const response = decodeBody(reader, body, version, partitions, new ByteReader(rest));
      reader.finish();
      return response;
    },
  };
}

function encodeBody(writer: ByteWriter, body: RequestBody, version: number, batchBytes: BatchBytes): void {
  switch (body.api) {
    case 'PRODUCE': {
      const { transactionalId, acks, timeoutMs, batches } = body;
      let bytes = 0;
      const topics = byTopic(batches, ({ tp }) => tp.topic).map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map((sent) => {
          const records = batchBytes(sent);
          bytes += records.length + MOST_PARTITION_BYTES;
          return { partition: sent.tp.partition, records };
        }),
      }));
      writer.reserve(bytes);
      return PRODUCE.encode(writer, { transactionalId, acks, timeoutMs, topics }, version);
    }
    case 'METADATA':
      return METADATA.encode(writer, { topics: body.topics }, version);
    case 'API_VERSIONS':
      return API_VERSIONS.encode(writer, null, version);
    case 'FIND_COORDINATOR':
      return FIND_COORDINATOR.encode(writer, body, version);
    case 'INIT_PRODUCER_ID':
      return transactions.INIT_PRODUCER_ID.encode(writer, body, version);
    case 'ADD_PARTITIONS_TO_TXN': {
      const topics = byTopic(body.partitions, (tp) => tp.topic).map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => partition),
      }));
      return transactions.ADD_PARTITIONS_TO_TXN.encode(writer, { ...body, topics }, version);
    }
    case 'ADD_OFFSETS_TO_TXN':
      return transactions.ADD_OFFSETS_TO_TXN.encode(writer, body, version);
    case 'TXN_OFFSET_COMMIT': {
      const topics = byTopic(body.offsets, ({ tp }) => tp.topic).map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ tp, offset, metadata }) => ({
          partition: tp.partition,
          offset,
          metadata,
        })),
      }));
      return transactions.TXN_OFFSET_COMMIT.encode(writer, { ...body, topics }, version);
    }
    case 'END_TXN':
      return transactions.END_TXN.encode(writer, body, version);
  }
}

/** `ahead`: a second reader at the same place, to look at what comes first. */
function decodeBody(
  reader: ByteReader,
  { api }: RequestBody,
  version: number,
  partitions: TopicPartitions,
  ahead: ByteReader,
): ResponseBody {
  if (api === 'API_VERSIONS') return decodeApiVersions(reader, version, ahead.int16());
  if (api === 'PRODUCE') return decodeProduce(reader, version, partitions);
  // All others begin with it.
  const throttleTimeMs = ahead.int32();
  switch (api) {
    case 'METADATA':
      return decodeMetadata(reader, version, throttleTimeMs);
    case 'FIND_COORDINATOR': {
      const found = FIND_COORDINATOR.decode(reader, version);
      const { error, errorMessage, node, host, port } = found;
      const address = error === 'NONE' ? { id: nodeId(node), host, port } : null;
      return { api, throttleTimeMs, error, errorMessage, node: address };
    }
    case 'INIT_PRODUCER_ID':
      return { api, throttleTimeMs, ...transactions.INIT_PRODUCER_ID.decode(reader, version) };
    case 'ADD_PARTITIONS_TO_TXN': {
      const topics = transactions.ADD_PARTITIONS_TO_TXN.decode(reader, version);
      return { api, throttleTimeMs, errors: errorsOf(topics, partitions) };
    }
    case 'ADD_OFFSETS_TO_TXN':
      return { api, throttleTimeMs, ...transactions.ADD_OFFSETS_TO_TXN.decode(reader, version) };
    case 'TXN_OFFSET_COMMIT': {
      const topics = transactions.TXN_OFFSET_COMMIT.decode(reader, version);
      return { api, throttleTimeMs, errors: errorsOf(topics, partitions) };
    }
    case 'END_TXN':
      return { api, throttleTimeMs, ...transactions.END_TXN.decode(reader, version) };
  }
}

/** A broker that does not know the version answers in version 0, with what it does know. */
function decodeApiVersions(reader: ByteReader, version: number, errorCode: number): ApiVersionsResponse {
  if (errorCode === UNSUPPORTED_VERSION) {
    reader.isFlexible = false;
    reader.int16();
    const apis = reader.array(() => ({ key: reader.int16(), min: reader.int16(), max: reader.int16() }));
    return apiVersions('UNSUPPORTED_VERSION', apis, 0);
  }
  const { error, apis, finalizedFeatures } = API_VERSIONS.decode(reader, version);
  return apiVersions(error, apis, finalizedFeatures.get('transaction.version') ?? 0);
}

function apiVersions(
  error: ErrorName,
  apis: readonly { readonly key: number; readonly max: number }[],
  transactionVersion: number,
): ApiVersionsResponse {
  const maxVersions: Partial<Record<ApiName, number>> = {};
  for (const name of NAMES) {
    const offered = apis.find(({ key }) => key === APIS[name].key);
    if (offered !== undefined) maxVersions[name] = Math.min(offered.max, HIGHEST[name]);
  }
  return { api: 'API_VERSIONS', throttleTimeMs: 0, error, maxVersions, transactionVersion };
}

function decodeMetadata(reader: ByteReader, version: number, throttleTimeMs: number): ResponseBody {
  const { brokers, topics } = METADATA.decode(reader, version);
  return {
    api: 'METADATA',
    throttleTimeMs,
    brokers: brokers.map(({ node, host, port }) => ({ id: nodeId(node), host, port })),
    controller: null,
    topics: engineTopics(topics),
  };
}

/** Topics of an answer as the engine has them. */
export const engineTopics = (topics: readonly TopicMetadata[]): EngineMetadata['topics'] =>
  topics.map(({ topic, error, topicId, partitions }) => ({
    topic,
    error,
    ...(topicId === null ? {} : { topicId }),
    partitions: partitions.map((one) => ({
      partition: one.partition,
      error: one.error,
      leader: one.leader < 0 ? null : nodeId(one.leader),
      leaderEpoch: one.leaderEpoch,
      replicas: one.replicas.map(nodeId),
      isr: one.isr.map(nodeId),
    })),
  }));

function decodeProduce(reader: ByteReader, version: number, partitions: TopicPartitions): ResponseBody {
  const { topics, throttleTimeMs } = PRODUCE.decode(reader, version);
  return {
    api: 'PRODUCE',
    throttleTimeMs,
    partitions: topics.flatMap((ofTopic) =>
      ofTopic.partitions.map(({ partition, currentLeader, ...answer }) => ({
        ...answer,
        tp: partitions.get(ofTopic.topic, partition),
        currentLeader:
          currentLeader === null || currentLeader.leader < 0
            ? null
            : { leader: nodeId(currentLeader.leader), leaderEpoch: currentLeader.leaderEpoch },
      })),
    ),
  };
}

const errorsOf = (
  topics: readonly OfTopic<transactions.PartitionError>[],
  all: TopicPartitions,
): { readonly tp: TopicPartition; readonly error: ErrorName }[] =>
  topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, error }) => ({ tp: all.get(topic, partition), error })),
  );
