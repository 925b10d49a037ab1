/**
 * The way to the leaders of some topics' partitions: metadata, asked for again whenever something was wrong, and one
 * connection to each broker.
 */
import { KafkaConnection } from '../kafkaBytes/KafkaConnection.ts';
import { METADATA, type MetadataResponse } from '../kafkaBytes/apis/cluster.ts';
import { securityOf, type BrokerEndpoint } from '../kafkajs/topics.ts';

const METADATA_VERSION = 8;

export interface LedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly leaderEpoch: number;
}

export class TopicLeaders {
  private readonly bootstrap: readonly BrokerEndpoint[];
  private readonly topics: readonly string[];
  private readonly answerLimitMs: number;
  private readonly connections = new Map<number, KafkaConnection>();
  private metadata: MetadataResponse | null = null;
  private isClosed = false;

  constructor(bootstrap: readonly BrokerEndpoint[], topics: readonly string[], answerLimitMs: number) {
    this.bootstrap = bootstrap;
    this.topics = topics;
    this.answerLimitMs = answerLimitMs;
  }

  /** How many partitions there are in all, led or not; null: that is not known of every topic. */
  get partitionCount(): number | null {
    const counts = this.metadata?.topics.map(({ partitions }) => partitions.length) ?? [];
    if (counts.length < this.topics.length || counts.includes(0)) return null;
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Partitions that have a leader, by its node. Empty when no broker answers. */
  async byLeader(): Promise<ReadonlyMap<number, readonly LedPartition[]>> {
    const metadata = (this.metadata ??= await this.askMetadata());
    const leaders = new Map<number, LedPartition[]>();
    for (const { topic, partitions } of metadata?.topics ?? [])
      for (const { partition, leader, leaderEpoch } of partitions) {
        if (leader < 0) this.metadata = null;
        else leaders.set(leader, [...(leaders.get(leader) ?? []), { topic, partition, leaderEpoch }]);
      }
    return leaders;
  }

  /** Leaders may be elsewhere: the next look asks for them. */
  forget(): void {
    this.metadata = null;
  }

  /** null: it did not answer. */
  async ask<T>(node: number, question: (connection: KafkaConnection) => Promise<T>): Promise<T | null> {
    try {
      return await question(await this.connectionTo(node));
    } catch {
      // Its leaderships may be elsewhere now.
      this.connections.get(node)?.close();
      this.connections.delete(node);
      this.metadata = null;
      return null;
    }
  }

  close(): void {
    this.isClosed = true;
    for (const connection of this.connections.values()) connection.close();
    this.connections.clear();
  }

  private async connectionTo(node: number): Promise<KafkaConnection> {
    const open = this.connections.get(node);
    if (open?.isOpen === true) return open;
    open?.close();
    const broker = this.metadata?.brokers.find((one) => one.node === node);
    if (broker === undefined) throw new Error(`node ${node} is not in the metadata`);
    const connection = await KafkaConnection.open({ ...broker, security: securityOf(this.bootstrap) });
    this.connections.set(node, connection);
    return connection;
  }

  private async askMetadata(): Promise<MetadataResponse | null> {
    for (const endpoint of this.bootstrap) {
      if (this.isClosed) return null;
      try {
        const connection = await KafkaConnection.open(endpoint);
        try {
          const request = { topics: this.topics };
          return await connection.request(METADATA, METADATA_VERSION, request, this.answerLimitMs);
        } finally {
          connection.close();
        }
      } catch {
        // The next one may be there.
      }
    }
    return null;
  }
}
