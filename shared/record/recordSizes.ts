/**
 * How many bytes records and batches take (magic 2). Read for every record that is sent: plain functions of
 * plain numbers. A key or value is its length, −1 for null; the headers of a record are their whole section.
 *
 * Same arithmetic as DefaultRecord, DefaultRecordBatch and AbstractRecords in org.apache.kafka.common.record.
 */
import { utf8Length } from '#base/utf8';
import { sizeOfVarint, sizeOfVarlong } from '#base/varint';

/** DefaultRecordBatch.RECORD_BATCH_OVERHEAD: the header of a batch. */
export const RECORD_BATCH_OVERHEAD_BYTES = 61;
/** DefaultRecord.MAX_RECORD_OVERHEAD: length 5, attributes 1, time delta 10, offset delta 5. */
export const MAX_RECORD_OVERHEAD_BYTES = 21;
/** The header section of a record without headers: its count. */
export const NO_HEADERS_BYTES = 1;

/** MemoryRecordsBuilder.COMPRESSION_RATE_ESTIMATION_FACTOR, a float. */
const COMPRESSION_RATE_ESTIMATION_FACTOR = Math.fround(1.05);

/** What a header takes part with: its key's text, and the length of its value (−1: null). */
export interface HeaderSize {
  readonly key: string;
  readonly valueBytes: number;
}

/** A length and that many bytes; −1 is null and takes one byte. */
const sizeOfNullable = (bytes: number): number => (bytes < 0 ? 1 : sizeOfVarint(bytes) + bytes);

/** Bytes of a record's header section with its count. */
export function sizeOfHeaders(headers: readonly HeaderSize[]): number {
  let size = sizeOfVarint(headers.length);
  for (const header of headers) {
    size += sizeOfNullable(utf8Length(header.key)) + sizeOfNullable(header.valueBytes);
  }
  return size;
}

/** DefaultRecord.sizeOfBodyInBytes: a record without its length. */
export function sizeOfBodyInBytes(
  offsetDelta: number,
  timestampDeltaMs: number,
  keyBytes: number,
  valueBytes: number,
  headersBytes: number,
): number {
  return (
    1 +
    sizeOfVarint(offsetDelta) +
    sizeOfVarlong(timestampDeltaMs) +
    sizeOfNullable(keyBytes) +
    sizeOfNullable(valueBytes) +
    headersBytes
  );
}

/** DefaultRecord.sizeInBytes: a record as it stands in a batch, exactly. */
export function sizeInBytes(
  offsetDelta: number,
  timestampDeltaMs: number,
  keyBytes: number,
  valueBytes: number,
  headersBytes: number,
): number {
  const body = sizeOfBodyInBytes(offsetDelta, timestampDeltaMs, keyBytes, valueBytes, headersBytes);
  return sizeOfVarint(body) + body;
}

/** DefaultRecord.recordSizeUpperBound: a record whatever its deltas are. */
export function recordSizeUpperBound(keyBytes: number, valueBytes: number, headersBytes: number): number {
  return MAX_RECORD_OVERHEAD_BYTES + sizeOfNullable(keyBytes) + sizeOfNullable(valueBytes) + headersBytes;
}

/**
 * AbstractRecords.estimateSizeInBytesUpperBound: a batch of this one record. What `max.request.size` and
 * `buffer.memory` are compared with, what a buffer is allocated for, and what `record-size-max` shows (§4.3).
 */
export function estimateSizeInBytesUpperBound(
  keyBytes: number,
  valueBytes: number,
  headersBytes: number,
): number {
  return RECORD_BATCH_OVERHEAD_BYTES + recordSizeUpperBound(keyBytes, valueBytes, headersBytes);
}

/**
 * MemoryRecordsBuilder.estimatedBytesWritten while a compressed batch is open, rounded as Java's floats do (§4.4).
 * `ratio` is the estimate read when the batch was created; without compression it is 61 + `rawBytes` exactly.
 */
export function estimatedCompressedBytes(rawBytes: number, ratio: number): number {
  const scaled = Math.fround(Math.fround(Math.fround(rawBytes) * ratio) * COMPRESSION_RATE_ESTIMATION_FACTOR);
  return RECORD_BATCH_OVERHEAD_BYTES + Math.trunc(scaled);
}
