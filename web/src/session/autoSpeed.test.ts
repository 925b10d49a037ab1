import { describe, expect, it } from 'vitest';
import { HandMadeLog } from '#testing/HandMadeLog';
import { autoSpeedAt } from './autoSpeed.ts';
import { MAX_SPEED, MIN_SPEED } from './playback.ts';

/** A log with one drain of a batch each `everyUs`, and what `also` writes at 50 ms. */
function drains(everyUs: number, also?: (log: HandMadeLog) => void): HandMadeLog {
  const log = new HandMadeLog();
  for (let at = 0; at < 1_000_000; at += everyUs) {
    log.at(at);
    log.write('node.drained', { node: 1, batches: 1, records: 4 });
    if (at <= 50_000 && at + everyUs > 50_000) also?.(log);
  }
  return log;
}

const speedIn = (log: HandMadeLog, at = 0): number => autoSpeedAt(log.tape, log.tape.seqAfter(at), at);

describe('the automatic speed', () => {
  it('brings about the same number of drains a second, however far apart they are', () => {
    for (const everyUs of [200, 1000, 5000, 20_000]) {
      const perSecond = (speedIn(drains(everyUs)) * 1_000_000) / everyUs;
      expect(perSecond).toBeGreaterThan(4);
      expect(perSecond).toBeLessThan(6);
    }
  });

  it('is slower before something that goes wrong', () => {
    const quiet = drains(10_000);
    const loud = drains(10_000, (log) => {
      log.write('request.lost', { request: 3 });
      log.write('batch.requeued', { batch: 7 });
    });
    expect(speedIn(loud, 35_000)).toBeLessThan(speedIn(quiet, 35_000) / 2);
    expect(speedIn(loud, 300_000)).toBe(speedIn(quiet, 300_000));
  });

  it('passes over drains that took nothing', () => {
    const log = new HandMadeLog();
    for (let at = 0; at < 400_000; at += 1000) {
      log.at(at);
      log.write('node.drained', { node: 1, batches: at % 50_000 === 0 ? 1 : 0 });
    }
    const everySingle = drains(1000);
    expect(speedIn(log)).toBeGreaterThan(speedIn(everySingle) * 10);
  });

  it('never leaves the range of the slider, at the end of the log and within one instant either', () => {
    const burst = new HandMadeLog();
    burst.at(1000);
    for (let i = 0; i < 50; i++) burst.write('batch.failed', { batch: i });
    for (const speed of [
      speedIn(burst, 999),
      speedIn(burst, 1000),
      speedIn(burst, 2000),
      speedIn(drains(500_000)),
    ]) {
      expect(speed).toBeGreaterThanOrEqual(MIN_SPEED);
      expect(speed).toBeLessThanOrEqual(MAX_SPEED);
    }
  });
});
