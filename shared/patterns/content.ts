/**
 * What stands in a record. It is not kept: key, sizes and the record's number are in the log, and the text is made again
 * from them and the seed whenever somebody looks. Live mode makes it for every record, so it is made as bytes, from
 * pieces that are there already; the text is read from the bytes.
 */
import { asciiBytes, asciiText } from '#base/ascii';
import { createRandom } from '#base/random';
import { utf8Bytes } from '#base/utf8';

const ITEMS = ['espresso', 'flat white', 'green tea', 'croissant', 'bagel', 'lemonade', 'cookie', 'soup'].map(
  asciiBytes,
);
const SHOPS = ['Berlin', 'Lisbon', 'Nairobi', 'Osaka', 'Quito', 'Oslo', 'Hanoi', 'Boston'].map(asciiBytes);
const LEAST_CENTS = 100;
const CENTS = 2000;

/** Before each field of an order, in its order; the note, which fills it up, is always the last. */
const ORDER = asciiBytes('{"order":');
const USER = asciiBytes(',"user":');
const ITEM = asciiBytes(',"item":"');
const PRICE = asciiBytes('","cents":');
const SHOP = asciiBytes(',"shop":"');
const FIRST_NOTE = asciiBytes('{"note":"');
const NOTE_AFTER_NUMBER = asciiBytes(',"note":"');
const NOTE_AFTER_TEXT = asciiBytes('","note":"');
const END = asciiBytes('"}');
const NULL = asciiBytes('null');
const QUOTE = 0x22;
const ZERO = 0x30;

/** Letters that notes and headers begin somewhere in; a power of two. */
const LETTERS = letters(1 << 14);
const SHORT = 32;

function letters(count: number): Uint8Array {
  const all = asciiBytes('abcdefghijklmnopqrstuvwxyz0123456789');
  const random = createRandom(0);
  return Uint8Array.from({ length: count }, () => all[random.below(all.length)] ?? ZERO);
}

/** 32 bits of a record's own, from murmur3's finalizer. `use`: what for. */
function bitsOf(seed: number, record: number, use: number): number {
  let bits = Math.imul(seed ^ Math.imul(record + 1, 0x9e3779b1), 0x85ebca6b) + use;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
const CHOICES = 1;
const NOTE = 2;
const HEADER = 3;

function put(out: Uint8Array, at: number, bytes: Uint8Array): number {
  if (bytes.length > SHORT) out.set(bytes, at);
  else for (let i = 0; i < bytes.length; i++) out[at + i] = bytes[i] as number;
  return at + bytes.length;
}

function putLetters(out: Uint8Array, at: number, count: number, bits: number): number {
  const mask = LETTERS.length - 1;
  if (count <= SHORT) {
    for (let i = 0; i < count; i++) out[at + i] = LETTERS[(bits + i) & mask] as number;
    return at + count;
  }
  const end = at + count;
  for (let from = bits & mask; at < end; from = 0) {
    const part = Math.min(LETTERS.length - from, end - at);
    out.set(LETTERS.subarray(from, from + part), at);
    at += part;
  }
  return end;
}

function digitsOf(number: number): number {
  let digits = 1;
  for (let limit = 10; number >= limit; limit *= 10) digits++;
  return digits;
}

/** A whole number from 0 on. */
function putNumber(out: Uint8Array, at: number, number: number): number {
  const end = at + digitsOf(number);
  let rest = number;
  for (let place = end - 1; place >= at; place--) {
    const left = Math.floor(rest / 10);
    out[place] = ZERO + rest - left * 10;
    rest = left;
  }
  return end;
}

/** The key as a JSON text, as it stands in the value. */
export const quotedKey = (key: string | null): Uint8Array =>
  key === null ? NULL : utf8Bytes(JSON.stringify(key));

/**
 * Writes a JSON order of exactly `sizeBytes` bytes, with as many fields as fit; too small for one, a JSON text that just
 * fits. `user`: what `quotedKey` made of the record's key.
 */
export function writeValue(
  out: Uint8Array,
  start: number,
  seed: number,
  record: number,
  user: Uint8Array,
  sizeBytes: number,
): void {
  const end = start + sizeBytes;
  const note = bitsOf(seed, record, NOTE);
  if (sizeBytes < FIRST_NOTE.length + END.length) return writeSmall(out, start, end, note);
  const choices = bitsOf(seed, record, CHOICES);
  const item = ITEMS[choices & 7] ?? NULL;
  const shop = SHOPS[(choices >>> 3) & 7] ?? NULL;
  const cents = LEAST_CENTS + ((choices >>> 6) % CENTS);
  // What stands before the note, for one field, two, … five.
  const one = ORDER.length + digitsOf(record);
  const two = one + USER.length + user.length;
  const three = two + ITEM.length + item.length;
  const four = three + PRICE.length + digitsOf(cents);
  const five = four + SHOP.length + shop.length;
  const room = sizeBytes - END.length;
  const afterNumber = room - NOTE_AFTER_NUMBER.length;
  const afterText = room - NOTE_AFTER_TEXT.length;
  let at = start;
  if (one > afterNumber) at = put(out, at, FIRST_NOTE);
  else {
    at = putNumber(out, put(out, at, ORDER), record);
    if (two <= afterNumber) at = put(out, put(out, at, USER), user);
    if (three <= afterText) at = put(out, put(out, at, ITEM), item);
    if (four <= afterNumber) at = putNumber(out, put(out, at, PRICE), cents);
    if (five <= afterText) at = put(out, put(out, at, SHOP), shop);
    const endsWithText = five <= afterText || (three <= afterText && four > afterNumber);
    at = put(out, at, endsWithText ? NOTE_AFTER_TEXT : NOTE_AFTER_NUMBER);
  }
  at = putLetters(out, at, end - END.length - at, note);
  put(out, at, END);
}

function writeSmall(out: Uint8Array, start: number, end: number, bits: number): void {
  if (end - start < 2) {
    if (end > start) out[start] = ZERO + 7;
    return;
  }
  out[start] = out[end - 1] = QUOTE;
  putLetters(out, start + 1, end - start - 2, bits);
}

/** The same as a text. Everything but the key is ASCII. */
export function valueText(seed: number, record: number, key: string | null, sizeBytes: number): string {
  const user = quotedKey(key);
  const bytes = new Uint8Array(sizeBytes);
  writeValue(bytes, 0, seed, record, user, sizeBytes);
  const userAt = ORDER.length + digitsOf(record) + USER.length;
  const hasUser = asciiText(bytes.subarray(userAt - USER.length, userAt)) === asciiText(USER);
  if (!hasUser || key === null) return asciiText(bytes);
  const rest = bytes.subarray(userAt + user.length);
  return asciiText(bytes.subarray(0, userAt)) + JSON.stringify(key) + asciiText(rest);
}

/** The value of the one header of a record, `sizeBytes` long. */
export function writeHeaderValue(
  out: Uint8Array,
  at: number,
  seed: number,
  record: number,
  sizeBytes: number,
): void {
  putLetters(out, at, sizeBytes, bitsOf(seed, record, HEADER));
}

/** One header of `sizeBytes` in all, key and value together; none for 0. */
export function headerText(
  seed: number,
  record: number,
  sizeBytes: number,
): readonly { readonly key: string; readonly value: string }[] {
  if (sizeBytes <= 0) return [];
  const key = headerKey(sizeBytes);
  const value = new Uint8Array(sizeBytes - key.length);
  writeHeaderValue(value, 0, seed, record, value.length);
  return [{ key, value: asciiText(value) }];
}

export const headerKey = (sizeBytes: number): string => 'trace-id'.slice(0, sizeBytes);
