/** Topics, leaders and logs of a conformance case, as its brokers know them. */
import type { TopicPartition } from '#base/TopicPartition';
import { PartitionLog } from './PartitionLog.ts';
import type { ScriptedClusterSpec, ScriptedTopicSpec } from './spec.ts';

export interface PartitionState {
  readonly log: PartitionLog;
  /** −1: none. */
  leader: number;
  epoch: number;
  /** What Metadata responses say; it may lag behind. */
  shownLeader: number;
  shownEpoch: number;
}

export interface TopicState {
  readonly id: string;
  readonly partitions: readonly PartitionState[];
}

export class ClusterState {
  readonly nodes: number;
  readonly topics = new Map<string, TopicState>();

  constructor(spec: ScriptedClusterSpec) {
    this.nodes = spec.nodes;
    for (const [topic, topicSpec] of Object.entries(spec.topics)) this.create(topic, topicSpec);
  }

  create(topic: string, spec: ScriptedTopicSpec): void {
    const partitions = Array.from({ length: spec.partitions }, (_, partition): PartitionState => {
      const leader = spec.leaders === null ? partition % this.nodes : (spec.leaders[partition] ?? -1);
      const epoch = spec.epochs?.[partition] ?? 0;
      return { log: new PartitionLog(), leader, epoch, shownLeader: leader, shownEpoch: epoch };
    });
    this.topics.set(topic, { id: `${this.topics.size + 1}`, partitions });
  }

  /** null when there is no such partition. */
  partition(tp: Pick<TopicPartition, 'topic' | 'partition'>): PartitionState | null {
    return this.topics.get(tp.topic)?.partitions[tp.partition] ?? null;
  }
}
