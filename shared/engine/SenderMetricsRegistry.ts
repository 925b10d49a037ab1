/**
 * What the Sender reports: SenderMetricsRegistry and Sender.SenderMetrics of
 * org.apache.kafka.clients.producer.internals. Called per batch and per request, never per record (§10).
 */
import { nodeMetricName, topicMetricName, type Metrics, type Sensor } from './metrics.ts';

/** What a metric wants to know of a drained batch. */
export interface MeasuredBatch {
  readonly topicPartition: { readonly topic: string };
  readonly recordCount: number;
  /** Largest upper bound of one record, bytes: what Kafka calls the record size. */
  readonly maxRecordSize: number;
  estimatedSizeInBytes(): number;
  compressionRatio(): number;
  queueTimeMs(): number;
}

interface TopicSensors {
  readonly records: Sensor;
  readonly bytes: Sensor;
  readonly compressionRate: Sensor;
  readonly retries: Sensor;
  readonly errors: Sensor;
}

/** Sender.throttleTimeSensor: the NetworkClient records the throttle time of every response in it. */
export function throttleTimeSensor(metrics: Metrics): Sensor {
  const sensor = metrics.sensor('produce-throttle-time');
  sensor.avg('produce-throttle-time-avg');
  sensor.max('produce-throttle-time-max');
  return sensor;
}

const nodeLatencySensor = (node: string): string => `node-${node}.latency`;

/**
 * What Selector does at every connection attempt: the metrics of group `producer-node-metrics` that the Sender
 * fills. A bootstrap address is a node of its own.
 */
export function registerNode(metrics: Metrics, node: string): void {
  const sensor = metrics.sensor(nodeLatencySensor(node));
  sensor.avg(nodeMetricName('request-latency-avg', node));
  sensor.max(nodeMetricName('request-latency-max', node));
}

export class SenderMetrics {
  private readonly metrics: Metrics;
  private readonly batchSizeSensor: Sensor;
  private readonly compressionRateSensor: Sensor;
  private readonly queueTimeSensor: Sensor;
  private readonly requestTimeSensor: Sensor;
  private readonly recordsPerRequestSensor: Sensor;
  private readonly retrySensor: Sensor;
  private readonly errorSensor: Sensor;
  private readonly maxRecordSizeSensor: Sensor;
  private readonly batchSplitSensor: Sensor;
  private readonly topics = new Map<string, TopicSensors>();

  constructor(
    metrics: Metrics,
    metadata: { lastSuccessfulUpdate(): number },
    client: { inFlightRequestCount(): number },
  ) {
    this.metrics = metrics;
    this.batchSizeSensor = metrics.sensor('batch-size');
    this.batchSizeSensor.avg('batch-size-avg');
    this.batchSizeSensor.max('batch-size-max');
    this.compressionRateSensor = metrics.sensor('compression-rate');
    this.compressionRateSensor.avg('compression-rate-avg');
    this.queueTimeSensor = metrics.sensor('queue-time');
    this.queueTimeSensor.avg('record-queue-time-avg');
    this.queueTimeSensor.max('record-queue-time-max');
    this.requestTimeSensor = metrics.sensor('request-time');
    this.requestTimeSensor.avg('request-latency-avg');
    this.requestTimeSensor.max('request-latency-max');
    this.recordsPerRequestSensor = metrics.sensor('records-per-request');
    this.recordsPerRequestSensor.meter('record-send-rate', 'record-send-total');
    this.recordsPerRequestSensor.avg('records-per-request-avg');
    this.retrySensor = metrics.sensor('record-retries');
    this.retrySensor.meter('record-retry-rate', 'record-retry-total');
    this.errorSensor = metrics.sensor('errors');
    this.errorSensor.meter('record-error-rate', 'record-error-total');
    this.maxRecordSizeSensor = metrics.sensor('record-size');
    this.maxRecordSizeSensor.max('record-size-max');
    this.maxRecordSizeSensor.avg('record-size-avg');
    metrics.addMetric('requests-in-flight', { measure: () => client.inFlightRequestCount() });
    metrics.addMetric('metadata-age', {
      measure: (nowMs) => (nowMs - metadata.lastSuccessfulUpdate()) / 1000,
    });
    this.batchSplitSensor = metrics.sensor('batch-split-rate');
    this.batchSplitSensor.meter('batch-split-rate', 'batch-split-total');
  }

  /** Of one drain: node -> what was taken for it. A node with nothing counts as a request of 0 records. */
  updateProduceRequestMetrics(batches: ReadonlyMap<unknown, readonly MeasuredBatch[]>): void {
    const nowMs = this.metrics.milliseconds();
    for (const nodeBatches of batches.values()) {
      let records = 0;
      for (const batch of nodeBatches) {
        const sizeBytes = batch.estimatedSizeInBytes();
        const ratio = batch.compressionRatio();
        const topic = this.topicSensors(batch.topicPartition.topic);
        topic.records.record(batch.recordCount, nowMs);
        topic.bytes.record(sizeBytes, nowMs);
        topic.compressionRate.record(ratio, nowMs);
        this.batchSizeSensor.record(sizeBytes, nowMs);
        this.queueTimeSensor.record(batch.queueTimeMs(), nowMs);
        this.compressionRateSensor.record(ratio, nowMs);
        this.maxRecordSizeSensor.record(batch.maxRecordSize, nowMs);
        records += batch.recordCount;
      }
      this.recordsPerRequestSensor.record(records, nowMs);
    }
  }

  recordRetries(topic: string, count: number): void {
    this.retrySensor.record(count);
    this.topics.get(topic)?.retries.record(count);
  }

  recordErrors(topic: string, count: number): void {
    this.errorSensor.record(count);
    this.topics.get(topic)?.errors.record(count);
  }

  /** From the making of a Produce request to its response. A node has metrics once it has been connected to. */
  recordLatency(node: string, latencyMs: number): void {
    this.metrics.getSensor(nodeLatencySensor(node))?.record(latencyMs);
    this.requestTimeSensor.record(latencyMs);
  }

  recordBatchSplit(): void {
    this.batchSplitSensor.record();
  }

  /** A topic has metrics from its first drained batch on; errors before that are not in them. */
  private topicSensors(topic: string): TopicSensors {
    let sensors = this.topics.get(topic);
    if (sensors === undefined) {
      const named = (name: string): string => topicMetricName(name, topic);
      const sensor = (name: string): Sensor => this.metrics.sensor(`topic.${topic}.${name}`);
      sensors = {
        records: sensor('records-per-batch'),
        bytes: sensor('bytes'),
        compressionRate: sensor('compression-rate'),
        retries: sensor('record-retries'),
        errors: sensor('record-errors'),
      };
      sensors.records.meter(named('record-send-rate'), named('record-send-total'));
      sensors.bytes.meter(named('byte-rate'), named('byte-total'));
      sensors.compressionRate.avg(named('compression-rate'));
      sensors.retries.meter(named('record-retry-rate'), named('record-retry-total'));
      sensors.errors.meter(named('record-error-rate'), named('record-error-total'));
      this.topics.set(topic, sensors);
    }
    return sensors;
  }
}
