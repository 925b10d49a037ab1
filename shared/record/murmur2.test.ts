import { describe, expect, it } from 'vitest';
import { utf8Bytes } from '#base/utf8';
import { createRandom } from '#base/random';
import { murmur2, murmur2Steps, partitionForKey, toPositive } from './murmur2.ts';

/** Key, hash, and the partition of 3, 4, 6 and 12: Kafka's UtilsTest and runs of the Java class. */
const VECTORS: readonly (readonly [string, number, readonly number[]])[] = [
  ['21', -973932308, [0, 0, 0, 0]],
  ['foobar', -790332482, [0, 2, 0, 6]],
  ['a-little-bit-long-string', -985981536, [2, 0, 2, 8]],
  ['a-little-bit-longer-string', -1486304829, [2, 3, 5, 11]],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971, [2, 1, 5, 5]],
  ['abc', 479470107, [0, 3, 3, 3]],
  ['', 275646681, [0, 1, 3, 9]],
  ['key', -1079937367, [1, 1, 1, 1]],
  ['user-1', 1404122828, [2, 0, 2, 8]],
  ['user-2', -324981792, [2, 0, 2, 8]],
  ['user-42', 1459644460, [1, 0, 4, 4]],
  ['a', -1563381124, [1, 0, 4, 4]],
  ['b', -1853091852, [2, 0, 2, 8]],
  ['c', -1877468854, [1, 2, 4, 10]],
  ['alice', 1951417749, [0, 1, 3, 9]],
  ['bob', -2048144690, [0, 2, 0, 6]],
  ['carol', 271431602, [2, 2, 2, 2]],
];

describe('murmur2', () => {
  it.each(VECTORS)('%j', (key, hash, partitions) => {
    expect(murmur2(utf8Bytes(key))).toBe(hash);
    expect([3, 4, 6, 12].map((n) => partitionForKey(utf8Bytes(key), n))).toEqual(partitions);
  });

  it('hashes an IntegerSerializer key', () => {
    const hash = murmur2(new Uint8Array([0, 0, 0, 1]));
    expect([hash, toPositive(hash)]).toEqual([-173113808, 1974369840]);
  });

  it('ends its steps with the hash, having read every byte once', () => {
    const random = createRandom(3);
    for (let length = 0; length < 40; length++) {
      const data = Uint8Array.from({ length }, () => random.below(256));
      const steps = [...murmur2Steps(data)];
      expect(steps.at(-1)?.h).toBe(murmur2(data));
      expect(steps.reduce((sum, step) => sum + step.bytes, 0)).toBe(length);
    }
  });
});
