/** kafkajs's own producer on three real brokers: what it really does is in the log, and every record is accounted for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeId, type BatchId } from '#base/ids';
import { LocalCluster } from '../../kafka/LocalCluster.ts';
import { describeWithKafka } from '../../testing/needs.ts';
import { liveOnCluster, type LiveOnCluster, type LiveOnClusterOptions } from '../liveOnCluster.ts';
import { KAFKAJS_SETTINGS } from './exhibit.ts';

const LIMIT_MS = 120_000;
const LOOK_MS = 50;
const ARRIVAL_LIMIT_MS = 60_000;
const RECORDS = 300;
const FROZEN_RECORDS = 1200;
const KILLED_RECORDS = 6000;
let runs = 0x0a51_0000;

function acked({ follow, ledger }: LiveOnCluster): number {
  follow();
  return ledger.counts.acked;
}

await describeWithKafka('kafkajs as it is', () => {
  let cluster: LocalCluster;

  beforeAll(async () => {
    cluster = await LocalCluster.start();
  }, LIMIT_MS * 3);
  afterAll(async () => {
    await cluster.stop();
  });

  async function live(
    producer: Readonly<Record<string, string>>,
    workload: LiveOnClusterOptions['workload'],
    work: (live: LiveOnCluster) => Promise<void>,
    application: LiveOnClusterOptions['application'] = {},
  ): Promise<void> {
    const ledgerRun = runs++;
    const live = await liveOnCluster({
      endpoints: cluster.endpoints,
      topic: `t${ledgerRun}`,
      partitions: 6,
      ledgerRun,
      client: 'kafkajs',
      ...(workload === undefined ? {} : { workload }),
      application: { ...application, producer: { ...KAFKAJS_SETTINGS, ...producer } },
    });
    try {
      await work(live);
      expect(live.run.failure).toBeNull();
    } finally {
      await live.stop();
    }
  }

  for (const [name, producer, application] of [
    ['acks=all', {}, {}],
    ['acks=0', { acks: '0' }, {}],
    [
      'idempotent, lz4, sync',
      { 'enable.idempotence': 'true', 'compression.type': 'lz4' },
      { pattern: 'sync-send' },
    ],
  ] as const)
    it(
      `${name}: every record is in the topic, once`,
      () =>
        live(
          producer,
          { recordsPerS: 200, records: RECORDS, keys: 0 },
          async ({ arrive, command, ledger, count, run }) => {
            await arrive(ARRIVAL_LIMIT_MS);
            command({ do: 'producer.close', application: 0, timeoutMs: null });
            while (count('client.closed') === 0) await sleep(LOOK_MS);
            expect(ledger.counts).toMatchObject({
              sent: RECORDS,
              acked: RECORDS,
              ackedAndPresent: RECORDS,
              failed: 0,
              duplicated: 0,
            });
            expect(run.warning).toBeNull();
            expect(count('batch.stamped') > 0).toBe(name.startsWith('idempotent'));
            expect(count('response.answered') > 0).toBe(name !== 'acks=0');
          },
          application,
        ),
      LIMIT_MS,
    );

  it(
    'a broker is frozen: what kafkajs no longer waits for is told, and it goes on',
    () =>
      live({ 'request.timeout.ms': '2000' }, { recordsPerS: 200, records: FROZEN_RECORDS }, async (one) => {
        while (acked(one) < FROZEN_RECORDS / 6) await sleep(LOOK_MS);
        cluster.freeze(2);
        while (one.count('request.lost') === 0) await sleep(LOOK_MS);
        await cluster.restart(2);
        await one.settle(LIMIT_MS);
        expect(one.events().find(({ type }) => type === 'request.lost')).toMatchObject({ by: 'timed-out' });
        const { counts } = one.ledger;
        expect(counts.acked + counts.failed).toBe(FROZEN_RECORDS);
        expect(await one.committed()).toBe(counts.ackedAndPresent + counts.failedButPresent);
        // The same records go out once more.
        expect(one.count('batch.requeued')).toBeGreaterThan(0);
        await cluster.untilIsrFull();
      }),
    LIMIT_MS,
  );

  it(
    'a broker is killed under load: every record has its outcome, and the account of it adds up',
    () =>
      live(
        { 'linger.ms': '50', 'request.timeout.ms': '3000' },
        { recordsPerS: 1000, records: KILLED_RECORDS, keys: 0 },
        async (one) => {
          while (acked(one) < KILLED_RECORDS / 6) await sleep(LOOK_MS);
          await cluster.kill(1);
          await one.settle(LIMIT_MS);
          const { counts } = one.ledger;
          const events = one.events();
          const broken = events.filter(
            (event) =>
              event.type === 'connection.moved' && event.to === 'disconnected' && event.node === nodeId(1),
          );
          expect(broken).not.toHaveLength(0);
          expect(counts.sent).toBe(KILLED_RECORDS);
          expect(counts.acked + counts.failed).toBe(KILLED_RECORDS);
          expect(counts.pendingAndPresent).toBe(0);
          // Another reader counts the same.
          expect(await one.committed()).toBe(counts.ackedAndPresent + counts.failedButPresent);
          // What kafkajs acknowledged and lost, no broker has ever answered to have.
          const answered = new Set<BatchId>();
          const lost = new Set<number>(one.ledger.missing());
          expect(lost.size).toBe(counts.ackedAndMissing);
          for (const event of events)
            if (event.type === 'batch.completed' && event.baseOffset >= 0) answered.add(event.batch);
          for (const event of events)
            if (event.type === 'record.appended' && lost.has(event.record))
              expect(answered).not.toContain(event.batch);
        },
      ),
    LIMIT_MS * 2,
  );
});
