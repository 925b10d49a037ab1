/**
 * Kafka's producer metrics over run time, from the log: buckets of one width, which doubles when they become too
 * many. A chart reads whole buckets before the cursor, so it never shows what has not happened yet.
 */
import type { PipelineEvent } from '#events/catalogue';
import type { LifelineTables } from './lifelines/LifelineTables.ts';
import { Histogram } from './metrics/Histogram.ts';
import type { RecordColumns } from './RecordColumns.ts';

/** Kafka's names and Kafka's units; latency is ours, of records from send() to the answer, in ms. */
export const METRICS = [
  'record-send-rate',
  'byte-rate',
  'request-rate',
  'batch-size-avg',
  'records-per-request-avg',
  'record-queue-time-avg',
  'request-latency-avg',
  'record-error-rate',
  'record-retry-rate',
  'buffer-available-bytes',
  'requests-in-flight',
  'latency p50',
  'latency p95',
  'latency p99',
] as const;
export type MetricName = (typeof METRICS)[number];
export type MetricValues = Readonly<Record<MetricName, number | null>>;

const FIRST_WIDTH_US = 5000;
const MOST_BUCKETS = 1024;
const US_PER_S = 1_000_000;
const US_PER_MS = 1000;

const SUMS = [
  'drainedRecords',
  'drainedBatches',
  'drainedBytes',
  'queueUs',
  'requests',
  'requestBytes',
  'nodeDrains',
  'nodeRecords',
  'answers',
  'latencyUs',
  'errorRecords',
  'retryRecords',
] as const;
type Sum = (typeof SUMS)[number];

interface Bucket {
  readonly sums: Record<Sum, number>;
  /** µs, per acked record; made when the first comes. */
  latency: Histogram | null;
  /** Bytes, per drained batch. */
  sizes: Histogram | null;
  /** As they stood at the end of the bucket. */
  bufferAvailableBytes: number | null;
  inFlight: number;
}

const noSums = (): Record<Sum, number> => ({
  drainedRecords: 0,
  drainedBatches: 0,
  drainedBytes: 0,
  queueUs: 0,
  requests: 0,
  requestBytes: 0,
  nodeDrains: 0,
  nodeRecords: 0,
  answers: 0,
  latencyUs: 0,
  errorRecords: 0,
  retryRecords: 0,
});

const ratio = (sum: number, count: number): number | null => (count === 0 ? null : sum / count);

export class MetricSeries {
  private widthUs = FIRST_WIDTH_US;
  private buckets: Bucket[] = [];
  private readonly records: RecordColumns;
  private readonly lifelines: LifelineTables;
  private readonly available = new Map<number, number>();
  private inFlight = 0;
  private readonly inFlightRequests = new Set<number>();

  /** µs of run time at which the first bucket begins. */
  readonly originUs: number;

  constructor(records: RecordColumns, lifelines: LifelineTables, originUs = 0) {
    this.records = records;
    this.lifelines = lifelines;
    this.originUs = originUs;
  }

  /** µs of run time that one point of a series stands for. */
  get bucketUs(): number {
    return this.widthUs;
  }

  /** Point i stands for [i × bucketUs, (i + 1) × bucketUs) since `originUs`. Only buckets that are over at `untilUs`. */
  series(name: MetricName, untilUs: number): readonly (number | null)[] {
    const whole = Math.min(this.buckets.length, this.wholeBefore(untilUs));
    return this.buckets.slice(0, whole).map((bucket) => valueOf(name, bucket, this.widthUs));
  }

  /** Over the whole buckets within [fromUs, untilUs); time without any event is time, too. */
  summary(fromUs: number, untilUs: number): MetricValues {
    const { bucket, count } = this.merged(fromUs, untilUs);
    const value = (name: MetricName): number | null =>
      bucket === null ? null : valueOf(name, bucket, count * this.widthUs);
    return Object.fromEntries(METRICS.map((name) => [name, value(name)])) as Record<
      MetricName,
      number | null
    >;
  }

