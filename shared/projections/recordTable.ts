/** Fills the record columns from the events of a log, in order. 11 to 14 bytes a row. */
import type { PipelineEvent } from '#events/catalogue';
import { Column } from './columns.ts';
import type { RecordColumns } from './RecordColumns.ts';

const MEDIUM_BYTES = 256;
const LARGE_BYTES = 4096;
const COLOURS = 8;
const SIZE_SHIFT = 4;
const COLOUR_MASK = 15;

const sizeClassOf = (valueBytes: number): number =>
  valueBytes < MEDIUM_BYTES ? 0 : valueBytes < LARGE_BYTES ? 1 : 2;

/** keyId −1: a null key, without a colour. */
const colourOf = (keyId: number): number => (keyId < 0 ? 0 : 1 + (keyId % COLOURS));

export class RecordTable implements RecordColumns {
  length = 0;
  private readonly sent = new Column();
  private readonly appendedAfter = new Column();
  private readonly batches = new Column();
  private readonly indexes = new Column();
  /** How many records further the next of the batch stands. */
  private readonly nextAfter = new Column();
  private readonly looks = new Column();
  /** Of records that are in no batch; of the others the batch knows. */
  private readonly tps = new Map<number, number>();
  private readonly tpOfBatch = new Column();
  private readonly threads = new Column();
  /** The next of the batch where it was sent before: threads may append in another order than they sent. */
  private readonly backwards = new Map<number, number>();
  /** Last record and count of each batch that is open. */
  private readonly open = new Map<number, { last: number; records: number }>();

  sentAt(record: number): number {
    return this.sent.get(record);
  }
  appendedAt(record: number): number {
    const after = this.appendedAfter.get(record);
    return after < 0 ? -1 : this.sent.get(record) + after;
  }
  batchId(record: number): number {
    return this.batches.get(record);
  }
  indexInBatch(record: number): number {
    return Math.max(0, this.indexes.get(record));
  }
  next(record: number): number {
    const after = this.nextAfter.get(record);
    return after >= 0 ? record + after : (this.backwards.get(record) ?? -1);
  }
  colour(record: number): number {
    return Math.max(0, this.looks.get(record)) & COLOUR_MASK;
  }
  sizeClass(record: number): number {
    return Math.max(0, this.looks.get(record)) >> SIZE_SHIFT;
  }
  tp(record: number): number {
    const batch = this.batches.get(record);
    return batch < 0 ? (this.tps.get(record) ?? -1) : this.tpOfBatch.get(batch);
  }
  thread(record: number): number {
    return this.threads.get(record);
  }

  get bytesKept(): number {
    const { sent, appendedAfter, batches, indexes, nextAfter, looks, tpOfBatch, threads } = this;
    let bytes = sent.bytesKept + (this.open.size + this.tps.size) * 64;
    for (const column of [appendedAfter, batches, indexes, nextAfter, looks, tpOfBatch, threads]) {
      bytes += column.bytesKept;
    }
    return bytes;
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'record.sent': {
        const { record } = event;
        this.length = Math.max(this.length, record + 1);
        this.sent.set(record, event.at);
        this.threads.set(record, event.thread);
        this.looks.set(record, colourOf(event.keyId) | (sizeClassOf(event.valueBytes) << SIZE_SHIFT));
        return;
      }
      case 'batch.created':
        this.tpOfBatch.set(event.batch, event.tp);
        return;
      case 'record.partitioned':
        this.tps.set(event.record, event.tp);
        return;
      case 'record.appended': {
        const { record, batch } = event;
        this.tps.delete(record);
        this.appendedAfter.set(record, event.at - this.sent.get(record));
        this.batches.set(record, batch);
        const open = this.open.get(batch);
        if (open === undefined) {
          this.open.set(batch, { last: record, records: 1 });
          return;
        }
        this.indexes.set(record, open.records);
        if (open.last < 0) {
          // Those before it have no rows.
        } else if (record > open.last) this.nextAfter.set(open.last, record - open.last);
        else this.backwards.set(open.last, record);
        open.last = record;
        open.records++;
        return;
      }
      case 'records.omitted': {
        const open = this.open.get(event.batch);
        if (open === undefined) this.open.set(event.batch, { last: -1, records: event.records });
        else open.records += event.records;
        return;
      }
      case 'batch.closed':
        this.open.delete(event.batch);
        return;
      default:
    }
  }
}
