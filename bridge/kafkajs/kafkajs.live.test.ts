/** The producer on three real brokers, and its topic read back: every record is accounted for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { known } from '#base/assert';
import type { LedgerMessage } from '#wire/ledger';
import { LocalCluster } from '../kafka/LocalCluster.ts';
import type { LedgerCounts } from '../LedgerTallies.ts';
import { ownBrokers } from '../ownBrokers.ts';
import { describeWithKafka } from '../testing/needs.ts';
import { liveOnCluster, type LiveOnCluster, type LiveOnClusterOptions } from './liveOnCluster.ts';
import type { BrokerEndpoint } from './topics.ts';

const LIMIT_MS = 120_000;
const LOOK_MS = 50;
const ARRIVAL_LIMIT_MS = 30_000;
const STOPPED = { recordsPerS: 0 };
const TRANSACTIONS = { records: 20, abortEvery: 2, alsoTopic: '', offsetsGroup: '' };
let runs = 0x5eed_0000;

/** The account of a run whose workload has been told to stop, when everything it sent has its outcome. */
async function stopped(one: LiveOnCluster): Promise<LedgerCounts> {
  one.command({ do: 'workload.set', application: 0, workload: STOPPED });
  await sleep(200);
  await one.settle(LIMIT_MS);
  return one.ledger.counts;
}

function expectAllPresent(counts: LedgerCounts): void {
  expect(counts).toMatchObject({
    acked: counts.sent,
    ackedAndPresent: counts.sent,
    failed: 0,
    duplicated: 0,
    outOfOrder: 0,
  });
}

