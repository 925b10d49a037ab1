/** The charts there are: Kafka's metrics under Kafka's names, and latency, each with what it tells. */
import type { EventType } from '#events/catalogue';
import type { MetricName, MetricSeries } from '#projections/metricSeries';
import type { Capabilities, Provenance } from '../sources/Source.ts';
import { bytesText, countText } from '../ui/format.ts';
import { provenanceOf } from '../ui/provenance.ts';

export type ChartUnit = '/s' | 'bytes' | 'ms' | 'count';

export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: ChartUnit;
  readonly metrics: readonly MetricName[];
  /** The events that it is computed from. */
  readonly from: readonly EventType[];
  /** Of single records: above some rate a live run tells of a part of them only. */
  readonly isOfRecords?: true;
  /** One line. */
  readonly meaning: string;
}

export const CHARTS: readonly ChartSpec[] = [
  {
    id: 'record-send-rate',
    title: 'record-send-rate',
    unit: '/s',
    metrics: ['record-send-rate'],
    from: ['batch.closed', 'batch.drained'],
    meaning: 'Records that left the accumulator, per second.',
  },
  {
    id: 'request-rate',
    title: 'request-rate',
    unit: '/s',
    metrics: ['request-rate'],
    from: ['request.sent'],
    meaning: 'Requests sent per second: fuller batches need fewer.',
  },
  {
    id: 'batch-size-avg',
    title: 'batch-size-avg',
    unit: 'bytes',
    metrics: ['batch-size-avg'],
    from: ['batch.drained'],
    meaning: 'Mean bytes of a batch that left. Low with traffic at hand says linger.ms, not batch.size.',
  },
  {
    id: 'latency',
    title: 'latency p50/p99',
    unit: 'ms',
    metrics: ['latency p50', 'latency p99'],
    from: ['record.sent', 'batch.completed'],
    isOfRecords: true,
    meaning: 'From send() to the answer, of the records acked in that time. Not one of Kafka’s metrics.',
  },
  {
    id: 'records-per-request-avg',
    title: 'records-per-request-avg',
    unit: 'count',
    metrics: ['records-per-request-avg'],
    from: ['node.drained'],
    meaning: 'Mean number of records in a request.',
  },
  {
    id: 'record-queue-time-avg',
    title: 'record-queue-time-avg',
    unit: 'ms',
    metrics: ['record-queue-time-avg'],
    from: ['batch.created', 'batch.drained'],
    meaning: 'Mean time of batches in the accumulator, linger included.',
  },
  {
    id: 'request-latency-avg',
    title: 'request-latency-avg',
    unit: 'ms',
    metrics: ['request-latency-avg'],
    from: ['request.sent', 'response.received'],
    meaning: 'Mean time from a request to its answer: network and broker, no waiting before.',
  },
  {
    id: 'record-retry-rate',
    title: 'record-retry-rate',
    unit: '/s',
    metrics: ['record-retry-rate'],
    from: ['batch.requeued'],
    meaning: 'Records sent again, per second.',
  },
  {
    id: 'record-error-rate',
    title: 'record-error-rate',
    unit: '/s',
    metrics: ['record-error-rate'],
    from: ['record.refused', 'batch.failed'],
    meaning: 'Records that failed for good, per second.',
  },
  {
    id: 'buffer-available-bytes',
    title: 'buffer-available-bytes',
    unit: 'bytes',
    metrics: ['buffer-available-bytes'],
    from: ['buffer.changed'],
    meaning: 'What is left of buffer.memory; at 0 send() blocks.',
  },
  {
    id: 'requests-in-flight',
    title: 'requests-in-flight',
    unit: 'count',
    metrics: ['requests-in-flight'],
    from: ['request.sent', 'response.received', 'request.lost'],
    meaning: 'Requests that wait for their answers, on all connections.',
  },
  {
    id: 'byte-rate',
    title: 'byte-rate',
    unit: 'bytes',
    metrics: ['byte-rate'],
    from: ['batch.drained'],
    meaning: 'Bytes of batches that left, per second.',
  },
];

/** Not a line over time: how many batches had which size. */
export const HISTOGRAM = {
  id: 'batch-sizes',
  title: 'batch sizes',
  meaning: 'How many batches left with how many bytes, so far.',
} as const;

export const DEFAULT_CHARTS = ['record-send-rate', 'request-rate', 'batch-size-avg', 'latency'] as const;

/** How a chart is known, where records of one batch in `recordsOneIn` are told; null: it cannot be. */
export function chartProvenance(
  capabilities: Capabilities,
  { from, isOfRecords }: Pick<ChartSpec, 'from' | 'isOfRecords'>,
  recordsOneIn: number,
): Provenance | null {
  const how = provenanceOf(capabilities, from);
  // Rates and means of what was measured are computed from it; quantiles of a part of the records stand for all.
  if (how !== 'measured') return how;
  return isOfRecords === true && recordsOneIn > 1 ? 'estimated' : 'derived';
}

/** A number is of this much of run time: in bursts there is nothing to see in the last few ms. */
const NUMBER_US = 1_000_000;
/** What a number beside a chart is of; the client's own metrics look further back (metrics.sample.window.ms × 2). */
export const NUMBER_MEANING = 'The number is of the last second; Java’s own metric of the last 30 to 60 s.';

/** Of each of its metrics, over the last second before `at`; null: there was none. */
export function chartNumbers(
  metrics: MetricSeries,
  spec: Pick<ChartSpec, 'metrics'>,
  at: number,
): readonly (number | null)[] {
  const values = metrics.summary(Math.max(metrics.originUs, at - NUMBER_US), at);
  return spec.metrics.map((metric) => values[metric]);
}

/** A line is of means over this much of run time: a long run needs wider ones to be a line and no hatching. */
const LEAST_MEAN_US = 25_000;
const POINTS_ACROSS = 100;
export const meanUsOf = (spanUs: number): number => Math.max(LEAST_MEAN_US, spanUs / POINTS_ACROSS);

export function chartValue(value: number | null, unit: ChartUnit): string {
  if (value === null) return '–';
  switch (unit) {
    case '/s':
      return `${countText(Math.round(value))} /s`;
    case 'bytes':
      return bytesText(Math.round(value));
    case 'ms':
      return `${value >= 100 ? countText(Math.round(value)) : value.toFixed(1)} ms`;
    case 'count':
      return value >= 100 || Number.isInteger(value) ? countText(Math.round(value)) : value.toFixed(1);
  }
}
