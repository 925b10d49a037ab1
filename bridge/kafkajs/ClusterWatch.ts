/**
 * Looks at a cluster twice a second, on connections of its own: who leads, who is in sync, and where the log of every
 * replica ends. The producer itself asks for metadata only when something is wrong or old.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaConnection } from '../kafkaBytes/KafkaConnection.ts';
import { METADATA, type BrokerMetadata, type MetadataResponse } from '../kafkaBytes/apis/cluster.ts';
import type { OfTopic } from '../kafkaBytes/Api.ts';
import { LIST_OFFSETS } from '../kafkaBytes/apis/reading.ts';
import { securityOf, type BrokerEndpoint } from './topics.ts';

export interface ClusterWatchParts {
  readonly bootstrap: readonly BrokerEndpoint[];
  readonly topics: readonly string[];
  readonly takeMetadata: (metadata: MetadataResponse) => void;
  /** What a broker says of the ends of its own replicas. */
  readonly takeEnds: (node: number, ends: readonly OfTopic<ReplicaEnd>[]) => void;
}

export interface ReplicaEnd {
  readonly partition: number;
  readonly end: number;
}

const METADATA_VERSION = 8;
const LIST_OFFSETS_VERSION = 4;
const PAUSE_MS = 500;
/** A broker that is frozen must not hold up the look at the others for long. */
const ANSWER_LIMIT_MS = 1500;

export class ClusterWatch {
  private readonly parts: ClusterWatchParts;
  private readonly closing = new AbortController();
  private readonly connections = new Map<number, KafkaConnection>();
  /** Brokers whose answer is still to come. */
  private readonly asked = new Set<number>();
  private brokers: readonly BrokerMetadata[] = [];
  private asking: KafkaConnection | null = null;

  constructor(parts: ClusterWatchParts) {
    this.parts = parts;
  }

  start(): void {
    void this.run();
  }

  close(): void {
    this.closing.abort();
    this.asking?.close();
    for (const connection of this.connections.values()) connection.close();
  }

  /** The end of one replica's log, now; null: it did not say. */
  async endOf(node: number, topic: string, partition: number): Promise<number | null> {
    const ends = await this.endsOf(node, [{ topic, partitions: [partition] }]);
    return ends?.[0]?.partitions[0]?.end ?? null;
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await this.look();
      // Nothing waits for the next look: a process that has nothing else to do may end.
      await sleep(PAUSE_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  private async look(): Promise<void> {
    const metadata = await this.askMetadata();
    if (metadata === null || this.closing.signal.aborted) return;
    this.brokers = metadata.brokers;
    this.parts.takeMetadata(metadata);
    for (const { node } of metadata.brokers) void this.lookAt(node, replicasOn(node, metadata));
  }

  private async lookAt(node: number, topics: readonly OfTopic<number>[]): Promise<void> {
    if (topics.length === 0 || this.asked.has(node)) return;
    this.asked.add(node);
    const ends = await this.endsOf(node, topics);
    this.asked.delete(node);
    if (ends !== null && !this.closing.signal.aborted) this.parts.takeEnds(node, ends);
  }

  private async endsOf(
    node: number,
    topics: readonly OfTopic<number>[],
  ): Promise<readonly OfTopic<ReplicaEnd>[] | null> {
    try {
      const connection = await this.connectionTo(node);
      const answers = await connection.request(LIST_OFFSETS, LIST_OFFSETS_VERSION, {
        isolationLevel: 'read_uncommitted',
        isOfReplica: true,
        topics: topics.map(({ topic, partitions }) => ({
          topic,
          partitions: partitions.map((partition) => ({ partition, at: 'latest' as const })),
        })),
      });
      return answers.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions
          .filter(({ error }) => error === 'NONE')
          .map(({ partition, offset }) => ({ partition, end: offset })),
      }));
    } catch {
      // It may be down: then the next metadata says so.
      return null;
    }
  }

  private async connectionTo(node: number): Promise<KafkaConnection> {
    const open = this.connections.get(node);
    if (open?.isOpen === true) return open;
    open?.close();
    const broker = this.brokers.find((one) => one.node === node);
    if (broker === undefined) throw new Error(`node ${node} is not in the metadata`);
    const connection = await this.connect({ ...broker, security: securityOf(this.parts.bootstrap) });
    this.connections.set(node, connection);
    return connection;
  }

  private async askMetadata(): Promise<MetadataResponse | null> {
    const { bootstrap, topics } = this.parts;
    for (const endpoint of bootstrap) {
      try {
        // The same broker as long as it answers: two that know of different moments would contradict each other.
        if (this.asking?.isOpen !== true) {
          this.asking?.close();
          this.asking = await this.connect(endpoint);
        }
        return await this.asking.request(METADATA, METADATA_VERSION, { topics });
      } catch {
        if (this.closing.signal.aborted) return null;
        // The next one may be there.
      }
    }
    return null;
  }

  private async connect(endpoint: BrokerEndpoint): Promise<KafkaConnection> {
    const limits = { connectTimeoutMs: ANSWER_LIMIT_MS, requestTimeoutMs: ANSWER_LIMIT_MS };
    const connection = await KafkaConnection.open({ ...endpoint, ...limits });
    if (this.closing.signal.aborted) connection.close();
    return connection;
  }
}

const replicasOn = (node: number, { topics }: MetadataResponse): readonly OfTopic<number>[] =>
  topics
    .map(({ topic, partitions }) => ({
      topic,
      partitions: partitions
        .filter(({ replicas }) => replicas.includes(node))
        .map(({ partition }) => partition),
    }))
    .filter(({ partitions }) => partitions.length > 0);
