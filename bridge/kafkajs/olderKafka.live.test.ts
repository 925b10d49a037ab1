/** The last broker of the 3.x line: older versions of the protocol, transactions without their second version. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OLDER_KAFKA_VERSION } from '../kafka/install.ts';
import { LocalCluster } from '../kafka/LocalCluster.ts';
import { describeWithKafka } from '../testing/needs.ts';
import { liveOnCluster, type LiveOnCluster, type LiveOnClusterOptions } from './liveOnCluster.ts';

const LIMIT_MS = 120_000;
const LOOK_MS = 50;
const RECORDS = 300;
const TRANSACTIONS = { records: 20, abortEvery: 3, alsoTopic: '', offsetsGroup: '' };
let runs = 0x39_0000;

await describeWithKafka(`a producer on Kafka ${OLDER_KAFKA_VERSION}`, () => {
  let cluster: LocalCluster;

  beforeAll(async () => {
    cluster = await LocalCluster.start({ nodes: 1, version: OLDER_KAFKA_VERSION });
  }, LIMIT_MS * 5);
  afterAll(async () => {
    await cluster.stop();
  });

  async function live(
    application: LiveOnClusterOptions['application'],
    work: (live: LiveOnCluster) => Promise<void>,
  ): Promise<void> {
    const ledgerRun = runs++;
    const one = await liveOnCluster({
      endpoints: cluster.endpoints,
      topic: `t${ledgerRun}`,
      partitions: 3,
      ledgerRun,
      workload: { recordsPerS: 300, records: RECORDS },
      ...(application === undefined ? {} : { application }),
    });
    try {
      await work(one);
      expect(one.run.failure).toBeNull();
    } finally {
      await one.stop();
    }
  }

  it(
    'acks=all with idempotence: every record is in the topic, once and in order',
    () =>
      live({ producer: { acks: 'all', 'enable.idempotence': 'true' } }, async ({ ledger, settle, count }) => {
        await settle(LIMIT_MS);
        expect(ledger.counts).toMatchObject({
          sent: RECORDS,
          ackedAndPresent: RECORDS,
          duplicated: 0,
          outOfOrder: 0,
        });
        expect(count('batch.stamped')).toBeGreaterThan(0);
      }),
    LIMIT_MS,
  );

  it(
    'transactions: a reader of committed records gets those of the commits and no others',
    () =>
      live(
        {
          producer: { 'transactional.id': 'shop' },
          pattern: 'transaction-loop',
          transactions: TRANSACTIONS,
        },
        async (one) => {
          const calls = (call: string): number =>
            one.events().filter((event) => event.type === 'call.began' && event.call === call).length;
          const ended = (): number =>
            one.events().filter((event) => event.type === 'transaction.moved' && event.to === 'READY').length;
          const all = RECORDS / TRANSACTIONS.records;
          // The first READY is that of initTransactions.
          while (ended() <= all) await sleep(LOOK_MS);
          await one.settle(LIMIT_MS);
          expect(calls('abortTransaction')).toBe(all / TRANSACTIONS.abortEvery);
          expect(await one.committed()).toBe(calls('commitTransaction') * TRANSACTIONS.records);
          expect(one.ledger.counts).toMatchObject({ ackedAndMissing: 0, duplicated: 0, outOfOrder: 0 });
          // Before transactions v2 each partition is added by a request.
          const asked = one.events().map((event) => (event.type === 'request.sent' ? event.api : null));
          expect(asked).toContain('ADD_PARTITIONS_TO_TXN');
        },
      ),
    LIMIT_MS,
  );
});
