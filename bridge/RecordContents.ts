/**
 * What stands in the records of a live run, as bytes for the wire and as text for the page. Only numbers are kept of
 * each of the latest records; the text is made again from them and the seed, as in the model. A header of at least 16
 * bytes carries, after its key, the run and the record's number: by it the ledger knows a record again.
 */
import { BugError } from '#base/assert';
import type { RecordId } from '#base/ids';
import { EPOCH_MS } from '#base/time';
import { utf8Bytes } from '#base/utf8';
import { sizeOfVarint } from '#base/varint';
import type { EventSink, EventType, WriterOf } from '#events/catalogue';
import type { SentBatch } from '#engine/requests';
import type { BatchRecords } from '#engine/RunContext';
import type { KeyNames } from '#model/KeyNames';
import { headerKey, headerText, valueText } from '#patterns/content';
import type { CompressionType } from '#record/CompressionType';
import { recordBatchBytes, recordsBytes, type RecordContent } from '#record/recordBatchBytes';
import type { ReadRecord } from './kafkaBytes/recordBatches.ts';
import type { Compress } from './kafkajs/codecs.ts';

/** Of so many records the numbers are kept; more cannot wait in a producer's memory at its default size. */
const KEPT_RECORDS = 1 << 20;
/** Run and record number, 4 bytes each. */
export const LEDGER_BYTES = 8;
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
  private readonly keyIds = new Int32Array(KEPT_RECORDS);
  private readonly valueSizes = new Int32Array(KEPT_RECORDS);
  private readonly headerSizes = new Int32Array(KEPT_RECORDS);
  private readonly payloads = new WeakMap<object, Uint8Array>();
  /** One past the newest record. */
  private end = 0;

  constructor(parts: RecordContentsParts) {
    this.parts = parts;
  }

  /** The same sink, and what is needed of each record is noted on the way. */
  noting(events: EventSink): EventSink {
    return {
      writer: <T extends EventType>(type: T): WriterOf<T> => {
        const write = events.writer(type);
        if (type === 'record.sent') return this.notingSent(write as WriterOf<'record.sent'>) as WriterOf<T>;
        if (type === 'record.serialized')
          return this.notingHeaders(write as WriterOf<'record.serialized'>) as WriterOf<T>;
        return write;
      },
    };
  }

  private notingSent(write: WriterOf<'record.sent'>): WriterOf<'record.sent'> {
    return (record, thread, keyId, valueBytes) => {
      const place = record % KEPT_RECORDS;
      this.keyIds[place] = keyId;
      this.valueSizes[place] = valueBytes;
      this.headerSizes[place] = 0;
      this.end = record + 1;
      write(record, thread, keyId, valueBytes);
    };
  }

  private notingHeaders(write: WriterOf<'record.serialized'>): WriterOf<'record.serialized'> {
    return (record, keyBytes, valueBytes, headerBytes) => {
      this.headerSizes[record % KEPT_RECORDS] = headerContentBytes(headerBytes);
      write(record, keyBytes, valueBytes, headerBytes);
    };
  }

  isKnown(record: RecordId): boolean {
    return record < this.end && record >= this.end - KEPT_RECORDS;
  }

  /** null: not known any more. */
  text(record: RecordId): {
    readonly key: string | null;
    readonly value: string;
    readonly headers: readonly { readonly key: string; readonly value: string }[];
  } | null {
    if (!this.isKnown(record)) return null;
    const place = record % KEPT_RECORDS;
    const key = this.parts.keys.textOf(this.keyIds[place] ?? -1);
    const valueBytes = this.valueSizes[place] ?? -1;
    const value = valueBytes < 0 ? '' : valueText(this.parts.seed, record, key, valueBytes);
    const headers = this.headersOf(record).map(({ key: name, value: bytes }) => ({
      key: name,
      value: Buffer.from(bytes).toString('hex'),
    }));
    return { key, value, headers };
  }

  /** @throws BugError when it is not known any more. */
  record(record: RecordId, timestampMs: number): RecordContent {
    if (!this.isKnown(record)) throw new BugError(`the content of record ${record} is not known any more`);
    const place = record % KEPT_RECORDS;
    const key = this.parts.keys.textOf(this.keyIds[place] ?? -1);
    const valueBytes = this.valueSizes[place] ?? -1;
    return {
      timestampMs: this.wallMs(timestampMs),
      key: key === null ? null : utf8Bytes(key),
      value: valueBytes < 0 ? null : this.valueOf(record, key, valueBytes),
      headers: this.headersOf(record),
    };
  }

  /** A key that somebody typed may take more bytes than it has characters: then the end is cut. */
  private valueOf(record: RecordId, key: string | null, valueBytes: number): Uint8Array {
    return utf8Bytes(valueText(this.parts.seed, record, key, valueBytes)).subarray(0, valueBytes);
  }

  /** The client's clock begins at its own epoch. */
  wallMs(clientMs: number): number {
    return this.parts.beganAtMs + clientMs - EPOCH_MS;
  }

  private headersOf(record: RecordId): readonly { readonly key: string; readonly value: Uint8Array }[] {
    const { seed, ledgerRun } = this.parts;
    const sizeBytes = this.headerSizes[record % KEPT_RECORDS] ?? 0;
    return headerText(seed, record, sizeBytes).map(({ key, value }) => {
      const bytes = Buffer.from(value);
      if (bytes.length >= LEDGER_BYTES) {
        bytes.writeUInt32BE(ledgerRun, 0);
        bytes.writeUInt32BE(record, 4);
      }
      return { key, value: bytes };
    });
  }

  /** What follows the header of a batch that is compressed; made once, as a retry sends the same. */
  compressed(batch: BatchRecords, compress: Compress): Uint8Array {
    let payload = this.payloads.get(batch);
    if (payload === undefined) {
      payload = compress(recordsBytes(this.recordsOf(batch)));
      this.payloads.set(batch, payload);
    }
    return payload;
  }

  /** A batch as it goes out. */
  batchBytes(sent: SentBatch, compression: CompressionType, compress: Compress | null): Uint8Array {
    const { producerId, producerEpoch, baseSequence, isTransactional, batch } = sent;
    const payload = compress === null ? null : this.compressed(batch, compress);
    const header = { compression, producerId, producerEpoch, baseSequence, isTransactional };
    return recordBatchBytes(header, this.recordsOf(batch), payload);
  }

  private recordsOf(batch: BatchRecords): RecordContent[] {
    const contents: RecordContent[] = [];
    for (let i = 0; i < batch.recordCount; i++) {
      const record = batch.records[i];
      if (record !== undefined) contents.push(this.record(record, batch.timestampOf(i)));
    }
    return contents;
  }
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
