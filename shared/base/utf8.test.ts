import { expect, it } from 'vitest';
import { utf8Bytes, utf8Length } from './utf8.ts';

it.each([
  ['', []],
  ['az', [0x61, 0x7a]],
  ['é', [0xc3, 0xa9]],
  ['€', [0xe2, 0x82, 0xac]],
  ['漢', [0xe6, 0xbc, 0xa2]],
  ['😀', [0xf0, 0x9f, 0x98, 0x80]],
  ['a😀b', [0x61, 0xf0, 0x9f, 0x98, 0x80, 0x62]],
])('%j has the bytes %j', (text, bytes) => {
  expect([...utf8Bytes(text)]).toEqual(bytes);
  expect(utf8Length(text)).toBe(bytes.length);
});

it('writes half a surrogate pair as a question mark, as Java does', () => {
  expect([...utf8Bytes('\ud83d')]).toEqual([0x3f]);
  expect([...utf8Bytes('\ud83dx')]).toEqual([0x3f, 0x78]);
  expect([...utf8Bytes('\ude00')]).toEqual([0x3f]);
});
