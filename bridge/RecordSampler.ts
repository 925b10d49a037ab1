/**
 * Above a rate that a page can draw, the log that viewers get holds the records of one new batch in N only; N follows
 * the rate and stands in the log. Of every other batch `records.omitted` counts the records, so that all sums are exact;
 * what happens to batches and requests is always there. It passes events on and keeps none but those of one `send()`:
 * which batch takes a record is known at its end.
 */
import { threadId, tpId, type BatchId, type RecordId, type ThreadId, type TpId } from '#base/ids';
import type { EventSink, EventType, WriterOf } from '#events/catalogue';
import type { TapeClock } from '#events/tape/TapeWriter';
import type { PartitionedBy } from '#events/words';

/** Records of a second that are told one by one. */
export const TOLD_RECORDS_PER_S = 2000;
const WINDOW_US = 1_000_000;
/** Of so many of the latest records it is known whether they were told. */
const KEPT_RECORDS = 1 << 20;

interface Omission {
  records: number;
  sizeBytes: number;
}

export class RecordSampler {
  private readonly clock: TapeClock;
  private readonly told: EventSink;
  private readonly whole: EventSink | null;
  private readonly write: OwnWriters;
  private oneIn = 1;
  private batches = 0;
  private windowUs = 0;
  private windowRecords = 0;
  /** Batches whose records are omitted, with what has not been told of them; until they are closed. */
  private readonly omissions = new Map<BatchId, Omission>();
  private lastBatch: BatchId | null = null;
  private lastOmission: Omission | undefined;
  /** The send() that has begun and may have to be omitted. */
  private readonly held = new HeldSend();
  /** 1: by its number, the record was omitted. */
  private readonly isOmitted = new Uint8Array(KEPT_RECORDS);

  /** `told`: for viewers. `whole`: every event, for an account of all records; null: nobody wants it. */
  constructor(clock: TapeClock, told: EventSink, whole: EventSink | null) {
    this.clock = clock;
    this.told = told;
    this.whole = whole;
    this.write = {
      'record.sent': told.writer('record.sent'),
      'record.serialized': told.writer('record.serialized'),
      'record.partitioned': told.writer('record.partitioned'),
      'records.omitted': told.writer('records.omitted'),
      'sampling.changed': told.writer('sampling.changed'),
    };
  }

  /** What the producer writes to. */
  get sink(): EventSink {
    return { writer: (type) => this.writer(type) };
  }

  private writer<T extends EventType>(type: T): WriterOf<T> {
    const tell = this.telling(type);
    if (this.whole === null) return tell;
    const write = this.whole.writer(type);
    return (...fields) => {
      write(...fields);
      tell(...fields);
    };
  }

  private telling<T extends EventType>(type: T): WriterOf<T> {
    const write = this.told.writer(type);
    const special: Partial<Writers> = {
      'record.sent': this.sending(this.told.writer('record.sent')),
      'record.timestamped': this.afterHeld(this.told.writer('record.timestamped')),
      'record.intercepted': this.afterHeld(this.told.writer('record.intercepted')),
      'record.serialized': this.serializing(this.told.writer('record.serialized')),
      'record.partitioned': this.partitioning(this.told.writer('record.partitioned')),
      'record.appended': this.appending(this.told.writer('record.appended')),
      'record.refused': this.ending(this.told.writer('record.refused')),
      'record.awaited': this.ending(this.told.writer('record.awaited')),
      'thread.blocked': this.afterHeld(this.told.writer('thread.blocked')),
      'batch.created': this.creating(this.told.writer('batch.created')),
      'batch.closed': this.closing(this.told.writer('batch.closed')),
    };
    return special[type] ?? write;
  }

  // ---- records

  private sending(write: WriterOf<'record.sent'>): WriterOf<'record.sent'> {
    return (record, thread, keyId, valueBytes) => {
      this.count();
      this.tellHeld();
      if (this.oneIn === 1 && this.omissions.size === 0) return write(record, thread, keyId, valueBytes);
      this.held.begin(record, thread, keyId, valueBytes);
    };
  }

  private serializing(write: WriterOf<'record.serialized'>): WriterOf<'record.serialized'> {
    return (record, keyBytes, valueBytes, headerBytes) => {
      if (record === this.held.record) this.held.serialize(keyBytes, valueBytes, headerBytes);
      else write(record, keyBytes, valueBytes, headerBytes);
    };
  }

  private partitioning(write: WriterOf<'record.partitioned'>): WriterOf<'record.partitioned'> {
    return (record, tp, by) => {
      if (record === this.held.record) this.held.partition(tp, by);
      else write(record, tp, by);
    };
  }

  private appending(write: WriterOf<'record.appended'>): WriterOf<'record.appended'> {
    return (record, batch, sizeBytes, fullOrNew) => {
      const omission = this.omissionOf(batch);
      const place = record % KEPT_RECORDS;
      if (omission !== undefined && record === this.held.record) {
        this.held.forget();
        this.isOmitted[place] = 1;
        omission.records++;
        omission.sizeBytes += sizeBytes;
        return;
      }
      this.isOmitted[place] = 0;
      this.tellHeld();
      // Its place in the batch comes from those before it.
      if (omission !== undefined) this.tellOmission(batch, omission);
      write(record, batch, sizeBytes, fullOrNew);
    };
  }

