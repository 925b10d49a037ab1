import { describe, expect, it } from 'vitest';
import { batchId, nodeId, requestId } from '#base/ids';
import type { RequestLifeline } from '#projections/lifelines';
import { fractionAfter, fractionBefore, leadUsAt, requestMotion, type RequestMotion } from './motion.ts';

const line: RequestLifeline = {
  id: requestId(0),
  client: 0,
  node: nodeId(1),
  api: 'PRODUCE',
  version: 13,
  sizeBytes: 500,
  correlationId: 7,
  batches: [batchId(0)],
  sentAt: 10_000,
  writtenAt: 10_000,
  arrivesAt: 12_000,
  begunAt: 12_000,
  answeredAt: 13_000,
  returnsAt: 15_000,
  receivedAt: 15_000,
  lostAt: -1,
  lostBy: null,
};
const at = (time: number, leadUs: number, of = line): RequestMotion => {
  const motion: RequestMotion = { leg: 'done', u: 0 };
  requestMotion(of, time, leadUs, motion);
  return motion;
};
const ORDER = ['to-slot', 'out', 'at-broker', 'back', 'done'];

describe('a request on its way', () => {
  it('is where the facts say when time stands still', () => {
    expect(at(10_000, 0)).toEqual({ leg: 'out', u: 0 });
    expect(at(11_000, 0)).toEqual({ leg: 'out', u: 0.5 });
    expect(at(12_000, 0)).toEqual({ leg: 'at-broker', u: 1 });
    expect(at(14_000, 0)).toEqual({ leg: 'back', u: 0.5 });
    expect(at(15_000, 0)).toEqual({ leg: 'done', u: 1 });
  });

  it('only goes forward, whatever the lead', () => {
    for (const leadUs of [0, 500, leadUsAt(0.012), 250_000]) {
      let last = -1;
      for (let time = 10_000; time <= 15_000; time += 50) {
        const motion = at(time, leadUs);
        const progress = ORDER.indexOf(motion.leg) + motion.u * 0.999;
        expect(progress).toBeGreaterThanOrEqual(last);
        last = progress;
      }
    }
  });

  it('borrows the way to its slot from the flight and catches up', () => {
    expect(at(10_100, 5760).leg).toBe('to-slot');
    expect(at(11_000, 5760).leg).toBe('out');
    expect(at(12_000, 5760).leg).toBe('at-broker');
  });

  it('never arrives when it never arrives', () => {
    const lost = { ...line, arrivesAt: -1, begunAt: -1, answeredAt: -1, returnsAt: -1, receivedAt: -1 };
    const late = at(60_000_000, 0, lost);
    expect(late.leg).toBe('out');
    expect(late.u).toBeLessThan(1);
    const unanswered = { ...line, returnsAt: -1, receivedAt: -1 };
    expect(at(60_000_000, 0, unanswered).leg).toBe('back');
    expect(at(60_000_000, 0, unanswered).u).toBeLessThan(1);
  });
});

describe('fractions of a span', () => {
  it('jump where the span is nothing', () => {
    expect([fractionBefore(9, 10, 0), fractionBefore(10, 10, 0)]).toEqual([0, 1]);
    expect([fractionAfter(9, 10, 0), fractionAfter(10, 10, 0)]).toEqual([0, 1]);
  });
  it('touch their ends', () => {
    expect([fractionBefore(5, 10, 5), fractionBefore(10, 10, 5)]).toEqual([0, 1]);
    expect([fractionAfter(5, 5, 5), fractionAfter(10, 5, 5)]).toEqual([0, 1]);
  });
});
