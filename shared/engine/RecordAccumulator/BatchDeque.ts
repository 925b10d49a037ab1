/** The batches of one partition that wait for a drain: java.util.ArrayDeque, as a ring that grows. */
import type { TopicPartition } from '#base/TopicPartition';
import type { ProducerBatch } from '../ProducerBatch.ts';

export class BatchDeque {
  readonly tp: TopicPartition;
  size = 0;
  /** Its length is a power of two. */
  private ring: (ProducerBatch | undefined)[] = [undefined, undefined, undefined, undefined];
  private head = 0;

  constructor(tp: TopicPartition) {
    this.tp = tp;
  }

  peekFirst(): ProducerBatch | undefined {
    return this.ring[this.head];
  }

  peekLast(): ProducerBatch | undefined {
    return this.size === 0 ? undefined : this.ring[(this.head + this.size - 1) & (this.ring.length - 1)];
  }

  addLast(batch: ProducerBatch): void {
    if (this.size === this.ring.length) this.grow();
    this.ring[(this.head + this.size) & (this.ring.length - 1)] = batch;
    this.size += 1;
  }

  addFirst(batch: ProducerBatch): void {
    if (this.size === this.ring.length) this.grow();
    this.head = (this.head - 1) & (this.ring.length - 1);
    this.ring[this.head] = batch;
    this.size += 1;
  }

  pollFirst(): ProducerBatch | undefined {
    const first = this.ring[this.head];
    if (first === undefined) return undefined;
    this.ring[this.head] = undefined;
    this.head = (this.head + 1) & (this.ring.length - 1);
    this.size -= 1;
    return first;
  }

  /** Takes a batch out wherever it stands; nothing when it is not here. */
  remove(batch: ProducerBatch): void {
    if (this.peekFirst() === batch) {
      this.pollFirst();
      return;
    }
    const rest = this.toArray().filter((other) => other !== batch);
    this.ring.fill(undefined);
    this.head = 0;
    this.size = 0;
    for (const other of rest) this.addLast(other);
  }

  toArray(): ProducerBatch[] {
    const all: ProducerBatch[] = [];
    for (let i = 0; i < this.size; i++) {
      const batch = this.ring[(this.head + i) & (this.ring.length - 1)];
      if (batch !== undefined) all.push(batch);
    }
    return all;
  }

  private grow(): void {
    const all: (ProducerBatch | undefined)[] = this.toArray();
    const capacity = this.ring.length * 2;
    while (all.length < capacity) all.push(undefined);
    this.ring = all;
    this.head = 0;
  }
}
