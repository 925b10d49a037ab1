/** The producer on three real brokers, and its topic read back: every record is accounted for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LocalCluster } from '../kafka/LocalCluster.ts';
import { describeWithKafka } from '../testing/needs.ts';
import { codecSentence } from './codecs.ts';
import { liveOnCluster, type LiveOnCluster } from './liveOnCluster.ts';
import type { BrokerEndpoint } from './topics.ts';

const LIMIT_MS = 120_000;
const STOPPED = { recordsPerS: 0 };
let runs = 0x5eed_0000;

await describeWithKafka('a producer on a real cluster', () => {
  let cluster: LocalCluster;
  let endpoints: readonly BrokerEndpoint[];

  beforeAll(async () => {
    cluster = await LocalCluster.start();
    endpoints = cluster.clientPorts.map((port) => ({ host: '127.0.0.1', port }));
  }, LIMIT_MS * 3);
  afterAll(async () => {
    await cluster.stop();
  });

  async function live(
    producer: Readonly<Record<string, string>>,
    workload: { readonly recordsPerS: number; readonly records?: number },
    work: (live: LiveOnCluster) => Promise<void>,
  ): Promise<void> {
    const ledgerRun = runs++;
    const live = await liveOnCluster({
      endpoints,
      topic: `t${ledgerRun}`,
      partitions: 6,
      ledgerRun,
      workload,
      application: { producer },
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
          async ({ ledger, run, settle, count }) => {
            await settle(LIMIT_MS);
            expect(ledger.counts).toMatchObject({
              acked: ledger.counts.sent,
              ackedAndPresent: ledger.counts.sent,
              failed: 0,
              duplicated: 0,
              outOfOrder: 0,
            });
            expect(ledger.counts.sent).toBe(1000);
            expect(count('batch.stamped') > 0).toBe(acks === 'all');
            expect(run.warning).toBeNull();
          },
        ),
      LIMIT_MS,
    );

  for (const codec of ['gzip', 'zstd'] as const) {
    const missing = codecSentence(codec);
    it.skipIf(missing !== null)(
      `compression.type=${codec}: brokers take it, and it is read back${missing === null ? '' : ` (${missing})`}`,
      () =>
        live({ 'compression.type': codec }, { recordsPerS: 1000, records: 1000 }, async (one) => {
          await one.settle(LIMIT_MS);
          expect(one.ledger.counts).toMatchObject({ ackedAndPresent: 1000, duplicated: 0, outOfOrder: 0 });
          expect(one.count('ratio.observed')).toBeGreaterThan(0);
        }),
      LIMIT_MS,
    );
  }

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
        one.command({ do: 'workload.set', application: 0, workload: STOPPED });
        await sleep(200);
        await one.settle(LIMIT_MS);
        const { counts } = one.ledger;
        expect(counts).toMatchObject({ acked: counts.sent, ackedAndPresent: counts.sent, duplicated: 0 });
        expect(one.count('client.started')).toBe(2);
        expect(one.count('client.closed')).toBe(1);
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
        one.command({ do: 'workload.set', application: 0, workload: STOPPED });
        await sleep(200);
        await one.settle(LIMIT_MS);
        const { counts } = one.ledger;
        expect(counts).toMatchObject({
          acked: counts.sent,
          ackedAndPresent: counts.sent,
          failed: 0,
          duplicated: 0,
          outOfOrder: 0,
        });
        expect(one.count('request.lost') + one.count('batch.requeued')).toBeGreaterThan(0);
        // Six at the start, and those that the dead broker had led.
        expect(one.count('leader.elected')).toBeGreaterThan(6);
        await cluster.untilIsrFull();
      }),
    LIMIT_MS * 2,
  );
});
