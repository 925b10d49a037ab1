/**
 * How far a batch shrinks, for each kind of data and codec: a table, because real codecs would cost the page their bytes
 * and time. The shape is theirs: the fuller the batch, the better it compresses.
 */
import type { CompressionModel } from '#engine/RunContext';
import type { CompressionType } from '#record/CompressionType';
import type { WorkloadSpec } from './Scenario.ts';

/** Percent of the raw size that a very large batch keeps; order of magnitude of the codecs' own benchmarks. */
export const COMPRESSED_PERCENT: Readonly<
  Record<WorkloadSpec['compressibility'], Readonly<Record<CompressionType, number>>>
> = {
  json: { none: 100, gzip: 22, snappy: 38, lz4: 36, zstd: 20 },
  text: { none: 100, gzip: 38, snappy: 56, lz4: 54, zstd: 36 },
  random: { none: 100, gzip: 100, snappy: 100, lz4: 100, zstd: 100 },
};
/** Bytes after which half of what can be gained is gained. */
export const HALF_GAIN_BYTES = 400;
/** Frame and dictionary of a codec, paid once a batch. */
export const CODEC_OVERHEAD_BYTES = 20;

/** Whole bytes from whole bytes: integer arithmetic only. */
export function createCompressionModel(
  codec: CompressionType,
  kindOf: (topic: string) => WorkloadSpec['compressibility'],
): CompressionModel {
  return {
    compressedBytes: (topic, rawBytes) => {
      if (codec === 'none') return rawBytes;
      const gainPercent = 100 - COMPRESSED_PERCENT[kindOf(topic)][codec];
      const gained = Math.floor((rawBytes * rawBytes * gainPercent) / ((rawBytes + HALF_GAIN_BYTES) * 100));
      return rawBytes - gained + CODEC_OVERHEAD_BYTES;
    },
  };
}
