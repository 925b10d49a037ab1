/**
 * The controller's decisions: metadata/.../controller/{PartitionChangeBuilder, ReplicationControlManager}. Who is in the
 * ISR and in the ELR (KIP-966), who leads and in which epoch, whose heartbeats are missing. Brokers hear of a change one
 * way later. The quorum itself is not modelled: the controller never fails.
 */
import { known } from '#base/assert';
import { nodeId, type NodeId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import { MICROS_PER_MS } from '#base/time';
import { effectiveMinIsr, type ClusterContext, type Topic, type TopicSettings } from './ClusterContext.ts';

/** `leader.imbalance.check.interval.seconds`: how often leaderships go back to the preferred replica. */
const REBALANCE_US = 300_000 * MICROS_PER_MS;

/** metadata/.../PartitionRegistration. Never changed: each decision makes a new one. */
export interface PartitionState {
  readonly tp: TopicPartition;
  /** In order of assignment: the first is the preferred leader. */
  readonly replicas: readonly NodeId[];
  readonly isr: readonly NodeId[];
  /** Not in the ISR, yet known to have everything committed; only while the ISR is below min ISR. */
  readonly elr: readonly NodeId[];
  readonly leader: NodeId | null;
  readonly leaderEpoch: number;
  readonly lastKnownLeader: NodeId | null;
  /** Rises with every change (`partitionEpoch`), so that old news is recognised. */
  readonly version: number;
}

interface Election {
  readonly leader: NodeId | null;
  readonly unclean: boolean;
}

const isSame = (a: readonly NodeId[], b: readonly NodeId[]): boolean =>
  a.length === b.length && a.every((node, i) => node === b[i]);

export class Controller {
  private readonly cluster: ClusterContext;
  private readonly states = new Map<TopicPartition, PartitionState>();
  /** Unfenced: their heartbeats come. */
  private readonly active: boolean[] = [];
  /** Counts a broker's silences, so that an old session's end is not taken for a new one's. */
  private readonly silences: number[] = [];
  private readonly sessionEndsUs: number[] = [];

  constructor(cluster: ClusterContext, brokers: number) {
    this.cluster = cluster;
    for (let node = 0; node < brokers; node++) {
      this.active.push(true);
      this.silences.push(0);
      this.sessionEndsUs.push(0);
    }
  }

  start(): void {
    this.cluster.queue.schedule(this.cluster.queue.nowUs + REBALANCE_US, () => this.rebalance(), null);
  }

  isActive(node: NodeId): boolean {
    return this.active[node] ?? false;
  }

  activeNodes(): readonly NodeId[] {
    const nodes: NodeId[] = [];
    this.active.forEach((isActive, node) => {
      if (isActive) nodes.push(nodeId(node));
    });
    return nodes;
  }

  state(tp: TopicPartition): PartitionState | null {
    return this.states.get(tp) ?? null;
  }

  allStates(): readonly PartitionState[] {
    return [...this.states.values()];
  }

  /** New partitions from `from` on: replicas side by side, the preferred leader one further for each partition. */
  createPartitions(topic: Topic, from: number): void {
    const { settings } = topic;
    const brokers = this.active.length;
    const created: PartitionState[] = [];
    for (let partition = from; partition < settings.partitions; partition++) {
      const tp = this.cluster.partitions.get(settings.topic, partition);
      topic.partitions.push(tp);
      const nodes = Array.from({ length: brokers }, (_, i) => nodeId((partition + i) % brokers));
      const live = nodes.filter((node) => this.isActive(node));
      const fenced = nodes.filter((node) => !this.isActive(node));
      const replicas = [...live, ...fenced].slice(0, settings.replicationFactor);
      const isr = replicas.filter((node) => this.isActive(node));
      const leader = isr[0] ?? null;
      created.push({ tp, replicas, isr, elr: [], leader, leaderEpoch: 0, lastKnownLeader: null, version: 0 });
    }
    for (const state of created) {
      this.states.set(state.tp, state);
      this.cluster.writers.isrChanged(state.tp.id, state.isr, state.elr);
      this.cluster.writers.leaderElected(state.tp.id, state.leader, state.leaderEpoch, false);
    }
    this.cluster.writers.topicChanged(settings.topic, settings.partitions);
    this.publish(created);
  }

  deleteTopic(topic: Topic): void {
    for (const tp of topic.partitions) this.states.delete(tp);
    this.cluster.writers.topicChanged(topic.settings.topic, 0);
    for (const broker of this.cluster.brokers) broker.hearDeletion(topic);
  }

  /** AlterPartition of a leader: null when it leads no more. The same ISR is no change. */
  alterPartition(tp: TopicPartition, leaderEpoch: number, isr: readonly NodeId[]): PartitionState | null {
    const old = this.states.get(tp);
    if (old === undefined || old.leaderEpoch !== leaderEpoch) return null;
    const eligible = isr.filter((node) => this.isActive(node));
    if (isSame(eligible, old.isr)) return null;
    const state = this.changed(old, eligible, null, null);
    this.publish([state]);
    return state;
  }

  /** Reassigns a leadership to another member of the ISR. Returns false when that one may not lead. */
  moveLeader(tp: TopicPartition, leader: NodeId): boolean {
    const old = this.states.get(tp);
    if (old === undefined || old.leader === leader) return false;
    if (!old.isr.includes(leader) || !this.isActive(leader)) return false;
    this.publish([this.changed(old, old.isr, null, leader)]);
    return true;
  }

  /** No heartbeats come from now on: when the session is over the broker is fenced. */
  silent(node: NodeId): void {
    const silence = known(this.silences[node], 'a broker') + 1;
    this.silences[node] = silence;
    const endsUs = this.cluster.queue.nowUs + this.cluster.settings.brokerSessionTimeoutMs * MICROS_PER_MS;
    this.sessionEndsUs[node] = endsUs;
    this.cluster.queue.schedule(
      endsUs,
      () => {
        if (this.silences[node] === silence) this.fence(node);
      },
      null,
    );
  }

  /** When a new process of this broker may register: not before the old one's session is over. */
  mayRegisterAtUs(node: NodeId): number {
    return this.isActive(node) ? (this.sessionEndsUs[node] ?? 0) : this.cluster.queue.nowUs;
  }

  private fence(node: NodeId): void {
    if (!this.isActive(node)) return;
    this.active[node] = false;
    const changed: PartitionState[] = [];
    for (const old of this.states.values()) {
      if (!old.isr.includes(node) && old.leader !== node) continue;
      changed.push(
        this.changed(
          old,
          old.isr.filter((one) => one !== node),
          null,
          null,
        ),
      );
    }
    this.publish(changed);
    this.cluster.coordinator.brokersChanged();
  }

  /**
   * Heartbeats come again. `isNewProcess`: after a kill, which was an unclean shutdown: what it had not flushed may
   * be gone, so it is no longer eligible by its ELR membership.
   */
  heard(node: NodeId, isNewProcess: boolean): void {
    this.silences[node] = known(this.silences[node], 'a broker') + 1;
    const wasActive = this.isActive(node);
    this.active[node] = true;
    if (wasActive) return;
    const changed: PartitionState[] = [];
    for (const old of this.states.values()) {
      if (!old.replicas.includes(node)) continue;
      const state = this.changed(old, old.isr, isNewProcess ? node : null, null);
      if (state !== old) changed.push(state);
    }
    this.publish(changed);
    this.cluster.coordinator.brokersChanged();
  }

  /** The state after a change of the ISR, with its ELR and its election: PartitionChangeBuilder.build. */
  private changed(
    old: PartitionState,
    targetIsr: readonly NodeId[],
    uncleanShutdown: NodeId | null,
    wantedLeader: NodeId | null,
  ): PartitionState {
    const topic = known(this.cluster.topics.get(old.tp.topic), 'the topic of a partition');
    const minIsr = effectiveMinIsr(topic.settings);
    let isr = targetIsr.filter((node) => node !== uncleanShutdown);
    let elr: readonly NodeId[] = [];
    if (isr.length < minIsr) {
      elr = old.replicas.filter(
        (node) =>
          (old.elr.includes(node) || old.isr.includes(node)) &&
          !isr.includes(node) &&
          node !== uncleanShutdown,
      );
    }
    const election = this.elect(old, isr, elr, wantedLeader, topic.settings);
    const { leader } = election;
    if (leader !== null && !isr.includes(leader)) {
      isr = [leader];
      // An unclean leader's log is the truth from now on: nobody else is known to have all of it.
      elr = election.unclean ? [] : elr.filter((node) => node !== leader);
    }
    const hasNewLeader = leader !== old.leader;
    if (!hasNewLeader && isSame(isr, old.isr) && isSame(elr, old.elr)) return old;
    const state: PartitionState = {
      tp: old.tp,
      replicas: old.replicas,
      isr,
      elr,
      leader,
      leaderEpoch: hasNewLeader ? old.leaderEpoch + 1 : old.leaderEpoch,
      lastKnownLeader: leader === null ? (old.leader ?? old.lastKnownLeader) : null,
      version: old.version + 1,
    };
    this.states.set(state.tp, state);
    if (!isSame(isr, old.isr) || !isSame(elr, old.elr)) {
      this.cluster.writers.isrChanged(state.tp.id, isr, elr);
    }
    if (hasNewLeader) {
      this.cluster.writers.leaderElected(state.tp.id, leader, state.leaderEpoch, election.unclean);
    }
    return state;
  }

  /** PartitionChangeBuilder.electLeader, in its order (§7.4). */
  private elect(
    old: PartitionState,
    isr: readonly NodeId[],
    elr: readonly NodeId[],
    wantedLeader: NodeId | null,
    settings: TopicSettings,
  ): Election {
    const isValid = (node: NodeId): boolean =>
      this.isActive(node) && (isr.includes(node) || (isr.length === 0 && elr.includes(node)));
    if (wantedLeader !== null && isValid(wantedLeader)) return { leader: wantedLeader, unclean: false };
    if (old.leader !== null && isValid(old.leader)) return { leader: old.leader, unclean: false };
    const clean = old.replicas.find(isValid);
    if (clean !== undefined) return { leader: clean, unclean: false };
    const last = old.lastKnownLeader;
    if (isr.length === 0 && elr.length === 0 && last !== null && this.isActive(last)) {
      return { leader: last, unclean: true };
    }
    if (settings.uncleanLeaderElection) {
      const any = old.replicas.find((node) => this.isActive(node));
      if (any !== undefined) return { leader: any, unclean: true };
    }
    return { leader: null, unclean: false };
  }

  /** A topic's settings have changed: a partition without leader may get one now (unclean election). */
  reconsider(topic: Topic): void {
    const changed: PartitionState[] = [];
    for (const tp of topic.partitions) {
      const old = this.states.get(tp);
      if (old === undefined || old.leader !== null) continue;
      const state = this.changed(old, old.isr, null, null);
      if (state !== old) changed.push(state);
    }
    this.publish(changed);
  }

  private rebalance(): void {
    const changed: PartitionState[] = [];
    for (const old of this.states.values()) {
      const preferred = known(old.replicas[0], 'the preferred replica');
      if (old.leader === preferred || !old.isr.includes(preferred) || !this.isActive(preferred)) continue;
      changed.push(this.changed(old, old.isr, null, preferred));
    }
    this.publish(changed);
    this.start();
  }

  /** The brokers hear of it one way later; the leader that asked knows already. */
  private publish(states: readonly PartitionState[]): void {
    const atUs = this.cluster.queue.nowUs + this.cluster.settings.replicaFetchUs;
    const active = this.activeNodes();
    for (const broker of this.cluster.brokers) broker.hearAt(atUs, states, active);
  }
}
