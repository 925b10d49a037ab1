/**
 * The brokers of the model behind the virtual network: N processes, their controller and transaction coordinator. What
 * may be done to it from outside (kill, freeze, cut, delete, …) are its methods; everything else follows from them.
 */
import { known } from '#base/assert';
import { nodeId, type ClientId, type NodeId } from '#base/ids';
import type { Random } from '#base/random';
import { MICROS_PER_MS } from '#base/time';
import type { TopicPartitions } from '#base/TopicPartition';
import type { NetworkSend } from '#engine/Selectable';
import type { BrokerAddress, MetadataResponse } from '#engine/requests';
import type { EventSink } from '#events/catalogue';
import { addressOf } from './answers.ts';
import { Broker } from './Broker.ts';
import {
  clusterWriters,
  type ClusterContext,
  type ClusterSettings,
  type ClusterWriters,
  type Topic,
  type TopicSettings,
} from './ClusterContext.ts';
import { Controller } from './controller.ts';
import { Faults } from './faults.ts';
import { Links, type NetworkConditions } from './links.ts';
import { TransactionCoordinator } from './TransactionCoordinator.ts';
import { TransactionVerifier } from './TransactionVerifier.ts';
import type { Brokers, EventQueue, VirtualConnection } from './VirtualNetwork.ts';

export interface SimulatedClusterParts {
  readonly settings: ClusterSettings;
  readonly queue: EventQueue;
  readonly events: EventSink;
  readonly partitions: TopicPartitions;
  readonly random: Random;
}

/** `producer.id.expiration.check.interval.ms`. */
const EXPIRY_CHECK_US = 600_000 * MICROS_PER_MS;

/** Kafka's defaults; `min.insync.replicas` is 1. */
const NEW_TOPIC = { minInsyncReplicas: 1, uncleanLeaderElection: false, maxMessageBytes: 1048588 } as const;

export class SimulatedCluster implements Brokers, ClusterContext {
  readonly queue: EventQueue;
  readonly settings: ClusterSettings;
  readonly partitions: TopicPartitions;
  readonly writers: ClusterWriters;
  readonly topics = new Map<string, Topic>();
  readonly brokers: Broker[] = [];
  /** By name: what they were, and how often there has been one. */
  private readonly deleted = new Map<string, { readonly settings: TopicSettings; readonly times: number }>();
  producerByteRate: number;
  readonly controller: Controller;
  readonly coordinator: TransactionCoordinator;
  readonly verifier: TransactionVerifier;
  readonly links: Links;
  readonly faults: Faults;

  constructor({ settings, queue, events, partitions, random }: SimulatedClusterParts) {
    this.settings = settings;
    this.producerByteRate = settings.producerByteRate;
    this.queue = queue;
    this.partitions = partitions;
    this.writers = clusterWriters(events);
    this.links = new Links(settings.network, settings.brokers, random, events);
    this.faults = new Faults(events);
    this.controller = new Controller(this, settings.brokers);
    this.coordinator = new TransactionCoordinator(this);
    this.verifier = new TransactionVerifier(this);
    for (let node = 0; node < settings.brokers; node++) this.brokers.push(new Broker(this, nodeId(node)));
  }

  /** Everything is up and has been for a while: the brokers know the topics, the followers have nothing to catch up. */
  start(): void {
    for (const broker of this.brokers) this.writers.brokerMoved(broker.node, 'up');
    for (const settings of this.settings.topics) this.createTopic(settings);
    for (const broker of this.brokers) {
      broker.hear(this.controller.allStates(), this.controller.activeNodes());
    }
    this.controller.start();
    this.coordinator.start();
    this.everyUs((this.settings.replicaLagTimeMaxMs * MICROS_PER_MS) / 2, () => this.shrinkIsrs());
    const expirationUs = this.settings.producerIdExpirationMs * MICROS_PER_MS;
    this.everyUs(Math.min(EXPIRY_CHECK_US, expirationUs), () => this.expireProducers(expirationUs));
  }

  broker(node: NodeId): Broker {
    return known(this.brokers[node], `broker ${node}`);
  }

  /** Every `intervalUs`, for as long as the run lasts. */
  private everyUs(intervalUs: number, run: () => void): void {
    const step = Math.max(MICROS_PER_MS, Math.floor(intervalUs));
    this.queue.schedule(
      this.queue.nowUs + step,
      () => {
        run();
        this.everyUs(intervalUs, run);
      },
      null,
    );
  }

  private shrinkIsrs(): void {
    for (const broker of this.brokers) {
      if (broker.state !== 'up') continue;
      for (const replica of broker.allReplicas()) replica.maybeShrinkIsr();
    }
  }

