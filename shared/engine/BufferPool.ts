/**
 * org.apache.kafka.clients.producer.internals.BufferPool: who gets the producer's memory, and who waits for it. A
 * buffer is its size here; the free list is a count of buffers of the poolable size. It knows no batches.
 */
import type { ClientId } from '#base/ids';
import type { EventSink, WriterOf } from '#events/catalogue';
import { JavaException } from '#record/exceptions';
import type { Blocking } from './Blocking.ts';
import type { Clock } from './Clock.ts';
import type { Metrics, Sensor } from './metrics.ts';

const MICROS_PER_MS = 1000;
const NANOS_PER_MICRO = 1000;

/** A Condition of Java's: signalled by whoever gives memory back. */
interface Waiter {
  isSignalled: boolean;
}

export class BufferPool {
  private readonly totalBytes: number;
  private readonly poolableBytes: number;
  private readonly clock: Clock;
  private readonly client: ClientId;
  private readonly waitTime: Sensor;
  private readonly bufferExhausted: Sensor;
  private readonly bufferChanged: WriterOf<'buffer.changed'>;
  private readonly waiters: Waiter[] = [];
  private freeBuffers = 0;
  private nonPooledAvailableBytes: number;
  private isClosed = false;

  /** `memoryBytes` in all; buffers of `poolableBytes` are kept for reuse. */
  constructor(
    memoryBytes: number,
    poolableBytes: number,
    metrics: Metrics,
    context: { readonly clock: Clock; readonly events: EventSink },
    client: ClientId,
  ) {
    this.totalBytes = memoryBytes;
    this.poolableBytes = poolableBytes;
    this.nonPooledAvailableBytes = memoryBytes;
    this.clock = context.clock;
    this.client = client;
    this.bufferChanged = context.events.writer('buffer.changed');
    this.waitTime = metrics.sensor('bufferpool-wait-time');
    this.bufferExhausted = metrics.sensor('buffer-exhausted-records');
    this.bufferExhausted.meter('buffer-exhausted-rate', 'buffer-exhausted-total');
    this.waitTime.meter('bufferpool-wait-ratio', 'bufferpool-wait-time-ns-total', 'nanoseconds');
  }

  /**
   * Takes `sizeBytes` if they are there: then `allocate` would not block either. False: it would.
   * @throws JavaException IllegalArgumentException when it is more than the pool has, KafkaException when closed.
   */
  tryAllocate(sizeBytes: number): boolean {
    if (sizeBytes > this.totalBytes) {
      throw new JavaException(
        'IllegalArgumentException',
        `Attempt to allocate ${sizeBytes} bytes, but there is a hard limit of ${this.totalBytes} on memory allocations.`,
      );
    }
    if (this.isClosed) throw closedWhileAllocating();
    if (sizeBytes === this.poolableBytes && this.freeBuffers > 0) {
      this.freeBuffers--;
    } else if (this.nonPooledAvailableBytes + Math.imul(this.freeBuffers, this.poolableBytes) >= sizeBytes) {
      this.freeUp(sizeBytes);
      this.nonPooledAvailableBytes -= sizeBytes;
    } else {
      return false;
    }
    this.tellChange();
    this.signalIfMemoryIsLeft();
    return true;
  }

  /**
   * Takes `sizeBytes`, waiting in line for them up to `maxTimeToBlockMs`. Who is first in line keeps what comes
   * back bit by bit, so that small requests behind cannot starve a large one.
   * @throws JavaException as `tryAllocate`; BufferExhaustedException when the time is over.
   */
  *allocate(sizeBytes: number, maxTimeToBlockMs: number): Blocking<void> {
    if (this.tryAllocate(sizeBytes)) return;
    const waiter: Waiter = { isSignalled: false };
    this.waiters.push(waiter);
    this.tellChange();
    let accumulatedBytes = 0;
    let remainingUs = maxTimeToBlockMs * MICROS_PER_MS;
    try {
      while (accumulatedBytes < sizeBytes) {
        const waitedUs = yield* this.await(waiter, remainingUs);
        if (this.isClosed) throw closedWhileAllocating();
        if (!waiter.isSignalled) throw this.exhausted(sizeBytes, maxTimeToBlockMs);
        remainingUs -= waitedUs;
        accumulatedBytes += this.take(sizeBytes, accumulatedBytes);
        if (accumulatedBytes < sizeBytes) this.tellChange();
      }
      accumulatedBytes = 0;
    } finally {
      // What was gathered in vain goes back, and the next in line gets its chance.
      this.nonPooledAvailableBytes += accumulatedBytes;
      this.waiters.splice(this.waiters.indexOf(waiter), 1);
      this.tellChange();
      this.signalIfMemoryIsLeft();
    }
  }

