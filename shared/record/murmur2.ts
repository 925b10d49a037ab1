/**
 * The hash of a key, which chooses its partition: org.apache.kafka.common.utils.Utils.murmur2 of 4.3. Every
 * client of Kafka must agree on it, so it never changes.
 */

const SEED = 0x9747b28c | 0;
const M = 0x5bd1e995;
const R = 24;

/** Four bytes of the key, mixed into the hash: `k` is the block, `h` the hash after it. int32. */
export interface Murmur2Step {
  readonly name: 'seed' | 'block' | 'tail' | 'finish';
  /** First byte of the key that this step reads, and how many it reads. */
  readonly offset: number;
  readonly bytes: number;
  /** The block after its own mixing; 0 for steps without a block. */
  readonly k: number;
  readonly h: number;
}

const byteAt = (data: Uint8Array, at: number): number => data[at] ?? 0;

const blockAt = (data: Uint8Array, at: number): number =>
  byteAt(data, at) |
  (byteAt(data, at + 1) << 8) |
  (byteAt(data, at + 2) << 16) |
  (byteAt(data, at + 3) << 24);

function mixBlock(block: number): number {
  let k = Math.imul(block, M);
  k ^= k >>> R;
  return Math.imul(k, M);
}

/** The one to three bytes after the last block, lowest first. */
function tailOf(data: Uint8Array, at: number): number {
  return byteAt(data, at) | (byteAt(data, at + 1) << 8) | (byteAt(data, at + 2) << 16);
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 13);
  h = Math.imul(h, M);
  return h ^ (h >>> 15);
}

/** The hash of the bytes, an int32. */
export function murmur2(data: Uint8Array): number {
  const length = data.length;
  const blocksEnd = length & ~3;
  let h = SEED ^ length;
  for (let at = 0; at < blocksEnd; at += 4) h = Math.imul(h, M) ^ mixBlock(blockAt(data, at));
  if (blocksEnd < length) h = Math.imul(h ^ tailOf(data, blocksEnd), M);
  return finish(h);
}

/** Utils.toPositive: drops the sign bit. Not the absolute value. */
export const toPositive = (hash: number): number => hash & 0x7fffffff;

/** BuiltInPartitioner.partitionForKey: all partitions of the topic count, also those without a leader. */
export const partitionForKey = (keyBytes: Uint8Array, partitions: number): number =>
  toPositive(murmur2(keyBytes)) % partitions;

/** The same hash, one step at a time, for showing it. The `h` of the last step is `murmur2(data)`. */
export function* murmur2Steps(data: Uint8Array): Generator<Murmur2Step, void, void> {
  const length = data.length;
  const blocksEnd = length & ~3;
  let h = SEED ^ length;
  yield { name: 'seed', offset: 0, bytes: 0, k: 0, h };
  for (let at = 0; at < blocksEnd; at += 4) {
    const k = mixBlock(blockAt(data, at));
    h = Math.imul(h, M) ^ k;
    yield { name: 'block', offset: at, bytes: 4, k, h };
  }
  if (blocksEnd < length) {
    h = Math.imul(h ^ tailOf(data, blocksEnd), M);
    yield { name: 'tail', offset: blocksEnd, bytes: length - blocksEnd, k: 0, h };
  }
  h = finish(h);
  yield { name: 'finish', offset: length, bytes: 0, k: 0, h };
}
