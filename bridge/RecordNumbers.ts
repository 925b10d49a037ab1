/**
 * The numbers from which the content of a record is made again. Those of the latest million records are kept; of more, as
 * long as a batch with an older one has not ended: while one broker cannot be reached, its records wait for minutes and
 * those of the others go by.
 */
import type { BatchId, ClientId, RecordId } from '#base/ids';
import type { EventSink, EventType, WriterOf } from '#events/catalogue';

const FIRST_CAPACITY = 1 << 20;
/** 100 MB, far more than a producer of default size can hold up. */
const MOST_CAPACITY = 1 << 23;
/** More than there are threads: each may be in the middle of a send() that it has begun before the others. */
const MOST_SENDING = 1024;

interface OpenBatch {
  readonly client: ClientId;
  /** No record of it is older. */
  readonly since: number;
}

export class RecordNumbers {
  private capacity = FIRST_CAPACITY;
  private keyIds = new Int32Array(FIRST_CAPACITY);
  private valueSizes = new Int32Array(FIRST_CAPACITY);
  private headerSizes = new Int32Array(FIRST_CAPACITY);
  /** One past the newest record. */
  private end = 0;
  /** What is older had gone when there was made more room. */
  private keptFrom = 0;
  private readonly open = new Map<BatchId, OpenBatch>();
  /** Nothing before it is in an open batch. */
  private openFrom = 0;

  /** The same sink, and what is needed of each record is noted on the way. `contentBytesOf`: of a header section. */
  noting(events: EventSink, contentBytesOf: (sectionBytes: number) => number): EventSink {
    const ended = (batch: BatchId): void => void this.open.delete(batch);
    const noted: Partial<Writers> = {
      'record.sent': this.notingSent(events.writer('record.sent')),
      'record.serialized': this.notingHeaders(events.writer('record.serialized'), contentBytesOf),
      'batch.created': before(events.writer('batch.created'), (batch, client, _tp, _bytes, parent) => {
        // The parts of one that is split have its records.
        const since = (parent === null ? undefined : this.open.get(parent)?.since) ?? this.end - MOST_SENDING;
        this.open.set(batch, { client, since });
      }),
      'batch.split': before(events.writer('batch.split'), ended),
      'batch.completed': before(events.writer('batch.completed'), ended),
      'batch.failed': before(events.writer('batch.failed'), ended),
      'client.closed': before(events.writer('client.closed'), (closed) => {
        // What died has not ended its batches.
        for (const [batch, { client }] of this.open) if (client === closed) this.open.delete(batch);
      }),
    };
    return {
      writer: (type) => noted[type] ?? events.writer(type),
    };
  }

  private notingSent(write: WriterOf<'record.sent'>): WriterOf<'record.sent'> {
    return (record, thread, keyId, valueBytes) => {
      this.sent(record, keyId, valueBytes);
      write(record, thread, keyId, valueBytes);
    };
  }

  private notingHeaders(
    write: WriterOf<'record.serialized'>,
    contentBytesOf: (sectionBytes: number) => number,
  ): WriterOf<'record.serialized'> {
    return (record, keyBytes, valueBytes, headerBytes) => {
      this.headerSizes[record % this.capacity] = contentBytesOf(headerBytes);
      write(record, keyBytes, valueBytes, headerBytes);
    };
  }

  isKnown(record: RecordId): boolean {
    return record < this.end && record >= Math.max(this.keptFrom, this.end - this.capacity);
  }

  /** −1: no key. */
  keyId(record: RecordId): number {
    return this.keyIds[record % this.capacity] ?? -1;
  }

  /** −1: null. */
  valueBytes(record: RecordId): number {
    return this.valueSizes[record % this.capacity] ?? -1;
  }

  /** Of the header's key and value together. */
  headerBytes(record: RecordId): number {
    return this.headerSizes[record % this.capacity] ?? 0;
  }

  private sent(record: RecordId, keyId: number, valueBytes: number): void {
    // It takes the place of one that may still be needed.
    if (record - this.capacity >= this.openFrom && this.capacity < MOST_CAPACITY) this.makeRoom(record);
    const place = record % this.capacity;
    this.keyIds[place] = keyId;
    this.valueSizes[place] = valueBytes;
    this.headerSizes[place] = 0;
    this.end = record + 1;
  }

  private makeRoom(record: RecordId): void {
    this.openFrom = this.end - MOST_SENDING;
    for (const { since } of this.open.values()) this.openFrom = Math.min(this.openFrom, since);
    if (record - this.capacity < this.openFrom) return;
    this.keptFrom = record - this.capacity;
    this.keyIds = doubled(this.keyIds);
    this.valueSizes = doubled(this.valueSizes);
    this.headerSizes = doubled(this.headerSizes);
    this.capacity *= 2;
  }
}

type Writers = { readonly [T in EventType]: WriterOf<T> };

/** Writes what has been noted. */
function before<T extends EventType>(write: WriterOf<T>, note: WriterOf<T>): WriterOf<T> {
  return (...fields) => {
    note(...fields);
    write(...fields);
  };
}

/** Each record is found at its new place, whichever half that is in. */
function doubled(ring: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * ring.length);
  larger.set(ring);
  larger.set(ring, ring.length);
  return larger;
}
