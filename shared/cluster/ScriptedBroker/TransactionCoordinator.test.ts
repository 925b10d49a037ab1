import { beforeEach, describe, expect, test } from 'vitest';
import { TopicPartitions } from '#base/TopicPartition';
import { TransactionCoordinator } from './TransactionCoordinator.ts';

const partitions = new TopicPartitions();
const a = partitions.get('t', 0);
const b = partitions.get('t', 1);

describe('TransactionCoordinator', () => {
  let marks: unknown[];
  let coordinator: TransactionCoordinator;
  beforeEach(() => {
    marks = [];
    coordinator = new TransactionCoordinator((tp, id, epoch, commit) =>
      marks.push([tp.partition, id, epoch, commit]),
    );
    coordinator.initProducerId('x', -1, -1);
  });

  test('ids begin at 1000; a known transactional id keeps its own and gets the next epoch', () => {
    expect(coordinator.initProducerId(null, -1, -1)).toEqual({
      error: 'NONE',
      producerId: 1001,
      producerEpoch: 0,
    });
    expect(coordinator.initProducerId('x', -1, -1)).toEqual({
      error: 'NONE',
      producerId: 1000,
      producerEpoch: 1,
    });
    expect(coordinator.initProducerId('x', 1000, 0).error).toBe('PRODUCER_FENCED');
    expect(coordinator.initProducerId('x', 1000, 1).producerEpoch).toBe(2);
  });

  test('version 4: partitions are added first, a commit marks each, and the epoch stays', () => {
    expect(coordinator.checkProduce('x', 1000, 0, a, false)).toBe('INVALID_TXN_STATE');
    expect(coordinator.addPartitions('x', 1000, 0, [a, b])).toBe('NONE');
    expect(coordinator.checkProduce('x', 1000, 0, a, false)).toBe('NONE');
    expect(coordinator.endTransaction('x', 1000, 0, true, false).producerEpoch).toBe(0);
    expect(marks).toEqual([
      [0, 1000, 0, true],
      [1, 1000, 0, true],
    ]);
    expect(coordinator.checkProduce('x', 1000, 0, a, false)).toBe('INVALID_TXN_STATE');
  });

  test('version 5: produce joins, the end raises the epoch, its repetition is answered alike', () => {
    expect(coordinator.checkProduce('x', 1000, 0, b, true)).toBe('NONE');
    const ended = { error: 'NONE', producerId: 1000, producerEpoch: 1 };
    expect(coordinator.endTransaction('x', 1000, 0, true, true)).toEqual(ended);
    expect(coordinator.endTransaction('x', 1000, 0, true, true)).toEqual(ended);
    expect(coordinator.endTransaction('x', 1000, 0, false, true).error).toBe('PRODUCER_FENCED');
    expect(marks).toEqual([[1, 1000, 1, true]]);
  });

  test('an empty transaction: only version 5 may abort it', () => {
    expect(coordinator.endTransaction('x', 1000, 0, true, false).error).toBe('INVALID_TXN_STATE');
    expect(coordinator.endTransaction('x', 1000, 0, false, false).error).toBe('INVALID_TXN_STATE');
    expect(coordinator.endTransaction('x', 1000, 0, true, true).error).toBe('INVALID_TXN_STATE');
    expect(coordinator.endTransaction('x', 1000, 0, false, true).producerEpoch).toBe(1);
  });

  test('fencing aborts an open transaction under the new epoch and leaves the old producer out', () => {
    coordinator.checkProduce('x', 1000, 0, a, true);
    coordinator.fence('x');
    expect(marks).toEqual([[0, 1000, 1, false]]);
    expect(coordinator.checkProduce('x', 1000, 0, a, true)).toBe('INVALID_PRODUCER_EPOCH');
    expect(coordinator.addPartitions('x', 1000, 0, [a])).toBe('PRODUCER_FENCED');
    expect(coordinator.endTransaction('x', 1000, 0, true, true).error).toBe('PRODUCER_FENCED');
    expect(coordinator.checkProduce('y', 1000, 0, a, true)).toBe('INVALID_PRODUCER_ID_MAPPING');
  });
});
