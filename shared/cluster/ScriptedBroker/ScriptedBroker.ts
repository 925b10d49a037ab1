/**
 * The ideal brokers of the conformance cases with their fault rules: FORMAT.md §5 and §6. A request's bytes are at
 * the broker in the instant in which they are written; the broker decides, appends and schedules its answer then.
 */
import { nodeId, type ClientId, type NodeId } from '#base/ids';
import { MICROS_PER_MS } from '#base/time';
import type { TopicPartitions } from '#base/TopicPartition';
import { known } from '#base/assert';
import type { EventSink, WriterOf } from '#events/catalogue';
import type { ApiName, ApiVersionsResponse, MetadataRequest, MetadataResponse } from '#engine/requests';
import type { NetworkSend } from '#engine/Selectable';
import type { ErrorName } from '#record/Errors';
import type { Brokers, EventQueue, VirtualConnection } from '../VirtualNetwork.ts';
import { ClusterState } from './ClusterState.ts';
import { FaultRules, type FaultSubject } from './FaultRules.ts';
import { metadataResponse, topicMetadata } from './metadata.ts';
import { ProduceHandler } from './produce.ts';
import { answering, type Reply } from './Reply.ts';
import type { FaultAnswer, FaultRule, ScriptedClusterSpec, ScriptedNetworkSpec } from './spec.ts';
import { TransactionCoordinator } from './TransactionCoordinator.ts';
import { answerTransactional, type TransactionalRequest } from './transactional.ts';

/** What kafka-clients 4.3.1 knows is never more than what these brokers offer. */
const MAX_VERSIONS: Readonly<Partial<Record<ApiName, number>>> = {
  PRODUCE: 13,
  METADATA: 13,
  API_VERSIONS: 4,
  INIT_PRODUCER_ID: 6,
  FIND_COORDINATOR: 6,
  ADD_PARTITIONS_TO_TXN: 5,
  ADD_OFFSETS_TO_TXN: 4,
  TXN_OFFSET_COMMIT: 5,
  END_TXN: 5,
};

export interface ScriptedBrokerSpec {
  readonly cluster: ScriptedClusterSpec;
  readonly network: ScriptedNetworkSpec;
  readonly faults: readonly FaultRule[];
}

export class ScriptedBroker implements Brokers {
  readonly cluster: ClusterState;
  private readonly spec: ScriptedBrokerSpec;
  private readonly queue: EventQueue;
  private readonly partitions: TopicPartitions;
  private readonly coordinator: TransactionCoordinator;
  private readonly rules: FaultRules;
  private readonly produceHandler: ProduceHandler;
  private readonly refusing: Set<number>;
  /** In the order in which the client opened them. */
  private connections: VirtualConnection[] = [];
  private readonly requestsPerApi = new Map<ApiName, number>();
  private readonly departed: WriterOf<'request.departed'>;
  private readonly arrived: WriterOf<'request.arrived'>;
  private readonly begun: WriterOf<'request.begun'>;
  private readonly left: WriterOf<'response.left'>;
  private readonly responseDeparted: WriterOf<'response.departed'>;
  private readonly faultStruck: WriterOf<'fault.struck'>;
  private readonly elected: WriterOf<'leader.elected'>;
  private readonly topicChanged: WriterOf<'topic.changed'>;

  constructor(spec: ScriptedBrokerSpec, queue: EventQueue, events: EventSink, partitions: TopicPartitions) {
    this.spec = spec;
    this.queue = queue;
    this.partitions = partitions;
    this.cluster = new ClusterState(spec.cluster);
    const marked = events.writer('log.marked');
    this.coordinator = new TransactionCoordinator((tp, producerId, epoch, commit) => {
      const { log, leader } = known(this.cluster.partition(tp), `partition ${tp.partition} of ${tp.topic}`);
      log.appendMarker(producerId, epoch);
      marked(tp.id, log.endOffset - 1, commit, producerId, nodeId(leader), epoch);
    });
    this.rules = new FaultRules(spec.faults);
    this.produceHandler = new ProduceHandler(
      spec.cluster,
      spec.network.latencyMs,
      this.cluster,
      this.coordinator,
      this.rules,
      events,
    );
    this.refusing = new Set(spec.network.refuse);
    this.departed = events.writer('request.departed');
    this.arrived = events.writer('request.arrived');
    this.begun = events.writer('request.begun');
    this.left = events.writer('response.left');
    this.responseDeparted = events.writer('response.departed');
    this.faultStruck = events.writer('fault.struck');
    this.elected = events.writer('leader.elected');
    this.topicChanged = events.writer('topic.changed');
  }

  // What a warm client has already asked for (FORMAT.md §4): neither rules nor request numbers apply.

  /** Metadata of all topics. */
  initialMetadata(): MetadataResponse {
    const topics = [...this.cluster.topics.keys()];
    return metadataResponse(
      this.cluster,
      topics.map((topic) => topicMetadata(this.cluster, topic, null)),
    );
  }

  /** The producer id of an idempotent producer that is not transactional; its epoch is 0. */
  initialProducerId(): number {
    return this.coordinator.initProducerId(null, -1, -1).producerId;
  }

  /** What every broker says of itself. */
  apiVersions(): ApiVersionsResponse {
    const { transactionVersion } = this.spec.cluster;
    return {
      api: 'API_VERSIONS',
      throttleTimeMs: 0,
      error: 'NONE',
      maxVersions: MAX_VERSIONS,
      transactionVersion,
    };
  }

