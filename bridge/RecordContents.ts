/**
 * What stands in the records of a live run, as bytes for the wire and as text for the page. Only numbers are kept of
 * each of the latest records; the text is made again from them and the seed, as in the model. A header of at least 16
 * bytes carries, after its key, the run and the record's number: by it the ledger knows a record again.
 */
import { BugError } from '#base/assert';
import { recordId, type RecordId } from '#base/ids';
import { EPOCH_MS } from '#base/time';
import { utf8Bytes } from '#base/utf8';
import { sizeOfVarint, writeVarint } from '#base/varint';
import type { EventSink } from '#events/catalogue';
import type { SentBatch } from '#engine/requests';
import type { BatchRecords } from '#engine/RunContext';
import type { KeyNames } from '#model/KeyNames';
import { headerKey, quotedKey, valueText, writeHeaderValue, writeValue } from '#patterns/content';
import type { CompressionType } from '#record/CompressionType';
import { sealRecordBatch, writeRecordStart, type RecordsSummary } from '#record/recordBatchBytes';
import { MAX_RECORD_OVERHEAD_BYTES, RECORD_BATCH_OVERHEAD_BYTES } from '#record/recordSizes';
import { KeyBytes } from './KeyBytes.ts';
import { RecordNumbers } from './RecordNumbers.ts';
import type { ReadRecord } from './kafkaBytes/recordBatches.ts';
import type { Compress } from './kafkajs/codecs.ts';

/** Run and record number, 4 bytes each. */
export const LEDGER_BYTES = 8;
const NO_KEY = quotedKey(null);
/** Count, and the lengths of key and value. */
const MOST_HEADER_LENGTH_BYTES = 1 + 5 + 5;
const LONGEST_KEY = headerKey(Number.MAX_SAFE_INTEGER).length;
/** `workload.headerBytes` from which on a record carries its number. */
export const LEDGER_HEADER_BYTES = LONGEST_KEY + LEDGER_BYTES;
export const LEDGER_HEADER_KEY = headerKey(LEDGER_HEADER_BYTES);

/** Whether a record with a header section of this size carries its number. */
export const carriesNumber = (sectionBytes: number): boolean =>
  headerContentBytes(sectionBytes) >= LEDGER_HEADER_BYTES;

export interface RecordContentsParts {
  readonly seed: number;
  /** Tells the records of this run from those of others; an unsigned 32-bit number. */
  readonly ledgerRun: number;
  readonly keys: KeyNames;
  /** ms since 1970 at which the run began. */
  readonly beganAtMs: number;
}

export class RecordContents {
  private readonly parts: RecordContentsParts;
  private readonly numbers = new RecordNumbers();
  private readonly payloads = new WeakMap<object, Uint8Array>();
  private readonly keys: KeyBytes;
  private headerShape = headerShape(0);

  constructor(parts: RecordContentsParts) {
    this.parts = parts;
    this.keys = new KeyBytes(parts.keys);
  }

  /** The same sink, and what is needed of each record is noted on the way. */
  noting(events: EventSink): EventSink {
    return this.numbers.noting(events, headerContentBytes);
  }

  /** null: not known any more. */
  text(record: RecordId): {
    readonly key: string | null;
    readonly value: string;
    readonly headers: readonly { readonly key: string; readonly value: string }[];
  } | null {
    if (!this.numbers.isKnown(record)) return null;
    const key = this.parts.keys.textOf(this.numbers.keyId(record));
    const valueBytes = this.numbers.valueBytes(record);
    const value = valueBytes < 0 ? '' : valueText(this.parts.seed, record, key, valueBytes);
    return { key, value, headers: this.headersOf(record) };
  }

  /** The client's clock begins at its own epoch. */
  wallMs(clientMs: number): number {
    return this.parts.beganAtMs + clientMs - EPOCH_MS;
  }

  private headersOf(record: RecordId): readonly { readonly key: string; readonly value: string }[] {
    const { contentBytes, valueBytes } = this.headerOf(this.numbers.headerBytes(record));
    if (contentBytes === 0) return [];
    const value = Buffer.alloc(valueBytes);
    this.writeHeaderValue(value, 0, record, valueBytes);
    return [{ key: headerKey(contentBytes), value: value.toString('hex') }];
  }

  /** What follows the header of a batch that is compressed; made once, as a retry sends the same. */
  compressed(batch: BatchRecords, compress: Compress): Uint8Array {
    let payload = this.payloads.get(batch);
    if (payload === undefined) {
      const room = Buffer.allocUnsafe(this.mostBytes(batch));
      payload = compress(room.subarray(0, this.writeRecords(room, 0, batch)));
      this.payloads.set(batch, payload);
    }
    return payload;
  }

  /** A batch as it goes out. */
  batchBytes(sent: SentBatch, compression: CompressionType, compress: Compress | null): Uint8Array {
    const { producerId, producerEpoch, baseSequence, isTransactional, batch } = sent;
    const payload = compress === null ? null : this.compressed(batch, compress);
    const most = payload === null ? this.mostBytes(batch) : payload.length;
    const room = Buffer.allocUnsafe(RECORD_BATCH_OVERHEAD_BYTES + most);
    if (payload !== null) room.set(payload, RECORD_BATCH_OVERHEAD_BYTES);
    const end = payload === null ? this.writeRecords(room, RECORD_BATCH_OVERHEAD_BYTES, batch) : room.length;
    const bytes = room.subarray(0, end);
    const header = { compression, producerId, producerEpoch, baseSequence, isTransactional };
    sealRecordBatch(bytes, header, this.summaryOf(batch));
    return bytes;
  }

