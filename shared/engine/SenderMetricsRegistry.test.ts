import { expect, it } from 'vitest';
import { KafkaProducerMetrics } from './KafkaProducerMetrics.ts';
import { Metrics } from './metrics.ts';
import { SenderMetrics, throttleTimeSensor } from './SenderMetricsRegistry.ts';

const batch = (topic: string, recordCount: number, sizeBytes: number, queuedMs: number) => ({
  topicPartition: { topic },
  recordCount,
  maxRecordSize: 95,
  estimatedSizeInBytes: () => sizeBytes,
  compressionRatio: () => 0.5,
  queueTimeMs: () => queuedMs,
});

/** Two requests of one record, at 5 and 10 ms, looked at 60 ms after the first send: the trace of S06. */
it('measures what the Java client measures', () => {
  let nowMs = 1_000_010;
  const metrics = new Metrics({ milliseconds: () => nowMs });
  const sender = new SenderMetrics(
    metrics,
    { lastSuccessfulUpdate: () => 999_950 },
    { inFlightRequestCount: () => 2 },
  );
  throttleTimeSensor(metrics).record(0, nowMs);
  sender.updateProduceRequestMetrics(new Map([[0, [batch('t', 1, 78, 10), batch('t', 1, 78, 1)]]]));
  sender.recordLatency('0', 10);
  nowMs = 1_000_060;
  const values = metrics.values();
  const expected: readonly (readonly [string, number])[] = [
    ['batch-size-avg', 78],
    ['record-queue-time-avg', 5.5],
    ['record-queue-time-max', 10],
    ['record-send-total', 2],
    ['record-send-rate', 2 / 30.05],
    ['records-per-request-avg', 2],
    ['record-size-avg', 95],
    ['request-latency-max', 10],
    ['requests-in-flight', 2],
    ['metadata-age', 0.11],
    ['produce-throttle-time-avg', 0],
    ['record-retry-rate', 0],
    ['record-send-total{topic=t}', 2],
    ['byte-total{topic=t}', 156],
    ['compression-rate{topic=t}', 0.5],
  ];
  for (const [name, value] of expected) expect([name, values.get(name)]).toEqual([name, value]);
});

it('counts a node without batches as a request of no records', () => {
  const metrics = new Metrics({ milliseconds: () => 1_000_000 });
  const sender = new SenderMetrics(
    metrics,
    { lastSuccessfulUpdate: () => 0 },
    { inFlightRequestCount: () => 0 },
  );
  sender.updateProduceRequestMetrics(
    new Map([
      [0, []],
      [1, [batch('t', 3, 100, 0)]],
    ]),
  );
  expect(metrics.value('records-per-request-avg')).toBe(1.5);
});

it('knows a topic from its first drained batch on', () => {
  const metrics = new Metrics({ milliseconds: () => 1_000_000 });
  const sender = new SenderMetrics(
    metrics,
    { lastSuccessfulUpdate: () => 0 },
    { inFlightRequestCount: () => 0 },
  );
  sender.recordErrors('t', 4);
  sender.updateProduceRequestMetrics(new Map([[0, [batch('t', 3, 100, 0)]]]));
  sender.recordErrors('t', 1);
  sender.recordRetries('t', 2);
  sender.recordBatchSplit();
  // KafkaProducer reports to the same sensor.
  metrics.sensor('errors').record();
  expect(metrics.value('record-error-total')).toBe(6);
  expect(metrics.value('record-error-total{topic=t}')).toBe(1);
  expect(metrics.value('record-retry-total{topic=t}')).toBe(2);
  expect(metrics.value('batch-split-total')).toBe(1);
});

it('sums up the time in calls that block', () => {
  const metrics = new Metrics({ milliseconds: () => 1_000_000 });
  const calls = new KafkaProducerMetrics(metrics);
  calls.recordFlush(5e6);
  calls.recordFlush(7e6);
  calls.recordMetadataWait(1e6);
  expect(metrics.value('flush-time-ns-total')).toBe(12e6);
  expect(metrics.value('metadata-wait-time-ns-total')).toBe(1e6);
  expect(metrics.value('txn-init-time-ns-total')).toBe(0);
});
