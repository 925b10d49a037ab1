/** What a live run has done lately, and what its round trips were: the side of a prediction that is not predicted. */
import type { Command, Scenario } from '#model/Scenario';
import type { LifelineTables } from '#projections/lifelines/LifelineTables';
import type { MetricName, MetricSeries, MetricValues } from '#projections/metricSeries';

/** What is compared. */
export const COMPARED = [
  'batch-size-avg',
  'request-rate',
  'records-per-request-avg',
  'record-queue-time-avg',
  'request-latency-avg',
  'latency p50',
  'latency p99',
] as const satisfies readonly MetricName[];
export type ComparedMetric = (typeof COMPARED)[number];

/** µs of run time. */
export interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Of requests with records, from sent to answered, µs. */
export interface RoundTrips {
  readonly count: number;
  readonly p0Us: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly p100Us: number;
}

export interface Measured {
  readonly window: Window;
  readonly values: MetricValues;
  /** null: nothing was answered, as with acks=0. */
  readonly roundTrips: RoundTrips | null;
}

const LONGEST_US = 10_000_000;
/** Less says nothing. */
const SHORTEST_US = 1_000_000;
/** After a change: the old producer drains beside the new one, which connects first. */
const SETTLING_US = 1_000_000;

/** When something was last done to the run: what was before it is of another run. */
const changedAt = (commands: readonly Command[]): number => commands.at(-1)?.at ?? 0;

/** The latest stretch under the present settings; null: they have not held for long enough. */
export function measuredWindow(
  { commands }: Scenario,
  startUs: number,
  nowUs: number,
  bucketUs: number,
): Window | null {
  // Metrics are kept in buckets, from the start of the log on: a window begins and ends with one.
  const toUs = startUs + Math.floor((nowUs - startUs) / bucketUs) * bucketUs;
  const lengthUs = Math.max(LONGEST_US, 2 * bucketUs);
  const beginUs = Math.max(changedAt(commands), startUs) + SETTLING_US;
  const firstUs = Math.max(beginUs, toUs - lengthUs);
  const fromUs = startUs + Math.ceil((firstUs - startUs) / bucketUs) * bucketUs;
  return toUs - fromUs < SHORTEST_US ? null : { fromUs, toUs };
}

export function measure(
  window: Window,
  { metrics, lifelines }: { readonly metrics: MetricSeries; readonly lifelines: LifelineTables },
): Measured {
  const { fromUs, toUs } = window;
  return {
    window,
    values: metrics.summary(fromUs, toUs),
    roundTrips: roundTripsOf(lifelines, window),
  };
}

function roundTripsOf(lifelines: LifelineTables, { fromUs, toUs }: Window): RoundTrips | null {
  const times: number[] = [];
  for (const id of lifelines.requestsBetween(fromUs, toUs)) {
    const request = lifelines.request(id);
    if (request === null || request.api !== 'PRODUCE' || request.sentAt < fromUs) continue;
    if (request.receivedAt >= 0 && request.receivedAt <= toUs)
      times.push(request.receivedAt - request.sentAt);
  }
  if (times.length === 0) return null;
  times.sort((a, b) => a - b);
  const at = (percent: number): number =>
    times[Math.min(times.length - 1, Math.floor((times.length * percent) / 100))] ?? 0;
  return {
    count: times.length,
    p0Us: at(0),
    p50Us: at(50),
    p90Us: at(90),
    p99Us: at(99),
    p100Us: at(100),
  };
}