  private summaryOf(batch: BatchRecords): RecordsSummary {
    const { recordCount: count } = batch;
    let most = -1;
    for (let i = 0; i < count; i++) most = Math.max(most, this.wallMs(batch.timestampOf(i)));
    return { count, baseTimestampMs: this.wallMs(batch.timestampOf(0)), maxTimestampMs: most };
  }

  /** As many bytes as its records can take at most. */
  private mostBytes({ records }: BatchRecords): number {
    let bytes = 0;
    for (const record of records) {
      const keyBytes = this.keys.of(this.numbers.keyId(record))?.bytes.length ?? 0;
      const contentBytes = Math.max(0, this.numbers.valueBytes(record)) + this.numbers.headerBytes(record);
      bytes += MAX_RECORD_OVERHEAD_BYTES + MOST_HEADER_LENGTH_BYTES + keyBytes + contentBytes;
    }
    return bytes;
  }

  /** One behind the other from `start` on. Returns the place after the last. @throws BugError when one is not known. */
  private writeRecords(out: Uint8Array, start: number, batch: BatchRecords): number {
    const baseTimestampMs = batch.timestampOf(0);
    let at = start;
    for (let i = 0; i < batch.recordCount; i++) {
      const record = batch.records[i] ?? recordId(-1);
      at = this.writeRecord(out, at, record, i, batch.timestampOf(i) - baseTimestampMs);
    }
    return at;
  }

  private writeRecord(
    out: Uint8Array,
    start: number,
    record: RecordId,
    offsetDelta: number,
    timestampDeltaMs: number,
  ): number {
    const { numbers } = this;
    if (!numbers.isKnown(record)) throw new BugError(`the content of record ${record} is not known any more`);
    const key = this.keys.of(numbers.keyId(record));
    const valueBytes = numbers.valueBytes(record);
    const header = this.headerOf(numbers.headerBytes(record));
    let at = writeRecordStart(
      out,
      start,
      offsetDelta,
      timestampDeltaMs,
      key?.bytes ?? null,
      valueBytes,
      header.sectionBytes,
    );
    if (valueBytes > 0) {
      writeValue(out, at, this.parts.seed, record, key?.quoted ?? NO_KEY, valueBytes);
      at += valueBytes;
    }
    return this.writeHeader(out, at, record, header);
  }

  /** The header section, with its count. */
  private writeHeader(out: Uint8Array, start: number, record: RecordId, header: HeaderShape): number {
    out.set(header.start, start);
    const at = start + header.start.length;
    this.writeHeaderValue(out, at, record, header.valueBytes);
    return at + header.valueBytes;
  }

  /** A header with room for it carries the run and the number of the record. */
  private writeHeaderValue(out: Uint8Array, at: number, record: RecordId, sizeBytes: number): void {
    const { seed, ledgerRun } = this.parts;
    writeHeaderValue(out, at, seed, record, sizeBytes);
    if (sizeBytes < LEDGER_BYTES) return;
    const view = new DataView(out.buffer, out.byteOffset + at, LEDGER_BYTES);
    view.setUint32(0, ledgerRun);
    view.setUint32(4, record);
  }

  /** Records of one workload have headers of one size. */
  private headerOf(contentBytes: number): HeaderShape {
    if (this.headerShape.contentBytes !== contentBytes) this.headerShape = headerShape(contentBytes);
    return this.headerShape;
  }
}

/** What the header sections of records have in common whose header takes `contentBytes`, key and value together. */
interface HeaderShape {
  readonly contentBytes: number;
  readonly sectionBytes: number;
  /** Up to the value of the header. */
  readonly start: Uint8Array;
  readonly valueBytes: number;
}

function headerShape(contentBytes: number): HeaderShape {
  if (contentBytes === 0) return { contentBytes, sectionBytes: 1, start: new Uint8Array(1), valueBytes: 0 };
  const key = utf8Bytes(headerKey(contentBytes));
  const valueBytes = contentBytes - key.length;
  const start = new Uint8Array(1 + 1 + key.length + sizeOfVarint(valueBytes));
  writeVarint(start, 0, 1);
  writeVarint(start, 1, key.length);
  start.set(key, 2);
  writeVarint(start, 2 + key.length, valueBytes);
  return { contentBytes, sectionBytes: start.length + valueBytes, start, valueBytes };
}

/** Key and value of the one header that a section of this size holds; 0: it holds none. */
function headerContentBytes(sectionBytes: number): number {
  const count = 1;
  if (sectionBytes <= count) return 0;
  // The key's length takes one byte, the value's as many as it needs.
  const rest = sectionBytes - count - 1;
  for (let lengthBytes = 1; lengthBytes <= 3; lengthBytes++) {
    const content = rest - lengthBytes;
    const valueBytes = content - Math.min(content, LONGEST_KEY);
    if (sizeOfVarint(valueBytes) === lengthBytes) return content;
  }
  throw new BugError(`a header section of ${sectionBytes} bytes`);
}

/** The number of a record of this run; null: of another run, or without a number. */
export function ledgerNumber({ headers }: ReadRecord, run: number): number | null {
  for (const { key, value } of headers) {
    if (key !== LEDGER_HEADER_KEY || value === null || value.length < LEDGER_BYTES) continue;
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    if (view.getUint32(0) === run) return view.getUint32(4);
  }
  return null;
}