  /** What comes to a record after its append is told of those only that are known. */
  private ending<T extends RecordEvent>(write: WriterOf<T>): WriterOf<T> {
    return (...fields) => {
      const [record] = fields as unknown as readonly [RecordId];
      if (record === this.held.record) this.tellHeld();
      else if (this.isOmitted[record % KEPT_RECORDS] === 1) return;
      write(...fields);
    };
  }

  /** A send() of which there is more to tell is told: one that has to wait at once, as later its times would be wrong. */
  private afterHeld<T extends EventType>(write: WriterOf<T>): WriterOf<T> {
    return (...fields) => {
      this.tellHeld();
      write(...fields);
    };
  }

  private tellHeld(): void {
    const { record } = this.held;
    if (record === null) return;
    this.isOmitted[record % KEPT_RECORDS] = 0;
    this.held.tell(this.write);
  }

  // ---- batches

  private creating(write: WriterOf<'batch.created'>): WriterOf<'batch.created'> {
    return (batch, client, tp, capacityBytes, parentBatch) => {
      // The parts of one that is split have its records.
      if (parentBatch === null && this.batches++ % this.oneIn !== 0)
        this.omissions.set(batch, { records: 0, sizeBytes: 0 });
      write(batch, client, tp, capacityBytes, parentBatch);
    };
  }

  private closing(write: WriterOf<'batch.closed'>): WriterOf<'batch.closed'> {
    return (batch, records, estimatedBytes) => {
      const omission = this.omissions.get(batch);
      if (omission !== undefined) {
        this.tellOmission(batch, omission);
        this.omissions.delete(batch);
        this.lastBatch = null;
      }
      write(batch, records, estimatedBytes);
    };
  }

  /** Records come in runs of one batch. */
  private omissionOf(batch: BatchId): Omission | undefined {
    if (this.omissions.size === 0) return undefined;
    if (batch !== this.lastBatch) {
      this.lastBatch = batch;
      this.lastOmission = this.omissions.get(batch);
    }
    return this.lastOmission;
  }

  private tellOmission(batch: BatchId, omission: Omission): void {
    if (omission.records === 0) return;
    this.write['records.omitted'](batch, omission.records, omission.sizeBytes);
    omission.records = omission.sizeBytes = 0;
  }

  // ---- the rate

  private count(): void {
    const now: number = this.clock.nowUs();
    const passedUs = now - this.windowUs;
    if (passedUs >= WINDOW_US) {
      const perS = (this.windowRecords * WINDOW_US) / passedUs;
      this.windowUs = now;
      this.windowRecords = 0;
      this.change(Math.max(1, Math.ceil(perS / TOLD_RECORDS_PER_S)));
    }
    this.windowRecords++;
    // It need not wait for the end of a second that begins like this.
    if (this.windowRecords > TOLD_RECORDS_PER_S * this.oneIn) this.change(this.oneIn * 2);
  }

  private change(oneIn: number): void {
    if (oneIn === this.oneIn) return;
    this.oneIn = oneIn;
    this.write['sampling.changed'](oneIn);
  }
}

type Writers = { readonly [T in EventType]: WriterOf<T> };
type RecordEvent = 'record.refused' | 'record.awaited';
type OwnWriters = Pick<
  Writers,
  'record.sent' | 'record.serialized' | 'record.partitioned' | 'records.omitted' | 'sampling.changed'
>;

/** What one send() has written so far, without an object for each event. */
class HeldSend {
  record: RecordId | null = null;
  private isSerialized = false;
  private isPartitioned = false;
  private thread = threadId(0);
  private keyId = -1;
  private sentValueBytes = -1;
  private keyBytes = -1;
  private valueBytes = -1;
  private headerBytes = 0;
  private tp = tpId(0);
  private by: PartitionedBy = 'sticky';

  begin(record: RecordId, thread: ThreadId, keyId: number, valueBytes: number): void {
    this.record = record;
    this.isSerialized = this.isPartitioned = false;
    this.thread = thread;
    this.keyId = keyId;
    this.sentValueBytes = valueBytes;
  }

  serialize(keyBytes: number, valueBytes: number, headerBytes: number): void {
    this.isSerialized = true;
    this.keyBytes = keyBytes;
    this.valueBytes = valueBytes;
    this.headerBytes = headerBytes;
  }

  partition(tp: TpId, by: PartitionedBy): void {
    this.isPartitioned = true;
    this.tp = tp;
    this.by = by;
  }

  forget(): void {
    this.record = null;
  }

  tell(write: OwnWriters): void {
    const { record } = this;
    if (record === null) return;
    this.record = null;
    write['record.sent'](record, this.thread, this.keyId, this.sentValueBytes);
    if (this.isSerialized)
      write['record.serialized'](record, this.keyBytes, this.valueBytes, this.headerBytes);
    if (this.isPartitioned) write['record.partitioned'](record, this.tp, this.by);
  }
}
