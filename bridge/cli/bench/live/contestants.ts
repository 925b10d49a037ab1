/** Who produces the same stream to the same cluster, each in its own process. */
import type { LocalCluster } from '../../../kafka/LocalCluster.ts';
import { findTopic } from '../../../kafkajs/topics.ts';
import { bundle } from '../bundle.ts';
import { Child } from './Child.ts';
import {
  toEndpoints,
  type BridgePlan,
  type BridgeReport,
  type Door,
  type Effort,
  type Latencies,
  type StreamPlan,
  type ViewerReport,
} from './plan.ts';

const PARTITIONS = 6;
const VALUE_BYTES = 100;
/** More than any of them can send. */
const FULL_SPEED = 1_000_000;
const LINGER_MS = 5;
const BYTES_PER_MB = 1_000_000;

export interface Programs {
  readonly bridge: string;
  readonly viewer: string;
  readonly kafkajs: string;
}

export const bundlePrograms = async (): Promise<Programs> => ({
  bridge: await bundle('live/liveBridge'),
  viewer: await bundle('live/liveViewer'),
  kafkajs: await bundle('live/liveKafkajs'),
});

let topics = 0;
/** Made before anybody produces to it: kafkajs asks only once. */
export async function newTopic(cluster: LocalCluster): Promise<string> {
  const topic = `bench-${topics++}`;
  const wanted = { topic, partitions: PARTITIONS, replicationFactor: null, minInsyncReplicas: null };
  await findTopic(toEndpoints(cluster.clientPorts), wanted);
  return topic;
}

export const streamTo = (
  cluster: LocalCluster,
  warmUpRecords: number,
  records: number,
  topic: string,
): StreamPlan => ({
  endpoints: toEndpoints(cluster.clientPorts),
  topic,
  partitions: PARTITIONS,
  valueBytes: VALUE_BYTES,
  warmUpRecords,
  records,
});

/** The product's live run at full speed; `pageFolder`: with one viewer, who must get every batch event. */
export async function bridgeEffort(
  { bridge, viewer }: Programs,
  stream: StreamPlan,
  pageFolder: string | null,
): Promise<Effort> {
  const plan: BridgePlan = { ...stream, recordsPerS: FULL_SPEED, lingerMs: LINGER_MS, pageFolder };
  const child = new Child(bridge, [JSON.stringify(plan)]);
  const all = stream.warmUpRecords + stream.records;
  let watching: Child | null = null;
  try {
    if (pageFolder !== null)
      watching = new Child(viewer, [JSON.stringify(await child.next<Door>()), String(all)]);
    const report = await child.next<BridgeReport>();
    if (watching !== null) tellDelivery(await watching.next<ViewerReport>());
    await child.end();
    return report;
  } finally {
    watching?.kill();
    child.kill();
  }
}

function tellDelivery({ events, bytes }: ViewerReport): void {
  const batches = events['batch.completed'] ?? 0;
  console.error(`  the viewer got all ${batches} batches, ${(bytes / BYTES_PER_MB).toFixed(1)} MB`);
}

export async function kafkajsEffort({ kafkajs }: Programs, stream: StreamPlan): Promise<Effort> {
  return only<Effort>(new Child(kafkajs, [JSON.stringify(stream)]));
}

/** One record a request, with linger 0. */
export async function bridgeLatencies(
  { bridge }: Programs,
  stream: StreamPlan,
  recordsPerS: number,
): Promise<Latencies> {
  const plan: BridgePlan = { ...stream, recordsPerS, lingerMs: 0, pageFolder: null };
  return only<BridgeReport>(new Child(bridge, [JSON.stringify(plan)]));
}

export async function kafkajsLatencies(
  { kafkajs }: Programs,
  stream: StreamPlan,
  recordsPerS: number,
): Promise<Latencies> {
  return only<Latencies>(new Child(kafkajs, [JSON.stringify(stream), String(1000 / recordsPerS)]));
}

/** Of a child that says one thing. */
async function only<T>(child: Child): Promise<T> {
  try {
    const said = await child.next<T>();
    await child.end();
    return said;
  } finally {
    child.kill();
  }
}
