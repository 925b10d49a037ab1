/**
 * What stands in a record. It is not kept: key, sizes and the record's number are in the log, and the text is made again
 * from them and the seed whenever somebody looks.
 */
import { createRandom, type Random } from '#base/random';

const ITEMS = ['espresso', 'flat white', 'green tea', 'croissant', 'bagel', 'lemonade', 'cookie', 'soup'];
const SHOPS = ['Berlin', 'Lisbon', 'Nairobi', 'Osaka', 'Quito', 'Oslo', 'Hanoi', 'Boston'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

const pick = (from: readonly string[], random: Random): string => from[random.below(from.length)] ?? '';

function letters(count: number, random: Random): string {
  let text = '';
  for (let i = 0; i < count; i++) text += LETTERS.charAt(random.below(LETTERS.length));
  return text;
}

const streamOf = (seed: number, label: string, record: number): Random =>
  createRandom(seed).fork(`${label}/${record}`);

/** A JSON order of exactly `sizeBytes` bytes (ASCII); too small for one, a JSON text that just fits. */
export function valueText(seed: number, record: number, key: string | null, sizeBytes: number): string {
  const random = streamOf(seed, 'value', record);
  const fields = [
    `"order":${record}`,
    `"user":${key === null ? 'null' : JSON.stringify(key)}`,
    `"item":"${pick(ITEMS, random)}"`,
    `"cents":${100 + random.below(2000)}`,
    `"shop":"${pick(SHOPS, random)}"`,
  ];
  // As many fields as fit; the last one is filled up to the byte.
  for (let count = fields.length; count >= 0; count--) {
    const start = `{${fields
      .slice(0, count)
      .map((field) => `${field},`)
      .join('')}"note":"`;
    const rest = sizeBytes - start.length - 2;
    if (rest >= 0) return `${start}${letters(rest, random)}"}`;
  }
  if (sizeBytes >= 2) return `"${letters(sizeBytes - 2, random)}"`;
  return sizeBytes === 1 ? '7' : '';
}

/** One header of `sizeBytes` in all, key and value together; none for 0. */
export function headerText(
  seed: number,
  record: number,
  sizeBytes: number,
): readonly { readonly key: string; readonly value: string }[] {
  if (sizeBytes <= 0) return [];
  const key = headerKey(sizeBytes);
  return [{ key, value: letters(sizeBytes - key.length, streamOf(seed, 'header', record)) }];
}

export const headerKey = (sizeBytes: number): string => 'trace-id'.slice(0, sizeBytes);
