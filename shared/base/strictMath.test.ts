import { describe, expect, it } from 'vitest';
import { log, pow } from './strictMath.ts';

describe('log', () => {
  // Java's Math.log.
  it.each([
    [1, 0],
    [2, Math.LN2],
    [5, 1.6094379124341003],
    [10, Math.LN10],
    [0.5, -Math.LN2],
    [74, 4.30406509320417],
    [1500, 7.313220387090301],
    [1e-5, -11.512925464970229],
  ])('of %d is %d', (x, y) => {
    expect(log(x)).toBe(y);
  });

  it('has no value below zero', () => {
    expect([log(-1), log(0), log(Infinity)]).toEqual([NaN, -Infinity, Infinity]);
  });
});

describe('pow', () => {
  it('is exact where the result is whole', () => {
    for (let n = 0; n < 60; n++) expect(pow(2, n)).toBe(Number(1n << BigInt(n)));
    expect(pow(3, 20)).toBe(3486784401);
    expect(pow(2, -3)).toBe(0.125);
  });

  // Java's Math.pow.
  it.each([
    [2, 0.5, Math.SQRT2],
    [2, 3.321928094887362, 9.999999999999998],
    [10, Math.LOG10E, Math.E],
    [1.5, 2.5, 2.7556759606310752],
    [1, 0.3, 1],
  ])('%d to the power of %d is %d', (base, exponent, power) => {
    expect(pow(base, exponent)).toBe(power);
  });
});
