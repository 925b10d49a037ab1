import { describe, expect, it } from 'vitest';
import { Avg, CumulativeSum, DEFAULT_METRIC_CONFIG, Max, Metrics, Rate } from './metrics.ts';

/** Client ms at which values were recorded; the i-th value is ((i + 1) * 37 mod 11) + 0.1 (i + 1). */
const RECORDED: readonly (readonly number[])[] = [
  [1000000, 1000010, 1029999, 1030000, 1030001, 1059999, 1060000, 1090000, 1095000, 1180000],
  [1000000],
  [],
  [1000500, 1061000],
  [1000000, 1031000, 1062000, 1093000, 1124000],
];

/** Which of them, looked at when, and what Kafka's Avg, Max, Rate and Rate in nanoseconds (values x 10^6) measure. */
// prettier-ignore
const MEASURED: readonly (readonly [number, number, number, number, number, number])[] = [
    [0, 1000000, 4.1, 4.1, 0.13666666666666666, 1.3666666666666666E-4],
    [0, 1000110, 6.1499999999999995, 8.2, 0.4085021587512454, 4.0850215875124537E-4],
    [0, 1029999, 4.533333333333333, 8.2, 0.22667044450740845, 2.2667044450740842E-4],
    [0, 1030000, 4.75, 8.2, 0.6333333333333333, 6.333333333333333E-4],
    [0, 1035000, 5.7, 9.5, 0.8142857142857143, 8.142857142857143E-4],
    [0, 1060000, 5.4, 9.5, 0.6300000000000001, 6.3E-4],
    [0, 1061000, 5.4, 9.5, 0.619672131147541, 6.19672131147541E-4],
    [0, 1090001, 7.0, 10.8, 0.5833236112731455, 5.833236112731454E-4],
    [0, 1125000, 7.3500000000000005, 10.8, 0.42000000000000004, 4.2E-4],
    [0, 1200000, 8.0, 8.0, 0.16, 1.6E-4],
    [0, 1300000, NaN, NaN, 0.0, 0.0],
    [1, 1000000, 4.1, 4.1, 0.13666666666666666, 1.3666666666666666E-4],
    [1, 1000110, 4.1, 4.1, 0.13616738625041513, 1.3616738625041514E-4],
    [1, 1029999, 4.1, 4.1, 0.06833447224120401, 6.833447224120401E-5],
    [1, 1030000, 4.1, 4.1, 0.13666666666666666, 1.3666666666666666E-4],
    [1, 1035000, 4.1, 4.1, 0.11714285714285713, 1.1714285714285712E-4],
    [1, 1060000, NaN, NaN, 0.0, 0.0],
    [1, 1061000, NaN, NaN, 0.0, 0.0],
    [1, 1090001, NaN, NaN, 0.0, 0.0],
    [1, 1125000, NaN, NaN, 0.0, 0.0],
    [1, 1200000, NaN, NaN, 0.0, 0.0],
    [1, 1300000, NaN, NaN, 0.0, 0.0],
    [2, 1000000, NaN, NaN, 0.0, 0.0],
    [2, 1000110, NaN, NaN, 0.0, 0.0],
    [2, 1029999, NaN, NaN, 0.0, 0.0],
    [2, 1030000, NaN, NaN, 0.0, 0.0],
    [2, 1035000, NaN, NaN, 0.0, 0.0],
    [2, 1060000, NaN, NaN, 0.0, 0.0],
    [2, 1061000, NaN, NaN, 0.0, 0.0],
    [2, 1090001, NaN, NaN, 0.0, 0.0],
    [2, 1125000, NaN, NaN, 0.0, 0.0],
    [2, 1200000, NaN, NaN, 0.0, 0.0],
    [2, 1300000, NaN, NaN, 0.0, 0.0],
    [3, 1029999, 4.1, 4.1, 0.06890872115497738, 6.890872115497738E-5],
    [3, 1030000, 4.1, 4.1, 0.06890756302521008, 6.890756302521008E-5],
    [3, 1035000, 4.1, 4.1, 0.11884057971014492, 1.1884057971014491E-4],
    [3, 1060000, 4.1, 4.1, 0.06890756302521008, 6.890756302521008E-5],
    [3, 1061000, 8.2, 8.2, 0.2733333333333333, 2.7333333333333333E-4],
    [3, 1090001, 8.2, 8.2, 0.13898069524245352, 1.389806952424535E-4],
    [3, 1125000, NaN, NaN, 0.0, 0.0],
    [3, 1200000, NaN, NaN, 0.0, 0.0],
    [3, 1300000, NaN, NaN, 0.0, 0.0],
    [4, 1000000, 4.1, 4.1, 0.13666666666666666, 1.3666666666666666E-4],
    [4, 1000110, 4.1, 4.1, 0.13616738625041513, 1.3616738625041514E-4],
    [4, 1029999, 4.1, 4.1, 0.06833447224120401, 6.833447224120401E-5],
    [4, 1030000, 4.1, 4.1, 0.13666666666666666, 1.3666666666666666E-4],
    [4, 1035000, 6.1499999999999995, 8.2, 0.3514285714285714, 3.514285714285714E-4],
    [4, 1060000, 8.2, 8.2, 0.13898305084745763, 1.389830508474576E-4],
    [4, 1061000, 8.2, 8.2, 0.2733333333333333, 2.7333333333333333E-4],
    [4, 1090001, 4.75, 8.2, 0.16101422009796446, 1.6101422009796444E-4],
    [4, 1125000, 7.45, 9.5, 0.465625, 4.65625E-4],
    [4, 1200000, NaN, NaN, 0.0, 0.0],
    [4, 1300000, NaN, NaN, 0.0, 0.0],
];

