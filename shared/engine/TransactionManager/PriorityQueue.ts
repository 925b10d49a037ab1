/**
 * java.util.PriorityQueue: a binary heap that says nothing about equals. Which of two requests of one priority
 * goes first, and in which order all are failed, is decided by the shape of Java's heap, so it is the same here.
 */
export class PriorityQueue<T> {
  private readonly heap: T[] = [];
  private readonly priorityOf: (item: T) => number;

  /** The lower priority comes out first. */
  constructor(priorityOf: (item: T) => number) {
    this.priorityOf = priorityOf;
  }

  get size(): number {
    return this.heap.length;
  }

  /** In the order of the heap, which is not the order of priority. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.heap.values();
  }

  peek(): T | null {
    return this.heap[0] ?? null;
  }

  add(item: T): void {
    let at = this.heap.length;
    this.heap.push(item);
    while (at > 0) {
      const parentAt = (at - 1) >>> 1;
      const parent = this.heap[parentAt];
      if (parent === undefined || this.priorityOf(item) >= this.priorityOf(parent)) break;
      this.heap[at] = parent;
      at = parentAt;
    }
    this.heap[at] = item;
  }

  poll(): T | null {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined) return null;
    if (this.heap.length > 0) this.siftDown(last);
    return first;
  }

  /** Puts `item` at the root and lets it sink below every child of lower priority; the left one of two equals. */
  private siftDown(item: T): void {
    const size = this.heap.length;
    let at = 0;
    while (at < size >>> 1) {
      let childAt = 2 * at + 1;
      let child = this.heap[childAt];
      const right = childAt + 1 < size ? this.heap[childAt + 1] : undefined;
      if (child !== undefined && right !== undefined && this.priorityOf(child) > this.priorityOf(right)) {
        childAt++;
        child = right;
      }
      if (child === undefined || this.priorityOf(item) <= this.priorityOf(child)) break;
      this.heap[at] = child;
      at = childAt;
    }
    this.heap[at] = item;
  }
}
