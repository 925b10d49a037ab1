/** Kafka's codecs: the payload of a batch, as a consumer of any language reads it. */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CompressionType } from '#record/CompressionType';
import type { ProducerConfig } from '#engine/ProducerConfig';
import { loadLz4, lz4Compress, lz4Decompress } from '../codecs/lz4.ts';
import type { Loaded } from '../codecs/nativeCodec.ts';
import { loadSnappy, snappyCompress, snappyDecompress } from '../codecs/snappy.ts';
import { loadZstd, zstdCompress, zstdDecompress } from '../codecs/zstd.ts';

export type Compress = (bytes: Uint8Array) => Uint8Array;

export type CodecSettings = Pick<
  ProducerConfig,
  'compressionType' | 'compressionGzipLevel' | 'compressionZstdLevel'
>;

/** null: nothing is compressed. @throws Error with a sentence where this machine lacks the codec. */
export function createCompress(settings: CodecSettings): Compress | null {
  const { compressionType: type, compressionGzipLevel, compressionZstdLevel } = settings;
  const refusal = codecSentence(type);
  if (refusal !== null) throw new Error(refusal);
  switch (type) {
    case 'none':
      return null;
    case 'gzip':
      return (bytes) => gzipSync(bytes, { level: compressionGzipLevel });
    case 'snappy':
      return snappyCompress;
    case 'lz4':
      return lz4Compress;
    case 'zstd':
      return (bytes) => zstdCompress(bytes, compressionZstdLevel);
  }
}

const LOADERS: Readonly<Partial<Record<CompressionType, () => Loaded<object>>>> = {
  snappy: loadSnappy,
  lz4: loadLz4,
  zstd: loadZstd,
};

/** Why a producer with this codec cannot be live here; null: it can. */
export function codecSentence(type: CompressionType): string | null {
  const loaded = LOADERS[type]?.();
  return loaded !== undefined && 'missing' in loaded
    ? `Live, compression.type=${type} is not offered here: ${loaded.missing}. gzip always is.`
    : null;
}

/** The records in a batch's payload. @throws Error for bytes of another codec, or one that this machine lacks. */
export function decompress(type: CompressionType, payload: Uint8Array): Uint8Array {
  switch (type) {
    case 'none':
      return payload;
    case 'gzip':
      return gunzipSync(payload);
    case 'snappy':
      return snappyDecompress(payload);
    case 'lz4':
      return lz4Decompress(payload);
    case 'zstd':
      return zstdDecompress(payload);
  }
}
