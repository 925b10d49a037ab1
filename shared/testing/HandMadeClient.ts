/** For the cluster's tests: a queue, connections and a client made by hand, so that no engine is needed. */
import { batchId, clientId, nodeId, requestId, type NodeId } from '#base/ids';
import { createRandom } from '#base/random';
import { TopicPartitions, tpName } from '#base/TopicPartition';
import type { NetworkSend } from '#engine/Selectable';
import type { RequestBody, ResponseBody, SentBatch } from '#engine/requests';
import type { EventType, PipelineEvent } from '#events/catalogue';
import { ArrayLog } from './ArrayLog.ts';
import type { ClusterSettings, TopicSettings } from '#cluster/ClusterContext';
import { SimulatedCluster } from '#cluster/SimulatedCluster';
import type { EventQueue, VirtualConnection } from '#cluster/VirtualNetwork';

class SortedQueue implements EventQueue {
  nowUs = 0;
  private readonly due: { atUs: number; run: () => void }[] = [];

  schedule<A>(atUs: number, run: (argument: A) => void, argument: A): void {
    if (atUs === Infinity) return;
    const at = Math.max(atUs, this.nowUs);
    let index = this.due.length;
    while (index > 0 && (this.due[index - 1]?.atUs ?? 0) > at) index--;
    this.due.splice(index, 0, { atUs: at, run: () => run(argument) });
  }

  runUntil(atUs: number): void {
    for (;;) {
      const first = this.due[0];
      if (first === undefined || first.atUs > atUs) break;
      this.due.shift();
      this.nowUs = first.atUs;
      first.run();
    }
    this.nowUs = atUs;
  }
}

class HandConnection implements VirtualConnection {
  readonly client = clientId(0);
  readonly node: NodeId;
  readonly broker: NodeId;
  readonly isEstablished = true;
  isOpen = true;
  isClosedByBroker = false;
  lastAnswerAtUs = 0;
  private readonly queue: EventQueue;
  private readonly answers: Map<number, ResponseBody | 'closed'>;

  constructor(node: NodeId, queue: EventQueue, answers: Map<number, ResponseBody | 'closed'>) {
    this.node = node;
    this.broker = node;
    this.queue = queue;
    this.answers = answers;
  }

  answer(send: NetworkSend, body: ResponseBody, atUs: number): number {
    this.lastAnswerAtUs = Math.max(this.lastAnswerAtUs, atUs);
    this.queue.schedule(
      this.lastAnswerAtUs,
      () => this.isOpen && this.answers.set(send.requestId, body),
      null,
    );
    return this.lastAnswerAtUs;
  }

  closeAt(atUs: number): number {
    this.close(atUs);
    return atUs;
  }

  close(learnedAtUs = this.queue.nowUs): void {
    this.isClosedByBroker = true;
    this.queue.schedule(learnedAtUs, () => (this.isOpen = false), null);
  }
}

export interface BatchShape {
  readonly partition?: number;
  readonly records?: number;
  readonly sizeBytes?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly isTransactional?: boolean;
}
export interface ProduceShape {
  readonly acks?: -1 | 0 | 1;
  readonly version?: number;
  readonly timeoutMs?: number;
  readonly transactionalId?: string;
}

export const TOPIC: TopicSettings = {
  topic: 't',
  partitions: 3,
  replicationFactor: 3,
  minInsyncReplicas: 2,
  uncleanLeaderElection: false,
  maxMessageBytes: 1048588,
};

/** One way 1 ms, no spread, no work: times in the tests are sums of 1 ms and of 0.5 ms between brokers. */
export const SETTINGS: ClusterSettings = {
  brokers: 3,
  topics: [TOPIC],
  network: {
    delay: { p0Us: 1000, p50Us: 1000, p90Us: 1000, p99Us: 1000, p100Us: 1000 },
    lossPpm: 0,
    connectUs: 1000,
    bandwidthBytesPerS: 0,
  },
  transactionVersion: 2,
  appendUs: 0,
  appendUsPerKiB: 0,
  replicaFetchUs: 500,
  replicaLagTimeMaxMs: 10_000,
  replicaFetchWaitMaxMs: 500,
  brokerSessionTimeoutMs: 2000,
  producerIdExpirationMs: 86_400_000,
  producerByteRate: 0,
};

export class HandMadeClient {
  readonly queue = new SortedQueue();
  readonly log = new ArrayLog(() => this.queue.nowUs);
  readonly partitions = new TopicPartitions();
  readonly cluster: SimulatedCluster;
  private readonly answers = new Map<number, ResponseBody | 'closed'>();
  private readonly connections = new Map<NodeId, HandConnection>();
  private requests = 0;
  private batches = 0;

