/** What Node has of Kafka's codecs: the payload of a batch, as a consumer of any language reads it. */
import * as zlib from 'node:zlib';
import type { CompressionType } from '#record/CompressionType';
import type { ProducerConfig } from '#engine/ProducerConfig';

export type Compress = (bytes: Uint8Array) => Uint8Array;

/** Since Node 22.15; the types are those of an older one. */
interface WithZstd {
  readonly zstdCompressSync?: (
    bytes: Uint8Array,
    options: { readonly params: Readonly<Record<number, number>> },
  ) => Uint8Array;
  readonly zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array;
}
/** ZSTD_c_compressionLevel. */
const ZSTD_LEVEL_PARAMETER = 100;

export type CodecSettings = Pick<
  ProducerConfig,
  'compressionType' | 'compressionGzipLevel' | 'compressionZstdLevel'
>;

/** null: nothing is compressed. @throws Error with a sentence where this Node lacks the codec. */
export function createCompress(settings: CodecSettings): Compress | null {
  const { compressionType: type } = settings;
  const refusal = codecSentence(type);
  if (refusal !== null) throw new Error(refusal);
  if (type === 'gzip') return (bytes) => zlib.gzipSync(bytes, { level: settings.compressionGzipLevel });
  const { zstdCompressSync } = zlib as typeof zlib & WithZstd;
  if (type === 'zstd' && zstdCompressSync !== undefined) {
    const options = { params: { [ZSTD_LEVEL_PARAMETER]: settings.compressionZstdLevel } };
    return (bytes) => zstdCompressSync(bytes, options);
  }
  return null;
}

/** Why a producer with this codec cannot be live here; null: it can. */
export function codecSentence(type: CompressionType): string | null {
  const { zstdCompressSync } = zlib as typeof zlib & WithZstd;
  switch (type) {
    case 'none':
    case 'gzip':
      return null;
    case 'zstd':
      return zstdCompressSync === undefined
        ? `Live, compression.type=zstd needs Node 22.15 or later; this is ${process.version}.`
        : null;
    case 'snappy':
    case 'lz4':
      return `Live, compression.type=${type} is not offered: Node has gzip and zstd.`;
  }
}

/** @throws Error on a Node without zstd: then nothing here has written it. */
export function zstdDecompress(bytes: Uint8Array): Uint8Array {
  const { zstdDecompressSync } = zlib as typeof zlib & WithZstd;
  if (zstdDecompressSync === undefined) throw new Error('This Node cannot read zstd.');
  return zstdDecompressSync(bytes);
}
