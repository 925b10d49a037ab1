/** A cluster that is not ours: other node ids, a topic with limits of its own, brokers that come and go unannounced. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { known } from '#base/assert';
import { nodeId } from '#base/ids';
import { pipelineProjection } from '#projections/pipelineProjection';
import type { PipelineState } from '#projections/pipelineState';
import { LocalCluster } from '../kafka/LocalCluster.ts';
import { KafkaConnection } from '../kafkaBytes/KafkaConnection.ts';
import { CREATE_TOPICS } from '../kafkaBytes/apis/topics.ts';
import { describeWithKafka } from '../testing/needs.ts';
import { liveOnCluster, type LiveOnCluster } from './liveOnCluster.ts';
import { findTopic } from './topics.ts';

const LIMIT_MS = 120_000;
const LOOK_MS = 100;
const RECORDS = 300;
const TOPIC = 'theirs';
const NODES = [101, 102, 103];
/** The first replica of each partition leads. */
const ASSIGNMENTS = [
  [101, 102, 103],
  [102, 103, 101],
  [103, 101, 102],
];

/** As the stage has it at the end of the log. */
function stateOf(live: LiveOnCluster): PipelineState {
  const state = pipelineProjection.initial();
  for (const event of live.events()) pipelineProjection.apply(state, event);
  return state;
}

async function until(live: LiveOnCluster, is: (state: PipelineState) => boolean): Promise<PipelineState> {
  for (;;) {
    const state = stateOf(live);
    if (is(state)) return state;
    if (live.run.failure !== null) throw new Error(live.run.failure);
    await sleep(LOOK_MS);
  }
}

const isrs = (state: PipelineState): readonly (readonly number[])[] =>
  [...state.partitions.values()].map(({ isr }) => isr.toSorted((a, b) => a - b));

await describeWithKafka('a cluster of others', () => {
  let cluster: LocalCluster;

  beforeAll(async () => {
    cluster = await LocalCluster.start({ firstId: 101 });
    const connection = await KafkaConnection.open({ host: '127.0.0.1', port: cluster.clientPorts[0] ?? 0 });
    const configs = {
      'min.insync.replicas': '2',
      'max.message.bytes': '200000',
      'message.timestamp.type': 'LogAppendTime',
    };
    const topic = { topic: TOPIC, assignments: ASSIGNMENTS, partitions: -1, replicationFactor: -1, configs };
    const [made] = await connection.request(CREATE_TOPICS, 5, { topics: [topic], timeoutMs: LIMIT_MS });
    expect(made?.error).toBe('NONE');
    connection.close();
    await cluster.untilIsrFull();
  }, LIMIT_MS * 3);
  afterAll(async () => {
    await cluster.stop();
  });

  it('a topic that is there is used with the limits that it has', async () => {
    const wanted = { topic: TOPIC, partitions: 12, replicationFactor: 1, minInsyncReplicas: 1 };
    const found = await findTopic(cluster.endpoints, wanted);
    expect(found.brokers.map(({ node }) => node).toSorted((a, b) => a - b)).toEqual(NODES);
    expect(found).toMatchObject({
      isCreated: false,
      doubt: null,
      timestampType: 'LogAppendTime',
      topic: {
        partitions: 3,
        replicationFactor: 3,
        minInsyncReplicas: 2,
        maxMessageBytes: 200_000,
        uncleanLeaderElection: false,
      },
    });
  });

  it(
    'brokers keep their ids, and leaders, ISRs and ends of logs are the real ones, also after an election',
    async () => {
      const live = await liveOnCluster({
        endpoints: cluster.endpoints,
        topic: TOPIC,
        partitions: 3,
        ledgerRun: 0x7e1e_0000,
        workload: { recordsPerS: 500, records: RECORDS },
      });
      try {
        await live.settle(LIMIT_MS);
        expect(live.ledger.counts).toMatchObject({ ackedAndPresent: RECORDS, duplicated: 0 });
        const endsOf = (state: PipelineState, node: number): number =>
          [...state.partitions.values()].reduce(
            (sum, { logEnd }) => sum + (logEnd.get(nodeId(node)) ?? 0),
            0,
          );
        const full = await until(live, (state) => NODES.every((node) => endsOf(state, node) === RECORDS));
        expect([...full.brokers.keys()].toSorted((a, b) => a - b)).toEqual(NODES);
        expect([...full.partitions.values()].map(({ leader }) => Number(leader))).toEqual(NODES);
        expect(isrs(full)).toEqual([NODES, NODES, NODES]);

        await cluster.kill(1);
        const without = [101, 103];
        const after = await until(
          live,
          (state) =>
            isrs(state).every((isr) => isr.join() === without.join()) &&
            [...state.partitions.values()].every(({ leader }) => leader !== null && without.includes(leader)),
        );
        expect(after.brokers.get(nodeId(102))?.state).toBe('down');
        for (const { leader, logEnd, divergedFrom } of after.partitions.values()) {
          // The new leader has what the old one had; nobody seems to have more.
          expect(divergedFrom.size).toBe(0);
          expect(new Set(without.map((node) => logEnd.get(nodeId(node)))).size).toBe(1);
          expect(logEnd.get(nodeId(Number(leader)))).toBe(Math.max(...logEnd.values()));
        }
        expect(after.counters.recordsStored).toBe(RECORDS);

        await cluster.restart(1);
        const back = await until(live, (state) => isrs(state).every((isr) => isr.length === NODES.length));
        expect(back.brokers.get(nodeId(102))?.state).toBe('up');
        // Nothing of ours was told twice because the broker writes its own time into records.
        expect(live.count('log.recognised')).toBe(0);
      } finally {
        await live.stop();
      }
    },
    LIMIT_MS * 2,
  );

  it(
    'after an unclean election the account goes on where the new leader’s log ends, and says what was cut off',
    async () => {
      const topic = 'unclean';
      const one = await KafkaConnection.open(known(cluster.endpoints[2], 'the third broker'));
      const configs = { 'min.insync.replicas': '1', 'unclean.leader.election.enable': 'true' };
      const made = { topic, assignments: [[102, 101]], partitions: -1, replicationFactor: -1, configs };
      await one.request(CREATE_TOPICS, 5, { topics: [made], timeoutMs: LIMIT_MS });
      const live = await liveOnCluster({
        endpoints: cluster.endpoints,
        topic,
        partitions: 1,
        ledgerRun: 0x7e1e_0001,
        workload: { recordsPerS: 500, records: RECORDS },
        application: { producer: { acks: '1', 'enable.idempotence': 'false' } },
      });
      const send = (records: number): void =>
        live.command({ do: 'workload.set', application: 0, workload: { recordsPerS: 500, records } });
      try {
        // Replicated, for it is read.
        await live.arrive(LIMIT_MS);
        await cluster.kill(0);
        await until(live, (state) => isrs(state).every((isr) => isr.join() === '102'));
        // The other replica has none of these.
        send(RECORDS * 2);
        await live.arrive(LIMIT_MS);
        expect(live.ledger.counts).toMatchObject({ ackedAndPresent: RECORDS * 2 });
        await cluster.kill(1);
        await cluster.restart(0);
        await until(live, (state) => [...state.partitions.values()].every(({ leader }) => leader === 101));
        send(RECORDS * 4);
        await live.arrive(LIMIT_MS);
        expect(live.ledger.counts).toMatchObject({
          cutOffsets: RECORDS,
          goneOffsets: 0,
          ackedAndPresent: RECORDS * 4,
          ackedAndMissing: 0,
          duplicated: 0,
        });
      } finally {
        one.close();
        await live.stop();
      }
    },
    LIMIT_MS * 2,
  );
});
