/**
 * org.apache.kafka.clients.MetadataSnapshot together with the org.apache.kafka.common.Cluster it carries: what the
 * client knows of the cluster at one moment. Never changed, only replaced.
 *
 * The lists of partitions are in the order of Java's HashMap, because drains, the sticky partitioner and round
 * robin follow it (Appendix A of the behaviour specification).
 */
import type { NodeId } from '#base/ids';
import { nodeId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { ErrorName } from '#record/Errors';
import { JavaHashMap, topicPartitionHashCode } from '#record/JavaHashMap';
import type { BrokerAddress } from './requests.ts';

/** MetadataResponse.PartitionMetadata: what a response said. */
export interface PartitionMetadata {
  readonly tp: TopicPartition;
  readonly error: ErrorName;
  readonly leader: NodeId | null;
  /** null: unknown. */
  readonly leaderEpoch: number | null;
  readonly replicas: readonly NodeId[];
  readonly isr: readonly NodeId[];
}

/** org.apache.kafka.common.PartitionInfo: the same with the leader only if its node is known. */
export interface PartitionInfo {
  readonly tp: TopicPartition;
  readonly leader: NodeId | null;
  readonly leaderEpoch: number | null;
  readonly replicas: readonly NodeId[];
  readonly isr: readonly NodeId[];
}

export interface SnapshotContent {
  readonly isBootstrapConfigured: boolean;
  readonly nodes: ReadonlyMap<NodeId, BrokerAddress>;
  /** In the order in which Java puts them into its map. */
  readonly partitions: readonly PartitionMetadata[];
  readonly unauthorizedTopics: ReadonlySet<string>;
  readonly invalidTopics: ReadonlySet<string>;
  readonly controller: NodeId | null;
  readonly topicIds: ReadonlyMap<string, string>;
}

/** What a partial update or a leader hint adds; it wins over what is there. */
export type SnapshotUpdate = Omit<SnapshotContent, 'isBootstrapConfigured'>;

const NO_PARTITIONS: readonly PartitionInfo[] = [];

export class MetadataSnapshot {
  readonly isBootstrapConfigured: boolean;
  private readonly content: SnapshotContent;
  private readonly metadataByPartition: JavaHashMap<TopicPartition, PartitionMetadata>;
  private readonly infoByPartition = new Map<TopicPartition, PartitionInfo>();
  private readonly byTopic = new Map<string, PartitionInfo[]>();
  private readonly availableByTopic = new Map<string, readonly PartitionInfo[]>();
  private readonly byNode = new Map<NodeId, PartitionInfo[]>();
  private readonly nodeIds: readonly NodeId[];

  constructor(content: SnapshotContent) {
    this.content = content;
    this.isBootstrapConfigured = content.isBootstrapConfigured;
    // Java shuffles the nodes; here bootstrap is −1, −2, … and brokers ascend (FORMAT.md §7).
    this.nodeIds = [...content.nodes.keys()].toSorted((a, b) => Math.abs(a) - Math.abs(b));
    this.metadataByPartition = new JavaHashMap<TopicPartition, PartitionMetadata>(
      topicPartitionHashCode,
      content.partitions.length,
    );
    for (const partition of content.partitions) this.metadataByPartition.set(partition.tp, partition);
    this.computeClusterView();
  }

  static empty(): MetadataSnapshot {
    return new MetadataSnapshot({ ...NOTHING, isBootstrapConfigured: false });
  }

  /** The addresses of bootstrap.servers as nodes −1, −2, … */
  static bootstrap(addresses: readonly BrokerAddress[]): MetadataSnapshot {
    const nodes = new Map(
      addresses.map((address, index) => {
        const id = nodeId(-1 - index);
        return [id, { ...address, id }] as const;
      }),
    );
    return new MetadataSnapshot({ ...NOTHING, nodes, isBootstrapConfigured: true });
  }

  private computeClusterView(): void {
    for (const id of this.nodeIds) this.byNode.set(id, []);
    for (const { tp, leader, leaderEpoch, replicas, isr } of this.metadataByPartition.values()) {
      const known = leader !== null && this.content.nodes.has(leader) ? leader : null;
      const info: PartitionInfo = { tp, leader: known, leaderEpoch, replicas, isr };
      this.infoByPartition.set(tp, info);
      const ofTopic = this.byTopic.get(tp.topic);
      if (ofTopic === undefined) this.byTopic.set(tp.topic, [info]);
      else ofTopic.push(info);
      if (known !== null) this.byNode.get(known)?.push(info);
    }
    for (const [topic, partitions] of this.byTopic)
      this.availableByTopic.set(
        topic,
        partitions.every((p) => p.leader !== null) ? partitions : partitions.filter((p) => p.leader !== null),
      );
  }

  /** Cluster.nodes(). */
  nodes(): readonly NodeId[] {
    return this.nodeIds;
  }

  nodeById(id: NodeId): BrokerAddress | null {
    return this.content.nodes.get(id) ?? null;
  }

  /** Topics with at least one known partition, in no promised order. */
  topics(): string[] {
    return [...this.byTopic.keys()];
  }

  /** All partitions of a topic in hash order; empty when it is unknown. */
  partitionsForTopic(topic: string): readonly PartitionInfo[] {
    return this.byTopic.get(topic) ?? NO_PARTITIONS;
  }

  /** Those with a leader, in hash order. */
  availablePartitionsForTopic(topic: string): readonly PartitionInfo[] {
    return this.availableByTopic.get(topic) ?? NO_PARTITIONS;
  }

  /** Those led by this node, in hash order over all topics. */
  partitionsForNode(node: NodeId): readonly PartitionInfo[] {
    return this.byNode.get(node) ?? NO_PARTITIONS;
  }

  /** null: the topic is unknown. */
  partitionCountForTopic(topic: string): number | null {
    return this.byTopic.get(topic)?.length ?? null;
  }

  leaderFor(tp: TopicPartition): NodeId | null {
    return this.infoByPartition.get(tp)?.leader ?? null;
  }

  leaderEpochFor(tp: TopicPartition): number | null {
    return this.infoByPartition.get(tp)?.leaderEpoch ?? null;
  }

  partition(tp: TopicPartition): PartitionInfo | null {
    return this.infoByPartition.get(tp) ?? null;
  }

  partitionMetadata(tp: TopicPartition): PartitionMetadata | null {
    return this.metadataByPartition.get(tp) ?? null;
  }

  topicId(topic: string): string | null {
    return this.content.topicIds.get(topic) ?? null;
  }

  get topicIds(): ReadonlyMap<string, string> {
    return this.content.topicIds;
  }

  get controller(): NodeId | null {
    return this.content.controller;
  }

  get invalidTopics(): ReadonlySet<string> {
    return this.content.invalidTopics;
  }

  get unauthorizedTopics(): ReadonlySet<string> {
    return this.content.unauthorizedTopics;
  }

  /** This snapshot with `update` laid over it. `retainTopic`: whether what is known of a topic stays. */
  mergeWith(update: SnapshotUpdate, retainTopic: (topic: string) => boolean): MetadataSnapshot {
    const topicIds = new Map([...this.content.topicIds].filter(([topic]) => retainTopic(topic)));
    const merged = new JavaHashMap<TopicPartition, PartitionMetadata>(
      topicPartitionHashCode,
      update.partitions.length,
    );
    for (const partition of update.partitions) {
      const { topic } = partition.tp;
      merged.set(partition.tp, partition);
      const id = update.topicIds.get(topic);
      if (id === undefined) topicIds.delete(topic);
      else topicIds.set(topic, id);
    }
    for (const [tp, partition] of this.metadataByPartition)
      if (retainTopic(tp.topic) && !merged.has(tp)) merged.set(tp, partition);
    const fill = (added: ReadonlySet<string>, known: ReadonlySet<string>): ReadonlySet<string> =>
      new Set([...added, ...[...known].filter(retainTopic)]);
    return new MetadataSnapshot({
      isBootstrapConfigured: false,
      nodes: update.nodes,
      // The order of this map decides the order within a bin of the next one.
      partitions: merged.values(),
      unauthorizedTopics: fill(update.unauthorizedTopics, this.content.unauthorizedTopics),
      invalidTopics: fill(update.invalidTopics, this.content.invalidTopics),
      controller: update.controller,
      topicIds,
    });
  }
}

const NOTHING: SnapshotUpdate = {
  nodes: new Map(),
  partitions: [],
  unauthorizedTopics: new Set(),
  invalidTopics: new Set(),
  controller: null,
  topicIds: new Map(),
};