  /** Bytes of drained batches, by octave. */
  batchSizes(
    fromUs: number,
    untilUs: number,
  ): readonly { readonly from: number; readonly to: number; readonly count: number }[] {
    return this.merged(fromUs, untilUs).bucket?.sizes?.octaves() ?? [];
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'batch.drained': {
        const { sums, sizes } = this.bucketWith(event.at, 'sizes');
        sums.drainedBatches++;
        sums.drainedRecords += this.lifelines.batches.recordCount(event.batch);
        sums.drainedBytes += event.sizeBytes;
        sums.queueUs += event.at - this.lifelines.batches.createdAt(event.batch);
        sizes?.add(event.sizeBytes);
        return;
      }
      case 'node.drained': {
        const { sums } = this.bucketAt(event.at);
        sums.nodeDrains++;
        sums.nodeRecords += event.records;
        return;
      }
      case 'request.sent': {
        const bucket = this.bucketAt(event.at);
        bucket.sums.requests++;
        bucket.sums.requestBytes += event.sizeBytes;
        this.inFlightRequests.add(event.request);
        bucket.inFlight = ++this.inFlight;
        return;
      }
      case 'request.written':
      case 'request.lost':
      case 'response.received':
        this.endRequest(event.request, event.at, event.type === 'response.received');
        return;
      case 'batch.completed':
        this.addLatencies(event.batch, event.at);
        return;
      case 'batch.failed':
        this.bucketAt(event.at).sums.errorRecords += this.lifelines.batches.recordCount(event.batch);
        return;
      case 'record.refused':
        this.bucketAt(event.at).sums.errorRecords++;
        return;
      case 'batch.requeued':
        this.bucketAt(event.at).sums.retryRecords += this.lifelines.batches.recordCount(event.batch);
        return;
      case 'buffer.changed': {
        this.available.set(event.client, event.availableBytes);
        let bytes = 0;
        for (const each of this.available.values()) bytes += each;
        this.bucketAt(event.at).bufferAvailableBytes = bytes;
        return;
      }
      default:
    }
  }

  /** Lifelines must have the event already: they know whether a written request is over. */
  private endRequest(request: number, at: number, isAnswered: boolean): void {
    if (this.lifelines.requests.endAt(request) < 0 || !this.inFlightRequests.delete(request)) return;
    const bucket = this.bucketAt(at);
    bucket.inFlight = --this.inFlight;
    if (!isAnswered || this.lifelines.requests.batchesOf(request).length === 0) return;
    bucket.sums.answers++;
    bucket.sums.latencyUs += at - this.lifelines.requests.sentAt(request);
  }

  private addLatencies(batch: number, at: number): void {
    const { latency } = this.bucketWith(at, 'latency');
    const { batches } = this.lifelines;
    let record = batches.firstRecord(batch);
    for (let i = batches.recordCount(batch); i > 0 && record >= 0; i--) {
      latency?.add(at - this.records.sentAt(record));
      record = this.records.next(record);
    }
  }

  private bucketWith(at: number, which: 'latency' | 'sizes'): Bucket {
    const bucket = this.bucketAt(at);
    bucket[which] ??= new Histogram();
    return bucket;
  }

  /** How many buckets are over at `untilUs`. */
  private wholeBefore(untilUs: number): number {
    return Math.max(0, Math.floor((untilUs - this.originUs) / this.widthUs));
  }

  private bucketAt(at: number): Bucket {
    while (this.indexOf(at) >= MOST_BUCKETS) this.halve();
    const index = this.indexOf(at);
    while (this.buckets.length <= index) {
      const before = this.buckets.at(-1);
      this.buckets.push({
        sums: noSums(),
        latency: null,
        sizes: null,
        bufferAvailableBytes: before?.bufferAvailableBytes ?? null,
        inFlight: before?.inFlight ?? 0,
      });
    }
    return this.buckets[index] as Bucket;
  }

  private indexOf(at: number): number {
    return Math.max(0, Math.floor((at - this.originUs) / this.widthUs));
  }

  private halve(): void {
    const halved: Bucket[] = [];
    for (let i = 0; i < this.buckets.length; i += 2) {
      const first = this.buckets[i] as Bucket;
      const second = this.buckets[i + 1];
      if (second !== undefined) mergeInto(first, second);
      halved.push(first);
    }
    this.buckets = halved;
    this.widthUs *= 2;
  }

  private merged(fromUs: number, untilUs: number): { bucket: Bucket | null; count: number } {
    const from = Math.max(0, Math.ceil((fromUs - this.originUs) / this.widthUs));
    const to = this.wholeBefore(untilUs);
    const last = this.buckets.at(-1);
    const bucket: Bucket = {
      sums: noSums(),
      latency: null,
      sizes: null,
      // As they stand since the last event, where there was none within.
      bufferAvailableBytes: last?.bufferAvailableBytes ?? null,
      inFlight: last?.inFlight ?? 0,
    };
    for (const each of this.buckets.slice(from, to)) mergeInto(bucket, each);
    return to > from ? { bucket, count: to - from } : { bucket: null, count: 0 };
  }
}

function mergeInto(bucket: Bucket, later: Bucket): void {
  for (const sum of SUMS) bucket.sums[sum] += later.sums[sum];
  for (const which of ['latency', 'sizes'] as const) {
    const histogram = later[which];
    if (histogram === null) continue;
    const into = (bucket[which] ??= new Histogram());
    into.merge(histogram);
  }
  bucket.bufferAvailableBytes = later.bufferAvailableBytes;
  bucket.inFlight = later.inFlight;
}

function valueOf(name: MetricName, bucket: Bucket, widthUs: number): number | null {
  const { sums, latency } = bucket;
  const perSecond = (count: number): number => (count * US_PER_S) / widthUs;
  const ms = (us: number | null): number | null => (us === null ? null : us / US_PER_MS);
  switch (name) {
    case 'record-send-rate':
      return perSecond(sums.drainedRecords);
    case 'byte-rate':
      return perSecond(sums.drainedBytes);
    case 'request-rate':
      return perSecond(sums.requests);
    case 'batch-size-avg':
      return ratio(sums.drainedBytes, sums.drainedBatches);
    case 'records-per-request-avg':
      return ratio(sums.nodeRecords, sums.nodeDrains);
    case 'record-queue-time-avg':
      return ms(ratio(sums.queueUs, sums.drainedBatches));
    case 'request-latency-avg':
      return ms(ratio(sums.latencyUs, sums.answers));
    case 'record-error-rate':
      return perSecond(sums.errorRecords);
    case 'record-retry-rate':
      return perSecond(sums.retryRecords);
    case 'buffer-available-bytes':
      return bucket.bufferAvailableBytes;
    case 'requests-in-flight':
      return bucket.inFlight;
    case 'latency p50':
      return ms(latency?.quantile(500) ?? null);
    case 'latency p95':
      return ms(latency?.quantile(950) ?? null);
    case 'latency p99':
      return ms(latency?.quantile(990) ?? null);
  }
}
