/** Its own process, the rival: kafkajs's own producer, with batches of the same shape. Prints what it took. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { Effort, Latencies, StreamPlan } from './plan.ts';
import { startStopwatch } from './stopwatch.ts';

/** Six partitions of about 150 records: what fits in 16 KiB. */
const RECORDS_PER_CALL = 900;
const CALLS_AT_ONCE = 4;

const [, , planText = '{}', everyMsText] = process.argv;
const { endpoints, topic, partitions, valueBytes, warmUpRecords, records } = JSON.parse(
  planText,
) as StreamPlan;
const value = Buffer.alloc(valueBytes, 'x');

async function sendAll(producer: Producer, count: number): Promise<void> {
  let left = count;
  const sendOn = async (): Promise<void> => {
    while (left > 0) {
      const ofCall = Math.min(RECORDS_PER_CALL, left);
      left -= ofCall;
      const messages = Array.from({ length: ofCall }, (_, i) => ({ value, partition: i % partitions }));
      await producer.sendBatch({ acks: 1, topicMessages: [{ topic, messages }] });
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, sendOn));
}

/** One record a request, one after the other in step with the wall. */
async function sendSlowly(producer: Producer, everyMs: number): Promise<Latencies> {
  const ackMs: number[] = [];
  const sending: Promise<void>[] = [];
  const startMs = performance.now();
  for (let i = 0; i < warmUpRecords + records; i++) {
    await sleep(Math.max(0, startMs + i * everyMs - performance.now()));
    const sentMs = performance.now();
    const sent = producer.send({ acks: 1, topic, messages: [{ value, partition: i % partitions }] });
    sending.push(
      sent.then(() => {
        if (i >= warmUpRecords) ackMs.push(performance.now() - sentMs);
      }),
    );
  }
  await Promise.all(sending);
  return { ackMs };
}

const brokers = endpoints.map(({ host, port }) => `${host}:${port}`);
const kafka = new Kafka({ clientId: 'rival', brokers, logLevel: logLevel.NOTHING });
const producer = kafka.producer({ allowAutoTopicCreation: false });
await producer.connect();
if (everyMsText === undefined) {
  await sendAll(producer, warmUpRecords);
  const stop = startStopwatch();
  await sendAll(producer, records);
  console.log(JSON.stringify(stop(records) satisfies Effort));
} else {
  console.log(JSON.stringify(await sendSlowly(producer, Number(everyMsText))));
}
await producer.disconnect();
