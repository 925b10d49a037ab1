/**
 * Variable-length integers as org.apache.kafka.common.utils.ByteUtils writes them: seven bits a byte, lowest
 * first, the signed ones zig-zagged so that small negatives stay small. KIP-98.
 */

/** A place in bytes that reading moves forward. */
export interface ByteCursor {
  at: number;
}

/** Bytes of `value` as an unsigned varint; `value` is taken modulo 2^32. 1 … 5. */
export function sizeOfUnsignedVarint(value: number): number {
  const bits = value >>> 0;
  if (bits < 0x80) return 1;
  if (bits < 0x4000) return 2;
  if (bits < 0x20_0000) return 3;
  return bits < 0x1000_0000 ? 4 : 5;
}

/** Bytes of the int32 `value` as a zig-zag varint. 1 … 5. */
export function sizeOfVarint(value: number): number {
  return sizeOfUnsignedVarint((value << 1) ^ (value >> 31));
}

const INT_LIMIT = 0x8000_0000;
const TWO_TO_35 = 0x8_0000_0000;
const TWO_TO_63 = 0x8000_0000 * 0x1_0000_0000;

/** Bytes of a whole number as a zig-zag varlong. 1 … 10; exact for |value| ≤ 2^52. */
export function sizeOfVarlong(value: number): number {
  if (value < INT_LIMIT && value >= -INT_LIMIT) return sizeOfVarint(value);
  const zigzag = value < 0 ? -2 * value - 1 : 2 * value;
  if (zigzag >= TWO_TO_63) return 10;
  let size = 5;
  for (let limit = TWO_TO_35; zigzag >= limit; limit *= 128) size++;
  return size;
}

/** Writes `value` modulo 2^32; returns the place after it. */
export function writeUnsignedVarint(out: Uint8Array, at: number, value: number): number {
  let bits = value >>> 0;
  while (bits >= 0x80) {
    out[at++] = (bits & 0x7f) | 0x80;
    bits >>>= 7;
  }
  out[at++] = bits;
  return at;
}

/** Writes the int32 `value`; returns the place after it. */
export function writeVarint(out: Uint8Array, at: number, value: number): number {
  return writeUnsignedVarint(out, at, (value << 1) ^ (value >> 31));
}

/** Writes a whole number, |value| ≤ 2^52; returns the place after it. */
export function writeVarlong(out: Uint8Array, at: number, value: number): number {
  if (value < INT_LIMIT && value >= -INT_LIMIT) return writeVarint(out, at, value);
  let zigzag = value < 0 ? -2 * value - 1 : 2 * value;
  while (zigzag >= 0x80) {
    out[at++] = (zigzag % 128) | 0x80;
    zigzag = Math.floor(zigzag / 128);
  }
  out[at++] = zigzag;
  return at;
}

/** @throws RangeError when the bytes end inside the number or it has more than `maxBytes`. */
function readBits(bytes: Uint8Array, cursor: ByteCursor, maxBytes: number): number {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < maxBytes; i++) {
    const byte = bytes[cursor.at];
    if (byte === undefined) throw new RangeError('the bytes end inside a varint');
    cursor.at++;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 128;
  }
  throw new RangeError(`a varint of more than ${maxBytes} bytes`);
}

/** 0 … 2^32 − 1. @throws RangeError on bad bytes. */
export function readUnsignedVarint(bytes: Uint8Array, cursor: ByteCursor): number {
  return readBits(bytes, cursor, 5) >>> 0;
}

/** An int32. @throws RangeError on bad bytes. */
export function readVarint(bytes: Uint8Array, cursor: ByteCursor): number {
  const bits = readUnsignedVarint(bytes, cursor);
  return (bits >>> 1) ^ -(bits & 1);
}

/** A whole number, exact for |value| ≤ 2^52. @throws RangeError on bad bytes. */
export function readVarlong(bytes: Uint8Array, cursor: ByteCursor): number {
  const zigzag = readBits(bytes, cursor, 10);
  return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
}
