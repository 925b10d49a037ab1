import { describe, expect, test } from 'vitest';
import { utf8Bytes } from '#base/utf8';
import { AccumulatorFixture } from '#testing/AccumulatorFixture';
import { createPartitioner, PARTITIONER_CLASSES, type Partitioner } from './Partitioner.ts';

const partitioner = (className: string): Partitioner => {
  const made = createPartitioner(className);
  if (made === null) throw new Error('no partitioner');
  return made;
};
const clusterOf = (leaders: readonly (number | null)[]) =>
  new AccumulatorFixture({ leaders: { t: leaders } }).cluster;

describe('RoundRobinPartitioner', () => {
  const inTurn = (leaders: readonly (number | null)[], count: number): number[] => {
    const it = partitioner('org.apache.kafka.clients.producer.RoundRobinPartitioner');
    return Array.from({ length: count }, () => it.partition('t', null, 10, clusterOf(leaders)));
  };

  test('goes round in hash order (S44)', () => {
    expect(inTurn([0, 0, 0], 6)).toEqual([1, 0, 2, 1, 0, 2]);
  });

  test('leaves partitions without leader out, unless there is no other', () => {
    expect(inTurn([0, null, 0], 4)).toEqual([0, 2, 0, 2]);
    expect(inTurn([null, null, null], 4)).toEqual([0, 1, 2, 0]);
  });
});

describe('partitioners of our own', () => {
  test('every class of the list can be made, and chooses a partition that exists', () => {
    for (const className of PARTITIONER_CLASSES) {
      const it = partitioner(className);
      for (const valueBytes of [-1, 10, 5000])
        for (const key of [null, utf8Bytes('user-17')]) {
          const chosen = it.partition('t', key, valueBytes, clusterOf([0, 0, 0, 0]));
          expect([0, 1, 2, 3]).toContain(chosen);
        }
    }
  });

  test('the digits at the end of a key are a number', () => {
    const it = partitioner('linger.KeySuffixPartitioner');
    const chosen = ['user-17', 'user-', '12345678901234567890', 'x6'].map((key) =>
      it.partition('t', utf8Bytes(key), 10, clusterOf([0, 0, 0, 0, 0, 0, 0])),
    );
    expect(chosen).toEqual([3, 0, Number(12345678901234567890n % 7n), 6]);
  });

  test('an unknown class is refused in the words of Java', () => {
    expect(() => createPartitioner('com.example.Mine')).toThrow(
      'Invalid value com.example.Mine for configuration partitioner.class: Class com.example.Mine could not be found.',
    );
    expect(createPartitioner(null)).toBeNull();
  });
});
