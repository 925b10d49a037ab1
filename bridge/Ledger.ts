/**
 * The account of a run: what the producer was told of each of its records, held against what its topics really hold.
 * A record is known again by its header (`RecordContents`); those of other runs are passed over. It counts and knows no
 * sockets: `LedgerReader` reads for it. Of the latest two million records it knows each, of older ones the
 * counts (`LedgerPages`).
 */
import type { RecordId } from '#base/ids';
import type { EventReader } from '#events/EventLogView';
import type { LedgerListing } from '#wire/ledger';
import { AwaitedBatches, type AwaitedBatch } from './AwaitedBatches.ts';
import { GoneOffsets } from './GoneOffsets.ts';
import { LedgerPages, MARKS } from './LedgerPages.ts';
import { LISTED, LedgerTallies, type LedgerCounts, type Tally } from './LedgerTallies.ts';
import { carriesNumber, ledgerNumber } from './RecordContents.ts';
import type { ReadRecord } from './kafkaBytes/recordBatches.ts';

interface OpenBatch {
  readonly tp: number;
  /** Of a part that is not yet closed: the whole. */
  parent: number | null;
  records: RecordId[];
}

export class Ledger {
  private readonly run: number;
  private readonly pages = new LedgerPages();
  /** Batches that have not ended. */
  private readonly batches = new Map<number, OpenBatch>();
  private readonly awaited = new AwaitedBatches();
  private readonly goneOffsets = new GoneOffsets();
  private appends = 0;
  /** The highest order read of each partition. */
  private readonly newest = new Map<number, number>();
  /** The topic-partition of each partition that the run has named. */
  private readonly tps = new Map<string, number>();
  private readonly tallies = new LedgerTallies();
  private sent = 0;
  private forgotten = 0;
  /** A producer of the run has had a transaction. */
  hasTransactions = false;
  private ackedAndForgotten = 0;

  /** `run`: the number that the records of this run carry. */
  constructor(run: number) {
    this.run = run;
  }

  get counts(): LedgerCounts {
    const { missing, ...counted } = this.tallies.all;
    const ackedAndMissing = counted.acked - counted.ackedAndPresent - counted.gone - this.ackedAndForgotten;
    return {
      ...counted,
      sent: this.sent,
      ackedAndMissing,
      ackedAndAwaited: ackedAndMissing - missing,
      forgotten: this.forgotten,
    };
  }

  /** The topic-partitions of which there is something to tell, each with its tally. */
  partitions(): (readonly [tp: number, Readonly<Tally>])[] {
    return [...this.tallies.ofTp];
  }

  /** Records that were acknowledged and have not been read, of those that are still known. */
  missing(): number[] {
    const isUnread = (marks: number): boolean =>
      (marks & (MARKS.acked | MARKS.present | MARKS.gone)) === MARKS.acked;
    return this.pages.newest(Infinity, isUnread).toReversed();
  }

  /** The newest records behind a count, newest first; `tp` null: of all partitions. */
  list(listing: LedgerListing, tp: number | null, most: number): number[] {
    const isListed = LISTED[listing];
    return this.pages.newest(most, (marks, of) => isListed(marks) && (tp === null || tp === of));
  }

  // ---- what the producer says

  /** Follows the log of the run up to `toSeq`. */
  follow(events: EventReader, toSeq: number): void {
    while (events.seq < toSeq) {
      const event = events.next();
      switch (event.type) {
        case 'partition.named':
          this.tps.set(`${event.topic}-${event.partition}`, event.tp);
          break;
        case 'record.sent':
          this.pages.add(event.record);
          this.sent++;
          break;
        case 'record.serialized':
          if (!carriesNumber(event.headerBytes)) this.mark(event.record, MARKS.unnumbered);
          break;
        case 'record.appended':
          this.appended(event.record, event.batch);
          break;
        case 'record.refused':
        case 'record.failed':
          this.failed(event.record);
          break;
        case 'batch.created':
          this.batches.set(event.batch, { tp: event.tp, parent: event.parentBatch, records: [] });
          break;
        case 'batch.closed':
          this.closed(event.batch, event.records);
          break;
        case 'batch.completed':
          this.completed(event.batch, event.baseOffset, event.at);
          break;
        case 'batch.failed':
          for (const record of this.taken(event.batch)?.records ?? []) this.failed(record);
          break;
        case 'transaction.moved':
          if (event.to === 'IN_TRANSACTION') this.hasTransactions = true;
          break;
        default:
      }
    }
  }

