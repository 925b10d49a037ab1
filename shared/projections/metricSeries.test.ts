import { describe, expect, test } from 'vitest';
import { createRandom } from '#base/random';
import { busyLog } from '#testing/busyLog';
import { Histogram } from './metrics/Histogram.ts';
import { METRICS } from './metricSeries.ts';
import { nextBatchLeaving, nextEvent, previousBatchLeaving, previousEvent } from './nextStop.ts';
import { RunProjections } from './RunProjections.ts';

const SEEDS = [1, 2, 3];

describe('Histogram', () => {
  test('every quantile is within 6 % of the value that stands there', () => {
    const random = createRandom(7);
    const values = Array.from({ length: 5000 }, () => random.below(2 ** (1 + random.below(32))));
    const histogram = new Histogram();
    for (const value of values) histogram.add(value);
    values.sort((a, b) => a - b);
    for (const permille of [1, 10, 250, 500, 900, 950, 990, 1000]) {
      const exact = values[Math.max(0, Math.ceil((values.length * permille) / 1000) - 1)] ?? 0;
      const read = histogram.quantile(permille) ?? -1;
      expect(Math.abs(read - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.0625));
    }
    expect(histogram.octaves().reduce((sum, each) => sum + each.count, 0)).toBe(5000);
    expect(new Histogram().quantile(500)).toBeNull();
  });

  test('merged is as if all had gone into one', () => {
    const [a, b, all] = [new Histogram(), new Histogram(), new Histogram()];
    for (let value = 0; value < 3000; value += 7) {
      (value % 2 === 0 ? a : b).add(value);
      all.add(value);
    }
    a.merge(b);
    expect(a).toEqual(all);
  });
});

describe('MetricSeries', () => {
  test.each(SEEDS)('averages over the run are those of its events (seed %i)', (seed) => {
    const { tape } = busyLog(seed, 20_000, 12);
    const run = new RunProjections(tape);
    run.extend();
    const width = run.metrics.bucketUs;
    const until = Math.floor(tape.endAt / width) * width;
    let drained = 0;
    let bytes = 0;
    let requests = 0;
    let queueUs = 0;
    const latencies: number[] = [];
    const reader = tape.read(0);
    for (let seq = 0; seq < tape.endSeq; seq++) {
      const event = reader.next();
      if (event.at >= until) break;
      if (event.type === 'request.sent') requests++;
      if (event.type === 'batch.completed') {
        for (const record of run.lifelines.recordsOf(event.batch))
          latencies.push(event.at - run.records.sentAt(record));
      }
      if (event.type !== 'batch.drained') continue;
      drained++;
      bytes += event.sizeBytes;
      queueUs += event.at - (run.lifelines.batch(event.batch)?.createdAt ?? 0);
    }
    latencies.sort((a, b) => a - b);
    const p95 = (latencies[Math.ceil(latencies.length * 0.95) - 1] ?? 0) / 1000;
    const summary = run.metrics.summary(0, until);
    expect(summary['batch-size-avg']).toBeCloseTo(bytes / drained, 6);
    expect(summary['record-queue-time-avg']).toBeCloseTo(queueUs / drained / 1000, 6);
    expect(summary['request-rate']).toBeCloseTo((requests * 1e6) / until, 6);
    expect(Math.abs((summary['latency p95'] ?? 0) - p95)).toBeLessThan(p95 * 0.07);
    expect(run.metrics.batchSizes(0, until).reduce((sum, each) => sum + each.count, 0)).toBe(drained);
  });

  test('a series shows whole buckets before the cursor only, at most 1,024', () => {
    const { tape } = busyLog(3, 30_000, 3, 100);
    const run = new RunProjections(tape);
    run.extend();
    const cursor = Math.floor(tape.endAt / 3);
    for (const name of METRICS) {
      const points = run.metrics.series(name, cursor);
      expect(points.length).toBe(Math.floor(cursor / run.metrics.bucketUs));
      expect(points.length).toBeLessThanOrEqual(1024);
    }
  });
});

describe('steps', () => {
  test.each(SEEDS)('to each batch that leaves and back again (seed %i)', (seed) => {
    const { tape } = busyLog(seed, 2000);
    const run = new RunProjections(tape);
    run.extend();
    const stops: number[] = [];
    for (let seq: number | null = 0; (seq = nextBatchLeaving(tape, run.marks, seq)) !== null;)
      stops.push(seq);
    expect(stops.length).toBe(run.marks.batchesLeft);
    for (const stop of stops) expect(tape.at(stop - 1).type).toBe('request.carried');
    const back: number[] = [];
    for (let seq: number | null = tape.endSeq; (seq = previousBatchLeaving(tape, run.marks, seq)) !== null;) {
      back.push(seq);
    }
    expect(back).toEqual(stops.toReversed().filter((stop) => stop < tape.endSeq));
    expect(nextEvent(tape, tape.endSeq)).toBeNull();
    expect(previousEvent(tape, 0)).toBeNull();
  });
});
