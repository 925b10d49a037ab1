/** What each counter is called, and what it counts. */
import type { OutcomeKind } from '#projections/recordsByOutcome';

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