  /**
   * Gives a buffer back. `sizeBytes` is what it was allocated with, `capacityBytes` what it has become: a batch that
   * compressed badly may have grown it, then it is not reused.
   */
  deallocate(sizeBytes: number, capacityBytes: number = sizeBytes): void {
    if (sizeBytes === this.poolableBytes && sizeBytes === capacityBytes) this.freeBuffers++;
    else this.nonPooledAvailableBytes += sizeBytes;
    this.tellChange();
    this.signalFirst();
  }

  /** Unallocated and pooled together. */
  availableMemory(): number {
    return this.nonPooledAvailableBytes + this.freeBuffers * this.poolableBytes;
  }

  freeSize(): number {
    return this.freeBuffers;
  }

  unallocatedMemory(): number {
    return this.nonPooledAvailableBytes;
  }

  /** How many threads wait for memory. */
  queued(): number {
    return this.waiters.length;
  }

  poolableSize(): number {
    return this.poolableBytes;
  }

  totalMemory(): number {
    return this.totalBytes;
  }

  /** Whoever waits fails, and whoever asks from now on. Memory may still be given back. */
  close(): void {
    this.isClosed = true;
    for (const waiter of this.waiters) waiter.isSignalled = true;
  }

  /** Condition.await: until signalled or the time is over. Returns how long it was, in µs. */
  private *await(waiter: Waiter, remainingUs: number): Blocking<number> {
    waiter.isSignalled = false;
    const startUs = this.clock.nowUs();
    yield { on: 'buffer-memory', untilUs: startUs + remainingUs, isOver: () => waiter.isSignalled };
    const waitedUs = Math.max(0, this.clock.nowUs() - startUs);
    this.waitTime.record(waitedUs * NANOS_PER_MICRO);
    return waitedUs;
  }

  /** What a signalled waiter gets of what is free now; it may be a part only. */
  private take(sizeBytes: number, accumulatedBytes: number): number {
    if (accumulatedBytes === 0 && sizeBytes === this.poolableBytes && this.freeBuffers > 0) {
      this.freeBuffers--;
      return sizeBytes;
    }
    this.freeUp(sizeBytes - accumulatedBytes);
    const gotBytes = Math.min(sizeBytes - accumulatedBytes, this.nonPooledAvailableBytes);
    this.nonPooledAvailableBytes -= gotBytes;
    return gotBytes;
  }

  /** Dissolves pooled buffers until there is enough outside the pool, or none is left. */
  private freeUp(sizeBytes: number): void {
    while (this.freeBuffers > 0 && this.nonPooledAvailableBytes < sizeBytes) {
      this.freeBuffers--;
      this.nonPooledAvailableBytes += this.poolableBytes;
    }
  }

  private exhausted(sizeBytes: number, maxTimeToBlockMs: number): JavaException {
    this.bufferExhausted.record();
    return new JavaException(
      'BufferExhaustedException',
      `Failed to allocate ${sizeBytes} bytes within the configured max blocking time ${maxTimeToBlockMs} ms. ` +
        `Total memory: ${this.totalBytes} bytes. Available memory: ${this.availableMemory()} bytes. ` +
        `Poolable size: ${this.poolableBytes} bytes`,
    );
  }

  private signalIfMemoryIsLeft(): void {
    if (this.nonPooledAvailableBytes !== 0 || this.freeBuffers > 0) this.signalFirst();
  }

  private signalFirst(): void {
    const first = this.waiters[0];
    if (first !== undefined) first.isSignalled = true;
  }

  private tellChange(): void {
    this.bufferChanged(this.client, this.availableMemory(), this.waiters.length);
  }
}

const closedWhileAllocating = (): JavaException =>
  new JavaException('KafkaException', 'Producer closed while allocating memory');
