/** Lesson: a transaction is all or nothing for a reader that asks for it, though its records are in the logs all the same. */
import type { Lesson, Moment } from './Lesson.ts';
import { heldBackIn, markersIn, producerOf, RECORDS_OF_ONE, transactionRun } from './transactionRun.ts';

/** All is over by then. */
const END: Moment = { ms: 300 };
const OPEN: Moment = { after: 'batch.completed', nth: 4 };

const NONE = 'none of them';
const ALL = 'all of them';
const SOME = 'those that are acked';
const REMOVED = 'They are taken out of the logs';
const STAY = 'They stay in the logs';

function share(delivered: number, written: number, acked: number): string {
  if (delivered === 0) return NONE;
  return delivered === written ? ALL : delivered === acked ? SOME : '';
}

export const transactions: Lesson = {
  id: 'transactions',
  title: 'Transactions',
  concepts: [17],
  runs: {
    committed: transactionRun({ records: RECORDS_OF_ONE, abortEvery: 0, commands: [] }),
    aborted: transactionRun({ records: RECORDS_OF_ONE, abortEvery: 1, commands: [] }),
  },
  steps: [
    {
      title: 'A name for the work',
      run: 'committed',
      at: { after: 'producerId.assigned', nth: 1 },
      text: ({ here }) =>
        '`initTransactions()` has asked for the coordinator of the `transactional.id` and got producer id ' +
        `${producerOf(here, 0)?.producerId} in epoch ${producerOf(here, 0)?.producerEpoch} from it. Had an earlier ` +
        'instance left a transaction open, it would be aborted now.',
      look: ['sender', 'brokers'],
      holds: {
        'it has a producer id': ({ here }) => (producerOf(here, 0)?.producerId ?? -1) >= 0,
        'nothing has been sent yet': ({ here }) => here.recordsSent === 0,
      },
    },
    {
      title: 'Written, acked, not committed',
      run: 'committed',
      at: OPEN,
      text: ({ here }) =>
        '`beginTransaction()` asks no broker. The records go to two topics as they always do: ' +
        `${here.recordsAcked} are written, replicated and acked. But the last stable offset of their partitions stays ` +
        'where the transaction began.',
      look: ['brokers', 'orders-0', 'audit-0'],
      question: {
        ask: 'What has a reader with `isolation.level=read_committed` got of them?',
        choices: [NONE, SOME, ALL],
        answer: ({ here }) =>
          share(here.delivered.readCommitted, here.state.counters.recordsStored, here.recordsAcked),
        reveal: ({ here }) =>
          `${here.delivered.readCommitted} records. A \`read_uncommitted\` reader, the default, has ` +
          `${here.delivered.readUncommitted} already. ${heldBackIn(here)} partitions are held back: in them ` +
          '`read_committed` readers wait, also for records of other producers that come behind.',
      },
      holds: {
        'records are acked': ({ here }) => here.recordsAcked > 0,
        'partitions are held back': ({ here }) => heldBackIn(here) > 1,
        'read_uncommitted has some': ({ here }) => here.delivered.readUncommitted > 0,
        'read_committed has none': ({ here }) => here.delivered.readCommitted === 0,
      },
    },
    {
      title: 'The decision',
      run: 'committed',
      at: { after: 'log.marked', nth: 1 },
      text:
        '`commitTransaction()` has flushed what was waiting and sent `EndTxn`. The coordinator has written the decision into ' +
        'its own log: from here on it stands, whoever dies. Now it sends a marker to every partition of the transaction.',
      look: ['brokers'],
      question: {
        ask: 'How many markers does this one transaction write?',
        choices: ['1', '2', '3'],
        answer: (facts) => String(markersIn(facts.run('committed', END))),
        reveal: (facts) =>
          `${markersIn(facts.run('committed', END))}: one in each partition that has records of it. A marker takes an ` +
          'offset, so offsets have gaps for readers.',
      },
      holds: {
        'the first marker is there': ({ here }) => markersIn(here) === 1,
        'all records are acked': ({ here }) => here.recordsAcked === RECORDS_OF_ONE,
      },
    },
    {
      title: 'All at once',
      run: 'committed',
      at: END,
      text: ({ here }) =>
        `Behind the markers the last stable offset moves on, and the \`read_committed\` reader has ` +
        `${here.delivered.readCommitted} of ${here.recordsSent} records, in both topics.`,
      look: ['orders-0', 'audit-0'],
      holds: {
        'both readers have all': ({ here }) =>
          here.delivered.readCommitted === RECORDS_OF_ONE &&
          here.delivered.readUncommitted === RECORDS_OF_ONE,
        'nothing is held back': ({ here }) => heldBackIn(here) === 0,
        'it is committed': ({ here }) => producerOf(here, 0)?.committed === 1,
      },
    },
    {
      title: 'The same, aborted',
      run: 'aborted',
      at: OPEN,
      text:
        'The same records once more, and nobody can tell a difference yet. This time the application will call ' +
        '`abortTransaction()`.',
      look: ['brokers'],
      question: {
        ask: 'What happens to the records that are written already?',
        choices: [REMOVED, STAY],
        answer: (facts) =>
          facts.run('aborted', END).state.counters.recordsStored >=
          facts.run('aborted', OPEN).state.counters.recordsStored
            ? STAY
            : REMOVED,
        reveal: (facts) =>
          `${facts.run('aborted', END).state.counters.recordsStored} records of an aborted transaction lie in the logs. ` +
          'A log is only ever appended to: the markers say that they are to be passed over.',
      },
      holds: {
        'records are written': ({ here }) => here.state.counters.recordsStored > 0,
        'they are held back': ({ here }) => heldBackIn(here) > 1,
      },
    },
    {
      title: 'Two readers, two truths',
      run: 'aborted',
      at: END,
      text: ({ here }) =>
        `\`read_uncommitted\` has got ${here.delivered.readUncommitted} records, all of them aborted; \`read_committed\` ` +
        `has got ${here.delivered.readCommitted}. Select a partition to see both side by side. Leave the lesson here and ` +
        'let transactions commit and abort by turns.',
      look: ['orders-0', 'audit-0'],
      holds: {
        'read_uncommitted has what was aborted': ({ here }) =>
          here.delivered.aborted > 0 && here.delivered.aborted === here.delivered.readUncommitted,
        'read_committed has nothing': ({ here }) => here.delivered.readCommitted === 0,
        'it is aborted': ({ here }) => producerOf(here, 0)?.aborted === 1,
      },
    },
  ],
};
