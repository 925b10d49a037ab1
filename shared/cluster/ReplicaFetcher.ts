/**
 * kafka.server.ReplicaFetcherThread: one follower's fetches from one leader, for all partitions between the two. One
 * fetch at a time; the leader holds it until there is something to give or `replica.fetch.wait.max.ms` is over. What the
 * leader appended reaches the follower one way later, and the leader knows of it with the fetch after that.
 */
import { MICROS_PER_MS } from '#base/time';
import type { Broker } from './Broker.ts';
import type { ClusterContext } from './ClusterContext.ts';
import type { Replica } from './Replica.ts';

/** `replica.fetch.backoff.ms`: after a leader that was not there. */
const FETCH_BACKOFF_US = 1000 * MICROS_PER_MS;

/** What one fetch brings for one partition. */
interface Fetched {
  readonly replica: Replica;
  readonly source: Replica;
  readonly leaderEpoch: number;
  readonly untilOffset: number;
  readonly highWatermark: number;
  /** Where the two logs part, when they do: the follower cuts there and asks again. */
  readonly diverging: { readonly epoch: number; readonly endOffset: number } | null;
}

export class ReplicaFetcher {
  private readonly cluster: ClusterContext;
  readonly follower: Broker;
  readonly leader: Broker;
  private readonly replicas = new Set<Replica>();
  private isStalled = false;
  /** Where the one fetch is: on its way, waiting at the leader for data, or on its way back. */
  private phase: 'none' | 'asking' | 'waiting' | 'answering' = 'none';
  /** Which fetch is out: what belongs to an older one is dropped. */
  private round = 0;

  constructor(cluster: ClusterContext, follower: Broker, leader: Broker) {
    this.cluster = cluster;
    this.follower = follower;
    this.leader = leader;
  }

  add(replica: Replica): void {
    this.replicas.add(replica);
    this.send();
  }

  remove(replica: Replica): void {
    if (!this.replicas.delete(replica)) return;
    if (this.replicas.size > 0) return;
    this.stop();
  }

  private stop(): void {
    this.round++;
    this.phase = 'none';
  }

  /** A stalled follower asks no more; a fetch that is out comes back, and nothing is made of it. */
  stall(): void {
    this.isStalled = true;
    this.stop();
  }

  catchUp(): void {
    this.isStalled = false;
    this.send();
  }

  private send(): void {
    if (this.phase !== 'none' || this.isStalled || this.replicas.size === 0) return;
    this.phase = 'asking';
    const round = ++this.round;
    const arrivesUs = this.cluster.queue.nowUs + this.cluster.settings.replicaFetchUs;
    if (this.leader.isDown) this.retryLater(round);
    else this.leader.later(arrivesUs, () => this.arriveAtLeader(round));
  }

  /** The follower's process has died: nothing of it is left. */
  clear(): void {
    this.replicas.clear();
    this.stop();
  }

  /** The leader's process has died: its connections are closed, which the follower sees at once. */
  leaderDied(): void {
    // An answer that has left arrives all the same.
    if (this.phase === 'asking' || this.phase === 'waiting') this.retryLater(++this.round);
  }

  private retryLater(round: number): void {
    this.follower.later(this.cluster.queue.nowUs + FETCH_BACKOFF_US, () => {
      if (round !== this.round) return;
      this.phase = 'none';
      this.send();
    });
  }

  private arriveAtLeader(round: number): void {
    if (round !== this.round) return;
    const { queue, settings } = this.cluster;
    for (const replica of this.replicas) {
      const source = this.source(replica);
      if (source === null || this.divergence(replica, source) !== null) continue;
      source.followerFetched(this.follower.node, replica.log.logEndOffset);
    }
    // Telling the leader may have moved a high watermark and with it answers, but never this fetch.
    if (this.hasSomething()) return this.answer();
    this.phase = 'waiting';
    this.leader.later(queue.nowUs + settings.replicaFetchWaitMaxMs * MICROS_PER_MS, () => {
      if (round === this.round && this.phase === 'waiting') this.answer();
    });
  }

  /** The leader has appended to some partitions, or has heard news of them. */
  leaderAppended(): void {
    if (this.phase === 'waiting' && this.hasSomething()) this.answer();
  }

  /** The leader's side of a partition; null when it does not lead it in the epoch that the follower follows. */
  private source(replica: Replica): Replica | null {
    const source = this.leader.replica(replica.tp);
    if (source === null || !source.isLeader) return null;
    return source.state.leaderEpoch === replica.state.leaderEpoch ? source : null;
  }

  private divergence(replica: Replica, source: Replica): { epoch: number; endOffset: number } | null {
    const lastEpoch = replica.log.lastEpoch;
    if (lastEpoch < 0) return null;
    const end = source.log.endOffsetFor(lastEpoch);
    return end.epoch < lastEpoch || end.endOffset < replica.log.logEndOffset ? end : null;
  }

  private hasSomething(): boolean {
    for (const replica of this.replicas) {
      const source = this.source(replica);
      if (source === null) continue;
      if (source.log.logEndOffset > replica.log.logEndOffset) return true;
      if (this.divergence(replica, source) !== null) return true;
    }
    return false;
  }

  private answer(): void {
    this.phase = 'answering';
    const round = this.round;
    const fetched: Fetched[] = [];
    for (const replica of this.replicas) {
      const source = this.source(replica);
      if (source === null) continue;
      fetched.push({
        replica,
        source,
        leaderEpoch: source.state.leaderEpoch,
        untilOffset: source.log.logEndOffset,
        highWatermark: source.log.highWatermark,
        diverging: this.divergence(replica, source),
      });
    }
    const arrivesUs = this.cluster.queue.nowUs + this.cluster.settings.replicaFetchUs;
    this.follower.later(arrivesUs, () => this.arriveAtFollower(round, fetched));
  }

  private arriveAtFollower(round: number, fetched: readonly Fetched[]): void {
    if (round !== this.round) return;
    for (const one of fetched) {
      // The follower may follow somebody else by now, or lead itself.
      if (!this.replicas.has(one.replica) || one.replica.state.leaderEpoch !== one.leaderEpoch) continue;
      this.take(one);
    }
    this.phase = 'none';
    this.send();
  }

  private take({ replica, source, untilOffset, highWatermark, diverging }: Fetched): void {
    const { log, tp } = replica;
    if (diverging !== null) {
      // The end of the last epoch that both have (KIP-595): everything after it was never committed.
      const own = log.endOffsetFor(diverging.epoch);
      const offset = Math.min(own.endOffset, diverging.endOffset);
      const fromOffset = log.logEndOffset;
      if (log.truncateTo(offset)) {
        this.cluster.writers.logTruncated(tp.id, this.follower.node, log.logEndOffset, fromOffset);
      }
      return;
    }
    const hasGrown = log.copyFrom(source.log, untilOffset, this.cluster.queue.nowUs);
    log.highWatermark = Math.max(log.highWatermark, Math.min(highWatermark, log.logEndOffset));
    if (hasGrown) {
      this.cluster.writers.replicaFetched(tp.id, this.follower.node, log.logEndOffset, this.leader.node);
    }
  }
}
