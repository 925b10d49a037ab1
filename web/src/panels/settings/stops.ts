/**
 * Where a slider can stop. A list of round numbers instead of a formula: every press of an arrow key is one of them,
 * and a range from 0 to an hour has the same number of places in each decade.
 */
import type { Unit } from './quantity.ts';

const MANTISSAS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
/** Up to this many whole numbers each is a stop of its own. */
const FEW = 40;

function decimalStops(min: number, max: number): number[] {
  const stops: number[] = [];
  for (let decade = 1; decade <= max; decade *= 10) {
    for (const mantissa of MANTISSAS) {
      const stop = mantissa * decade;
      if (Number.isInteger(stop) && stop > min && stop < max) stops.push(stop);
    }
  }
  return stops;
}

/** Four to an octave, so that KiB and MiB stay round. */
function binaryStops(min: number, max: number): number[] {
  const stops: number[] = [];
  for (let octave = 1; octave <= max; octave *= 2) {
    for (const quarter of octave < 1024 ? [4] : [4, 5, 6, 7]) {
      const stop = (octave * quarter) / 4;
      if (stop > min && stop < max) stops.push(stop);
    }
  }
  return stops;
}

/** From `min` to `max`, both stops themselves. */
export function stopsBetween(min: number, max: number, unit: Unit): readonly number[] {
  if (max <= min) return [min];
  if (max - min <= FEW) return Array.from({ length: max - min + 1 }, (_, i) => min + i);
  if (unit === '%') return Array.from({ length: Math.floor((max - min) / 5) + 1 }, (_, i) => min + i * 5);
  const inner = unit === 'bytes' || unit === 'bytes/s' ? binaryStops(min, max) : decimalStops(min, max);
  return [min, ...inner, max];
}

/** The place of a value among the stops, with its fraction between two of them; outside: the nearest end. */
export function placeOf(stops: readonly number[], value: number): number {
  const last = stops.length - 1;
  const above = stops.findIndex((stop) => stop >= value);
  if (above === 0 || last === 0) return 0;
  if (above < 0) return last;
  const low = stops[above - 1] ?? value;
  const high = stops[above] ?? value;
  return above - 1 + (value - low) / (high - low);
}

/** The stop that an arrow press leads to from a value that may lie between two. */
export function nextStop(stops: readonly number[], value: number, isUp: boolean): number {
  const next = isUp ? stops.find((stop) => stop > value) : stops.findLast((stop) => stop < value);
  return next ?? value;
}
