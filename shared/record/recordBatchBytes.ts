/**
 * The bytes of a record batch of magic 2, as they stand on the wire and in the log: DefaultRecordBatch and
 * DefaultRecord of org.apache.kafka.common.record (KIP-98). For the live producer, and for showing a batch field by
 * field; the model needs the sizes only.
 */
import { utf8Bytes } from '#base/utf8';
import { sizeOfVarint, writeVarint, writeVarlong } from '#base/varint';
import { compressionTypeId, type CompressionType } from './CompressionType.ts';
import { crc32c } from './crc32c.ts';
import { RECORD_BATCH_OVERHEAD_BYTES, sizeOfBodyInBytes } from './recordSizes.ts';

/** A record's content; the time is in ms since 1970. */
export interface RecordContent {
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[];
}

/** What a batch's header says beyond its records. −1 for what a producer without id does not know. */
export interface BatchHeader {
  readonly compression: CompressionType;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
  /** A marker of the transaction coordinator, not a producer's batch. */
  readonly isControl?: boolean;
  /** The broker's time replaces that of the records. */
  readonly isLogAppendTime?: boolean;
  /** A producer writes 0 and −1; the broker puts in its own. */
  readonly baseOffset?: number;
  readonly partitionLeaderEpoch?: number;
}

/** A named stretch of the batch's bytes. Fields of a record are called `records[i].…`. */
export interface MarkedField {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

export type Mark = (name: string, offset: number, length: number) => void;

const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const MAGIC = 2;
const CRC_AT = 17;
/** Where the bytes begin that the checksum covers: at the attributes. */
const CRC_FROM = 21;
const LENGTH_FROM = 12;

/** A record whose lengths are known, ready to be written. */
interface Measured {
  readonly record: RecordContent;
  readonly headerKeys: readonly Uint8Array[];
  readonly bodyBytes: number;
  readonly timestampDeltaMs: number;
}

const NO_KEYS: readonly Uint8Array[] = [];

function measure(record: RecordContent, offsetDelta: number, baseTimestampMs: number): Measured {
  const headerKeys =
    record.headers.length === 0 ? NO_KEYS : record.headers.map((header) => utf8Bytes(header.key));
  let headersBytes = sizeOfVarint(headerKeys.length);
  record.headers.forEach((header, i) => {
    headersBytes += sizeOfNullable(headerKeys[i] ?? null) + sizeOfNullable(header.value);
  });
  const timestampDeltaMs = record.timestampMs - baseTimestampMs;
  const keyBytes = record.key?.length ?? -1;
  const valueBytes = record.value?.length ?? -1;
  const bodyBytes = sizeOfBodyInBytes(offsetDelta, timestampDeltaMs, keyBytes, valueBytes, headersBytes);
  return { record, headerKeys, bodyBytes, timestampDeltaMs };
}

const sizeOfNullable = (bytes: Uint8Array | null): number =>
  bytes === null ? 1 : sizeOfVarint(bytes.length) + bytes.length;

/** Names a stretch and returns its end, which is where the next one begins. */
function marked(mark: Mark | null, name: string, start: number, end: number): number {
  if (mark !== null) mark(name, start, end - start);
  return end;
}

function writeNullable(
  out: Uint8Array,
  start: number,
  bytes: Uint8Array | null,
  name: string,
  mark: Mark | null,
): number {
  const at = marked(mark, `${name}Length`, start, writeVarint(out, start, bytes?.length ?? -1));
  if (bytes === null) return at;
  out.set(bytes, at);
  return marked(mark, name, at, at + bytes.length);
}

function writeRecord(
  out: Uint8Array,
  start: number,
  one: Measured,
  offsetDelta: number,
  mark: Mark | null,
): number {
  const { record, headerKeys, bodyBytes, timestampDeltaMs } = one;
  let at = marked(mark, 'length', start, writeVarint(out, start, bodyBytes));
  at = marked(mark, 'attributes', at, at + 1);
  at = marked(mark, 'timestampDelta', at, writeVarlong(out, at, timestampDeltaMs));
  at = marked(mark, 'offsetDelta', at, writeVarint(out, at, offsetDelta));
  at = writeNullable(out, at, record.key, 'key', mark);
  at = writeNullable(out, at, record.value, 'value', mark);
  at = marked(mark, 'headersCount', at, writeVarint(out, at, headerKeys.length));
  for (let i = 0; i < headerKeys.length; i++) {
    at = writeNullable(out, at, headerKeys[i] ?? null, `headers[${i}].key`, mark);
    at = writeNullable(out, at, record.headers[i]?.value ?? null, `headers[${i}].value`, mark);
  }
  return at;
}

/** The records, measured for one batch: deltas count from the first. */
function measureAll(records: readonly RecordContent[]): {
  readonly all: readonly Measured[];
  readonly bytes: number;
} {
  const baseTimestampMs = records[0]?.timestampMs ?? 0;
  const all = records.map((record, i) => measure(record, i, baseTimestampMs));
  return { all, bytes: all.reduce((sum, { bodyBytes }) => sum + sizeOfVarint(bodyBytes) + bodyBytes, 0) };
}

function writeRecords(out: Uint8Array, start: number, all: readonly Measured[], mark: Mark | null): void {
  let at = start;
  all.forEach((one, i) => {
    const markOne: Mark | null =
      mark && ((name, offset, length) => mark(`records[${i}].${name}`, offset, length));
    at = writeRecord(out, at, one, i, markOne);
  });
}

/** The records as they follow the header when they are not compressed; what a codec is given. */
export function recordsBytes(records: readonly RecordContent[]): Uint8Array {
  const { all, bytes } = measureAll(records);
  const out = new Uint8Array(bytes);
  writeRecords(out, 0, all, null);
  return out;
}

/** A whole number in 8 bytes, big-endian; exact for |value| < 2^53. */
function setInt64(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / 0x1_0000_0000);
  view.setInt32(at, high | 0);
  view.setUint32(at + 4, value - high * 0x1_0000_0000);
}

