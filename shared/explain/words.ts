/** Numbers and names as sentences say them. */
import { MICROS_PER_MS } from '#base/time';

/** 12345678 -> 12,345,678. */
export function count(value: number): string {
  const digits = String(Math.trunc(value));
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

export const bytes = (value: number): string => `${count(value)} B`;

/** `1 record`, `3 records`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** One decimal place, without a zero at its end; rounded half up. */
function oneDecimal(tenths: number): string {
  const whole = count(Math.trunc(tenths / 10));
  const rest = Math.abs(tenths % 10);
  return rest === 0 ? whole : `${whole}.${rest}`;
}

/** A span in µs: `850 µs`, `3.1 ms`, `59.2 s`, `2 min`. */
export function span(us: number): string {
  const value = Math.max(0, us);
  if (value < MICROS_PER_MS) return `${Math.round(value)} µs`;
  if (value < 1000 * MICROS_PER_MS) return `${oneDecimal(Math.floor(value / 100 + 0.5))} ms`;
  if (value < 120_000 * MICROS_PER_MS) return `${oneDecimal(Math.floor(value / 100_000 + 0.5))} s`;
  return `${oneDecimal(Math.floor(value / 6_000_000 + 0.5))} min`;
}

export const percent = (part: number, whole: number): string =>
  whole <= 0 ? '0 %' : `${Math.floor((part * 100) / whole)} %`;

/** Bootstrap addresses are connections of their own. */
export const nodeName = (node: number): string =>
  node < 0 ? `bootstrap address ${-node}` : `broker ${node}`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `a`, `a and b`, `a, b and c`. */
export function list(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

/** Ends with a full stop, also where Kafka's message does not. */
export const withStop = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
