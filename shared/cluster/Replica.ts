/**
 * kafka.cluster.Partition: what one broker knows of one partition that it keeps. As leader it follows its followers,
 * moves the high watermark and asks the controller for another ISR; as follower it only has a log.
 */
import { known } from '#base/assert';
import type { NodeId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import { MICROS_PER_MS } from '#base/time';
import type { Broker } from './Broker.ts';
import { effectiveMinIsr, type ClusterContext, type Topic } from './ClusterContext.ts';
import type { PartitionState } from './controller.ts';
import { PartitionLog } from './PartitionLog.ts';

/** kafka.cluster.Replica: a follower as its leader sees it. */
interface RemoteReplica {
  readonly node: NodeId;
  /** −1 until it has fetched from this leader. */
  logEndOffset: number;
  lastCaughtUpUs: number;
  lastFetchUs: number;
  leaderEndAtLastFetch: number;
}

/** Whoever waits for a high watermark or for the end of a leadership: a Produce request, a marker. */
export interface HighWatermarkWaiter {
  /** Returns true when it need not be told any more. */
  highWatermarkMoved(replica: Replica): boolean;
}

export class Replica {
  readonly tp: TopicPartition;
  readonly log = new PartitionLog();
  isLeader = false;
  private isAssigned = false;
  /** Who leads and in which epoch, as far as this broker has heard. */
  state: PartitionState;
  isr: readonly NodeId[] = [];
  private readonly topic: Topic;
  private readonly broker: Broker;
  private readonly cluster: ClusterContext;
  private remotes: RemoteReplica[] = [];
  private epochStartOffset = 0;
  private waiters: HighWatermarkWaiter[] = [];
  private toldHighWatermark = 0;
  private toldStableOffset = 0;

  constructor(cluster: ClusterContext, broker: Broker, topic: Topic, state: PartitionState) {
    this.cluster = cluster;
    this.broker = broker;
    this.topic = topic;
    this.state = state;
    this.tp = state.tp;
  }

  /** The controller's news. A newer leader epoch makes a leader or a follower of it, the same one only a new ISR. */
  take(state: PartitionState): void {
    // The leader knows of its own changes of the ISR before the news of older ones has come.
    if (this.isAssigned && state.version < this.state.version) return;
    const isNewEpoch = state.leaderEpoch !== this.state.leaderEpoch || !this.isAssigned;
    this.isAssigned = true;
    this.state = state;
    if (state.leader === this.broker.node) {
      if (isNewEpoch || !this.isLeader) this.makeLeader();
      this.isr = state.isr;
      this.maybeAdvanceHighWatermark();
    } else {
      this.isLeader = false;
      this.isr = state.isr;
      this.tellWaiters();
    }
  }

  /** The topic is gone, and with it the log: whoever waits is told. */
  delete(): void {
    this.isLeader = false;
    this.tellWaiters();
  }

  /** The process is gone: who waits in its memory is forgotten; the log stays on its disk. */
  lose(): void {
    this.isLeader = false;
    this.isAssigned = false;
    this.waiters = [];
  }

  private makeLeader(): void {
    const nowUs = this.cluster.queue.nowUs;
    this.isLeader = true;
    this.log.beginEpoch(this.state.leaderEpoch);
    this.epochStartOffset = this.log.logEndOffset;
    this.remotes = [];
    for (const node of this.state.replicas) {
      if (node === this.broker.node) continue;
      const lastCaughtUpUs = this.state.isr.includes(node) ? nowUs : -Infinity;
      this.remotes.push({
        node,
        logEndOffset: -1,
        lastCaughtUpUs,
        lastFetchUs: nowUs,
        leaderEndAtLastFetch: -1,
      });
    }
    // Its own mark may lie behind what the leader before it had told; from here on it is this one's that counts.
    this.toldHighWatermark = -1;
    this.tellHighWatermark();
  }

  get minIsr(): number {
    return effectiveMinIsr(this.topic.settings);
  }

  get settings(): Topic['settings'] {
    return this.topic.settings;
  }

  /** A follower's fetch has come: it has everything below `fetchOffset`. Partition.updateFollowerFetchState. */
  followerFetched(node: NodeId, fetchOffset: number): void {
    const nowUs = this.cluster.queue.nowUs;
    const remote = known(
      this.remotes.find((one) => one.node === node),
      'a follower of the leader',
    );
    const leaderEnd = this.log.logEndOffset;
    if (fetchOffset >= leaderEnd) remote.lastCaughtUpUs = nowUs;
    else if (fetchOffset >= remote.leaderEndAtLastFetch && remote.leaderEndAtLastFetch >= 0) {
      remote.lastCaughtUpUs = Math.max(remote.lastCaughtUpUs, remote.lastFetchUs);
    }
    remote.logEndOffset = fetchOffset;
    remote.leaderEndAtLastFetch = leaderEnd;
    remote.lastFetchUs = nowUs;
    if (
      !this.isr.includes(node) &&
      fetchOffset >= this.log.highWatermark &&
      fetchOffset >= this.epochStartOffset &&
      this.cluster.controller.isActive(node)
    ) {
      this.alterIsr(this.state.replicas.filter((one) => one === node || this.isr.includes(one)));
    }
    this.maybeAdvanceHighWatermark();
  }

  /** Partition.maybeShrinkIsr: who has not been caught up for `replica.lag.time.max.ms` leaves. */
  maybeShrinkIsr(): void {
    if (!this.isLeader) return;
    const inSync = this.isr.filter((node) => {
      const remote = this.remotes.find((one) => one.node === node);
      return remote === undefined || this.isCaughtUp(remote);
    });
    if (inSync.length < this.isr.length) {
      this.alterIsr(inSync);
      this.maybeAdvanceHighWatermark();
    }
  }

  private isCaughtUp(remote: RemoteReplica): boolean {
    const lagUs = this.cluster.settings.replicaLagTimeMaxMs * MICROS_PER_MS;
    return (
      remote.logEndOffset === this.log.logEndOffset ||
      this.cluster.queue.nowUs - remote.lastCaughtUpUs <= lagUs
    );
  }

  /** AlterPartition. The controller refuses a leader of an older epoch; then its news is already on the way. */
  private alterIsr(isr: readonly NodeId[]): void {
    const state = this.cluster.controller.alterPartition(this.tp, this.state.leaderEpoch, isr);
    if (state === null) return;
    this.state = state;
    this.isr = state.isr;
  }

  /**
   * Partition.maybeIncrementLeaderHW: the least log end offset in the ISR, and of those about to join it. It stands
   * still while the ISR is below `min.insync.replicas` (KIP-966), whatever acks the writers asked for.
   */
  maybeAdvanceHighWatermark(): void {
    if (!this.isLeader || this.isr.length < this.minIsr) return;
    let highWatermark = this.log.logEndOffset;
    for (const remote of this.remotes) {
      if (remote.logEndOffset >= highWatermark) continue;
      const joins = this.cluster.controller.isActive(remote.node) && this.isCaughtUp(remote);
      if (this.isr.includes(remote.node) || joins) highWatermark = remote.logEndOffset;
    }
    if (highWatermark > this.log.highWatermark) this.log.highWatermark = highWatermark;
    this.tellHighWatermark();
  }

  /** Also after a marker: the last stable offset can move while the high watermark stands. */
  private tellHighWatermark(): void {
    const { highWatermark, lastStableOffset } = this.log;
    if (highWatermark === this.toldHighWatermark && lastStableOffset === this.toldStableOffset) return;
    this.toldHighWatermark = highWatermark;
    this.toldStableOffset = lastStableOffset;
    const { leaderEpoch } = this.state;
    this.cluster.writers.highWatermarkAdvanced(this.tp.id, highWatermark, lastStableOffset, leaderEpoch);
    this.tellWaiters();
  }

  await(waiter: HighWatermarkWaiter): void {
    this.waiters.push(waiter);
  }

  /** Who is no longer waited for leaves with the next move. */
  private tellWaiters(): void {
    if (this.waiters.length === 0) return;
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) {
      if (!waiter.highWatermarkMoved(this)) this.waiters.push(waiter);
    }
  }
}
