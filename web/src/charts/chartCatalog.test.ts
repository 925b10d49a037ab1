import { describe, expect, it } from 'vitest';
import { batchId, clientId, nodeId, tpId } from '#base/ids';
import { micros } from '#base/time';
import type { EventType, WriterOf } from '#events/catalogue';
import { EventTape } from '#events/EventTape';
import type { MetricSeries } from '#projections/metricSeries';
import { RunProjections } from '#projections/RunProjections';
import type { Provenance } from '../sources/Source.ts';
import { chartNumbers, chartProvenance, CHARTS, meanUsOf } from './chartCatalog.ts';

const source = (events: readonly (readonly [EventType, Provenance])[]) => ({
  events: new Map(events),
  commands: new Set<never>(),
  commandsInThePast: false,
});
const chart = (id: string) => CHARTS.find((each) => each.id === id) ?? { from: [] };

describe('how a chart is known', () => {
  const measured = source([
    ['record.sent', 'measured'],
    ['batch.completed', 'measured'],
    ['request.sent', 'measured'],
  ]);

  it('is computed from what was measured, and cannot be where an event of it cannot', () => {
    expect(chartProvenance(measured, chart('request-rate'), 1)).toBe('derived');
    expect(chartProvenance(measured, chart('buffer-available-bytes'), 1)).toBeNull();
  });

  it('is an estimate where only a part of the records is told, and what counts batches is not', () => {
    expect(chartProvenance(measured, chart('latency'), 1)).toBe('derived');
    expect(chartProvenance(measured, chart('latency'), 4)).toBe('estimated');
    expect(chartProvenance(measured, chart('request-rate'), 4)).toBe('derived');
  });

  it('is modelled in a model', () => {
    const model = source([
      ['record.sent', 'simulated'],
      ['batch.completed', 'simulated'],
    ]);
    expect(chartProvenance(model, chart('latency'), 4)).toBe('simulated');
  });
});

describe('the number beside a chart', () => {
  /** Bursts of 40 records in one batch, every 400 ms, from 10 ms on. */
  function burstsUntil(endUs: number): MetricSeries {
    let now = 0;
    const tape = new EventTape({ nowUs: () => micros(now) });
    const write = <T extends EventType>(type: T, at: number): WriterOf<T> => {
      now = at;
      return tape.writer(type);
    };
    for (let batch = 0, at = 10_000; at < endUs; batch++, at += 400_000) {
      write('batch.created', at)(batchId(batch), clientId(0), tpId(0), 16_384, null);
      write('batch.closed', at)(batchId(batch), 40, 4000);
      write('batch.drained', at)(batchId(batch), nodeId(0), 4000 + batch, 4000);
    }
    const run = new RunProjections(tape);
    run.extend();
    return run.metrics;
  }
  const rate = { metrics: ['record-send-rate', 'batch-size-avg'] as const };

  it('counts what left in the last second, also between two bursts', () => {
    const metrics = burstsUntil(10_000_000);
    // 2 or 3 bursts are in every second.
    for (let at = 2_000_000; at < 9_500_000; at += 137_000) {
      const [sent, size] = chartNumbers(metrics, rate, at);
      expect(sent).toBeGreaterThanOrEqual(80);
      expect(sent).toBeLessThan(122);
      expect(size).toBeGreaterThan(4000);
    }
  });

  it('is of all there was when that is less than a second, and 0 where nothing left', () => {
    const metrics = burstsUntil(400_000);
    expect(chartNumbers(metrics, rate, 100_000)).toEqual([400, 4000]);
    expect(chartNumbers(metrics, rate, 3_000_000)).toEqual([0, null]);
  });

  it('stands beside a line that has about as many points in a long run as in a short one', () => {
    expect(meanUsOf(100_000)).toBe(25_000);
    expect(meanUsOf(60_000_000)).toBe(600_000);
  });
});
