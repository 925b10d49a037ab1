/**
 * java.util.HashMap as far as its order shows: the order of partitions in a request, of the available partitions
 * of a topic and of the nodes of a drain are its iteration order (Appendix A of the behaviour specification).
 *
 * Keys compare by identity, so they are strings, numbers or interned objects. Bins that became trees (eight
 * collisions in a table of 64) keep the order of insertion here.
 */

/** String.hashCode. int32. */
export function stringHashCode(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** Integer.hashCode. */
export const integerHashCode = (value: number): number => value | 0;

/** TopicPartition.hashCode. int32. */
export function topicPartitionHashCode(tp: { readonly topic: string; readonly partition: number }): number {
  return (Math.imul(31, 31 + tp.partition) + stringHashCode(tp.topic)) | 0;
}

interface Entry<K, V> {
  readonly key: K;
  readonly hash: number;
  value: V;
}

const DEFAULT_CAPACITY = 16;
const LOAD_FACTOR = 0.75;

/** HashMap.hash: the high half of a hash code takes part in small tables too. */
const spread = (hashCode: number): number => hashCode ^ (hashCode >>> 16);

/** HashMap.tableSizeFor: the power of two that is not below `capacity`; 1 for 0. */
const tableSizeFor = (capacity: number): number => (capacity <= 1 ? 1 : 1 << (32 - Math.clz32(capacity - 1)));

export class JavaHashMap<K, V> {
  private readonly hashCodeOf: (key: K) => number;
  private readonly entriesByKey = new Map<K, Entry<K, V>>();
  private bins: Entry<K, V>[][];
  private threshold: number;

  /** `new HashMap<>(initialCapacity)`; the capacity matters because it decides the order. */
  constructor(hashCodeOf: (key: K) => number, initialCapacity: number = DEFAULT_CAPACITY) {
    this.hashCodeOf = hashCodeOf;
    this.bins = emptyBins(tableSizeFor(initialCapacity));
    this.threshold = Math.trunc(this.bins.length * LOAD_FACTOR);
  }

  /** `new HashMap<>(map)`: the table is as large as the copied entries ask for. */
  static copyOf<K, V>(hashCodeOf: (key: K) => number, entries: Iterable<readonly [K, V]>): JavaHashMap<K, V> {
    const all = [...entries];
    // Java adds 1 to the quotient before it truncates; an empty source leaves the default capacity.
    const capacity = all.length === 0 ? DEFAULT_CAPACITY : Math.trunc(all.length / LOAD_FACTOR + 1);
    const copy = new JavaHashMap<K, V>(hashCodeOf, capacity);
    for (const [key, value] of all) copy.set(key, value);
    return copy;
  }

  get size(): number {
    return this.entriesByKey.size;
  }

  get(key: K): V | undefined {
    return this.entriesByKey.get(key)?.value;
  }

  has(key: K): boolean {
    return this.entriesByKey.has(key);
  }

  /** `put`. A key that is there keeps its place. */
  set(key: K, value: V): void {
    const present = this.entriesByKey.get(key);
    if (present !== undefined) {
      present.value = value;
      return;
    }
    const entry: Entry<K, V> = { key, hash: spread(this.hashCodeOf(key)), value };
    this.entriesByKey.set(key, entry);
    this.binOf(entry.hash).push(entry);
    if (this.size > this.threshold) this.grow();
  }

  /**
   * `computeIfAbsent`. Unlike `put` it looks at the size before it adds, and it adds at the front of the bin: a
   * map filled this way can have another order.
   */
  computeIfAbsent(key: K, make: () => V): V {
    const present = this.entriesByKey.get(key);
    if (present !== undefined) return present.value;
    const value = make();
    if (this.size > this.threshold) this.grow();
    const entry: Entry<K, V> = { key, hash: spread(this.hashCodeOf(key)), value };
    this.entriesByKey.set(key, entry);
    this.binOf(entry.hash).unshift(entry);
    return value;
  }

  /** Whether the key was there. The table does not shrink. */
  delete(key: K): boolean {
    const entry = this.entriesByKey.get(key);
    if (entry === undefined) return false;
    this.entriesByKey.delete(key);
    const bin = this.binOf(entry.hash);
    bin.splice(bin.indexOf(entry), 1);
    return true;
  }

  /** Keeps the size of the table, as Java does. */
  clear(): void {
    this.entriesByKey.clear();
    this.bins = emptyBins(this.bins.length);
  }

  *entries(): Generator<[K, V], void, void> {
    for (const bin of this.bins) for (const entry of bin) yield [entry.key, entry.value];
  }

  [Symbol.iterator](): Generator<[K, V], void, void> {
    return this.entries();
  }

  /** The keys as they stand now, in Java's order. */
  keys(): K[] {
    const keys: K[] = [];
    for (const bin of this.bins) for (const entry of bin) keys.push(entry.key);
    return keys;
  }

  /** The values as they stand now, in Java's order. */
  values(): V[] {
    const values: V[] = [];
    for (const bin of this.bins) for (const entry of bin) values.push(entry.value);
    return values;
  }

  forEach(visit: (value: V, key: K) => void): void {
    for (const bin of this.bins) for (const entry of bin) visit(entry.value, entry.key);
  }

  private binOf(hash: number): Entry<K, V>[] {
    return this.bins[hash & (this.bins.length - 1)] ?? [];
  }

  /** HashMap.resize: twice as many bins; entries that stay together keep their order. */
  private grow(): void {
    const old = this.bins;
    this.bins = emptyBins(old.length * 2);
    // From 16 bins on Java doubles the threshold, which is the same number.
    this.threshold = Math.trunc(this.bins.length * LOAD_FACTOR);
    for (const bin of old) for (const entry of bin) this.binOf(entry.hash).push(entry);
  }
}

const emptyBins = <K, V>(count: number): Entry<K, V>[][] => Array.from({ length: count }, () => []);

/** The order in which `new HashMap<>(initialCapacity)` iterates keys that were put in the order given. */
export function javaHashOrder<K>(
  keys: Iterable<K>,
  hashCodeOf: (key: K) => number,
  initialCapacity?: number,
): K[] {
  const map = new JavaHashMap<K, null>(hashCodeOf, initialCapacity);
  for (const key of keys) map.set(key, null);
  return map.keys();
}
