/** The sums of a ledger, by partition and in all, and which records are behind each. */
import type { LedgerListing } from '#wire/ledger';
import { MARKS } from './LedgerPages.ts';

const COUNTED = [
  'acked',
  'failed',
  'ackedAndPresent',
  'missing',
  'duplicated',
  'outOfOrder',
  'failedButPresent',
  'pendingAndPresent',
  'committed',
  'byOffset',
  'gone',
  'goneOffsets',
  'goneCommittedOffsets',
  'cutOffsets',
] as const;
export type Tally = Record<(typeof COUNTED)[number], number>;

const newTally = (): Tally => Object.fromEntries(COUNTED.map((name) => [name, 0])) as Tally;

export interface LedgerCounts {
  /** Whose send() has begun. */
  readonly sent: number;
  readonly acked: number;
  readonly failed: number;
  readonly ackedAndPresent: number;
  /** The producer was told that it is stored, and it has not been read: `ackedAndAwaited` of them may still be. */
  readonly ackedAndMissing: number;
  /** Acknowledged, and the reader has not yet been where it should stand. */
  readonly ackedAndAwaited: number;
  /** Copies beyond the first. */
  readonly duplicated: number;
  /** That stand in the log behind one of the same partition that was appended later. */
  readonly outOfOrder: number;
  /** Reported failed, and stored all the same. */
  readonly failedButPresent: number;
  /** Stored, and the producer does not know yet. */
  readonly pendingAndPresent: number;
  /** Given to a reader of committed records. */
  readonly committed: number;
  /** Taken for present because the log goes on behind their offsets: they carry no number. */
  readonly byOffset: number;
  /** Acknowledged at offsets that the log no longer had when the reader came to them: whether they were there is not known. */
  readonly gone: number;
  /** Those offsets, whoever's records stood there. */
  readonly goneOffsets: number;
  /** The same of the reader of committed records. */
  readonly goneCommittedOffsets: number;
  /** Read, and cut off the log afterwards by a leader that had less. */
  readonly cutOffsets: number;
  /** Outcomes and copies of records that are too old to be told apart: in no other count. */
  readonly forgotten: number;
}

export class LedgerTallies {
  readonly all = newTally();
  readonly ofTp = new Map<number, Tally>();

  /** `tp` below 0: of no partition. */
  count(tp: number, name: keyof Tally, by = 1): void {
    this.all[name] += by;
    if (tp < 0) return;
    let tally = this.ofTp.get(tp);
    if (tally === undefined) this.ofTp.set(tp, (tally = newTally()));
    tally[name] += by;
  }
}

/** Whether a record with these marks is behind a count. */
export const LISTED: Readonly<Record<LedgerListing, (marks: number) => boolean>> = {
  present: (marks) => (marks & MARKS.present) !== 0,
  missing: (marks) => (marks & MARKS.missing) !== 0,
  awaited: (marks) => (marks & (MARKS.acked | MARKS.present | MARKS.missing | MARKS.gone)) === MARKS.acked,
  gone: (marks) => (marks & MARKS.gone) !== 0,
  duplicated: (marks) => (marks & MARKS.duplicated) !== 0,
  'out-of-order': (marks) => (marks & MARKS.outOfOrder) !== 0,
  'failed-but-present': (marks) => (marks & MARKS.failed) !== 0 && (marks & MARKS.present) !== 0,
  committed: (marks) => (marks & MARKS.committed) !== 0,
  'not-committed': (marks) => (marks & (MARKS.present | MARKS.committed)) === MARKS.present,
};
