/** The simulated brokers, asked by hand on virtual time. Waiting costs nothing: the clock is moved. */
import { known } from '#base/assert';
import { batchId, nodeId } from '#base/ids';
import type { PartitionState } from '#cluster/controller';
import type { Replica } from '#cluster/Replica';
import type { RequestBody, ResponseBody, SentBatch } from '#engine/requests';
import { HandMadeClient, SETTINGS } from '#testing/HandMadeClient';
import { batchBytes } from './batchBytes.ts';
import { batchLine, partitionLine } from './lines.ts';
import {
  isBusy,
  PRODUCE_TIMEOUT_MS,
  PRODUCE_VERSION,
  REPLICA_LAG_MS,
  SESSION_TIMEOUT_MS,
  TRANSACTION_TIMEOUT_MS,
  TOPIC,
  type BatchShape,
  type Producer,
  type ProduceShape,
  type Side,
  type TopicSpec,
} from './Side.ts';

const STEP_MS = 5;
const LIMIT_MS = 120_000;
const NODES = 3;

type Answer<Api extends ResponseBody['api']> = Extract<ResponseBody, { readonly api: Api }>;

export class SimulatedSide implements Side {
  private readonly client: HandMadeClient;
  private batches = 0;

  constructor(topics: readonly TopicSpec[]) {
    this.client = new HandMadeClient({
      topics: topics.map((spec) => ({ ...spec, replicationFactor: NODES, uncleanLeaderElection: false })),
      network: { ...SETTINGS.network },
      brokerSessionTimeoutMs: SESSION_TIMEOUT_MS,
      replicaLagTimeMaxMs: REPLICA_LAG_MS,
    });
  }

  async produce(node: number, shapes: readonly BatchShape[], request: ProduceShape = {}): Promise<string> {
    const acks = request.acks ?? -1;
    const body: RequestBody = {
      api: 'PRODUCE',
      acks,
      timeoutMs: request.timeoutMs ?? PRODUCE_TIMEOUT_MS,
      transactionalId: request.transactionalId ?? null,
      batches: shapes.map((shape) => this.sentBatch(shape)),
    };
    const version = request.version ?? PRODUCE_VERSION;
    if (acks === 0) {
      this.client.send(node, body, version, false);
      this.client.runFor(100);
      return 'no answer';
    }
    const { partitions } = this.ask('PRODUCE', node, body, version);
    return partitions.map(partitionLine).join(' | ');
  }

  async hasClosed(node: number): Promise<boolean> {
    return !this.client.isOpen(node);
  }

  async initProducerId(
    transactionalId: string | null,
    before?: Producer,
    transactionTimeoutMs = TRANSACTION_TIMEOUT_MS,
  ): Promise<Producer> {
    return this.untilReady(() => this.askForProducerId(transactionalId, before, transactionTimeoutMs));
  }

  async initProducerIdOnce(transactionalId: string): Promise<Producer> {
    const { error, producerId, producerEpoch } = this.askForProducerId(transactionalId);
    return { error, producerId, producerEpoch };
  }

  private askForProducerId(
    transactionalId: string | null,
    before?: Producer,
    transactionTimeoutMs = TRANSACTION_TIMEOUT_MS,
  ): Producer {
    const { producerId, producerEpoch } = before ?? { producerId: -1, producerEpoch: -1 };
    return this.ask(
      'INIT_PRODUCER_ID',
      this.coordinator(transactionalId),
      { api: 'INIT_PRODUCER_ID', transactionalId, transactionTimeoutMs, producerId, producerEpoch },
      4,
    );
  }

  async addPartitions(
    transactionalId: string,
    producer: Producer,
    partitions: readonly number[],
  ): Promise<string> {
    const { producerId, producerEpoch } = producer;
    for (;;) {
      const { errors } = this.ask(
        'ADD_PARTITIONS_TO_TXN',
        this.coordinator(transactionalId),
        {
          api: 'ADD_PARTITIONS_TO_TXN',
          transactionalId,
          producerId,
          producerEpoch,
          partitions: partitions.map((partition) => this.client.partitions.get(TOPIC, partition)),
        },
        3,
      );
      if (!errors.some(({ error }) => isBusy(error))) return errors.map(({ error }) => error).join(' ');
      this.client.runFor(STEP_MS);
    }
  }

  async endTransaction(
    transactionalId: string,
    producer: Producer,
    committed: boolean,
    version: number,
  ): Promise<Producer> {
    const { producerId, producerEpoch } = producer;
    return this.untilReady(() =>
      this.ask(
        'END_TXN',
        this.coordinator(transactionalId),
        { api: 'END_TXN', transactionalId, producerId, producerEpoch, committed },
        version,
      ),
    );
  }

  async log(topic: string, partition: number): Promise<readonly string[]> {
    const { log } = this.leaderReplica(topic, partition);
    return log.batches
      .filter(({ baseOffset, recordCount }) => baseOffset + recordCount <= log.highWatermark)
      .map(batchLine);
  }

