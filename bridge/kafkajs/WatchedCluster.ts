/** The cluster behind a live run as its log has it: looked at in the background, written on the run's own clock. */
import { nodeId, type NodeId } from '#base/ids';
import type { TopicPartitions } from '#base/TopicPartition';
import type { EventSink } from '#events/catalogue';
import type { MetadataResponse } from '../kafkaBytes/apis/cluster.ts';
import { ClusterView } from './ClusterView.ts';
import { ClusterWatch } from './ClusterWatch.ts';
import { engineTopics } from './requests.ts';
import type { BrokerEndpoint } from './topics.ts';

export interface WatchedClusterParts {
  readonly events: EventSink;
  readonly partitions: TopicPartitions;
  /** Where it is looked at. */
  readonly bootstrap: readonly BrokerEndpoint[];
  readonly topics: readonly string[];
  /** The brokers that it has at the start. */
  readonly nodes: readonly number[];
  /** Brokers of ours: what becomes of them is known better than their metadata has it. */
  readonly isOwn: boolean;
  /** Runs the work at the next instant of the run. */
  readonly schedule: (work: () => void) => void;
}

export class WatchedCluster {
  readonly view: ClusterView;
  private readonly parts: WatchedClusterParts;
  private readonly watch: ClusterWatch;
  private alive: ReadonlySet<number>;

  constructor(parts: WatchedClusterParts) {
    const { events, partitions, bootstrap, topics, schedule } = parts;
    this.parts = parts;
    this.alive = new Set(parts.nodes);
    this.watch = new ClusterWatch({
      bootstrap,
      topics,
      takeMetadata: (metadata) => schedule(() => this.takeMetadata(metadata)),
      takeEnds: (node, ends) =>
        schedule(() => {
          for (const { topic, partitions: all } of ends)
            for (const { partition, end } of all)
              this.view.observeEnd(partitions.get(topic, partition), nodeId(node), end);
        }),
    });
    this.view = new ClusterView(events, partitions, ({ topic, partition }, node, answer) => {
      void this.watch.endOf(node, topic, partition).then((end) => schedule(() => answer(end)));
    });
  }

  /** Writes the brokers as they are, and looks at them from now on. */
  start(): void {
    for (const node of this.parts.nodes) this.writeMoved(nodeId(node), 'up');
    this.watch.start();
  }

  close(): void {
    this.watch.close();
  }

  /** A broker of ours has become this. */
  brokerMoved(node: number, to: 'up' | 'frozen' | 'down'): void {
    this.parts.schedule(() => this.writeMoved(nodeId(node), to));
  }

  private takeMetadata({ brokers, topics }: MetadataResponse): void {
    this.view.observeMetadata({ topics: engineTopics(topics) });
    if (this.parts.isOwn) return;
    const alive = new Set(brokers.map(({ node }) => node));
    for (const node of alive) if (!this.alive.has(node)) this.writeMoved(nodeId(node), 'up');
    for (const node of this.alive) if (!alive.has(node)) this.writeMoved(nodeId(node), 'down');
    this.alive = alive;
  }

  private writeMoved(node: NodeId, to: 'up' | 'frozen' | 'down'): void {
    this.parts.events.writer('broker.moved')(node, to);
  }
}
