import { describe, expect, it } from 'vitest';
import { parseQuantity, quantityText, type Unit } from './quantity.ts';
import { nextStop, placeOf, stopsBetween } from './stops.ts';

describe('typed quantities', () => {
  it.each<[string, Unit, number | null]>([
    ['16384', 'bytes', 16384],
    ['16 KiB', 'bytes', 16384],
    ['16k', 'bytes', 16384],
    ['1.5 MiB', 'bytes', 1572864],
    ['16 kB', 'bytes', 16000],
    ['2 min', 'ms', 120_000],
    ['2min 30s', 'ms', 150_000],
    ['1.5 s', 'ms', 1500],
    ['250 µs', 'us', 250],
    ['1.4ms', 'us', 1400],
    ['0.5 ms', 'ms', null],
    ['1,000', 'count', 1000],
    ['2k', 'count', 2000],
    ['-1', 'ms', -1],
    ['60 %', '%', 60],
    ['soon', 'ms', null],
    ['10 apples', 'ms', null],
    ['', 'ms', null],
  ])('%s as %s', (text, unit, value) => {
    expect(parseQuantity(text, unit)).toBe(value);
  });

  it('reads back what it writes', () => {
    const units: Unit[] = ['ms', 'us', 'bytes', 'bytes/s', '%', 'count'];
    for (const unit of units) {
      for (let value = 0; value < 3_000_000_000; value = value * 3 + 7) {
        expect(parseQuantity(quantityText(value, unit), unit)).toBe(value);
      }
    }
  });

  it('writes the way people say it', () => {
    expect(quantityText(120_000, 'ms')).toBe('2 min');
    expect(quantityText(33_554_432, 'bytes')).toBe('32 MiB');
    expect(quantityText(1003, 'bytes')).toBe('1,003 B');
    expect(quantityText(2_147_483_647, 'count')).toBe('2,147,483,647');
    expect(quantityText(1500, 'us')).toBe('1.5 ms');
  });
});

describe('stops of a slider', () => {
  it.each<[number, number, Unit]>([
    [0, 1000, 'ms'],
    [1024, 268_435_456, 'bytes'],
    [1, 9, 'count'],
    [0, 300, '%'],
    [0, 2_147_483_647, 'count'],
  ])('rise from %i to %i %s', (min, max, unit) => {
    const stops = stopsBetween(min, max, unit);
    expect(stops[0]).toBe(min);
    expect(stops.at(-1)).toBe(max);
    for (let i = 1; i < stops.length; i++) expect(stops[i]).toBeGreaterThan(stops[i - 1] ?? 0);
    for (const [i, stop] of stops.entries()) expect(placeOf(stops, stop)).toBe(i);
  });

  it('gives a value between two stops its place between them', () => {
    const stops = stopsBetween(0, 1000, 'ms');
    const place = placeOf(stops, 7);
    expect(stops[Math.floor(place)]).toBe(6);
    expect(stops[Math.ceil(place)]).toBe(8);
    expect(nextStop(stops, 7, true)).toBe(8);
    expect(nextStop(stops, 7, false)).toBe(6);
    expect(nextStop(stops, 1000, true)).toBe(1000);
  });
});
