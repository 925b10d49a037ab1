/** The first and the last lines of a trace (FORMAT.md §9). */
import { tpName } from '#base/TopicPartition';
import type { ClusterState } from '#cluster/ScriptedBroker/ClusterState';
import type { ProducerConfig } from '#engine/ProducerConfig';
import type { JavaException } from '#record/exceptions';
import type { REPORTS } from './caseSchema.ts';
import type { TraceLine } from './trace/TraceLine.ts';

const METRICS = [
  'batch-size-avg',
  'batch-size-max',
  'batch-split-rate',
  'batch-split-total',
  'buffer-available-bytes',
  'buffer-exhausted-rate',
  'buffer-exhausted-total',
  'buffer-total-bytes',
  'bufferpool-wait-ratio',
  'bufferpool-wait-time-ns-total',
  'compression-rate-avg',
  'flush-time-ns-total',
  'metadata-age',
  'metadata-wait-time-ns-total',
  'produce-throttle-time-avg',
  'produce-throttle-time-max',
  'record-error-rate',
  'record-error-total',
  'record-queue-time-avg',
  'record-queue-time-max',
  'record-retry-rate',
  'record-retry-total',
  'record-send-rate',
  'record-send-total',
  'record-size-avg',
  'record-size-max',
  'records-per-request-avg',
  'request-latency-avg',
  'request-latency-max',
  'requests-in-flight',
  'txn-abort-time-ns-total',
  'txn-begin-time-ns-total',
  'txn-commit-time-ns-total',
  'txn-init-time-ns-total',
  'waiting-threads',
] as const;

const valueOf = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

export const configLine = (config: ProducerConfig): TraceLine => ({
  t: 0,
  ev: 'config',
  acks: String(config.acks),
  'enable.idempotence': config.enableIdempotence,
  retries: config.retries,
  'max.in.flight.requests.per.connection': config.maxInFlightRequestsPerConnection,
  'batch.size': config.batchSize,
  'linger.ms': config.lingerMs,
  'request.timeout.ms': config.requestTimeoutMs,
  'delivery.timeout.ms': config.deliveryTimeoutMs,
  'retry.backoff.ms': config.retryBackoffMs,
  'retry.backoff.max.ms': config.retryBackoffMaxMs,
  'reconnect.backoff.ms': config.reconnectBackoffMs,
  'reconnect.backoff.max.ms': config.reconnectBackoffMaxMs,
});

export const configErrorLine = (error: JavaException): TraceLine => ({
  t: 0,
  ev: 'configError',
  exception: error.exception,
  message: error.text,
});

export function logsLine(t: number, cluster: ClusterState): TraceLine {
  const ends: Record<string, number> = {};
  for (const [topic, { partitions }] of cluster.topics)
    partitions.forEach(({ log }, partition) => {
      if (log.endOffset > 0) ends[tpName({ topic, partition })] = log.endOffset;
    });
  return { t, ev: 'logs', ...ends };
}

export function metricsLine(t: number, metrics: ReadonlyMap<string, number>): TraceLine {
  return {
    t,
    ev: 'metrics',
    ...Object.fromEntries(METRICS.map((name) => [name, valueOf(metrics.get(name))])),
  };
}

const TAGS = { topicMetrics: 'topic', nodeMetrics: 'node-id' } as const;

/** Metrics of each topic, or of each node. In the registry they are called `name{topic=…}`, `name{node-id=…}`. */
export function furtherLine(
  t: number,
  report: (typeof REPORTS)[number],
  metrics: ReadonlyMap<string, number>,
): TraceLine {
  const subjects: Record<string, Record<string, number | null>> = {};
  const infix = `{${TAGS[report]}=`;
  for (const [name, value] of metrics) {
    const start = name.indexOf(infix);
    if (start < 0) continue;
    const subject = name.slice(start + infix.length, -1);
    subjects[subject] ??= {};
    subjects[subject][name.slice(0, start)] = valueOf(value);
  }
  return { t, ev: report, ...subjects };
}
