/** What each counter is called, and what it counts. */
import type { OutcomeKind } from '#projections/recordsByOutcome';
import type { LedgerListing } from '#wire/ledger';
import type { Listed } from '../store/appStore.ts';

export const OUTCOME_WORDS: Readonly<Record<OutcomeKind, string>> = {
  waiting: 'waiting',
  acked: 'acked',
  failed: 'failed',
  duplicated: 'duplicated',
  'lost-after-ack': 'lost after ack',
  'failed-yet-stored': 'failed yet stored',
  reordered: 'reordered',
};

export const OUTCOME_MEANINGS: Readonly<Record<OutcomeKind, string>> = {
  waiting: 'Sent, and nothing has been heard of them yet.',
  acked: 'The producer got an answer: written.',
  failed: 'The application was told that they could not be sent.',
  duplicated: 'They stand in the log more than once.',
  'lost-after-ack': 'The application was told that they are written, and they are in no log any more.',
  'failed-yet-stored': 'The application was told that they failed, and they stand in the log all the same.',
  reordered: 'They stand in the log behind records that were sent after them.',
};

/** The same of what was read back from the log. */
export const LEDGER_WORDS: Readonly<Record<LedgerListing, string>> = {
  present: 'stored',
  missing: 'lost after ack',
  awaited: 'unread',
  gone: 'gone unread',
  duplicated: 'duplicated',
  'out-of-order': 'reordered',
  'failed-but-present': 'failed yet stored',
  committed: 'read_committed',
  'not-committed': 'read_uncommitted only',
};

export const LEDGER_MEANINGS: Readonly<Record<LedgerListing, string>> = {
  present: 'Read back from the log at least once.',
  missing: 'Acknowledged, and the reader has passed the place where they should stand.',
  awaited: 'Acknowledged, and the reader has not come to their place yet.',
  gone: 'Acknowledged, and the log had been cut before the reader came to their place: nobody knows more of them.',
  duplicated: 'Read back more than once.',
  'out-of-order': 'Read behind a record of the same partition that was appended after them.',
  'failed-but-present': 'Reported failed, and read back all the same.',
  committed: 'Given to a reader of committed records.',
  'not-committed':
    'Stored, and not given to a reader of committed records: aborted, or their transaction is open.',
};

export const wordsOf = (listed: Listed): string =>
  'ledger' in listed ? LEDGER_WORDS[listed.ledger] : OUTCOME_WORDS[listed.kind];
