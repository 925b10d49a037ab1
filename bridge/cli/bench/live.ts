/**
 * The live mode on a real cluster, of one broker and of three, beside kafkajs and the Java client in the same run: what
 * a record costs at full speed, how long its answer takes, and when the page shows it.
 */
import { Kafka, logLevel } from 'kafkajs';
import { LocalCluster } from '../../kafka/LocalCluster.ts';
import { builtPage } from './bundle.ts';
import { measureOf, median, percentile, type Measure } from './Measure.ts';
import {
  bridgeEffort,
  bridgeLatencies,
  bundlePrograms,
  kafkajsEffort,
  kafkajsLatencies,
  newTopic,
  streamTo,
  type Programs,
} from './live/contestants.ts';
import { javaEffort, kafkaTools } from './live/javaPerformance.ts';
import { pixelLatencies, type Following } from './live/pixel.ts';
import type { Effort } from './live/plan.ts';

export interface LiveOptions {
  /** Of one stream at full speed, after its warm-up. */
  readonly records: number;
  readonly rounds: number;
}
export const LIVE_OPTIONS: LiveOptions = { records: 3_000_000, rounds: 3 };

/** Of the measured ones. */
const WARM_UP_SHARE = 0.2;
const SLOW_RECORDS_PER_S = 100;
const SLOW_RECORDS = 1000;
const SLOW_WARM_UP = 200;
const START_GOAL_MS = 6000;
const PIXEL_GOAL_MS = 50;
const KAFKAJS_FACTOR = 3;
/** What has been produced is of no use any more: half a gigabyte each time. */
const PROPERTIES = { 'log.segment.delete.delay.ms': '100', 'log.initial.task.delay.ms': '0' };

const KAFKAJS = 'kafkajs 2.2.4 sendBatch';
const JAVA = 'ProducerPerformance 4.3.1';

interface Contest {
  readonly viewed: Effort[];
  readonly unwatched: Effort[];
  readonly kafkajs: Effort[];
  readonly java: Effort[];
  /** CPU seconds of a JVM that sends one record. */
  readonly javaStarts: number[];
}

interface Bench {
  readonly programs: Programs;
  readonly page: string;
  readonly tools: string | null;
  readonly options: LiveOptions;
}

const say = (line: string): void => console.error(`  ${line}`);
const perCpuS = ({ records, cpuS }: Effort): number => records / cpuS;
const perS = ({ records, wallS }: Effort): number => records / wallS;

export async function live(options: LiveOptions = LIVE_OPTIONS): Promise<readonly Measure[]> {
  const tools = await kafkaTools();
  if (tools === null) console.error('No Java rival: ProducerPerformance needs Java 17 and Maven.');
  const bench: Bench = { programs: await bundlePrograms(), page: await builtPage(), tools, options };
  const measures: Measure[] = [];
  for (const nodes of [1, 3] as const) measures.push(...(await onCluster(nodes, bench)));
  measures.push(await clusterStarts(options.rounds));
  return measures;
}

async function onCluster(nodes: 1 | 3, bench: Bench): Promise<readonly Measure[]> {
  const name = nodes === 1 ? 'one broker' : 'three brokers';
  const cluster = await LocalCluster.start({ nodes, properties: PROPERTIES, progress: say });
  try {
    return [
      ...throughput(name, await contest(cluster, bench)),
      ...(await sendToAck(name, cluster, bench)),
      ...(await ackToPixel(name, cluster, bench, 'at once')),
      ...(await ackToPixel(name, cluster, bench, 'with flights')),
    ];
  } finally {
    await cluster.stop();
  }
}

async function contest(cluster: LocalCluster, { programs, page, tools, options }: Bench): Promise<Contest> {
  const found: Contest = { viewed: [], unwatched: [], kafkajs: [], java: [], javaStarts: [] };
  const { records, rounds } = options;
  const onNewTopic = async (name: string, run: (topic: string) => Promise<Effort>): Promise<Effort> => {
    const topic = await newTopic(cluster);
    const effort = await run(topic);
    say(`${name}: ${Math.round(perS(effort))} records/s, ${Math.round(perCpuS(effort))} records/cpu-s`);
    await deleteTopic(cluster, topic);
    return effort;
  };
  const stream = (topic: string) => streamTo(cluster, Math.round(records * WARM_UP_SHARE), records, topic);
  for (let round = 0; round < rounds; round++) {
    found.viewed.push(
      await onNewTopic('live, one viewer', (topic) => bridgeEffort(programs, stream(topic), page)),
    );
    found.unwatched.push(
      await onNewTopic('live, no viewer', (topic) => bridgeEffort(programs, stream(topic), null)),
    );
    found.kafkajs.push(await onNewTopic(KAFKAJS, (topic) => kafkajsEffort(programs, stream(topic))));
    if (tools === null) continue;
    const ofJava = async (topic: string): Promise<Effort> => {
      const effort = await javaEffort(tools, stream(topic));
      found.javaStarts.push(effort.startCpuS);
      return effort;
    };
    found.java.push(await onNewTopic(JAVA, ofJava));
  }
  return found;
}

