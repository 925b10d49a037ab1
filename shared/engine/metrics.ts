/**
 * org.apache.kafka.common.metrics as far as a producer uses it: statistics over a few sliding windows, the sensors
 * that feed them and the registry that names them. Looking at a metric changes nothing here; in Java it renews
 * samples that are too old, which gives the same numbers.
 */
import type { Clock } from './Clock.ts';

/** `metrics.num.samples` windows of `metrics.sample.window.ms`. */
export interface MetricConfig {
  readonly samples: number;
  readonly timeWindowMs: number;
}

export const DEFAULT_METRIC_CONFIG: MetricConfig = { samples: 2, timeWindowMs: 30_000 };

/** Something that has a value at a time of the client's clock. NaN: nothing to tell. */
export interface Measurable {
  measure(nowMs: number): number;
}

/** A measurable that a sensor feeds. */
export interface Stat extends Measurable {
  record(value: number, timeMs: number): void;
}

class Sample {
  value: number;
  eventCount = 0;
  startTimeMs: number;
  lastEventMs: number;

  constructor(initialValue: number, nowMs: number) {
    this.value = initialValue;
    this.startTimeMs = nowMs;
    this.lastEventMs = nowMs;
  }

  reset(initialValue: number, nowMs: number): void {
    this.value = initialValue;
    this.eventCount = 0;
    this.startTimeMs = nowMs;
    this.lastEventMs = nowMs;
  }
}

/**
 * SampledStat: one sample more than configured, so that one which only overlaps the observed time still counts.
 * A sample is left for the next when its window is over; it is forgotten when its last event is too old.
 */
abstract class SampledStat implements Stat {
  protected readonly config: MetricConfig;
  private readonly initialValue: number;
  private readonly samples: Sample[] = [];
  private current = 0;

  constructor(config: MetricConfig, initialValue: number) {
    this.config = config;
    this.initialValue = initialValue;
  }

  record(value: number, timeMs: number): void {
    let sample = this.samples[this.current];
    if (sample === undefined) {
      sample = new Sample(this.initialValue, timeMs);
      this.samples.push(sample);
    } else if (timeMs - sample.startTimeMs >= this.config.timeWindowMs) {
      sample = this.advance(timeMs);
    }
    sample.value = this.join(sample.value, value);
    sample.eventCount += 1;
    sample.lastEventMs = timeMs;
  }

  abstract measure(nowMs: number): number;

  /** How a sample takes in a value, and two samples make one. */
  protected abstract join(a: number, b: number): number;

  /** All that is not too old, joined. */
  protected total(nowMs: number): number {
    let total = this.initialValue;
    for (const sample of this.samples) {
      if (!this.isObsolete(sample, nowMs)) total = this.join(total, sample.value);
    }
    return total;
  }

  protected eventCount(nowMs: number): number {
    let count = 0;
    for (const sample of this.samples) if (!this.isObsolete(sample, nowMs)) count += sample.eventCount;
    return count;
  }

  /** When the oldest sample began; obsolete ones begin anew now. */
  oldestStartMs(nowMs: number): number {
    let startMs = Infinity;
    for (const sample of this.samples) {
      startMs = Math.min(startMs, this.isObsolete(sample, nowMs) ? nowMs : sample.startTimeMs);
    }
    return startMs === Infinity ? nowMs : startMs;
  }

  private isObsolete(sample: Sample, nowMs: number): boolean {
    return nowMs - sample.lastEventMs >= this.config.samples * this.config.timeWindowMs;
  }

  private advance(timeMs: number): Sample {
    this.current = (this.current + 1) % (this.config.samples + 1);
    let sample = this.samples[this.current];
    if (sample === undefined) {
      sample = new Sample(this.initialValue, timeMs);
      this.samples.push(sample);
    } else {
      sample.reset(this.initialValue, timeMs);
    }
    return sample;
  }
}

/** Mean of the recorded values. NaN without any. */
export class Avg extends SampledStat {
  constructor(config: MetricConfig) {
    super(config, 0);
  }

  measure(nowMs: number): number {
    const count = this.eventCount(nowMs);
    return count === 0 ? NaN : this.total(nowMs) / count;
  }

  protected join(a: number, b: number): number {
    return a + b;
  }
}

/** Largest recorded value. NaN without any. */
export class Max extends SampledStat {
  constructor(config: MetricConfig) {
    super(config, -Infinity);
  }

  measure(nowMs: number): number {
    return this.eventCount(nowMs) === 0 ? NaN : this.total(nowMs);
  }

  protected join(a: number, b: number): number {
    return Math.max(a, b);
  }
}

class WindowedSum extends SampledStat {
  constructor(config: MetricConfig) {
    super(config, 0);
  }

  measure(nowMs: number): number {
    return this.total(nowMs);
  }