  // Brokers

  brokerOf(_client: ClientId, node: NodeId): NodeId {
    if (node >= 0) return node;
    return nodeId(known(this.spec.cluster.bootstrap[-Number(node) - 1], `bootstrap address ${node}`));
  }

  connectDelayUs(connection: VirtualConnection): number {
    this.connections.push(connection);
    return this.spec.network.connectMs * MICROS_PER_MS;
  }

  accepts(connection: VirtualConnection): boolean {
    return !this.refusing.has(connection.broker);
  }

  clientClosed(connection: VirtualConnection): void {
    this.connections = this.connections.filter((open) => open !== connection);
  }

  handle(send: NetworkSend, connection: VirtualConnection): void {
    const now = this.queue.nowUs;
    this.departed(send.requestId, now);
    this.arrived(send.requestId);
    this.begun(send.requestId);
    const reply = this.reply(send, connection.broker);
    this.left(send.requestId);
    if (reply.silent && !reply.disconnects) {
      this.responseDeparted(send.requestId, null);
      return;
    }
    const isSerial = this.spec.network.serialBroker && send.api === 'PRODUCE';
    const start = isSerial ? Math.max(now, connection.lastAnswerAtUs) : now;
    const dueUs = start + reply.delayMs * MICROS_PER_MS;
    if (reply.disconnects) {
      connection.closeAt(dueUs);
      this.responseDeparted(send.requestId, null);
    } else {
      this.responseDeparted(send.requestId, connection.answer(send, reply.body, dueUs));
    }
  }

  private reply(send: NetworkSend, broker: NodeId): Reply {
    const number = (this.requestsPerApi.get(send.api) ?? 0) + 1;
    this.requestsPerApi.set(send.api, number);
    const atMs = Math.floor(this.queue.nowUs / MICROS_PER_MS);
    const subject = { api: send.api, number, node: broker, topic: null, partition: null, atMs };
    const request = send.body;
    if (request.api === 'PRODUCE') return this.produceHandler.handle(send, request, subject);
    if (request.api === 'METADATA') return this.metadata(send, request, subject);
    const found = this.rules.find(subject);
    if (found !== null) this.faultStruck(found.index, send.requestId, null, send.api);
    const reply =
      request.api === 'API_VERSIONS'
        ? answering(this.apiVersions(), this.spec.network.apiVersionsMs)
        : this.transactional(send, request, found?.answer.error ?? null);
    return found === null ? reply : withFault(reply, found.answer);
  }

  private metadata(send: NetworkSend, request: MetadataRequest, subject: FaultSubject): Reply {
    // Of several topics the last one that a rule hits decides about the whole response.
    let whole: FaultAnswer | null = null;
    const topics = [];
    for (const topic of request.topics) {
      const found = this.rules.find({ ...subject, topic });
      if (found !== null) {
        whole = found.answer;
        this.faultStruck(found.index, send.requestId, null, 'METADATA');
      }
      topics.push(topicMetadata(this.cluster, topic, found?.answer.error ?? null));
    }
    const reply = answering(metadataResponse(this.cluster, topics), this.spec.network.metadataMs);
    return whole === null ? reply : withFault(reply, whole);
  }

  private transactional(send: NetworkSend, request: TransactionalRequest, fault: ErrorName | null): Reply {
    const body = answerTransactional(request, send.version, fault, this.coordinator, this.spec.cluster);
    return answering(body, this.spec.network.latencyMs);
  }

  // World commands (FORMAT.md §2)

  /** `epoch` null: one more than now. `shownAtUs`: when Metadata responses begin to show it; null: now. */
  changeLeader(
    topic: string,
    partition: number,
    leader: number,
    epoch: number | null,
    shownAtUs: number | null,
  ): void {
    const state = known(this.cluster.partition({ topic, partition }), `${topic}-${partition}`);
    state.leader = leader;
    state.epoch = epoch ?? state.epoch + 1;
    const elected = leader < 0 ? null : nodeId(leader);
    this.elected(this.partitions.get(topic, partition).id, elected, state.epoch, false);
    // What is shown is what holds then, not now: a second change may come before the first is seen.
    const show = (): void => {
      state.shownLeader = state.leader;
      state.shownEpoch = state.epoch;
    };
    if (shownAtUs === null) show();
    else this.queue.schedule(Math.max(shownAtUs, this.queue.nowUs), show, undefined);
  }

  /** The broker closes all its connections. */
  disconnect(broker: number): void {
    this.connections = this.connections.filter((connection) => connection.isOpen);
    for (const connection of this.connections)
      if (connection.broker === broker && !connection.isClosedByBroker) connection.close();
  }

  refuseConnections(broker: number, on: boolean): void {
    if (on) this.refusing.add(broker);
    else this.refusing.delete(broker);
  }

  fence(transactionalId: string): void {
    this.coordinator.fence(transactionalId);
  }

  createTopic(topic: string, partitions: number): void {
    this.cluster.create(topic, { partitions, leaders: null, epochs: null });
    this.topicChanged(topic, partitions);
  }
}

function withFault(reply: Reply, fault: FaultAnswer): Reply {
  return {
    body: reply.body,
    delayMs: fault.delayMs ?? reply.delayMs,
    silent: fault.noAnswer,
    disconnects: fault.disconnect,
  };
}