/** The older half of every partition. Returns how many records that were. */
async function deleteHalf(endpoints: readonly BrokerEndpoint[], topic: string): Promise<number> {
  const brokers = endpoints.map(({ host, port }) => `${host}:${port}`);
  const admin = new Kafka({ clientId: 'retention', brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const ends = await admin.fetchTopicOffsets(topic);
    const halves = ends.map(({ partition, high }) => ({ partition, offset: Math.floor(Number(high) / 2) }));
    const partitions = halves.map(({ partition, offset }) => ({ partition, offset: String(offset) }));
    await admin.deleteTopicRecords({ topic, partitions });
    return halves.reduce((sum, { offset }) => sum + offset, 0);
  } finally {
    await admin.disconnect();
  }
}

await describeWithKafka('a producer on a real cluster', () => {
  let cluster: LocalCluster;
  let endpoints: readonly BrokerEndpoint[];

  beforeAll(async () => {
    cluster = await LocalCluster.start();
    endpoints = cluster.endpoints;
  }, LIMIT_MS * 3);
  afterAll(async () => {
    await cluster.stop();
  });

  async function live(
    producer: Readonly<Record<string, string>>,
    workload: { readonly recordsPerS: number; readonly records?: number },
    work: (live: LiveOnCluster) => Promise<void>,
    application: LiveOnClusterOptions['application'] = {},
    more: Pick<LiveOnClusterOptions, 'hasLiveLedger' | 'otherTopics'> = {},
  ): Promise<void> {
    const ledgerRun = runs++;
    const live = await liveOnCluster({
      endpoints,
      topic: `t${ledgerRun}`,
      partitions: 6,
      ledgerRun,
      workload,
      application: { ...application, producer },
      own: ownBrokers(cluster),
      ...more,
    });
    try {
      await work(live);
      expect(live.run.failure).toBeNull();
    } finally {
      await live.stop();
    }
  }

  for (const acks of ['0', '1', 'all'])
    it(
      `acks=${acks}: every record is in the topic, once and in order`,
      () =>
        live(
          { acks, ...(acks === 'all' ? {} : { 'enable.idempotence': 'false' }) },
          { recordsPerS: 500, records: 1000 },
          async ({ ledger, run, arrive, count }) => {
            await arrive(ARRIVAL_LIMIT_MS);
            expectAllPresent(ledger.counts);
            expect(ledger.counts.sent).toBe(1000);
            expect(count('batch.stamped') > 0).toBe(acks === 'all');
            expect(run.warning).toBeNull();
          },
        ),
      LIMIT_MS,
    );

  it(
    'settings change while it runs: the old producer drains beside the new one',
    () =>
      live({}, { recordsPerS: 300 }, async (one) => {
        await sleep(1000);
        one.command({
          do: 'producer.replace',
          application: 0,
          producer: { 'linger.ms': '50', 'compression.type': 'gzip' },
        });
        await sleep(1000);
        expectAllPresent(await stopped(one));
        expect(one.count('client.started')).toBe(2);
        expect(one.count('client.closed')).toBe(1);
      }),
    LIMIT_MS,
  );

  it(
    'records that were deleted before they were read are not missing, and the account goes on behind them',
    () =>
      live({}, { recordsPerS: 500, records: 300 }, async (one) => {
        // Nobody reads yet: `settle` does.
        for (one.follow(); one.ledger.counts.acked < 300; one.follow()) await sleep(LOOK_MS);
        const topic = known(one.engine.scenario.cluster.topics[0], 'the topic').topic;
        const deleted = await deleteHalf(endpoints, topic);
        expect(deleted).toBeGreaterThan(0);
        await one.settle(LIMIT_MS);
        expect(one.ledger.counts).toMatchObject({
          acked: 300,
          gone: deleted,
          goneOffsets: deleted,
          ackedAndPresent: 300 - deleted,
          ackedAndMissing: 0,
        });
      }),
    LIMIT_MS,
  );

  it(
    'transactions: a reader of committed records gets those of the commits and no others',
    () =>
      live(
        { 'transactional.id': 'shop' },
        { recordsPerS: 200, records: 400 },
        async (one) => {
          const calls = (call: string): number =>
            one.events().filter((event) => event.type === 'call.began' && event.call === call).length;
          const ended = (): number =>
            one.events().filter((event) => event.type === 'transaction.moved' && event.to === 'READY').length;
          // The first READY is that of initTransactions.
          while (ended() <= 400 / TRANSACTIONS.records) await sleep(LOOK_MS);
          // Records that their transaction's abort caught before they were sent are failed by the producer itself.
          await one.settle(LIMIT_MS);
          expect(calls('commitTransaction')).toBe(10);
          expect(calls('abortTransaction')).toBe(10);
          expect(await one.committed()).toBe(10 * TRANSACTIONS.records);
          const { counts } = one.ledger;
          expect(counts).toMatchObject({ ackedAndMissing: 0, duplicated: 0, outOfOrder: 0 });
          // The same of what viewers are told, with both readers side by side.
          const live = known(one.run.ledger, 'the ledger of the run');
          const present = counts.ackedAndPresent + counts.failedButPresent;
          const all = { acked: counts.acked, failed: counts.failed, present, missing: 0 };
          const committed = 10 * TRANSACTIONS.records;
          await vi.waitFor(
            () => expect(live.message().all).toMatchObject({ ...all, committed, awaited: 0 }),
            {
              timeout: ARRIVAL_LIMIT_MS,
            },
          );
          expect(live.records('committed', null)).toHaveLength(committed);
          expect(live.records('not-committed', null)).toHaveLength(Math.min(200, present - committed));
        },
        { pattern: 'transaction-loop', transactions: TRANSACTIONS },
        { hasLiveLedger: true },
      ),
    LIMIT_MS,
  );

  it(
    'a transaction over two topics: both are read back, each record in its partition',
    () =>
      live(
        { 'transactional.id': 'two-topics' },
        { recordsPerS: 200, records: 200 },
        async (one) => {
          const told = (): LedgerMessage => known(one.run.ledger, 'the ledger of the run').message();
          await vi.waitFor(() => expect(told().all).toMatchObject({ acked: 200, present: 200, awaited: 0 }), {
            timeout: ARRIVAL_LIMIT_MS,
          });
          await vi.waitFor(() => expect(told().all.committed).toBe(200), { timeout: ARRIVAL_LIMIT_MS });
          expect(told()).toMatchObject({ topic: `${one.engine.scenario.cluster.topics[0]?.topic}, audit` });
          expect(told().all).toMatchObject({ missing: 0, duplicated: 0, outOfOrder: 0 });
          const topicOf = new Map<number, string>(
            one
              .events()
              .flatMap((event) => (event.type === 'partition.named' ? [[event.tp, event.topic]] : [])),
          );
          const inAudit = told().partitions.filter(([tp]) => topicOf.get(tp) === 'audit');
          // Every second record of a transaction goes there.
          expect(inAudit.reduce((sum, [, { present }]) => sum + present, 0)).toBe(100);
          for (const [, counts] of told().partitions)
            expect(counts).toMatchObject({ present: counts.acked, committed: counts.acked, awaited: 0 });
          await one.settle(LIMIT_MS);
          expectAllPresent(one.ledger.counts);
        },
        {
          pattern: 'transaction-loop',
          transactions: { ...TRANSACTIONS, abortEvery: 0, alsoTopic: 'audit' },
        },
        { hasLiveLedger: true, otherTopics: ['audit'] },
      ),
    LIMIT_MS,
  );

  it(
    'a second instance with the same transactional.id fences the first',
    () =>
      live(
        { 'transactional.id': 'fenced' },
        { recordsPerS: 100 },
        async (one) => {
          const moved = (to: string): number =>
            one.events().filter((event) => event.type === 'transaction.moved' && event.to === to).length;
          while (moved('READY') < 2) await sleep(LOOK_MS);
          one.command({ do: 'producer.start', application: 0 });
          while (moved('FATAL_ERROR') === 0) await sleep(LOOK_MS);
          const fatal = one
            .events()
            .find((event) => event.type === 'transaction.moved' && event.to === 'FATAL_ERROR');
          expect(fatal).toMatchObject({ client: 0 });
          expect(one.count('client.closed')).toBeGreaterThan(0);
        },
        { pattern: 'transaction-loop', transactions: TRANSACTIONS },
      ),
    LIMIT_MS,
  );

  it(
    'a broker that is frozen is found by the request timeout, and nothing is lost when it wakes',
    () =>
      live({ 'request.timeout.ms': '2000' }, { recordsPerS: 300 }, async (one) => {
        await sleep(1000);
        one.command({ do: 'broker.freeze', node: 2 });
        while (one.count('request.lost') === 0) await sleep(LOOK_MS);
        one.command({ do: 'broker.restart', node: 2 });
        await sleep(1000);
        expectAllPresent(await stopped(one));
        const lost = one.events().find((event) => event.type === 'request.lost');
        expect(lost).toMatchObject({ by: 'timed-out' });
        await cluster.untilIsrFull();
      }),
    LIMIT_MS,
  );

  it(
    'a broker is killed under load: every acknowledged record is there, once and in order',
    () =>
      live({ 'request.timeout.ms': '5000' }, { recordsPerS: 1000 }, async (one) => {
        await sleep(2000);
        await cluster.kill(1);
        await sleep(6000);
        await cluster.restart(1);
        await sleep(1000);
        expectAllPresent(await stopped(one));
        // Whether a request was under way at that moment is chance; that the connection broke is not.
        const broken = one
          .events()
          .flatMap((event) =>
            event.type === 'connection.moved' && event.to === 'disconnected' ? [Number(event.node)] : [],
          );
        expect(broken).toContain(1);
        // Six at the start, and those that the dead broker had led.
        expect(one.count('leader.elected')).toBeGreaterThan(6);
        await cluster.untilIsrFull();
      }),
    LIMIT_MS * 2,
  );
});