  constructor(settings: Partial<ClusterSettings> = {}, topic: Partial<TopicSettings> = {}) {
    this.cluster = new SimulatedCluster({
      settings: { ...SETTINGS, topics: [{ ...TOPIC, ...topic }], ...settings },
      queue: this.queue,
      events: this.log,
      partitions: this.partitions,
      random: createRandom(1),
    });
    this.cluster.start();
    // The followers' first fetches are at their leaders after this.
    this.queue.runUntil(1000);
  }

  runFor(ms: number): void {
    this.queue.runUntil(this.queue.nowUs + ms * 1000);
  }

  /** Closes the client's end of the connection, as after a request timeout. */
  disconnect(node: number): void {
    const connection = this.connections.get(nodeId(node));
    if (connection === undefined) return;
    connection.isOpen = false;
    this.connections.delete(nodeId(node));
    this.cluster.clientClosed(connection);
  }

  /** Sends without waiting; the number of the request. */
  send(node: number, body: RequestBody, version: number, expectResponse = true): number {
    let connection = this.connections.get(nodeId(node));
    if (connection === undefined || !connection.isOpen) {
      connection = new HandConnection(nodeId(node), this.queue, this.answers);
      this.connections.set(nodeId(node), connection);
    }
    const id = this.requests++;
    if (!connection.isClosedByBroker) {
      this.cluster.handle(
        {
          requestId: requestId(id),
          node: nodeId(node),
          api: body.api,
          version,
          correlationId: id,
          clientName: 'by-hand',
          sizeBytes: 200,
          expectResponse,
          body,
        },
        connection,
      );
    }
    return id;
  }

  produce(node: number, shapes: readonly BatchShape[], request: ProduceShape = {}): number {
    const batches = shapes.map((shape): SentBatch => ({
      batch: { id: batchId(this.batches++) } as SentBatch['batch'],
      tp: this.partitions.get('t', shape.partition ?? 0),
      recordCount: shape.records ?? 1,
      sizeBytes: shape.sizeBytes ?? 100,
      producerId: shape.producerId ?? -1,
      producerEpoch: shape.producerEpoch ?? (shape.producerId === undefined ? -1 : 0),
      baseSequence: shape.baseSequence ?? (shape.producerId === undefined ? -1 : 0),
      isTransactional: shape.isTransactional ?? false,
    }));
    const body: RequestBody = {
      api: 'PRODUCE',
      acks: request.acks ?? -1,
      timeoutMs: request.timeoutMs ?? 30_000,
      transactionalId: request.transactionalId ?? null,
      batches,
    };
    return this.send(node, body, request.version ?? 13, request.acks !== 0);
  }

  /** The answer, if it has arrived. */
  answer(request: number): ResponseBody | null {
    const answer = this.answers.get(request);
    return answer === undefined || answer === 'closed' ? null : answer;
  }

  /** `error@offset` of each partition of a Produce answer, or null while there is none. */
  produced(request: number): string | null {
    const answer = this.answer(request);
    if (answer === null || answer.api !== 'PRODUCE') return null;
    return answer.partitions.map((one) => `${one.error}@${one.baseOffset}`).join(' ');
  }

  /** Sends one batch and waits for its answer, at most `waitMs`. */
  ask(node: number, shape: BatchShape, request: ProduceShape = {}, waitMs = 100): string | null {
    const id = this.produce(node, [shape], request);
    this.runFor(waitMs);
    return this.produced(id);
  }

  isOpen(node: number): boolean {
    return this.connections.get(nodeId(node))?.isOpen ?? false;
  }

  /** Events of these types as `ms type fields`. */
  told(...types: readonly EventType[]): string[] {
    return this.log.events.filter((event) => types.includes(event.type)).map((event) => this.line(event));
  }

  private line(event: PipelineEvent): string {
    const fields = Object.entries(event)
      .filter(([name]) => !['type', 'seq', 'at'].includes(name))
      .map(([name, value]) => {
        const tp = name === 'tp' ? this.partitions.all[value as number] : undefined;
        return tp === undefined ? `${name}=${JSON.stringify(value)}` : tpName(tp);
      });
    return `${event.at / 1000} ${event.type} ${fields.join(' ')}`;
  }

  leader(partition: number): number | null {
    return this.cluster.controller.state(this.partitions.get('t', partition))?.leader ?? null;
  }

  logEnds(partition: number): readonly number[] {
    const tp = this.partitions.get('t', partition);
    return this.cluster.brokers.map((broker) => broker.replica(tp)?.log.logEndOffset ?? -1);
  }
}
