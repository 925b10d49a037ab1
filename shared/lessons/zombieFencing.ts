/** Lesson: a second producer with the same transactional.id fences the first, which can then only be closed. */
import { micros } from '#base/time';
import type { Lesson, LessonFacts, Moment } from './Lesson.ts';
import { producerOf, RECORDS_OF_ONE, transactionRun } from './transactionRun.ts';

const RUN = 'two instances';
const SECOND_STARTS_US = 150_000;
const FENCED: Moment = { ms: 330 };
const END: Moment = { ms: 700 };

const FIRST = 'the first';
const SECOND = 'the second';
const BOTH = 'both';

/** Who can still write at the end. */
function survivor(facts: LessonFacts): string {
  const end = facts.run(RUN, END);
  const [first, second] = [0, 1].map((n) => producerOf(end, n)?.transaction !== 'FATAL_ERROR');
  if (first === true && second === true) return BOTH;
  return first === true ? FIRST : SECOND;
}

const ABORT = 'abort the transaction and begin a new one';
const CLOSE = 'close, and nothing else';

export const zombieFencing: Lesson = {
  id: 'zombie-fencing',
  title: 'Zombie fencing',
  concepts: [18],
  runs: {
    [RUN]: transactionRun({
      records: 120,
      abortEvery: 0,
      // The second asks again while the fence is being made: until it has its epoch, an abort of the first revives that.
      producer: { 'retry.backoff.ms': '10' },
      commands: [{ do: 'producer.start', application: 0, at: micros(SECOND_STARTS_US) }],
    }),
  },
  steps: [
    {
      title: 'One instance',
      run: RUN,
      at: { ms: 145 },
      text: ({ here }) =>
        'One instance of the application works under its `transactional.id`: transaction after transaction. Its epoch is ' +
        `${producerOf(here, 0)?.producerEpoch}; with transactions of version 2 each end of one raises it.`,
      look: ['send()', 'sender'],
      holds: {
        'a transaction is committed': ({ here }) => (producerOf(here, 0)?.committed ?? 0) > 0,
        'there is one producer': ({ here }) => here.state.clients.size === 1,
      },
    },
    {
      title: 'And a second one',
      run: RUN,
      at: { after: 'client.started', nth: 2 },
      text:
        'Somebody believes that the first is dead: a pause of its process, a cut network, a deployment. So a second instance ' +
        'starts, with the same `transactional.id`. The first knows nothing of it and goes on: a zombie.',
      look: ['send()'],
      question: {
        ask: 'Who can write from now on?',
        choices: [FIRST, SECOND, BOTH],
        answer: survivor,
        reveal: (facts) =>
          `Only ${survivor(facts)}. The coordinator lets whoever called \`initTransactions()\` last write under the ` +
          '`transactional.id`.',
      },
      holds: {
        'there are two producers': ({ here }) => here.state.clients.size === 2,
        'the first is in order': ({ here }) => producerOf(here, 0)?.transaction !== 'FATAL_ERROR',
      },
    },
    {
      title: 'The fence',
      run: RUN,
      at: { after: 'producerId.assigned', nth: 2 },
      text: ({ here }) =>
        '`initTransactions()` of the second has aborted what the first had open, and has raised the epoch of the same ' +
        `producer id, ${producerOf(here, 1)?.producerId}, to ${producerOf(here, 1)?.producerEpoch}. Brokers refuse ` +
        'every older epoch from now on.',
      look: ['brokers'],
      holds: {
        'both have the same producer id': ({ here }) =>
          producerOf(here, 0)?.producerId === producerOf(here, 1)?.producerId,
        'the second has the higher epoch': ({ here }) =>
          (producerOf(here, 1)?.producerEpoch ?? 0) > (producerOf(here, 0)?.producerEpoch ?? 0),
      },
    },
    {
      title: 'Fenced',
      run: RUN,
      at: FENCED,
      text: ({ here }) =>
        `What the first sends next is refused, and it gets a \`${producerOf(here, 0)?.transactionError}\`. ` +
        `${here.failedRecords} of its records have failed.`,
      look: ['sender', 'network'],
      question: {
        ask: 'What can the first do now?',
        choices: [ABORT, CLOSE],
        answer: ({ here }) => (producerOf(here, 0)?.transaction === 'FATAL_ERROR' ? CLOSE : ABORT),
        reveal: () =>
          'It must close. An abort would be refused as well: the transaction is not its own any more. To take the ' +
          'work back it would need a new producer, which would fence the second.',
      },
      holds: {
        'the first is in its fatal state': ({ here }) => producerOf(here, 0)?.transaction === 'FATAL_ERROR',
        'because it is fenced': ({ here }) => /Fenced/.test(producerOf(here, 0)?.transactionError ?? ''),
        'the second is not': ({ here }) => producerOf(here, 1)?.transaction !== 'FATAL_ERROR',
      },
    },
    {
      title: 'No damage',
      run: RUN,
      at: END,
      text: ({ here }) =>
        `The second has committed ${producerOf(here, 1)?.committed} transactions meanwhile. A \`read_committed\` reader ` +
        `has got ${here.delivered.readCommitted} records, each of a committed transaction, and none that the zombie ` +
        'wrote behind the fence. Leave the lesson here and start a third instance.',
      look: ['brokers'],
      holds: {
        'the second works': ({ here }) => (producerOf(here, 1)?.committed ?? 0) > 1,
        'what was open at the fence is passed over': ({ here }) =>
          here.delivered.readUncommitted > here.delivered.readCommitted,
        'a reader has whole transactions': ({ here }) => here.delivered.readCommitted % RECORDS_OF_ONE === 0,
      },
    },
  ],
};