  private mark(record: number, mark: number): void {
    this.pages.setMarks(record, this.pages.marks(record) | mark);
  }

  private appended(record: RecordId, batch: number): void {
    const open = this.batches.get(batch);
    if (open === undefined) this.batches.set(batch, { tp: -1, parent: null, records: [record] });
    else open.records.push(record);
    this.pages.place(record, open?.tp ?? -1, this.appends++);
  }

  /** A part of a batch that was split: it has the next records of the whole. */
  private closed(batch: number, count: number): void {
    const part = this.batches.get(batch);
    if (part === undefined || part.parent === null) return;
    const whole = this.batches.get(part.parent);
    if (whole !== undefined) {
      part.records = whole.records.splice(0, count);
      if (whole.records.length === 0) this.batches.delete(part.parent);
    }
    part.parent = null;
  }

  private taken(batch: number): OpenBatch | null {
    const open = this.batches.get(batch);
    this.batches.delete(batch);
    return open ?? null;
  }

  private failed(record: number): void {
    const marks = this.pages.marks(record);
    // The error of one record comes before the end of its batch.
    if ((marks & (MARKS.acked | MARKS.failed)) !== 0) return;
    const tp = this.pages.tp(record);
    this.mark(record, MARKS.failed);
    this.tallies.count(tp, 'failed');
    if (!this.pages.has(record)) this.forgotten++;
    else if ((marks & MARKS.present) !== 0) {
      this.tallies.count(tp, 'pendingAndPresent', -1);
      this.tallies.count(tp, 'failedButPresent');
    }
  }

  private completed(batch: number, baseOffset: number, at: number): void {
    const open = this.taken(batch);
    if (open === null) return;
    const { tp, records } = open;
    for (const record of records) {
      const marks = this.pages.marks(record);
      if ((marks & (MARKS.acked | MARKS.failed)) !== 0) continue;
      this.mark(record, MARKS.acked);
      this.tallies.count(tp, 'acked');
      if (!this.pages.has(record)) {
        this.forgotten++;
        this.ackedAndForgotten++;
      } else if ((marks & MARKS.present) !== 0) {
        this.tallies.count(tp, 'pendingAndPresent', -1);
        this.tallies.count(tp, 'ackedAndPresent');
      }
    }
    if (records.every((record) => (this.pages.marks(record) & MARKS.present) !== 0)) return;
    const endOffset = baseOffset < 0 ? null : baseOffset + records.length;
    const order = this.pages.order(records.at(-1) ?? -1);
    this.awaited.add(tp, { records, endOffset, order, at, goneBefore: this.goneOffsets.stretches(tp) });
    this.judge(tp);
  }

  // ---- what the topics say

  /** −1: the run has not named it. */
  private tp(topic: string, partition: number): number {
    return this.tps.get(`${topic}-${partition}`) ?? -1;
  }

  /** Records of one partition, in the order of their offsets. The log of the run has been followed before. */
  read(topic: string, partition: number, records: readonly ReadRecord[]): void {
    const tp = this.tp(topic, partition);
    for (const record of records) {
      const number = ledgerNumber(record, this.run);
      if (number !== null) this.present(tp, number);
    }
  }

  /** The same as a reader of committed records gets it. */
  readCommitted(topic: string, partition: number, records: readonly ReadRecord[]): void {
    const tp = this.tp(topic, partition);
    for (const record of records) {
      const number = ledgerNumber(record, this.run);
      if (number === null || (this.pages.marks(number) & MARKS.committed) !== 0) continue;
      if (!this.pages.has(number)) continue;
      this.mark(number, MARKS.committed);
      this.tallies.count(tp, 'committed');
    }
  }