  protected join(a: number, b: number): number {
    return a + b;
  }
}

export type RateUnit = 'seconds' | 'nanoseconds';

/** Sum of the windows over the time they cover, which is at least all windows but one. */
export class Rate implements Stat {
  private readonly config: MetricConfig;
  private readonly unit: RateUnit;
  private readonly sum: WindowedSum;

  constructor(config: MetricConfig, unit: RateUnit = 'seconds') {
    this.config = config;
    this.unit = unit;
    this.sum = new WindowedSum(config);
  }

  record(value: number, timeMs: number): void {
    this.sum.record(value, timeMs);
  }

  measure(nowMs: number): number {
    const windowMs = this.windowSizeMs(nowMs);
    return this.sum.measure(nowMs) / (this.unit === 'seconds' ? windowMs / 1000 : windowMs * 1000 * 1000);
  }

  /** Rate.windowSize: the time that the measured windows cover. */
  windowSizeMs(nowMs: number): number {
    const { samples, timeWindowMs } = this.config;
    const elapsedMs = nowMs - this.sum.oldestStartMs(nowMs);
    const missingWindows = samples - 1 - Math.trunc(elapsedMs / timeWindowMs);
    // A fresh producer divides by 30 s, not by the few ms it has lived.
    return Math.max(missingWindows > 0 ? elapsedMs + missingWindows * timeWindowMs : elapsedMs, 1);
  }
}

/** Everything that was ever recorded. */
export class CumulativeSum implements Stat {
  private total = 0;

  record(value: number): void {
    this.total += value;
  }

  measure(): number {
    return this.total;
  }
}

/** org.apache.kafka.common.metrics.Sensor: one place to report to, several statistics behind it. */
export class Sensor {
  private readonly metrics: Metrics;
  private readonly stats: Stat[] = [];

  constructor(metrics: Metrics) {
    this.metrics = metrics;
  }

  /** A name that is there already keeps its statistic, as in Java. */
  add(name: string, stat: Stat): void {
    if (this.metrics.has(name)) return;
    this.stats.push(stat);
    this.metrics.addMetric(name, stat);
  }

  avg(name: string): void {
    this.add(name, new Avg(this.metrics.config));
  }

  max(name: string): void {
    this.add(name, new Max(this.metrics.config));
  }

  /** A Meter: a rate and a total of the same values. */
  meter(rateName: string, totalName: string, unit: RateUnit = 'seconds'): void {
    this.add(totalName, new CumulativeSum());
    this.add(rateName, new Rate(this.metrics.config, unit));
  }

  /** `timeMs`: client clock; now, where Java does not pass it. */
  record(value: number = 1, timeMs: number = this.metrics.milliseconds()): void {
    for (const stat of this.stats) stat.record(value, timeMs);
  }
}

/** org.apache.kafka.common.metrics.Metrics: the registry of one client. Metrics of a topic have names of their own. */
export class Metrics {
  readonly config: MetricConfig;
  private readonly clock: Pick<Clock, 'milliseconds'>;
  private readonly sensors = new Map<string, Sensor>();
  private readonly measurables = new Map<string, Measurable>();

  constructor(clock: Pick<Clock, 'milliseconds'>, config: MetricConfig = DEFAULT_METRIC_CONFIG) {
    this.clock = clock;
    this.config = config;
  }

  milliseconds(): number {
    return this.clock.milliseconds();
  }

  /** The sensor of this name, made if it is not there: `errors` is shared by KafkaProducer and Sender. */
  sensor(name: string): Sensor {
    let sensor = this.sensors.get(name);
    if (sensor === undefined) {
      sensor = new Sensor(this);
      this.sensors.set(name, sensor);
    }
    return sensor;
  }

  getSensor(name: string): Sensor | undefined {
    return this.sensors.get(name);
  }

  has(name: string): boolean {
    return this.measurables.has(name);
  }

  addMetric(name: string, measurable: Measurable): void {
    this.measurables.set(name, measurable);
  }

  /** The value now; NaN for a name that is not there. */
  value(name: string): number {
    return this.measurables.get(name)?.measure(this.milliseconds()) ?? NaN;
  }

  /** All names and their values now, in the order in which they were made. */
  values(): Map<string, number> {
    const values = new Map<string, number>();
    for (const [name, measurable] of this.measurables)
      values.set(name, measurable.measure(this.milliseconds()));
    return values;
  }
}

/** The name of a metric of group `producer-topic-metrics`. */
export const topicMetricName = (name: string, topic: string): string => `${name}{topic=${topic}}`;

/** The name of a metric of group `producer-node-metrics`; Kafka's tag for node 1 is `node-1`. */
export const nodeMetricName = (name: string, node: string): string => `${name}{node-id=node-${node}}`;
