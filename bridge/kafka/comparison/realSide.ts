/** The real brokers, asked over sockets. */
import { setTimeout as sleep } from 'node:timers/promises';
import { known } from '#base/assert';
import { KafkaConnection } from '../../kafkaBytes/KafkaConnection.ts';
import { FIND_COORDINATOR, METADATA, type MetadataResponse } from '../../kafkaBytes/apis/cluster.ts';
import { PRODUCE, TOPIC_ID_VERSION, type ProducePartition } from '../../kafkaBytes/apis/produce.ts';
import { FETCH, LIST_OFFSETS, type IsolationLevel } from '../../kafkaBytes/apis/reading.ts';
import { CREATE_TOPICS } from '../../kafkaBytes/apis/topics.ts';
import {
  ADD_PARTITIONS_TO_TXN,
  END_TXN,
  INIT_PRODUCER_ID,
  type ProducerIdAndEpoch,
} from '../../kafkaBytes/apis/transactions.ts';
import { markerOf, readRecordBatches } from '../../kafkaBytes/recordBatches.ts';
import { retried } from '../../kafkaBytes/retried.ts';
import { untilAllSay } from '../clusterState.ts';
import type { LocalCluster } from '../LocalCluster.ts';
import { batchBytes } from './batchBytes.ts';
import { batchLine, partitionLine } from './lines.ts';
import {
  isBusy,
  PRODUCE_TIMEOUT_MS,
  PRODUCE_VERSION,
  TOPIC,
  TRANSACTION_TIMEOUT_MS,
  type BatchShape,
  type Producer,
  type ProduceShape,
  type Side,
  type TopicSpec,
} from './Side.ts';

const HOST = '127.0.0.1';
const LIMIT_MS = 60_000;
const NO_PRODUCER: ProducerIdAndEpoch = { producerId: -1, producerEpoch: -1 };
/** A topic id that nobody has. */
const UNKNOWN_ID = 'f'.repeat(32);
const MAX_BYTES = 10_000_000;
/** A partition on every broker, each of which needs the whole ISR. */
const PROBE = 'probe';
const PROBE_TIMEOUT_MS = 200;

/** Creates the topics with the same assignments as the simulated cluster makes. */
export async function realSide(cluster: LocalCluster, topics: readonly TopicSpec[]): Promise<RealSide> {
  const side = new RealSide(cluster);
  const nodes = cluster.brokers.length;
  const probe = { topic: PROBE, partitions: nodes, minInsyncReplicas: nodes, maxMessageBytes: 1000 };
  await side.createTopics([...topics, probe]);
  return side;
}

export class RealSide implements Side {
  private readonly cluster: LocalCluster;
  private readonly connections = new Map<number, KafkaConnection>();
  private readonly topicIds = new Map<string, string>();

  constructor(cluster: LocalCluster) {
    this.cluster = cluster;
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close();
  }

  async createTopics(topics: readonly TopicSpec[]): Promise<void> {
    const nodes = this.cluster.brokers.length;
    const connection = await this.connection(0);
    const created = await connection.request(CREATE_TOPICS, 5, {
      timeoutMs: LIMIT_MS,
      topics: topics.map(({ topic, partitions, minInsyncReplicas, maxMessageBytes }) => ({
        topic,
        partitions,
        replicationFactor: nodes,
        assignments: Array.from({ length: partitions }, (_, partition) =>
          Array.from({ length: nodes }, (_unused, i) => (partition + i) % nodes),
        ),
        configs: {
          'min.insync.replicas': String(minInsyncReplicas),
          'max.message.bytes': String(maxMessageBytes),
        },
      })),
    });
    for (const { topic, error, errorMessage } of created) {
      if (error !== 'NONE') throw new Error(`${topic}: ${error} ${errorMessage ?? ''}`);
    }
    for (const { topic, partitions } of topics) {
      const isThere = (answer: MetadataResponse): boolean =>
        answer.topics.some(
          (one) =>
            one.topic === topic &&
            one.partitions.length === partitions &&
            one.partitions.every((p) => p.error === 'NONE' && p.isr.length === nodes),
        );
      await this.untilAll(`topic ${topic} is everywhere`, isThere);
    }
    const metadata = await connection.request(METADATA, 12, { topics: topics.map(({ topic }) => topic) });
    for (const { topic, topicId } of metadata.topics) this.topicIds.set(topic, topicId ?? UNKNOWN_ID);
  }

