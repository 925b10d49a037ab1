import { batchId } from '#base/ids';
import { describe, expect, it } from 'vitest';
import type { LogBatch } from './PartitionLog.ts';
import { lastSequenceOf, ProducerState } from './ProducerState.ts';

const PRODUCER = 7;

class Script {
  readonly state = new ProducerState();
  private offset = 0;

  append(
    producerEpoch: number,
    baseSequence: number,
    recordCount: number,
    more: Partial<LogBatch> = {},
  ): this {
    const batch: LogBatch = {
      baseOffset: this.offset,
      recordCount,
      sizeBytes: 100,
      batchId: batchId(0),
      producerId: PRODUCER,
      producerEpoch,
      baseSequence,
      leaderEpoch: 0,
      isTransactional: false,
      marker: null,
      ...more,
    };
    this.offset += recordCount;
    this.state.update(batch, 0);
    return this;
  }

  check(epoch: number, sequence: number, count = 1, mustStartAtZero = false): string {
    const check = this.state.check(PRODUCER, epoch, sequence, count, mustStartAtZero);
    if (check.kind === 'refused') return check.error;
    return check.kind === 'duplicate' ? `duplicate of ${check.batch.baseOffset}` : 'append';
  }
}

describe('the sequence rules of a partition', () => {
  it('takes any first sequence of a producer it does not know, but not under transaction version 2', () => {
    expect(new Script().check(0, 0)).toBe('append');
    expect(new Script().check(3, 17)).toBe('append');
    expect(new Script().check(0, 0, 1, true)).toBe('append');
    expect(new Script().check(0, 17, 1, true)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  });

  it('wants the next sequence and nothing else', () => {
    const script = new Script().append(0, 0, 3);
    expect(script.check(0, 3)).toBe('append');
    expect(script.check(0, 4)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(script.check(0, 2)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  });

  it('recognises the last five batches by first and last sequence', () => {
    const script = new Script();
    for (let i = 0; i < 6; i++) script.append(0, 2 * i, 2);
    expect(script.check(0, 0, 2)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    for (let i = 1; i < 6; i++) expect(script.check(0, 2 * i, 2)).toBe(`duplicate of ${2 * i}`);
    expect(script.check(0, 10, 1)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  });

  it('refuses an older epoch and lets a newer one begin at 0 only', () => {
    const script = new Script().append(2, 0, 2);
    expect(script.check(1, 0)).toBe('INVALID_PRODUCER_EPOCH');
    expect(script.check(3, 2)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(script.check(3, 0)).toBe('append');
    script.append(3, 0, 1);
    expect(script.check(2, 0, 2)).toBe('INVALID_PRODUCER_EPOCH');
  });

  it('counts from 0 again after 2147483647', () => {
    expect(lastSequenceOf(2147483646, 4)).toBe(1);
    const script = new Script().append(0, 2147483646, 2);
    expect(script.check(0, 0)).toBe('append');
    const over = new Script().append(0, 2147483646, 4);
    expect(over.check(0, 2)).toBe('append');
    expect(over.check(0, 2147483646, 4)).toBe('duplicate of 0');
  });

  it('knows the open transaction until its marker, which keeps the epoch', () => {
    const script = new Script().append(0, 0, 2, { isTransactional: true });
    script.append(0, 2, 1, { isTransactional: true });
    expect(script.state.firstOpenTransaction()).toBe(0);
    script.append(1, -1, 1, { isTransactional: true, marker: 'commit' });
    expect(script.state.firstOpenTransaction()).toBeNull();
    expect(script.check(0, 3)).toBe('INVALID_PRODUCER_EPOCH');
    expect(script.check(1, 0, 1, true)).toBe('append');
    expect(script.check(1, 1, 1, true)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
  });

  it('forgets who was silent too long, unless a transaction is open', () => {
    const script = new Script().append(0, 0, 1);
    expect(script.state.removeExpired(999, 1000)).toEqual([]);
    expect(script.state.removeExpired(1000, 1000)).toEqual([PRODUCER]);
    expect(script.check(0, 5)).toBe('append');
    const open = new Script().append(0, 0, 1, { isTransactional: true });
    expect(open.state.removeExpired(5000, 1000)).toEqual([]);
  });
});