describe('windows of 2 x 30 s', () => {
  it.each(MEASURED)('values %d at %d', (set, endMs, avgValue, maxValue, rateValue, ratioValue) => {
    const config = DEFAULT_METRIC_CONFIG;
    const avg = new Avg(config);
    const max = new Max(config);
    const rate = new Rate(config);
    const ratio = new Rate(config, 'nanoseconds');
    (RECORDED[set] ?? []).forEach((timeMs, i) => {
      if (timeMs > endMs) return;
      const value = (((i + 1) * 37) % 11) + 0.1 * (i + 1);
      for (const stat of [avg, max, rate]) stat.record(value, timeMs);
      ratio.record(value * 1e6, timeMs);
    });
    for (let look = 0; look < 2; look++) {
      expect(avg.measure(endMs)).toBe(avgValue);
      expect(max.measure(endMs)).toBe(maxValue);
      expect(rate.measure(endMs)).toBe(rateValue);
      expect(ratio.measure(endMs)).toBe(ratioValue);
    }
  });
});

describe('the registry', () => {
  it('shares a sensor by its name, and a name keeps its first statistic', () => {
    const metrics = new Metrics({ milliseconds: () => 1_000_100 });
    metrics.sensor('errors').record(5);
    metrics.sensor('errors').meter('record-error-rate', 'record-error-total');
    metrics.sensor('errors').meter('record-error-rate', 'record-error-total');
    metrics.sensor('errors').record();
    metrics.sensor('errors').record(2, 1_000_000);
    expect(metrics.value('record-error-total')).toBe(3);
    expect(metrics.getSensor('retries')).toBeUndefined();
    expect(metrics.value('record-retry-total')).toBeNaN();
  });

  it('lists all values', () => {
    const metrics = new Metrics({ milliseconds: () => 1_000_100 });
    metrics.addMetric('age', { measure: (nowMs) => nowMs - 1_000_000 });
    metrics.addMetric('total', new CumulativeSum());
    expect([...metrics.values()]).toEqual([
      ['age', 100],
      ['total', 0],
    ]);
  });
});
