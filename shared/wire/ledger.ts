/**
 * What the bridge has read back from the log of a live run: a message of its own, about once a second. Its counts are of
 * the present, whatever moment the picture shows.
 */
import * as v from 'valibot';

/** Rises with any change of what follows. */
export const LEDGER_VERSION = 2;
/** Of recordings: version 1 knew nothing of offsets that are gone. */
const READ_VERSIONS = [1, LEDGER_VERSION] as const;

/** Whose records can be asked for. */
export const LEDGER_LISTINGS = [
  'present',
  'missing',
  'awaited',
  'gone',
  'duplicated',
  'out-of-order',
  'failed-but-present',
  'committed',
  'not-committed',
] as const;
export type LedgerListing = (typeof LEDGER_LISTINGS)[number];
/** The newest of them come. */
export const MOST_LISTED_RECORDS = 200;
/** More partitions are in the sums only. */
export const MOST_LEDGER_PARTITIONS = 500;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const ledgerCounts = v.strictObject({
  acked: count,
  failed: count,
  /** Records of this run that stand in the log, however the producer was told. */
  present: count,
  ackedAndPresent: count,
  /** Acknowledged, and the reader has passed where they should stand. */
  missing: count,
  /** Acknowledged, and not read yet. */
  awaited: count,
  /** Copies beyond the first. */
  duplicated: count,
  outOfOrder: count,
  failedButPresent: count,
  /** Given to a reader of committed records; null: nobody has transactions. */
  committed: v.nullable(count),
  /** Present because the log goes on behind their offsets: they carry no number, and could be others. */
  byOffset: count,
  /** Acknowledged, at offsets that were gone from the log before they were read: nobody knows more of them. */
  gone: v.optional(count, 0),
  /** Offsets that were gone before they were read, whoever's records stood there. */
  goneOffsets: v.optional(count, 0),
  /** The same of the reader of committed records. */
  goneCommittedOffsets: v.optional(count, 0),
  /** Offsets that were read and then cut off by a leader that had less: what stood there still counts as stored. */
  cutOffsets: v.optional(count, 0),
});
export type LedgerCounts = v.InferOutput<typeof ledgerCounts>;

export const ledgerMessage = v.strictObject({
  kind: v.literal('ledger'),
  version: v.picklist(READ_VERSIONS),
  /** The topics that are read, with commas. */
  topic: v.string(),
  /** Why it cannot be read at present; null: it is read. */
  trouble: v.nullable(v.pipe(v.string(), v.maxLength(10_000))),
  all: ledgerCounts,
  partitions: v.array(v.tuple([count, ledgerCounts])),
  /** Outcomes and copies of records that are too old to be told apart: in no count. */
  forgotten: count,
});
export type LedgerMessage = v.InferOutput<typeof ledgerMessage>;

/** Page to bridge: which records are behind a count. `tp` null: of all partitions. */
export const ledgerRecordsQuestion = v.strictObject({
  kind: v.literal('ledgerRecords'),
  listing: v.picklist(LEDGER_LISTINGS),
  tp: v.nullable(count),
});

export const ledgerRecordsAnswer = v.strictObject({
  kind: v.literal('ledgerRecords'),
  listing: v.picklist(LEDGER_LISTINGS),
  tp: v.nullable(count),
  /** Newest first. */
  records: v.pipe(v.array(count), v.maxLength(MOST_LISTED_RECORDS)),
});