  async produce(node: number, batches: readonly BatchShape[], request: ProduceShape = {}): Promise<string> {
    const version = request.version ?? PRODUCE_VERSION;
    const body = {
      transactionalId: request.transactionalId ?? null,
      acks: request.acks ?? -1,
      timeoutMs: request.timeoutMs ?? PRODUCE_TIMEOUT_MS,
      topics: batches.map((shape) => ({
        topic: this.topicName(shape.topic ?? TOPIC, version),
        partitions: [{ partition: shape.partition ?? 0, records: batchBytes(shape) }],
      })),
    };
    const connection = await this.connection(node);
    if (body.acks === 0) {
      connection.tell(PRODUCE, version, body);
      return 'no answer';
    }
    const { topics } = await connection.request(PRODUCE, version, body, LIMIT_MS);
    return batches
      .map((shape) => {
        const name = this.topicName(shape.topic ?? TOPIC, version);
        const isSame = ({ partition }: ProducePartition): boolean => partition === (shape.partition ?? 0);
        const found = topics.find((one) => one.topic === name && one.partitions.some(isSame));
        return partitionLine(known(found?.partitions.find(isSame), 'an answer for the partition'));
      })
      .join(' | ');
  }

  async hasClosed(node: number): Promise<boolean> {
    const connection = await this.connection(node);
    for (let i = 0; i < 40 && connection.isOpen; i++) await sleep(50);
    return !connection.isOpen;
  }

  async initProducerId(
    transactionalId: string | null,
    before: ProducerIdAndEpoch = NO_PRODUCER,
    transactionTimeoutMs = TRANSACTION_TIMEOUT_MS,
  ): Promise<Producer> {
    return retried(() => this.askForProducerId(transactionalId, before, transactionTimeoutMs), LIMIT_MS);
  }

  initProducerIdOnce(transactionalId: string): Promise<Producer> {
    return this.askForProducerId(transactionalId, NO_PRODUCER, TRANSACTION_TIMEOUT_MS);
  }

  private async askForProducerId(
    transactionalId: string | null,
    { producerId, producerEpoch }: ProducerIdAndEpoch,
    transactionTimeoutMs: number,
  ): Promise<Producer> {
    const connection = await this.coordinator(transactionalId);
    const body = { transactionalId, transactionTimeoutMs, producerId, producerEpoch };
    return connection.request(INIT_PRODUCER_ID, 4, body);
  }

  async addPartitions(
    transactionalId: string,
    producer: Producer,
    partitions: readonly number[],
  ): Promise<string> {
    for (;;) {
      const connection = await this.coordinator(transactionalId);
      const topics = await connection.request(ADD_PARTITIONS_TO_TXN, 3, {
        transactionalId,
        ...producer,
        topics: [{ topic: TOPIC, partitions }],
      });
      const errors = topics.flatMap((one) => one.partitions).map(({ error }) => error);
      if (!errors.some(isBusy)) return errors.join(' ');
      await sleep(50);
    }
  }

  async endTransaction(
    transactionalId: string,
    producer: Producer,
    committed: boolean,
    version: number,
  ): Promise<Producer> {
    return retried(async () => {
      const connection = await this.coordinator(transactionalId);
      return connection.request(END_TXN, version, { transactionalId, ...producer, committed });
    }, LIMIT_MS);
  }

  async log(topic: string, partition: number): Promise<readonly string[]> {
    const connection = await this.connection(await this.leader(topic, partition));
    const answer = await connection.request(FETCH, 11, {
      isolationLevel: 'read_uncommitted',
      maxWaitMs: 0,
      minBytes: 0,
      maxBytes: MAX_BYTES,
      topics: [{ topic, partitions: [{ partition, offset: 0, maxBytes: MAX_BYTES }] }],
    });
    const fetched = known(answer.topics[0]?.partitions[0], 'the partition');
    return readRecordBatches(fetched.records).map((batch) =>
      batchLine({ ...batch, marker: markerOf(batch) }),
    );
  }

  async ends(topic: string, partition: number): Promise<string> {
    const end = async (isolationLevel: IsolationLevel): Promise<number> => {
      const connection = await this.connection(await this.leader(topic, partition));
      const topics = [{ topic, partitions: [{ partition, at: 'latest' as const }] }];
      const answer = await connection.request(LIST_OFFSETS, 5, { isolationLevel, topics });
      return answer[0]?.partitions[0]?.offset ?? -1;
    };
    return `${await end('read_uncommitted')}, ${await end('read_committed')}`;
  }

