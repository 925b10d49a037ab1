import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';
import {
  readUnsignedVarint,
  readVarint,
  readVarlong,
  sizeOfUnsignedVarint,
  sizeOfVarint,
  sizeOfVarlong,
  writeUnsignedVarint,
  writeVarint,
  writeVarlong,
} from './varint.ts';

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

const written = (write: (out: Uint8Array, at: number, value: number) => number, value: number): string => {
  const out = new Uint8Array(12);
  return hex(out.subarray(0, write(out, 0, value)));
};

describe('varint', () => {
  // The vectors of Kafka's ByteUtilsTest.
  it.each([
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [63, '7e'],
    [-64, '7f'],
    [64, '80 01'],
    [-65, '81 01'],
    [8191, 'fe 7f'],
    [-8192, 'ff 7f'],
    [8192, '80 80 01'],
    [1048575, 'fe ff 7f'],
    [1048576, '80 80 80 01'],
    [134217727, 'fe ff ff 7f'],
    [134217728, '80 80 80 80 01'],
    [2147483647, 'fe ff ff ff 0f'],
    [-2147483648, 'ff ff ff ff 0f'],
  ])('%d is %s', (value, bytes) => {
    expect(written(writeVarint, value)).toBe(bytes);
    expect(written(writeVarlong, value)).toBe(bytes);
    expect(sizeOfVarint(value)).toBe(bytes.split(' ').length);
  });

  it('is one byte up to 127 unsigned and two up to 16383', () => {
    expect([0, 127, 128, 16383, 16384, 2097151, 2097152].map(sizeOfUnsignedVarint)).toEqual([
      1, 1, 2, 2, 3, 3, 4,
    ]);
    expect(sizeOfUnsignedVarint(-1)).toBe(5);
    expect(written(writeUnsignedVarint, -1)).toBe('ff ff ff ff 0f');
  });
});

describe('varlong', () => {
  it.each([
    [17179869183, 'fe ff ff ff 7f'],
    [-17179869184, 'ff ff ff ff 7f'],
    [17179869184, '80 80 80 80 80 01'],
    [2199023255551, 'fe ff ff ff ff 7f'],
    [-2199023255552, 'ff ff ff ff ff 7f'],
    [281474976710655, 'fe ff ff ff ff ff 7f'],
    [281474976710656, '80 80 80 80 80 80 80 01'],
  ])('%d is %s', (value, bytes) => {
    expect(written(writeVarlong, value)).toBe(bytes);
    expect(sizeOfVarlong(value)).toBe(bytes.split(' ').length);
  });

  it('takes ten bytes at the ends of a long', () => {
    expect(sizeOfVarlong(Number('9223372036854775807'))).toBe(10);
    expect(sizeOfVarlong(Number('-9223372036854775808'))).toBe(10);
    expect(sizeOfVarlong(Number('2305843009213693952'))).toBe(9);
  });
});

describe('reading', () => {
  it('gives back what was written, and its size', () => {
    const random = createRandom(7);
    const out = new Uint8Array(12);
    for (let i = 0; i < 3000; i++) {
      const int = random.uint32() >> random.below(32);
      const long = (random.below(2) === 0 ? 1 : -1) * (random.uint32() * (1 << random.below(20)) + int);
      const cases: [typeof writeVarint, typeof readVarint, typeof sizeOfVarint, number][] = [
        [writeVarint, readVarint, sizeOfVarint, int],
        [writeUnsignedVarint, readUnsignedVarint, sizeOfUnsignedVarint, int >>> 0],
        [writeVarlong, readVarlong, sizeOfVarlong, long],
      ];
      for (const [write, read, sizeOf, value] of cases) {
        const end = write(out, 1, value);
        const cursor = { at: 1 };
        expect(read(out, cursor)).toBe(value);
        expect(cursor.at).toBe(end);
        expect(sizeOf(value)).toBe(end - 1);
      }
    }
  });

  it('refuses bytes that end too early or never', () => {
    expect(() => readVarint(new Uint8Array([0x80]), { at: 0 })).toThrow(RangeError);
    expect(() => readVarint(new Uint8Array(6).fill(0x80), { at: 0 })).toThrow(RangeError);
  });
});
