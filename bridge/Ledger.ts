/**
 * The account of a run: what the producer was told of each of its records, held against what the topic really holds.
 * A record is known again by its header (`RecordContents`); those of other runs are passed over. It counts and knows no
 * sockets: `LedgerReader` reads the topic for it.
 */
import type { RecordId, TpId } from '#base/ids';
import type { EventReader } from '#events/EventLogView';
import { LEDGER_BYTES, LEDGER_HEADER_KEY } from './RecordContents.ts';
import type { ReadRecord } from './kafkaBytes/recordBatches.ts';

export interface LedgerCounts {
  /** Whose send() has begun. */
  readonly sent: number;
  readonly acked: number;
  readonly failed: number;
  readonly ackedAndPresent: number;
  /** The producer was told that it is stored, and it is not: with acks=0 and 1, or a lost log. */
  readonly ackedAndMissing: number;
  /** Copies beyond the first. */
  readonly duplicated: number;
  /** That stand in the log behind one of the same partition that was appended later. */
  readonly outOfOrder: number;
  /** Reported failed, and stored all the same. */
  readonly failedButPresent: number;
  /** Stored, and the producer does not know yet. */
  readonly pendingAndPresent: number;
}

type Outcome = 'pending' | 'acked' | 'failed';

interface Entry {
  outcome: Outcome;
  copies: number;
  /** Rises with the first append of each record: threads may begin in one order and append in another. */
  order: number;
}

export class Ledger {
  private readonly run: number;
  private readonly entries = new Map<number, Entry>();
  /** The records of each that has not ended. */
  private readonly batches = new Map<number, RecordId[]>();
  /** Of parts that are not yet closed. */
  private readonly parents = new Map<number, number>();
  private appends = 0;
  /** The highest order read of each partition. */
  private readonly newest = new Map<number, number>();
  private readonly counted = {
    sent: 0,
    acked: 0,
    failed: 0,
    ackedAndPresent: 0,
    duplicated: 0,
    outOfOrder: 0,
    failedButPresent: 0,
    pendingAndPresent: 0,
  };

  /** `run`: the number that the records of this run carry. */
  constructor(run: number) {
    this.run = run;
  }

  get counts(): LedgerCounts {
    const { acked, ackedAndPresent } = this.counted;
    return { ...this.counted, ackedAndMissing: acked - ackedAndPresent };
  }

  /** Records that were acknowledged and have not been read. */
  missing(): number[] {
    return [...this.entries]
      .filter(([, { outcome, copies }]) => outcome === 'acked' && copies === 0)
      .map(([record]) => record);
  }

  // ---- what the producer says

  /** Follows the log of the run up to `toSeq`. */
  follow(events: EventReader, toSeq: number): void {
    while (events.seq < toSeq) {
      const event = events.next();
      switch (event.type) {
        case 'record.sent':
          this.entry(event.record);
          this.counted.sent++;
          break;
        case 'record.appended':
          this.appended(event.record, event.batch);
          break;
        case 'record.refused':
        case 'record.failed':
          this.moved(event.record, 'failed');
          break;
        case 'batch.created':
          if (event.parentBatch !== null) this.parents.set(event.batch, event.parentBatch);
          break;
        case 'batch.closed':
          this.closed(event.batch, event.records);
          break;
        case 'batch.completed':
          this.ended(event.batch, 'acked');
          break;
        case 'batch.failed':
          this.ended(event.batch, 'failed');
          break;
        default:
      }
    }
  }

  private appended(record: RecordId, batch: number): void {
    this.entry(record).order = this.appends++;
    const known = this.batches.get(batch);
    if (known === undefined) this.batches.set(batch, [record]);
    else known.push(record);
  }

  /** A part of a batch that was split: it has the next records of the whole. */
  private closed(batch: number, count: number): void {
    const parent = this.parents.get(batch);
    if (parent === undefined) return;
    this.parents.delete(batch);
    const whole = this.batches.get(parent);
    if (whole === undefined) return;
    this.batches.set(batch, whole.splice(0, count));
    if (whole.length === 0) this.batches.delete(parent);
  }

  private ended(batch: number, outcome: Outcome): void {
    const known = this.batches.get(batch);
    if (known === undefined) return;
    this.batches.delete(batch);
    for (const record of known) this.moved(record, outcome);
  }

  private moved(record: RecordId, outcome: Outcome): void {
    const entry = this.entry(record);
    // The error of one record comes before the end of its batch.
    if (entry.outcome !== 'pending') return;
    entry.outcome = outcome;
    this.counted[outcome === 'acked' ? 'acked' : 'failed']++;
    if (entry.copies === 0) return;
    this.counted.pendingAndPresent--;
    this.counted[outcome === 'acked' ? 'ackedAndPresent' : 'failedButPresent']++;
  }

  private entry(record: number): Entry {
    let entry = this.entries.get(record);
    if (entry === undefined) {
      entry = { outcome: 'pending', copies: 0, order: -1 };
      this.entries.set(record, entry);
    }
    return entry;
  }

  // ---- what the topic says

  /** Records of one partition, in the order of their offsets. The log of the run has been followed before. */
  read(tp: TpId | number, records: readonly ReadRecord[]): void {
    for (const record of records) {
      const number = this.numberOf(record);
      if (number !== null) this.present(tp, number);
    }
  }

  /** null: of another run, or without a number. */
  private numberOf({ headers }: ReadRecord): number | null {
    for (const { key, value } of headers) {
      if (key !== LEDGER_HEADER_KEY || value === null || value.length < LEDGER_BYTES) continue;
      const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
      if (view.getUint32(0) === this.run) return view.getUint32(4);
    }
    return null;
  }

  private present(tp: number, record: number): void {
    const entry = this.entry(record);
    entry.copies++;
    if (entry.copies > 1) {
      this.counted.duplicated++;
      return;
    }
    if (entry.outcome === 'pending') this.counted.pendingAndPresent++;
    else this.counted[entry.outcome === 'acked' ? 'ackedAndPresent' : 'failedButPresent']++;
    const newest = this.newest.get(tp) ?? -1;
    if (entry.order < newest) this.counted.outOfOrder++;
    else this.newest.set(tp, entry.order);
  }
}