const attributesOf = (header: BatchHeader): number =>
  compressionTypeId(header.compression) |
  (header.isLogAppendTime === true ? LOG_APPEND_TIME : 0) |
  (header.isTransactional ? TRANSACTIONAL : 0) |
  (header.isControl === true ? CONTROL : 0);

/** What the header says of the records behind it; times in ms since 1970, −1 without records. */
export interface RecordsSummary {
  readonly count: number;
  readonly baseTimestampMs: number;
  readonly maxTimestampMs: number;
}

const summaryOf = (records: readonly RecordContent[]): RecordsSummary => ({
  count: records.length,
  baseTimestampMs: records[0]?.timestampMs ?? -1,
  maxTimestampMs: records.reduce((max, { timestampMs }) => Math.max(max, timestampMs), -1),
});

function writeHeader(view: DataView, header: BatchHeader, records: RecordsSummary, mark: Mark | null): void {
  let at = 0;
  const field = (name: string, bytes: number, write: (at: number) => void): void => {
    write(at);
    at = marked(mark, name, at, at + bytes);
  };
  field('baseOffset', 8, (to) => setInt64(view, to, header.baseOffset ?? 0));
  field('batchLength', 4, (to) => view.setInt32(to, view.byteLength - LENGTH_FROM));
  field('partitionLeaderEpoch', 4, (to) => view.setInt32(to, header.partitionLeaderEpoch ?? -1));
  field('magic', 1, (to) => view.setInt8(to, MAGIC));
  // Written last, when everything it covers stands.
  field('crc', 4, () => {});
  field('attributes', 2, (to) => view.setInt16(to, attributesOf(header)));
  field('lastOffsetDelta', 4, (to) => view.setInt32(to, records.count - 1));
  field('baseTimestamp', 8, (to) => setInt64(view, to, records.baseTimestampMs));
  field('maxTimestamp', 8, (to) => setInt64(view, to, records.maxTimestampMs));
  field('producerId', 8, (to) => setInt64(view, to, header.producerId));
  field('producerEpoch', 2, (to) => view.setInt16(to, header.producerEpoch));
  field('baseSequence', 4, (to) => view.setInt32(to, header.baseSequence));
  field('recordsCount', 4, (to) => view.setInt32(to, records.count));
}

/**
 * The whole batch. `payload`: what the codec made of `recordsBytes(records)`; null without compression. `mark` is
 * told every field in order; a compressed payload is one field, `records`.
 */
export function recordBatchBytes(
  header: BatchHeader,
  records: readonly RecordContent[],
  payload: Uint8Array | null = null,
  mark: Mark | null = null,
): Uint8Array {
  const { all, bytes } = payload === null ? measureAll(records) : { all: [], bytes: payload.length };
  const out = new Uint8Array(RECORD_BATCH_OVERHEAD_BYTES + bytes);
  const view = new DataView(out.buffer);
  writeHeader(view, header, summaryOf(records), mark);
  if (payload === null) {
    writeRecords(out, RECORD_BATCH_OVERHEAD_BYTES, all, mark);
  } else {
    out.set(payload, RECORD_BATCH_OVERHEAD_BYTES);
    marked(mark, 'records', RECORD_BATCH_OVERHEAD_BYTES, out.length);
  }
  view.setUint32(CRC_AT, crc32c(out, CRC_FROM));
  return out;
}

/**
 * Writes the header of a batch whose records, or what a codec made of them, stand in `out` already, from
 * RECORD_BATCH_OVERHEAD_BYTES to its end.
 */
export function sealRecordBatch(out: Uint8Array, header: BatchHeader, records: RecordsSummary): void {
  const view = new DataView(out.buffer, out.byteOffset, out.length);
  writeHeader(view, header, records, null);
  view.setUint32(CRC_AT, crc32c(out, CRC_FROM));
}

/**
 * What a record begins with, up to and with the length of its value; the value and the header section follow. Sizes are
 * −1 for null; `headersBytes` counts the header section with its count. Returns the place of the value.
 */
export function writeRecordStart(
  out: Uint8Array,
  start: number,
  offsetDelta: number,
  timestampDeltaMs: number,
  key: Uint8Array | null,
  valueBytes: number,
  headersBytes: number,
): number {
  const keyBytes = key === null ? -1 : key.length;
  const body = sizeOfBodyInBytes(offsetDelta, timestampDeltaMs, keyBytes, valueBytes, headersBytes);
  let at = writeVarint(out, start, body);
  out[at++] = 0;
  at = writeVarlong(out, at, timestampDeltaMs);
  at = writeVarint(out, at, offsetDelta);
  at = writeVarint(out, at, keyBytes);
  if (key !== null) for (let i = 0; i < keyBytes; i++) out[at++] = key[i] as number;
  return writeVarint(out, at, valueBytes);
}

/** The batch and all its fields in order, without gap or overlap. */
export function markedRecordBatch(
  header: BatchHeader,
  records: readonly RecordContent[],
  payload: Uint8Array | null = null,
): { readonly bytes: Uint8Array; readonly fields: readonly MarkedField[] } {
  const fields: MarkedField[] = [];
  const bytes = recordBatchBytes(header, records, payload, (name, offset, length) => {
    fields.push({ name, offset, length });
  });
  return { bytes, fields };
}
