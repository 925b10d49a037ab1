import { describe, expect, it } from 'vitest';
import {
  integerHashCode,
  JavaHashMap,
  javaHashOrder,
  stringHashCode,
  topicPartitionHashCode,
} from './JavaHashMap.ts';

interface Tp {
  readonly topic: string;
  readonly partition: number;
}

const partitionsOf = (topic: string, count: number): Tp[] =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));

describe('hash codes', () => {
  it('of strings are those of Java', () => {
    expect(stringHashCode('')).toBe(0);
    expect(stringHashCode('orders')).toBe(-1008770331);
    expect(stringHashCode('Zürich-😀-a-long-topic-name')).toBe(1762395059);
  });
});

describe('the partitions of a topic', () => {
  // Appendix A, taken from the Java client: partitions in iteration order, for 2, 3, 4, 6, 8 and 12 of them.
  it.each([
    ['t', ['1 0', '1 0 2', '3 2 1 0', '5 4 3 2 1 0', '5 4 3 2 1 0 7 6', '5 4 3 2 1 0 11 10 9 8 7 6']],
    ['test', ['1 0', '1 0 2', '1 0 3 2', '5 4 1 0 3 2', '1 0 3 2 5 4 7 6', '1 0 3 2 5 4 7 6 9 8 11 10']],
    ['orders', ['0 1', '0 1 2', '0 1 2 3', '0 1 2 3 4 5', '7 0 1 2 3 4 5 6', '7 8 9 10 11 0 1 2 3 4 5 6']],
    ['events', ['0 1', '0 1 2', '3 0 1 2', '3 4 5 0 1 2', '3 4 5 6 7 0 1 2', '3 4 5 6 7 8 9 10 11 0 1 2']],
    ['topic', ['1 0', '2 1 0', '2 1 3 0', '2 1 4 3 5 0', '0 2 1 4 3 6 5 7', '10 9 11 0 2 1 4 3 6 5 8 7']],
  ])('%s', (topic, orders) => {
    [2, 3, 4, 6, 8, 12].forEach((count, i) => {
      const order = javaHashOrder(partitionsOf(topic, count), topicPartitionHashCode, count);
      expect(order.map((tp) => tp.partition).join(' ')).toBe(orders[i]);
    });
  });

  it('mix with those of other topics', () => {
    const all = [...partitionsOf('orders', 3), ...partitionsOf('payments', 3)];
    const order = javaHashOrder(all, topicPartitionHashCode, all.length);
    expect(order.map((tp) => `${tp.topic}-${tp.partition}`).join(' ')).toBe(
      'orders-0 orders-1 orders-2 payments-0 payments-2 payments-1',
    );
  });
});

/** The same puts and removes as the Java program that printed the orders below. */
function shuffled(capacity: number): JavaHashMap<string, number> {
  const map = new JavaHashMap<string, number>(stringHashCode, capacity);
  let x = capacity + 1;
  for (let i = 0; i < 60; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    const key = `k${(x >>> 8) % 50}`;
    if (((x >>> 3) & 3) === 0) map.delete(key);
    else map.set(key, i);
  }
  return map;
}

describe('growing tables', () => {
  it.each([
    [0, '30 33 11 35 37 14 39 38 19 0 40 1 20 42 3 4 22 43 6 45 23 48 9 26 25 27 29'],
    [1, '10 32 13 12 14 36 16 19 1 40 2 42 4 44 6 24 7 46 45 8 26 48 9 25 28 29'],
    [3, '30 33 11 13 15 36 38 16 19 18 40 2 3 42 41 4 44 5 22 21 6 43 46 23 45 27 49'],
    [5, '33 32 35 12 37 17 16 18 0 40 2 20 3 5 22 43 46 24 8 45 26 25 47 49 27 29'],
    [16, '0 2 42 31 4 30 22 11 5 32 21 13 35 8 23 48 15 26 14 47 17 39 16'],
    [40, '30 33 10 32 13 35 12 37 15 17 38 16 18 0 2 20 3 4 44 6 9 26 47 28 49 29'],
  ])('from a capacity of %d', (capacity, order) => {
    const map = shuffled(capacity);
    const keys = order.split(' ').map((n) => `k${n}`);
    expect(map.keys()).toEqual(keys);
    expect(JavaHashMap.copyOf(stringHashCode, map).keys()).toEqual(keys);
    expect(map.size).toBe(keys.length);
    expect(map.values()).toEqual(keys.map((key) => map.get(key)));
  });

  it('with integer keys', () => {
    const keys = [-1, -2, 70000, 65536, 17, 16, 0, 1, 33, -2147483648, 2147483647, 1 << 20, 5];
    expect(javaHashOrder(keys, integerHashCode)).toEqual([
      -1, 0, -2147483648, 2147483647, -2, 65536, 1, 33, 5, 16, 1048576, 70000, 17,
    ]);
  });

  it.each([
    [1, 13, '28 27 49 0 20 42 6 21 13 35 7 34 14'],
    [4, 13, '28 27 49 0 20 42 6 21 13 35 7 34 14'],
    [16, 24, '0 40 20 42 4 41 11 33 5 6 21 13 35 7 12 34 26 48 47 14 28 27 49 19'],
  ])('filled by computeIfAbsent from a capacity of %d', (capacity, count, order) => {
    const map = new JavaHashMap<string, number>(stringHashCode, capacity);
    for (let i = 0; i < count; i++) map.computeIfAbsent(`k${(i * 7) % 50}`, () => i);
    expect(map.keys()).toEqual(order.split(' ').map((n) => `k${n}`));
  });
});

it('keeps the place of a key that is put again, and its table when cleared', () => {
  const map = new JavaHashMap<string, number>(stringHashCode, 1);
  for (const key of ['a', 'q', 'b', 'A']) map.set(key, 0);
  const before = map.keys();
  map.set('a', 1);
  expect(map.keys()).toEqual(before);
  expect(map.get('a')).toBe(1);
  map.clear();
  expect([map.size, map.has('a'), map.delete('a')]).toEqual([0, false, false]);
});