async function deleteTopic(cluster: LocalCluster, topic: string): Promise<void> {
  const kafka = new Kafka({ brokers: cluster.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics: [topic] });
  } finally {
    await admin.disconnect();
  }
}

function throughput(name: string, found: Contest): readonly Measure[] {
  const { viewed, unwatched, kafkajs, java, javaStarts } = found;
  const against = (
    side: 'one viewer' | 'no viewer',
    rival: string,
    rivals: readonly Effort[],
    factor: number,
  ): Measure[] => {
    const efforts = side === 'one viewer' ? viewed : unwatched;
    const isGoal = side === 'one viewer' && rivals.length > 0;
    const of = (unit: string, rate: (effort: Effort) => number, goal: number | null): Measure =>
      measureOf({
        measure: `live, ${name}, ${side}`,
        unit,
        goal,
        values: efforts.map(rate),
        rival,
        rivalValues: rivals.map(rate),
      });
    const goal = isGoal ? Math.round(factor * median(rivals.map(perCpuS))) : null;
    return [of('records/cpu-s', perCpuS, goal), of('records/s', perS, null)];
  };
  const measures = (['one viewer', 'no viewer'] as const).flatMap((side) => [
    ...against(side, KAFKAJS, kafkajs, KAFKAJS_FACTOR),
    ...(java.length === 0 ? [] : against(side, JAVA, java, 1)),
  ]);
  if (javaStarts.length === 0) return measures;
  const start = { measure: `${JAVA}, ${name}, start of the JVM`, unit: 'cpu-s', goal: null };
  return [...measures, measureOf({ ...start, values: javaStarts })];
}

async function sendToAck(
  name: string,
  cluster: LocalCluster,
  { programs, options }: Bench,
): Promise<readonly Measure[]> {
  const own: (readonly number[])[] = [];
  const rivals: (readonly number[])[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const stream = streamTo(cluster, SLOW_WARM_UP, SLOW_RECORDS, await newTopic(cluster));
    own.push((await bridgeLatencies(programs, stream, SLOW_RECORDS_PER_S)).ackMs);
    rivals.push((await kafkajsLatencies(programs, stream, SLOW_RECORDS_PER_S)).ackMs);
  }
  return [50, 95].map((share) =>
    measureOf({
      measure: `send to ack p${share}, ${name}, ${SLOW_RECORDS_PER_S} records/s, linger 0`,
      unit: 'ms',
      goal: null,
      values: own.map((values) => percentile(values, share / 100)),
      rival: 'kafkajs 2.2.4 send',
      rivalValues: rivals.map((values) => percentile(values, share / 100)),
    }),
  );
}

async function ackToPixel(
  name: string,
  cluster: LocalCluster,
  { programs, page, options }: Bench,
  following: Following,
): Promise<readonly Measure[]> {
  const rounds: (readonly number[])[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const stream = streamTo(cluster, SLOW_WARM_UP, SLOW_RECORDS, await newTopic(cluster));
    rounds.push(
      await pixelLatencies(programs, { ...stream, recordsPerS: SLOW_RECORDS_PER_S }, page, following),
    );
  }
  return [50, 95].map((share) =>
    measureOf({
      measure: `ack to pixel p${share}, ${following}, ${name}`,
      unit: 'ms',
      // With flights the picture is behind on purpose.
      goal: share === 95 && following === 'at once' ? PIXEL_GOAL_MS : null,
      values: rounds.map((values) => percentile(values, share / 100)),
    }),
  );
}

/** From nothing to three brokers that know each other; what is made once is there already. */
async function clusterStarts(rounds: number): Promise<Measure> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    const cluster = await LocalCluster.start();
    values.push(performance.now() - startMs);
    await cluster.stop();
  }
  return measureOf({ measure: 'start of the local cluster', unit: 'ms', goal: START_GOAL_MS, values });
}
