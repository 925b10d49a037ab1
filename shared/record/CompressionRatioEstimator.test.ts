import { expect, it } from 'vitest';
import { CompressionRatioEstimator } from './CompressionRatioEstimator.ts';

it('moves as the Java class does, float by float', () => {
  const estimator = new CompressionRatioEstimator();
  const observed = [0.3, 0.3, 0.998, 0.3, 1.2, 1.2, 0.1, 0.99];
  expect(observed.map((ratio) => estimator.updateEstimation('t', 'lz4', ratio))).toEqual([
    0.9950000047683716, 0.9900000095367432, 1.0399999618530273, 1.034999966621399, 1.2000000476837158,
    1.2000000476837158, 1.1950000524520874, 1.190000057220459,
  ]);
});

it('needs some 140 batches to believe in a good ratio', () => {
  const estimator = new CompressionRatioEstimator();
  for (let i = 0; i < 100; i++) estimator.updateEstimation('v', 'gzip', 0.3);
  expect(estimator.estimation('v', 'gzip')).toBe(0.5000004768371582);
  for (let i = 0; i < 100; i++) estimator.updateEstimation('v', 'gzip', 0.3);
  expect(estimator.estimation('v', 'gzip')).toBe(Math.fround(0.3));
});

it('keeps topics and codecs apart', () => {
  const estimator = new CompressionRatioEstimator();
  estimator.setEstimation('t', 'gzip', 0.4);
  expect(estimator.estimation('t', 'lz4')).toBe(1);
  expect(estimator.estimation('u', 'gzip')).toBe(1);
  estimator.resetEstimation('t');
  expect(estimator.estimation('t', 'gzip')).toBe(1);
});
