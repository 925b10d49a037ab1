/**
 * LZ4 in the frames that Kafka takes since record batches of magic 2: version 1, blocks that do not refer to each other,
 * and a checksum of the header as the specification has it (org.apache.kafka.common.compress.Lz4BlockInputStream).
 */
import { native, needed, type Loaded } from './nativeCodec.ts';

interface Lz4 {
  /** Independent blocks and no checksum of the content, unless told. There is one level. */
  readonly compressFrameSync: (bytes: Buffer) => Uint8Array;
  readonly decompressFrameSync: (bytes: Buffer) => Uint8Array;
}

const lz4 = native<Lz4>('lz4-napi');

export const loadLz4 = (): Loaded<Lz4> => lz4.load();

/** @throws Error when the package is missing on this machine. */
export const lz4Compress = (bytes: Uint8Array): Uint8Array =>
  needed(lz4.load()).compressFrameSync(asBuffer(bytes));

/** @throws Error for bytes that are no frame, or when the package is missing on this machine. */
export const lz4Decompress = (bytes: Uint8Array): Uint8Array =>
  needed(lz4.load()).decompressFrameSync(asBuffer(bytes));

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
