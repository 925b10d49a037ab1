/** org.apache.kafka.common.record.CompressionType: the codecs, by their place in a batch's attributes. */

export const COMPRESSION_TYPES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export type CompressionType = (typeof COMPRESSION_TYPES)[number];

/** The three lowest bits of a batch's attributes. */
export const compressionTypeId = (type: CompressionType): number => COMPRESSION_TYPES.indexOf(type);