  async ends(topic: string, partition: number): Promise<string> {
    const { log } = this.leaderReplica(topic, partition);
    return `${log.highWatermark}, ${log.lastStableOffset}`;
  }

  async leader(topic: string, partition: number): Promise<number> {
    return this.state(topic, partition).leader ?? -1;
  }

  async untilLed(topic: string, partition: number, by: (leader: number) => boolean): Promise<void> {
    const tp = this.client.partitions.get(topic, partition);
    this.until('the leader is another', () =>
      this.client.cluster.brokers.every((broker) => {
        const leader = broker.image.get(tp)?.leader ?? null;
        return broker.state !== 'up' || (leader !== null && by(leader));
      }),
    );
  }

  async kill(node: number): Promise<void> {
    this.client.cluster.broker(nodeId(node)).kill();
  }

  /** The model has no orderly end of a broker: leaderships are moved away by hand, then it is killed. */
  async terminate(node: number): Promise<void> {
    const { cluster } = this.client;
    for (const { settings, partitions } of cluster.topics.values()) {
      for (const tp of partitions) {
        const state = known(cluster.controller.state(tp), 'a partition');
        if (state.leader !== node) continue;
        const heir = known(
          state.isr.find((other) => other !== node),
          'another of the ISR',
        );
        cluster.moveLeader(settings.topic, tp.partition, heir);
      }
    }
    this.client.runFor(100);
    await this.kill(node);
    // The session of a broker that has said goodbye is over at once; here it runs out.
    await this.untilIsrHas(NODES - 1);
  }

  async freeze(node: number): Promise<void> {
    this.client.cluster.broker(nodeId(node)).freeze();
  }

  async restart(node: number): Promise<void> {
    const broker = this.client.cluster.broker(nodeId(node));
    broker.restart();
    this.until('the broker is back', () => broker.state === 'up');
  }

  async untilIsrFull(): Promise<void> {
    await this.untilIsrHas(NODES);
  }

  async untilIsrHas(count: number): Promise<void> {
    const { cluster } = this.client;
    this.until(`the ISR has ${count}`, () =>
      cluster.controller.allStates().every(({ isr }) => isr.length === count),
    );
    // The news of it, and what waits for it.
    this.client.runFor(50);
  }

  async electPreferredLeaders(): Promise<void> {
    const { cluster } = this.client;
    for (const { settings, partitions } of cluster.topics.values()) {
      for (const tp of partitions) {
        const state = known(cluster.controller.state(tp), 'a partition');
        cluster.moveLeader(settings.topic, tp.partition, known(state.replicas[0], 'a replica'));
      }
    }
    this.client.runFor(100);
  }

  private sentBatch(shape: BatchShape): SentBatch {
    return {
      batch: { id: batchId(this.batches++) } as SentBatch['batch'],
      tp: this.client.partitions.get(shape.topic ?? TOPIC, shape.partition ?? 0),
      recordCount: shape.records ?? 1,
      sizeBytes: batchBytes(shape).length,
      producerId: shape.producerId ?? -1,
      producerEpoch: shape.producerEpoch ?? (shape.producerId === undefined ? -1 : 0),
      baseSequence: shape.baseSequence ?? (shape.producerId === undefined ? -1 : 0),
      isTransactional: shape.isTransactional ?? false,
    };
  }

  private ask<Api extends ResponseBody['api']>(
    api: Api,
    node: number,
    body: RequestBody,
    version: number,
  ): Answer<Api> {
    const request = this.client.send(node, body, version);
    this.until(`${api} is answered`, () => this.client.answer(request) !== null);
    return this.client.answer(request) as Answer<Api>;
  }

  private untilReady(ask: () => Producer): Producer {
    for (;;) {
      const { error, producerId, producerEpoch } = ask();
      if (!isBusy(error)) return { error, producerId, producerEpoch };
      this.client.runFor(STEP_MS);
    }
  }

  private until(what: string, isSo: () => boolean): void {
    for (let ms = 0; !isSo(); ms += STEP_MS) {
      if (ms > LIMIT_MS) throw new Error(`not within ${LIMIT_MS} ms of virtual time: ${what}`);
      this.client.runFor(STEP_MS);
    }
  }

  private coordinator(transactionalId: string | null): number {
    if (transactionalId === null) return 0;
    return known(this.client.cluster.coordinator.nodeOf(transactionalId), 'a coordinator');
  }

  private state(topic: string, partition: number): PartitionState {
    const { cluster, partitions } = this.client;
    return known(cluster.controller.state(partitions.get(topic, partition)), 'a partition');
  }

  private leaderReplica(topic: string, partition: number): Replica {
    const { leader, tp } = this.state(topic, partition);
    return known(this.client.cluster.broker(known(leader, 'a leader')).replica(tp), 'the leader');
  }
}
