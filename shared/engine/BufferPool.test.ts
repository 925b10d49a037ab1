import { describe, expect, it } from 'vitest';
import { clientId } from '#base/ids';
import { clientMs, micros } from '#base/time';
import type { Args } from '#events/fields';
import type { EventSink, EventType, Catalogue } from '#events/catalogue';
import type { JavaException } from '#record/exceptions';
import type { Wait } from './Blocking.ts';
import { BufferPool } from './BufferPool.ts';
import { Metrics } from './metrics.ts';

const KIB = 1024;

function world(memoryBytes: number, poolableBytes: number) {
  const told: string[] = [];
  const at = { us: 0 };
  const clock = { milliseconds: () => clientMs(at.us), nowUs: () => micros(at.us) };
  const events: EventSink = {
    writer:
      <T extends EventType>(type: T) =>
      (...fields: Args<Catalogue[T]>) =>
        void told.push(`${type} ${fields.slice(1).join(' ')}`),
  };
  const metrics = new Metrics(clock);
  const pool = new BufferPool(memoryBytes, poolableBytes, metrics, { clock, events }, clientId(0));
  return { pool, metrics, told, at };
}

/** A thread inside `allocate`: runs it as far as it goes. */
function ask(pool: BufferPool, sizeBytes: number, maxMs: number) {
  const call = pool.allocate(sizeBytes, maxMs);
  const thread = { wait: null as Wait | null, isDone: false, error: null as JavaException | null };
  const run = (): typeof thread => {
    try {
      const step = call.next();
      thread.isDone = step.done === true;
      thread.wait = step.done === true ? null : step.value;
    } catch (error) {
      thread.error = error as JavaException;
      thread.wait = null;
    }
    return thread;
  };
  run();
  return { thread, goOn: () => (thread.wait?.isOver?.() === true ? run() : thread), timeOut: run };
}

describe('memory that is there', () => {
  it('is taken at once and returns to the pool', () => {
    const { pool, told } = world(64 * KIB, 16 * KIB);
    expect(pool.tryAllocate(16 * KIB)).toBe(true);
    expect(pool.tryAllocate(10)).toBe(true);
    expect([pool.availableMemory(), pool.unallocatedMemory()]).toEqual([48 * KIB - 10, 48 * KIB - 10]);
    pool.deallocate(16 * KIB);
    pool.deallocate(10);
    expect([pool.freeSize(), pool.unallocatedMemory()]).toEqual([1, 48 * KIB]);
    expect(pool.tryAllocate(16 * KIB)).toBe(true);
    expect(pool.freeSize()).toBe(0);
    expect(told.at(-1)).toBe(`buffer.changed ${48 * KIB} 0`);
  });

  it('dissolves pooled buffers for a large request', () => {
    const { pool } = world(32 * KIB, 16 * KIB);
    for (let i = 0; i < 2; i++) pool.tryAllocate(16 * KIB);
    for (let i = 0; i < 2; i++) pool.deallocate(16 * KIB);
    expect(pool.tryAllocate(17 * KIB)).toBe(true);
    expect([pool.freeSize(), pool.unallocatedMemory()]).toEqual([0, 15 * KIB]);
  });

  it('does not reuse a buffer that has grown', () => {
    const { pool } = world(32 * KIB, 16 * KIB);
    pool.tryAllocate(16 * KIB);
    pool.deallocate(16 * KIB, 20 * KIB);
    expect([pool.freeSize(), pool.availableMemory()]).toEqual([0, 32 * KIB]);
  });

  it('refuses more than there can ever be', () => {
    const { pool } = world(1000, 100);
    expect(() => pool.tryAllocate(1001)).toThrow(
      'Attempt to allocate 1001 bytes, but there is a hard limit of 1000 on memory allocations.',
    );
  });
});

describe('waiting', () => {
  it('S42: nobody gives memory back, and the time runs out', () => {
    const { pool, metrics, at } = world(32 * KIB, 16 * KIB);
    pool.tryAllocate(16 * KIB);
    pool.tryAllocate(16 * KIB);
    const blocked = ask(pool, 16 * KIB, 100);
    expect(pool.queued()).toBe(1);
    expect(blocked.thread.wait).toMatchObject({ on: 'buffer-memory', untilUs: 100_000 });
    at.us = 100_000;
    expect(blocked.timeOut().error).toMatchObject({
      exception: 'BufferExhaustedException',
      text:
        'Failed to allocate 16384 bytes within the configured max blocking time 100 ms. ' +
        'Total memory: 32768 bytes. Available memory: 0 bytes. Poolable size: 16384 bytes',
    });
    expect(pool.queued()).toBe(0);
    expect(metrics.value('buffer-exhausted-total')).toBe(1);
    expect(metrics.value('bufferpool-wait-time-ns-total')).toBe(100e6);
    expect(metrics.value('bufferpool-wait-ratio')).toBeCloseTo(0.1 / 30, 6);
  });

  it('serves the first in line first, also when it needs more', () => {
    const { pool } = world(300, 100);
    for (let i = 0; i < 3; i++) pool.tryAllocate(100);
    const large = ask(pool, 250, 1000);
    const small = ask(pool, 100, 1000);
    pool.deallocate(100);
    expect(small.goOn().isDone).toBe(false);
    expect(large.goOn().isDone).toBe(false);
    // A newcomer may not take what the first in line has gathered.
    expect(pool.availableMemory()).toBe(0);
    pool.deallocate(100);
    large.goOn();
    pool.deallocate(100);
    expect(large.goOn().isDone).toBe(true);
    // 50 bytes are left: the small one is told, takes them and waits for the rest.
    expect(small.goOn().isDone).toBe(false);
    expect(pool.availableMemory()).toBe(0);
    pool.deallocate(250);
    expect(small.goOn().isDone).toBe(true);
    expect([pool.queued(), pool.availableMemory()]).toEqual([0, 200]);
  });

  it('gives back what it gathered when its time is over, and tells the next', () => {
    const { pool, at } = world(200, 100);
    pool.tryAllocate(100);
    pool.tryAllocate(100);
    const first = ask(pool, 200, 50);
    const second = ask(pool, 100, 500);
    pool.deallocate(100);
    at.us = 20_000;
    expect(first.goOn().wait).toMatchObject({ untilUs: 50_000 });
    at.us = 50_000;
    expect(first.timeOut().error?.exception).toBe('BufferExhaustedException');
    expect(second.goOn().isDone).toBe(true);
  });

  it('ends with the pool', () => {
    const { pool } = world(100, 100);
    pool.tryAllocate(100);
    const blocked = ask(pool, 100, 1000);
    pool.close();
    expect(blocked.goOn().error).toMatchObject({
      exception: 'KafkaException',
      text: 'Producer closed while allocating memory',
    });
    expect(() => pool.tryAllocate(1)).toThrow('Producer closed while allocating memory');
    pool.deallocate(100);
    expect(pool.availableMemory()).toBe(100);
  });
});
