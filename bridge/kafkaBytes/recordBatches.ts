/** Record batches of magic 2 out of bytes: the other side of `record/recordBatchBytes`. */
import { COMPRESSION_TYPES, type CompressionType } from '#record/CompressionType';
import { crc32c } from '#record/crc32c';
import { ByteReader, MalformedBytes } from './ByteReader.ts';

export interface ReadRecord {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[];
}

export interface ReadBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly leaderEpoch: number;
  readonly isIntact: boolean;
  readonly compression: CompressionType;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly baseTimestampMs: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
  readonly sizeBytes: number;
  /** What follows the header: `readRecords` reads it, after a codec where it is compressed. */
  readonly payload: Uint8Array;
}

const OVERHEAD_BYTES = 61;
const LENGTH_FROM = 12;
const CRC_FROM = 21;
const MAGIC_AT = 16;

/** All whole batches; one that is cut off at the end is left out. @throws MalformedBytes */
export function readRecordBatches(bytes: Uint8Array): ReadBatch[] {
  const batches: ReadBatch[] = [];
  const reader = new ByteReader(bytes);
  while (reader.remaining >= LENGTH_FROM) {
    const start = reader.at;
    const view = new DataView(bytes.buffer, bytes.byteOffset + start);
    const sizeBytes = view.getInt32(8) + LENGTH_FROM;
    if (sizeBytes < OVERHEAD_BYTES) throw new MalformedBytes(`a batch of ${sizeBytes} bytes`);
    if (sizeBytes > reader.remaining) break;
    batches.push(readBatch(reader.raw(sizeBytes)));
  }
  return batches;
}

function readBatch(bytes: Uint8Array): ReadBatch {
  const magic = bytes[MAGIC_AT];
  if (magic !== 2) throw new MalformedBytes(`a batch of magic ${magic}`);
  const reader = new ByteReader(bytes);
  const baseOffset = reader.int64();
  reader.int32();
  const leaderEpoch = reader.int32();
  reader.int8();
  const isIntact = reader.uint32() === crc32c(bytes, CRC_FROM);
  const attributes = reader.int16();
  const lastOffset = baseOffset + reader.int32();
  const baseTimestampMs = reader.int64();
  reader.int64();
  const producerId = reader.int64();
  const producerEpoch = reader.int16();
  const baseSequence = reader.int32();
  const recordCount = reader.int32();
  const compression = COMPRESSION_TYPES[attributes & 0x07];
  if (compression === undefined) throw new MalformedBytes(`compression ${attributes & 0x07}`);
  return {
    baseOffset,
    lastOffset,
    leaderEpoch,
    isIntact,
    compression,
    isTransactional: (attributes & 0x10) !== 0,
    isControl: (attributes & 0x20) !== 0,
    baseTimestampMs,
    producerId,
    producerEpoch,
    baseSequence,
    recordCount,
    sizeBytes: bytes.length,
    payload: bytes.subarray(OVERHEAD_BYTES),
  };
}

/** The records of a batch; `payload` is what the codec made of its payload. @throws MalformedBytes */
export function readRecords(batch: ReadBatch, payload: Uint8Array = batch.payload): ReadRecord[] {
  const reader = new ByteReader(payload);
  const records: ReadRecord[] = [];
  for (let i = 0; i < batch.recordCount; i++) {
    const one = new ByteReader(reader.raw(reader.varint()));
    one.int8();
    const timestampMs = batch.baseTimestampMs + one.varlong();
    const offset = batch.baseOffset + one.varint();
    const key = one.varintBytes();
    const value = one.varintBytes();
    records.push({ offset, timestampMs, key, value, headers: readHeaders(one) });
    one.finish();
  }
  reader.finish();
  return records;
}

const decoder = new TextDecoder();

function readHeaders(reader: ByteReader): ReadRecord['headers'] {
  const count = reader.varint();
  if (count < 0 || count > reader.remaining) throw new MalformedBytes(`${count} headers`);
  const headers: ReadRecord['headers'][number][] = [];
  for (let i = 0; i < count; i++) {
    const key = reader.varintBytes();
    if (key === null) throw new MalformedBytes('a header without a key');
    headers.push({ key: decoder.decode(key), value: reader.varintBytes() });
  }
  return headers;
}

/** A control batch that ends a transaction; null: it is no such batch. */
export function markerOf(batch: ReadBatch): 'commit' | 'abort' | null {
  if (!batch.isControl) return null;
  const key = readRecords(batch)[0]?.key;
  if (key === undefined || key === null || key.length < 4) return null;
  // Version INT16, then the type: 0 abort, 1 commit.
  const type = new DataView(key.buffer, key.byteOffset).getInt16(2);
  return type === 0 ? 'abort' : type === 1 ? 'commit' : null;
}
