/** Numeric buffers of squares by colour: filled by the scene, drawn as one path per colour, searched by hitTest. */

/** x, y (top left) and side of each square. */
export const SPRITE_STRIDE = 3;

export interface SpriteBucket {
  data: Float32Array;
  /** The record of each square; −1: of nobody we know. */
  ids: Int32Array;
  count: number;
}

export interface Sprites {
  readonly buckets: readonly SpriteBucket[];
  clear(): void;
  add(colour: number, x: number, y: number, side: number, record: number): void;
  readonly total: number;
}

const FIRST_CAPACITY = 256;

export function createSprites(colours: number): Sprites {
  const buckets: SpriteBucket[] = Array.from({ length: colours }, () => ({
    data: new Float32Array(FIRST_CAPACITY * SPRITE_STRIDE),
    ids: new Int32Array(FIRST_CAPACITY),
    count: 0,
  }));
  return {
    buckets,
    clear() {
      for (const bucket of buckets) bucket.count = 0;
    },
    add(colour, x, y, side, record) {
      const bucket = buckets[colour] ?? buckets[0];
      if (bucket === undefined) return;
      if (bucket.count === bucket.ids.length) grow(bucket);
      const at = bucket.count * SPRITE_STRIDE;
      bucket.data[at] = x;
      bucket.data[at + 1] = y;
      bucket.data[at + 2] = side;
      bucket.ids[bucket.count++] = record;
    },
    get total() {
      let total = 0;
      for (const bucket of buckets) total += bucket.count;
      return total;
    },
  };
}

function grow(bucket: SpriteBucket): void {
  const data = new Float32Array(bucket.data.length * 2);
  data.set(bucket.data);
  bucket.data = data;
  const ids = new Int32Array(bucket.ids.length * 2);
  ids.set(bucket.ids);
  bucket.ids = ids;
}

/** Objects that are made once and filled anew each frame. */
export interface Pool<T> {
  readonly items: T[];
  count: number;
  next(): T;
}

export function createPool<T>(make: () => T): Pool<T> {
  const items: T[] = [];
  const pool: Pool<T> = {
    items,
    count: 0,
    next() {
      let item = items[pool.count];
      if (item === undefined) {
        item = make();
        items.push(item);
      }
      pool.count++;
      return item;
    },
  };
  return pool;
}
