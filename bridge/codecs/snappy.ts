/**
 * Snappy as Java's clients write it: a stream of blocks (xerial's snappy-java), each raw Snappy behind its length.
 * Other clients write one raw block without a frame; both are read.
 */
import { native, needed, type Loaded } from './nativeCodec.ts';

interface Snappy {
  readonly compressSync: (bytes: Uint8Array) => Uint8Array;
  readonly uncompressSync: (bytes: Uint8Array, options: { readonly asBuffer: true }) => Uint8Array;
}

const snappy = native<Snappy>('snappy');
/** 0x82 "SNAPPY" 0x00, then the version and the oldest version that can read it. */
const HEADER = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1);
const MAGIC_BYTES = 8;
const LENGTH_BYTES = 4;
/** org.xerial.snappy.SnappyOutputStream.DEFAULT_BLOCK_SIZE */
const BLOCK_BYTES = 32 * 1024;

export const loadSnappy = (): Loaded<Snappy> => snappy.load();

/** @throws Error when the package is missing on this machine. */
export function snappyCompress(bytes: Uint8Array): Uint8Array {
  const { compressSync } = needed(snappy.load());
  const parts: Uint8Array[] = [HEADER];
  for (let from = 0; from < bytes.length; from += BLOCK_BYTES) {
    const block = compressSync(bytes.subarray(from, from + BLOCK_BYTES));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/** @throws Error for bytes that are not Snappy's, or when the package is missing on this machine. */
export function snappyDecompress(bytes: Uint8Array): Uint8Array {
  const { uncompressSync } = needed(snappy.load());
  const raw = (block: Uint8Array): Uint8Array => uncompressSync(block, { asBuffer: true });
  if (!isFramed(bytes)) return raw(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [];
  for (let at = HEADER.length; at < bytes.length;) {
    const from = at + LENGTH_BYTES;
    at = from + view.getInt32(at);
    if (at <= from || at > bytes.length) throw new Error('a block of Snappy that is cut off');
    parts.push(raw(bytes.subarray(from, at)));
  }
  return Buffer.concat(parts);
}

const isFramed = (bytes: Uint8Array): boolean =>
  bytes.length >= HEADER.length && HEADER.subarray(0, MAGIC_BYTES).every((byte, i) => bytes[i] === byte);
