/** Numbers with units, as people type and read them: `16384`, `16 KiB`, `2 min`. Base units: ms, µs, bytes, or none. */

export type Unit = 'ms' | 'us' | 'bytes' | 'bytes/s' | '%' | 'count';

const TIME_US: Readonly<Record<string, number>> = {
  us: 1,
  µs: 1,
  ms: 1000,
  s: 1_000_000,
  sec: 1_000_000,
  min: 60_000_000,
  h: 3_600_000_000,
};
const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  byte: 1,
  bytes: 1,
  k: 1024,
  kib: 1024,
  m: 1_048_576,
  mib: 1_048_576,
  g: 1_073_741_824,
  gib: 1_073_741_824,
  kb: 1000,
  mb: 1_000_000,
  gb: 1_000_000_000,
};
const COUNT: Readonly<Record<string, number>> = { k: 1000, m: 1_000_000 };

/** In base units of `unit`; null: such a suffix is not known there. */
function factorOf(suffix: string, unit: Unit): number | null {
  const word = suffix.toLowerCase().replace('μ', 'µ');
  switch (unit) {
    case 'us':
      return word === '' ? 1 : (TIME_US[word] ?? null);
    case 'ms': {
      const factor = word === '' ? 1000 : TIME_US[word];
      return factor === undefined ? null : factor / 1000;
    }
    case 'bytes':
    case 'bytes/s':
      return word === '' ? 1 : (BYTES[word.replace(/\/s$/, '')] ?? null);
    case '%':
      return word === '' || word === '%' ? 1 : null;
    case 'count':
      // "2,000 records/s" is what the field itself shows.
      return word === '' || word.length > 2 ? 1 : (COUNT[word] ?? null);
  }
}

const PART = /\s*([+-]?\d[\d,_]*(?:\.\d+)?)\s*([a-zA-Zµμ%/]*)/y;

/** The typed text in base units, a whole number; null: it is none. `1.5 s`, `2 min 30 s`, `16 KiB`, `1,000`. */
export function parseQuantity(text: string, unit: Unit): number | null {
  const trimmed = text.trim();
  let total = 0;
  let at = 0;
  while (at < trimmed.length) {
    PART.lastIndex = at;
    const match = PART.exec(trimmed);
    if (match === null) return null;
    const factor = factorOf(match[2] ?? '', unit);
    if (factor === null) return null;
    total += Number((match[1] ?? '').replace(/[,_]/g, '')) * factor;
    at = PART.lastIndex;
  }
  if (trimmed === '') return null;
  // 0.1 + 0.2 of a unit is still a whole number of the one below it.
  const whole = Math.round(total);
  return Math.abs(total - whole) < 1e-6 && Number.isSafeInteger(whole) ? whole : null;
}

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** The largest unit in which the value has at most two digits after the point. */
function inLargest(value: number, steps: readonly (readonly [string, number])[]): string {
  for (const [name, factor] of steps) {
    const hundredths = (value * 100) / factor;
    if (value >= factor && Number.isInteger(hundredths)) {
      const shown = hundredths / 100;
      return `${Number.isInteger(shown) ? grouped(shown) : shown} ${name}`;
    }
  }
  return grouped(value);
}

/** Exact: what `parseQuantity` reads back is the same number. */
export function quantityText(value: number, unit: Unit): string {
  if (value < 0) return `${value}`;
  switch (unit) {
    case 'ms':
      return value === 0
        ? '0 ms'
        : inLargest(value, [
            ['h', 3_600_000],
            ['min', 60_000],
            ['s', 1000],
            ['ms', 1],
          ]);
    case 'us':
      return value === 0
        ? '0 µs'
        : inLargest(value, [
            ['s', 1_000_000],
            ['ms', 1000],
            ['µs', 1],
          ]);
    case 'bytes':
    case 'bytes/s': {
      const text =
        value === 0
          ? '0 B'
          : inLargest(value, [
              ['GiB', 1_073_741_824],
              ['MiB', 1_048_576],
              ['KiB', 1024],
              ['B', 1],
            ]);
      return unit === 'bytes' ? text : `${text}/s`;
    }
    case '%':
      return `${value} %`;
    case 'count':
      return grouped(value);
  }
}