  async leader(topic: string, partition: number): Promise<number> {
    const up = known(
      this.cluster.brokers.find(({ state }) => state === 'up'),
      'a broker that is up',
    );
    const connection = await this.connection(up.node);
    const answer = await connection.request(METADATA, 8, { topics: [topic] });
    return answer.topics[0]?.partitions.find((one) => one.partition === partition)?.leader ?? -1;
  }

  async untilLed(topic: string, partition: number, by: (leader: number) => boolean): Promise<void> {
    await this.untilAll('the leader is another', ({ topics }) => {
      const partitions = topics.find((one) => one.topic === topic)?.partitions;
      const leader = partitions?.find((one) => one.partition === partition)?.leader ?? -1;
      return leader >= 0 && by(leader);
    });
    await this.untilLeadersLead();
  }

  async kill(node: number): Promise<void> {
    await this.cluster.kill(node);
  }

  async terminate(node: number): Promise<void> {
    await this.cluster.terminate(node);
  }

  freeze(node: number): Promise<void> {
    this.cluster.freeze(node);
    return Promise.resolve();
  }

  async restart(node: number): Promise<void> {
    await this.cluster.restart(node);
  }

  async untilIsrFull(): Promise<void> {
    await this.cluster.untilIsrFull();
    await this.untilLeadersKnow(this.cluster.brokers.length);
  }

  async untilIsrHas(count: number): Promise<void> {
    await this.untilAll(`the ISR has ${count}`, ({ topics }) =>
      topics.every((one) => one.isInternal || one.partitions.every(({ isr }) => isr.length === count)),
    );
    await this.untilLeadersKnow(count);
  }

  /** A broker names a new ISR a moment before its replicas act on it: a topic that needs all of them shows when. */
  private async untilLeadersKnow(count: number): Promise<void> {
    const wanted = count < this.cluster.brokers.length ? 'NOT_ENOUGH_REPLICAS' : 'NONE';
    for (const partition of this.cluster.brokers.keys()) {
      const batch = { topic: PROBE, partition };
      for (let answer = ''; !answer.startsWith(wanted);) {
        const leader = await this.leader(PROBE, partition);
        answer = await this.produce(leader, [batch], { timeoutMs: PROBE_TIMEOUT_MS });
      }
    }
  }

  async electPreferredLeaders(): Promise<void> {
    await this.cluster.electPreferredLeaders();
    await this.untilLeadersLead();
  }

  /** A broker says who leads a moment before the new leader acts as one. */
  private async untilLeadersLead(): Promise<void> {
    const up = known(
      this.cluster.brokers.find(({ state }) => state === 'up'),
      'a broker that is up',
    );
    const asked = await this.connection(up.node);
    const { topics } = await asked.request(METADATA, 8, { topics: null });
    for (const { topic, partitions } of topics) {
      for (const { partition, leader } of partitions) {
        const connection = await this.connection(leader);
        await retried(async () => {
          const wanted = [{ topic, partitions: [{ partition, at: 'latest' as const }] }];
          const body = { isolationLevel: 'read_uncommitted' as const, topics: wanted };
          const listed = await connection.request(LIST_OFFSETS, 5, body);
          return known(listed[0]?.partitions[0], 'the partition');
        }, LIMIT_MS);
      }
    }
  }

  private async untilAll(what: string, satisfies: (answer: MetadataResponse) => boolean): Promise<void> {
    const ports = this.cluster.clientPorts.filter((_, node) => this.cluster.broker(node).state === 'up');
    await untilAllSay(ports, what, satisfies, LIMIT_MS);
  }

  private topicName(topic: string, version: number): string {
    return version >= TOPIC_ID_VERSION ? (this.topicIds.get(topic) ?? UNKNOWN_ID) : topic;
  }

  private async connection(node: number): Promise<KafkaConnection> {
    const old = this.connections.get(node);
    if (old?.isOpen === true) return old;
    const port = known(this.cluster.clientPorts[node], 'the port of the broker');
    const connection = await KafkaConnection.open({ host: HOST, port });
    this.connections.set(node, connection);
    return connection;
  }

  /** null: any broker gives a producer id. */
  private async coordinator(transactionalId: string | null): Promise<KafkaConnection> {
    if (transactionalId === null) return this.connection(0);
    const up = known(
      this.cluster.brokers.find(({ state }) => state === 'up'),
      'a broker that is up',
    );
    const asked = await this.connection(up.node);
    const body = { keyType: 'transaction' as const, key: transactionalId };
    const found = await retried(() => asked.request(FIND_COORDINATOR, 2, body), LIMIT_MS);
    return this.connection(found.node);
  }
}