  /**
   * The reader stands before this offset. `endedAtUs`: and there has been nothing more to read for long enough that what
   * was acknowledged before that moment of the run does not come any more; null: there is more.
   */
  reached(topic: string, partition: number, offset: number, endedAtUs: number | null): void {
    const tp = this.tp(topic, partition);
    this.awaited.reached(tp, offset);
    this.judge(tp, endedAtUs ?? -Infinity);
  }

  /** The log began behind where the reader stood: these offsets, up to before `to`, nobody can read any more. */
  gone(topic: string, partition: number, from: number, to: number): void {
    const tp = this.tp(topic, partition);
    this.goneOffsets.add(tp, from, to);
    this.tallies.count(tp, 'goneOffsets', to - from);
  }

  /** The same of the reader of committed records. */
  goneCommitted(topic: string, partition: number, from: number, to: number): void {
    this.tallies.count(this.tp(topic, partition), 'goneCommittedOffsets', to - from);
  }

  /** A new leader had less than was read: from `from` on there are other records, or none yet. */
  cutOff(topic: string, partition: number, from: number, to: number): void {
    const tp = this.tp(topic, partition);
    this.awaited.reached(tp, from);
    this.tallies.count(tp, 'cutOffsets', to - from);
  }

  /** Acknowledged ones that the reader has passed without seeing them are missing, unless they carry no number. */
  private judge(tp: number, endedAtUs = -Infinity): void {
    const newest = this.newest.get(tp) ?? -1;
    for (const batch of this.awaited.take(tp, newest, endedAtUs))
      batch.records.forEach((record, i) => {
        const marks = this.pages.marks(record);
        if ((marks & (MARKS.present | MARKS.missing)) !== 0 || !this.pages.has(record)) return;
        if (this.isGone(tp, batch, i)) this.judged(tp, record, 'gone');
        else if (batch.isPassed && batch.endOffset !== null && (marks & MARKS.unnumbered) !== 0) {
          this.mark(record, MARKS.present);
          this.tallies.count(tp, 'ackedAndPresent');
          this.tallies.count(tp, 'byOffset');
        } else this.judged(tp, record, 'missing');
      });
  }

  private judged(tp: number, record: number, what: 'gone' | 'missing'): void {
    this.mark(record, MARKS[what]);
    this.tallies.count(tp, what);
  }

  /** Where no offset was told, it may have stood in any stretch that has gone since. */
  private isGone(tp: number, { records, endOffset, goneBefore }: AwaitedBatch, place: number): boolean {
    return endOffset === null
      ? this.goneOffsets.stretches(tp) > goneBefore
      : this.goneOffsets.has(tp, endOffset - records.length + place);
  }

  private present(tp: number, record: number): void {
    if (!this.pages.has(record)) {
      this.forgotten++;
      return;
    }
    const marks = this.pages.marks(record);
    if ((marks & MARKS.present) !== 0) {
      this.mark(record, MARKS.duplicated);
      return this.tallies.count(tp, 'duplicated');
    }
    this.pages.setMarks(record, (marks & ~MARKS.missing & ~MARKS.gone) | MARKS.present);
    if ((marks & MARKS.missing) !== 0) this.tallies.count(tp, 'missing', -1);
    if ((marks & MARKS.gone) !== 0) this.tallies.count(tp, 'gone', -1);
    if ((marks & MARKS.acked) !== 0) this.tallies.count(tp, 'ackedAndPresent');
    else this.tallies.count(tp, (marks & MARKS.failed) !== 0 ? 'failedButPresent' : 'pendingAndPresent');
    const newest = this.newest.get(tp) ?? -1;
    const order = this.pages.order(record);
    if (order < newest) {
      this.mark(record, MARKS.outOfOrder);
      this.tallies.count(tp, 'outOfOrder');
    } else this.newest.set(tp, order);
  }
}
