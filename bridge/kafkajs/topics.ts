/** The topics of a live run: looked up on the cluster, created when missing. A connection for each, closed at the end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TopicSpec } from '#model/Scenario';
import { ConnectionLost, KafkaConnection, SpeaksTls } from '../kafkaBytes/KafkaConnection.ts';
import { API_VERSIONS, METADATA, type BrokerMetadata } from '../kafkaBytes/apis/cluster.ts';
import { PRODUCE } from '../kafkaBytes/apis/produce.ts';
import { CREATE_TOPICS } from '../kafkaBytes/apis/topics.ts';
import { readTopicLimits, type TopicLimits } from './topicLimits.ts';
import { NO_SECURITY, type ClientSecurity } from '../security/ClientSecurity.ts';

export interface BrokerEndpoint {
  readonly host: string;
  readonly port: number;
  /** How one gets in, the same for all brokers of a cluster; absent: openly. */
  readonly security?: ClientSecurity;
}

/** How one gets into the cluster that begins with these. */
export const securityOf = ([first]: readonly BrokerEndpoint[]): ClientSecurity =>
  first?.security ?? NO_SECURITY;

export interface WantedTopic {
  readonly topic: string;
  readonly partitions: number;
  /** null: as many as there are brokers, up to 3. */
  readonly replicationFactor: number | null;
  /** null: the cluster's default. */
  readonly minInsyncReplicas: number | null;
}

/** The first one is what the workload goes to. */
export type Topics<T> = readonly [T, ...T[]];

export interface FoundCluster {
  readonly brokers: readonly BrokerMetadata[];
  readonly topic: TopicSpec;
  readonly timestampType: TopicLimits['timestampType'];
  readonly isCreated: boolean;
  /** Why `topic` may be wrong about the topic's limits; null: it is right. */
  readonly doubt: string | null;
}

const METADATA_VERSION = 8;
const CREATE_VERSION = 5;
const CREATE_LIMIT_MS = 30_000;
const LOOK_MS = 100;
/** Something else than Kafka may take what is sent and never answer. */
const VERSIONS_LIMIT_MS = 5000;
/** Produce 8 came with Kafka 2.4. */
const OLDEST_PRODUCE = 8;
const MOST_REPLICAS = 3;

/** @throws Error whose message is a sentence: unreachable, too old, or the topic cannot be made. */
export async function findTopic(
  endpoints: readonly BrokerEndpoint[],
  wanted: WantedTopic,
): Promise<FoundCluster> {
  const connection = await connectToAny(endpoints);
  try {
    const { topic } = wanted;
    const before = await firstMetadata(connection, topic, securityOf(endpoints));
    const isThere = before.topics.some(({ error }) => error === 'NONE');
    const replicationFactor = wanted.replicationFactor ?? Math.min(MOST_REPLICAS, before.brokers.length);
    if (!isThere) await createTopic(connection, wanted, replicationFactor);
    const found = await untilLed(connection, topic);
    const [first] = found.partitions;
    const { limits, doubt } = await readTopicLimits(connection, topic);
    const { timestampType, ...spec } = limits;
    return {
      brokers: before.brokers,
      isCreated: !isThere,
      doubt,
      timestampType,
      topic: {
        topic,
        partitions: found.partitions.length,
        replicationFactor: first?.replicas.length ?? replicationFactor,
        ...spec,
      },
    };
  } finally {
    connection.close();
  }
}

/** One after the other. @throws Error as `findTopic` does */
export async function findTopics(
  endpoints: readonly BrokerEndpoint[],
  [first, ...others]: Topics<WantedTopic>,
): Promise<Topics<FoundCluster>> {
  const found: [FoundCluster, ...FoundCluster[]] = [await findTopic(endpoints, first)];
  for (const other of others) found.push(await findTopic(endpoints, other));
  return found;
}

/** The first that lets us in and is young enough; what is wrong with the others counts only when there is none. */
async function connectToAny(endpoints: readonly BrokerEndpoint[]): Promise<KafkaConnection> {
  let why = '';
  for (const endpoint of endpoints) {
    try {
      const connection = await KafkaConnection.open(endpoint);
      if (await isYoungEnough(connection, securityOf([endpoint]))) return connection;
      connection.close();
      why = `${endpoint.host}:${endpoint.port} is older than Kafka 2.4, or no Kafka broker`;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(`No broker can be reached: ${why}.`);
}

async function isYoungEnough(connection: KafkaConnection, { tls }: ClientSecurity): Promise<boolean> {
  try {
    const { apis } = await connection.request(API_VERSIONS, 3, null, VERSIONS_LIMIT_MS);
    return (apis.find(({ key }) => key === PRODUCE.key)?.max ?? 0) >= OLDEST_PRODUCE;
  } catch (error) {
    // With TLS a broker says only now that it does not take the client's certificate.
    if (error instanceof SpeaksTls || (tls !== null && error instanceof ConnectionLost)) throw error;
    // An older broker's answer cannot be read, or it closes the connection.
    return false;
  }
}

/** The first question after ApiVersions, which a broker answers to everybody. */
async function firstMetadata(connection: KafkaConnection, topic: string, security: ClientSecurity) {
  try {
    return await connection.request(METADATA, METADATA_VERSION, { topics: [topic] });
  } catch (error) {
    if (security.sasl !== null || !(error instanceof ConnectionLost)) throw error;
    throw new Error(
      'The broker wants to know who it talks to (SASL): name a file of client properties by --config.',
      { cause: error },
    );
  }
}

async function createTopic(
  connection: KafkaConnection,
  { topic, partitions, minInsyncReplicas }: WantedTopic,
  replicationFactor: number,
): Promise<void> {
  const configs = minInsyncReplicas === null ? {} : { 'min.insync.replicas': String(minInsyncReplicas) };
  const [made] = await connection.request(CREATE_TOPICS, CREATE_VERSION, {
    topics: [{ topic, partitions, replicationFactor, assignments: null, configs }],
    timeoutMs: CREATE_LIMIT_MS,
  });
  if (made === undefined || made.error === 'NONE' || made.error === 'TOPIC_ALREADY_EXISTS') return;
  throw new Error(`The topic ${topic} cannot be created: ${made.errorMessage ?? made.error}`);
}

/** A new topic reaches the brokers one after the other. */
async function untilLed(connection: KafkaConnection, topic: string) {
  const end = performance.now() + CREATE_LIMIT_MS;
  for (;;) {
    const { topics } = await connection.request(METADATA, METADATA_VERSION, { topics: [topic] });
    const found = topics.find((one) => one.topic === topic && one.error === 'NONE');
    if (found !== undefined && found.partitions.every(({ leader }) => leader >= 0)) return found;
    if (performance.now() > end) throw new Error(`The topic ${topic} has partitions without a leader.`);
    await sleep(LOOK_MS);
  }
}