  private expireProducers(expirationUs: number): void {
    for (const broker of this.brokers) {
      if (broker.state !== 'up') continue;
      for (const replica of broker.allReplicas()) {
        for (const producerId of replica.log.producers.removeExpired(this.queue.nowUs, expirationUs)) {
          this.writers.producerStateExpired(replica.tp.id, producerId, broker.node);
        }
      }
    }
  }

  // ---- Brokers

  /** Bootstrap address −1 is broker 0's, −2 broker 1's, and so on. */
  brokerOf(client: ClientId, node: NodeId): NodeId {
    this.links.addClient(client);
    return node >= 0 ? node : nodeId(-1 - node);
  }

  connectDelayUs(connection: VirtualConnection): number {
    return this.links.connectUs(connection.broker);
  }

  /** The kernel of a frozen process still takes connections. */
  accepts(connection: VirtualConnection): boolean {
    const broker = this.broker(connection.broker);
    if (broker.isDown) return false;
    broker.connections.accepted(connection);
    return true;
  }

  handle(send: NetworkSend, connection: VirtualConnection): void {
    this.broker(connection.broker).connections.departed(send, connection);
  }

  clientClosed(connection: VirtualConnection): void {
    this.broker(connection.broker).connections.clientClosed(connection);
  }

  // ---- what a warm start knows

  addresses(): readonly BrokerAddress[] {
    return this.brokers.map(({ node }) => addressOf(node));
  }

  /** Metadata of all topics as every broker knows it before the run. */
  metadata(): MetadataResponse {
    return {
      api: 'METADATA',
      throttleTimeMs: 0,
      brokers: this.addresses(),
      controller: nodeId(0),
      topics: [...this.topics.values()].map(({ id, settings, partitions }) => ({
        topic: settings.topic,
        error: 'NONE',
        topicId: id,
        partitions: partitions.map((tp) => {
          const state = known(this.controller.state(tp), 'a partition');
          const { leader, leaderEpoch, replicas, isr } = state;
          const error = leader === null ? ('LEADER_NOT_AVAILABLE' as const) : ('NONE' as const);
          return { partition: tp.partition, error, leader, leaderEpoch, replicas, isr };
        }),
      })),
    };
  }

  // ---- what may be done to it

  setNetwork(conditions: NetworkConditions): void {
    this.links.conditions = conditions;
  }

  createTopic(settings: TopicSettings): void {
    const earlier = this.deleted.get(settings.topic)?.times ?? 0;
    const id = earlier === 0 ? settings.topic : `${settings.topic}/${earlier + 1}`;
    const topic: Topic = { id, settings, partitions: [] };
    this.topics.set(settings.topic, topic);
    this.controller.createPartitions(topic, 0);
  }

  setTopic(name: string, changed: Partial<TopicSettings>): void {
    const topic = this.topics.get(name);
    if (topic === undefined) return;
    topic.settings = { ...topic.settings, ...changed };
    this.controller.reconsider(topic);
    for (const tp of topic.partitions) {
      for (const broker of this.brokers) broker.replica(tp)?.maybeAdvanceHighWatermark();
    }
  }

  /** Up to `partitions` of them; a topic never shrinks. */
  addPartitions(name: string, partitions: number): void {
    const topic = this.topics.get(name);
    if (topic === undefined || partitions <= topic.settings.partitions) return;
    // StripedReplicaPlacer: all brokers are fenced.
    if (this.controller.activeNodes().length === 0) return;
    const from = topic.settings.partitions;
    topic.settings = { ...topic.settings, partitions };
    this.controller.createPartitions(topic, from);
  }

  deleteTopic(name: string): void {
    const topic = this.topics.get(name);
    if (topic === undefined) return;
    this.topics.delete(name);
    const times = (this.deleted.get(name)?.times ?? 0) + 1;
    this.deleted.set(name, { settings: topic.settings, times });
    this.controller.deleteTopic(topic);
  }

  /** A topic that is not there: as it was before it was deleted, or as new ones are, with so many partitions. */
  recreateTopic(name: string, partitions: number): void {
    if (this.topics.has(name)) return;
    const former =
      this.deleted.get(name)?.settings ?? this.settings.topics.find(({ topic }) => topic === name);
    const settings = former ?? { ...NEW_TOPIC, replicationFactor: Math.min(3, this.brokers.length) };
    this.createTopic({ ...settings, topic: name, partitions });
  }

  moveLeader(name: string, partition: number, leader: NodeId): boolean {
    const tp = this.topics.get(name)?.partitions[partition];
    return tp !== undefined && this.controller.moveLeader(tp, leader);
  }
}
