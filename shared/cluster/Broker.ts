/**
 * One broker process: its life and death, its replicas and fetchers, and what it has heard from the controller. Its
 * connections are in `BrokerConnections.ts`, what it answers in `produce.ts` and `answers.ts`.
 */
import { known } from '#base/assert';
import type { NodeId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { BrokerState } from '#events/words';
import { BrokerConnections } from './BrokerConnections.ts';
import type { ClusterContext, Topic } from './ClusterContext.ts';
import type { PartitionState } from './controller.ts';
import { Replica } from './Replica.ts';
import { ReplicaFetcher } from './ReplicaFetcher.ts';

export class Broker {
  readonly node: NodeId;
  state: BrokerState = 'up';
  /** What it takes longer for each request of a client: an overloaded machine, which a restart does not heal. */
  addedUs = 0;
  private readonly cluster: ClusterContext;
  /** Which process of this broker: what an older one had begun is dropped. */
  private incarnation = 0;
  /** What has come due while it was frozen. */
  private deferred: (() => void)[] = [];
  private readonly replicas = new Map<TopicPartition, Replica>();
  private readonly fetchers: ReplicaFetcher[] = [];
  readonly connections: BrokerConnections;
  /** What Metadata answers are made of. */
  readonly image = new Map<TopicPartition, PartitionState>();
  live: readonly NodeId[] = [];

  constructor(cluster: ClusterContext, node: NodeId) {
    this.cluster = cluster;
    this.node = node;
    this.connections = new BrokerConnections(cluster, this);
  }

  /** Rises when it dies and when it starts: who has sent something to an older one gets no answer. */
  get process(): number {
    return this.incarnation;
  }

  get isDown(): boolean {
    return this.state === 'down';
  }

  replica(tp: TopicPartition): Replica | null {
    return this.replicas.get(tp) ?? null;
  }

  allReplicas(): Iterable<Replica> {
    return this.replicas.values();
  }

  /** Something this process does at `atUs`: never, if it has died by then; when it thaws, if it is frozen. */
  later(atUs: number, run: () => void): void {
    const incarnation = this.incarnation;
    this.cluster.queue.schedule(
      atUs,
      () => {
        if (incarnation !== this.incarnation || this.state === 'down') return;
        if (this.state === 'frozen') this.deferred.push(run);
        else run();
      },
      null,
    );
  }

  // ---- life and death

  kill(): void {
    if (this.state === 'down') return;
    const wasUp = this.state === 'up';
    this.state = 'down';
    this.incarnation++;
    this.deferred = [];
    this.cluster.writers.brokerMoved(this.node, 'down');
    for (const replica of this.replicas.values()) replica.lose();
    for (const fetcher of this.fetchers) fetcher.clear();
    for (const other of this.cluster.brokers) other.leaderDied(this.node);
    this.cluster.verifier.brokerDied(this.node);
    this.connections.die();
    // A frozen one has been silent since it froze.
    if (wasUp) this.cluster.controller.silent(this.node);
  }

  /** SIGSTOP: its connections stay, nothing happens in it. */
  freeze(): void {
    if (this.state !== 'up') return;
    this.state = 'frozen';
    this.cluster.writers.brokerMoved(this.node, 'frozen');
    this.cluster.controller.silent(this.node);
  }

  /** From the next request it begins with; its fetches from leaders stay as fast as they are. */
  slow(addedUs: number): void {
    if (addedUs === this.addedUs) return;
    this.addedUs = addedUs;
    this.cluster.writers.brokerSlowed(this.node, addedUs);
  }

  /** A killed broker starts anew, once the controller lets it register; a frozen one goes on. */
  restart(): void {
    if (this.state === 'frozen') return this.thaw();
    if (this.state === 'up') return;
    const { queue, controller } = this.cluster;
    const incarnation = this.incarnation;
    // In the order of scheduling the end of the session comes before this.
    queue.schedule(
      Math.max(queue.nowUs, controller.mayRegisterAtUs(this.node)),
      () => {
        if (this.state === 'down' && incarnation === this.incarnation) this.begin();
      },
      null,
    );
  }

  private begin(): void {
    this.state = 'up';
    this.incarnation++;
    this.cluster.writers.brokerMoved(this.node, 'up');
    this.image.clear();
    // It reads the metadata log to its end before it takes requests, and is active only then.
    this.hear(this.cluster.controller.allStates(), this.cluster.controller.activeNodes());
    this.cluster.controller.heard(this.node, true);
  }

  private thaw(): void {
    this.state = 'up';
    this.cluster.writers.brokerMoved(this.node, 'up');
    const deferred = this.deferred;
    this.deferred = [];
    for (const run of deferred) run();
    this.connections.goOn();
    const { queue, settings, controller } = this.cluster;
    // Its requests are quicker than the news: until those come it acts on what it knew when it froze.
    this.later(queue.nowUs + 2 * settings.replicaFetchUs, () => {
      this.hear(controller.allStates(), controller.activeNodes());
      controller.heard(this.node, false);
    });
  }

  // ---- news of the controller

  /** A frozen broker misses the news and catches up when it thaws. */
  hearAt(atUs: number, states: readonly PartitionState[], live: readonly NodeId[]): void {
    if (this.state !== 'up') return;
    const incarnation = this.incarnation;
    this.cluster.queue.schedule(
      atUs,
      () => {
        if (incarnation === this.incarnation && this.state === 'up') this.hear(states, live);
      },
      null,
    );
  }

  hear(states: readonly PartitionState[], live: readonly NodeId[]): void {
    this.live = live;
    for (const state of states) {
      // News of a partition that has been deleted meanwhile, or older than what is known, says nothing.
      if (this.cluster.controller.state(state.tp) === null) continue;
      const known = this.image.get(state.tp);
      if (known !== undefined && known.version > state.version) continue;
      this.image.set(state.tp, state);
      if (state.replicas.includes(this.node)) this.follow(state);
    }
    this.dataCame();
  }

  private follow(state: PartitionState): void {
    let replica = this.replicas.get(state.tp);
    if (replica === undefined) {
      const topic = known(this.cluster.topics.get(state.tp.topic), 'the topic of a partition');
      replica = new Replica(this.cluster, this, topic, state);
      this.replicas.set(state.tp, replica);
    }
    for (const fetcher of this.fetchers) {
      if (fetcher.leader.node !== state.leader) fetcher.remove(replica);
    }
    replica.take(state);
    if (state.leader !== null && state.leader !== this.node) this.fetcherFrom(state.leader).add(replica);
  }

  private fetcherFrom(leader: NodeId): ReplicaFetcher {
    let fetcher = this.fetchers.find((one) => one.leader.node === leader);
    if (fetcher === undefined) {
      fetcher = new ReplicaFetcher(this.cluster, this, this.cluster.broker(leader));
      this.fetchers.push(fetcher);
    }
    return fetcher;
  }

  hearDeletion(topic: Topic): void {
    for (const tp of topic.partitions) {
      this.image.delete(tp);
      const replica = this.replicas.get(tp);
      if (replica === undefined) continue;
      for (const fetcher of this.fetchers) fetcher.remove(replica);
      this.replicas.delete(tp);
      replica.delete();
    }
  }

  // ---- replication

  /** Fetches of followers that wait here may have something to take now. */
  dataCame(): void {
    for (const other of this.cluster.brokers) {
      if (other !== this) other.leaderAppended(this.node);
    }
  }

  private leaderAppended(leader: NodeId): void {
    for (const fetcher of this.fetchers) {
      if (fetcher.leader.node === leader) fetcher.leaderAppended();
    }
  }

  private leaderDied(leader: NodeId): void {
    for (const fetcher of this.fetchers) {
      if (fetcher.leader.node === leader) fetcher.leaderDied();
    }
  }

  stallReplicas(isStalled: boolean): void {
    for (const other of this.cluster.brokers) {
      if (other === this) continue;
      const fetcher = this.fetcherFrom(other.node);
      if (isStalled) fetcher.stall();
      else fetcher.catchUp();
    }
  }
}
