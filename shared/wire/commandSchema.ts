/** The shape of a command that comes from a page. Whether it can be done is for the run to say. */
import * as v from 'valibot';
import { ANSWER_APIS, COMPRESSIBILITIES, SHAPES } from '#model/ranges';
import type { CommandBody } from '#model/Scenario';

/** Kafka's own limit for the name of a topic. */
const topic = v.pipe(v.string(), v.minLength(1), v.maxLength(249));
const whole = v.pipe(v.number(), v.safeInteger());
const count = v.pipe(whole, v.minValue(0));
const node = v.pipe(whole, v.minValue(0), v.maxValue(1000));
const application = v.pipe(whole, v.minValue(0), v.maxValue(1000));
const partition = v.pipe(whole, v.minValue(0), v.maxValue(100_000));
const maybe = v.exactOptional;
const text = (chars: number) => v.pipe(v.string(), v.maxLength(chars));

const producer = v.pipe(v.record(text(200), text(10_000)), v.maxEntries(200));

const delay = v.strictObject({ p0Us: count, p50Us: count, p90Us: count, p99Us: count, p100Us: count });

const workload = v.strictObject({
  topic: maybe(topic),
  shape: maybe(v.picklist(SHAPES)),
  recordsPerS: maybe(count),
  burstRecords: maybe(count),
  rampMs: maybe(count),
  valueBytes: maybe(count),
  valueSpreadPercent: maybe(count),
  keys: maybe(count),
  keySkewPercent: maybe(count),
  headerBytes: maybe(count),
  records: maybe(count),
  compressibility: maybe(v.picklist(COMPRESSIBILITIES)),
});

const rule = v.strictObject({
  api: v.picklist(ANSWER_APIS),
  node: v.nullable(node),
  topic: v.nullable(topic),
  partition: v.nullable(partition),
  nth: count,
  times: count,
  error: text(100),
  appended: v.boolean(),
});

const schema = v.variant('do', [
  v.strictObject({ do: v.literal('producer.replace'), application, producer }),
  v.strictObject({ do: v.picklist(['producer.start', 'producer.flush', 'producer.kill']), application }),
  v.strictObject({ do: v.literal('producer.close'), application, timeoutMs: v.nullable(count) }),
  v.strictObject({
    do: v.literal('record.send'),
    application,
    key: v.nullable(text(10_000)),
    valueBytes: count,
    partition: v.nullable(partition),
  }),
  v.strictObject({
    do: v.picklist(['transaction.begin', 'transaction.commit', 'transaction.abort']),
    application,
  }),
  v.strictObject({ do: v.literal('workload.set'), application, workload }),
  v.strictObject({ do: v.picklist(['workload.pause', 'workload.resume']), application }),
  v.strictObject({ do: v.picklist(['broker.kill', 'broker.freeze', 'broker.restart']), node }),
  v.strictObject({ do: v.literal('broker.slow'), node, addedUs: count }),
  v.strictObject({ do: v.picklist(['replica.stall', 'replica.catchUp']), node }),
  v.strictObject({ do: v.literal('leader.move'), topic, partition, leader: node }),
  v.strictObject({ do: v.literal('link.set'), node: v.nullable(node), addedUs: count, cut: v.boolean() }),
  v.strictObject({ do: v.literal('answer.set'), rule }),
  v.strictObject({
    do: v.literal('next.lose'),
    what: v.picklist(['request', 'response']),
    node: v.nullable(node),
  }),
  v.strictObject({
    do: v.literal('network.set'),
    network: v.strictObject({
      delay: maybe(delay),
      lossPpm: maybe(count),
      connectUs: maybe(count),
      bandwidthBytesPerS: maybe(count),
    }),
  }),
  v.strictObject({
    do: v.literal('topic.set'),
    topic,
    settings: v.strictObject({
      minInsyncReplicas: maybe(count),
      uncleanLeaderElection: maybe(v.boolean()),
      maxMessageBytes: maybe(count),
    }),
  }),
  v.strictObject({ do: v.literal('topic.addPartitions'), topic, partitions: partition }),
  v.strictObject({ do: v.literal('topic.delete'), topic }),
  v.strictObject({ do: v.literal('topic.create'), topic, partitions: partition }),
  v.strictObject({ do: v.literal('quota.set'), bytesPerS: count }),
]);

type Shape = v.InferOutput<typeof schema>;

/** A new command does not compile until it has a shape here. */
type Shaped = CommandBody['do'] extends Shape['do'] ? CommandBody : never;

/** Names of errors are a closed list that the run checks with the rest. */
export const commandSchema = v.pipe(
  schema,
  v.transform((body) => body as Shaped),
);
