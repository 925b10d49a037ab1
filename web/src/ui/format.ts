/** Numbers as text: fixed units, tabular, the same everywhere. Nothing here depends on the browser's language. */

/** 1204 -> "1,204". */
export function countText(value: number): string {
  const whole = Math.trunc(Math.abs(value)).toString();
  let text = '';
  for (let i = 0; i < whole.length; i++) {
    if (i > 0 && (whole.length - i) % 3 === 0) text += ',';
    text += whole[i];
  }
  return value < 0 ? `−${text}` : text;
}

const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** Bytes with a binary unit: "884 B", "16 KiB", "31.2 MiB". */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BINARY_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${BINARY_UNITS[unit] ?? 'B'}`;
}

/** µs of run time as a duration: "40 µs", "3.1 ms", "120 ms", "59.2 s", "2 min 3 s". */
export function msText(us: number): string {
  if (us < 1000) return `${Math.round(us)} µs`;
  const ms = us / 1000;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const s = ms / 1000;
  if (s < 100) return `${s.toFixed(1)} s`;
  return `${Math.floor(s / 60)} min ${Math.floor(s % 60)} s`;
}

/** A moment of the run: always ms with two digits, so that it does not jump about: "184.20 ms". */
export function momentText(us: number): string {
  const ms = Math.floor(Math.max(0, us) / 10) / 100;
  const text = ms.toFixed(2);
  const dot = text.indexOf('.');
  return `${countText(Number(text.slice(0, dot)))}${text.slice(dot)} ms`;
}

/** 0.012 -> "1 s here = 12 ms in the producer". */
export function speedText(speed: number): string {
  return `1 s here = ${spanText(speed * 1_000_000)} in the producer`;
}

function spanText(us: number): string {
  const round = (value: number): string =>
    value >= 100 ? Math.round(value).toString() : trim(value.toPrecision(2));
  if (us < 999.5) return `${round(us)} µs`;
  if (us < 999_500) return `${round(us / 1000)} ms`;
  return `${round(us / 1_000_000)} s`;
}

const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
