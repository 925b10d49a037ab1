/** Every acks with every codec: brokers take the batches, the ledger reads them back, and so does Java. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { COMPRESSION_TYPES } from '#record/CompressionType';
import { LocalCluster } from '../kafka/LocalCluster.ts';
import { readWithJava } from '../testing/readWithJava.ts';
import { describeWithKafka } from '../testing/needs.ts';
import { codecSentence } from './codecs.ts';
import { liveOnCluster } from './liveOnCluster.ts';

const LIMIT_MS = 120_000;
const RECORDS = 300;
const WORKLOAD = { recordsPerS: 1000, records: RECORDS, valueBytes: 200, valueSpreadPercent: 0 };
const ACKS = ['0', '1', 'all'];
const topicOf = (codec: string, acks: string): string => `${codec}-${acks}`;

await describeWithKafka('codecs on a real broker', () => {
  let cluster: LocalCluster;

  beforeAll(async () => {
    cluster = await LocalCluster.start({ nodes: 1 });
  }, LIMIT_MS * 3);
  afterAll(async () => {
    await cluster.stop();
  });

  const here = COMPRESSION_TYPES.filter((codec) => codecSentence(codec) === null);
  for (const [ofCodec, codec] of COMPRESSION_TYPES.entries()) {
    for (const [ofAcks, acks] of ACKS.entries())
      it.skipIf(!here.includes(codec))(
        `compression.type=${codec}, acks=${acks}: every record is in the topic, once and in order`,
        async () => {
          const live = await liveOnCluster({
            endpoints: cluster.clientPorts.map((port) => ({ host: '127.0.0.1', port })),
            topic: topicOf(codec, acks),
            partitions: 1,
            ledgerRun: 0xc0de_0000 + ofCodec * ACKS.length + ofAcks,
            workload: WORKLOAD,
            application: {
              producer: { acks, 'compression.type': codec, 'enable.idempotence': String(acks === 'all') },
            },
          });
          try {
            await live.arrive(LIMIT_MS);
            expect(live.ledger.counts).toMatchObject({
              sent: RECORDS,
              ackedAndPresent: RECORDS,
              duplicated: 0,
              outOfOrder: 0,
            });
            // The estimate of what follows is made of what the codec really gave.
            const ratios = live
              .events()
              .flatMap((event) => (event.type === 'ratio.observed' ? [event.observedPpm] : []));
            if (codec === 'none') expect(ratios).toEqual([]);
            else expect(Math.min(...ratios)).toBeLessThan(1_000_000);
          } finally {
            await live.stop();
          }
        },
        LIMIT_MS,
      );
  }

  it(
    "Java's own consumer reads every record of them",
    async () => {
      const topics = here.flatMap((codec) => ACKS.map((acks) => topicOf(codec, acks)));
      const read = await readWithJava({ 'bootstrap.servers': cluster.bootstrapServers }, topics);
      expect(read.size).toBe(topics.length);
      // The same numbers of bytes as the applications have sent.
      const all = { records: RECORDS, valueBytes: RECORDS * WORKLOAD.valueBytes };
      for (const topic of topics) expect([topic, read.get(topic)]).toEqual([topic, all]);
    },
    LIMIT_MS,
  );
});
