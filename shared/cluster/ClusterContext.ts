/** What the parts of one simulated cluster share: its settings, its queue, its writers, and each other. */
import type { NodeId } from '#base/ids';
import type { TopicPartition, TopicPartitions } from '#base/TopicPartition';
import type { EventSink } from '#events/catalogue';
import type { Broker } from './Broker.ts';
import type { Controller } from './controller.ts';
import type { Faults } from './faults.ts';
import type { Links, NetworkConditions } from './links.ts';
import type { TransactionCoordinator } from './TransactionCoordinator.ts';
import type { TransactionVerifier } from './TransactionVerifier.ts';
import type { EventQueue } from './VirtualNetwork.ts';

export interface TopicSettings {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly minInsyncReplicas: number;
  readonly uncleanLeaderElection: boolean;
  readonly maxMessageBytes: number;
}

/** Same shape as the scenario's `ClusterSpec`; how a run starts is not the cluster's business. */
export interface ClusterSettings {
  readonly brokers: number;
  readonly topics: readonly TopicSettings[];
  readonly network: NetworkConditions;
  readonly transactionVersion: 1 | 2;
  readonly appendUs: number;
  readonly appendUsPerKiB: number;
  /** One way between two brokers: fetches, the controller's news, the coordinator's calls. */
  readonly replicaFetchUs: number;
  readonly replicaLagTimeMaxMs: number;
  readonly replicaFetchWaitMaxMs: number;
  readonly brokerSessionTimeoutMs: number;
  readonly producerIdExpirationMs: number;
  /** `producer_byte_rate` of every client at every broker; 0: no quota. */
  readonly producerByteRate: number;
}

/** A topic that exists: its settings may change, its partitions may grow. */
export interface Topic {
  /** A topic that is made anew has another id than the one before it. */
  readonly id: string;
  settings: TopicSettings;
  partitions: TopicPartition[];
}

export type ClusterWriters = ReturnType<typeof clusterWriters>;

/** Which events the cluster can emit, besides those of `Links` and `Faults`. */
export function clusterWriters(events: EventSink) {
  return {
    requestDeparted: events.writer('request.departed'),
    requestArrived: events.writer('request.arrived'),
    requestBegun: events.writer('request.begun'),
    requestDropped: events.writer('request.dropped'),
    responseLeft: events.writer('response.left'),
    responseDeparted: events.writer('response.departed'),
    brokerMoved: events.writer('broker.moved'),
    brokerSlowed: events.writer('broker.slowed'),
    logAppended: events.writer('log.appended'),
    logRefused: events.writer('log.refused'),
    logRecognised: events.writer('log.recognised'),
    logTruncated: events.writer('log.truncated'),
    logMarked: events.writer('log.marked'),
    replicaFetched: events.writer('replica.fetched'),
    highWatermarkAdvanced: events.writer('highWatermark.advanced'),
    isrChanged: events.writer('isr.changed'),
    leaderElected: events.writer('leader.elected'),
    coordinatorMoved: events.writer('coordinator.moved'),
    producerStateExpired: events.writer('producerState.expired'),
    topicChanged: events.writer('topic.changed'),
  };
}

export interface ClusterContext {
  readonly queue: EventQueue;
  readonly settings: ClusterSettings;
  readonly partitions: TopicPartitions;
  readonly writers: ClusterWriters;
  readonly topics: Map<string, Topic>;
  readonly brokers: Broker[];
  readonly controller: Controller;
  readonly coordinator: TransactionCoordinator;
  readonly verifier: TransactionVerifier;
  readonly links: Links;
  readonly faults: Faults;
  /** As of now; what the settings begin with may be changed. */
  readonly producerByteRate: number;
  broker(node: NodeId): Broker;
}

/** min(`min.insync.replicas`, replicas): what acks=all asks for, and below which no high watermark moves. */
export const effectiveMinIsr = (settings: TopicSettings): number =>
  Math.min(settings.minInsyncReplicas, settings.replicationFactor);
