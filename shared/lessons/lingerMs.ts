/** Lesson: `linger.ms` trades a wait for a fuller batch, and under load the wait can pay for itself. */
import {
  DEFAULT_APPLICATION,
  DEFAULT_CLUSTER,
  DEFAULT_SCENARIO,
  DEFAULT_WORKLOAD,
} from '#model/defaultScenario';
import type { Scenario } from '#model/Scenario';
import type { Lesson, LessonFacts, Moment } from './Lesson.ts';

const RECORDS = 20;
/** All is over by then. */
const END: Moment = { ms: 30 };
const BUSY_END: Moment = { ms: 130 };

interface Spec {
  readonly lingerMs: number;
  readonly records: number;
  readonly keys: number;
  readonly brokerUs: number;
}

/** Two records a millisecond, alike but for their keys. */
const scenario = ({ lingerMs, records, keys, brokerUs }: Spec): Scenario => ({
  ...DEFAULT_SCENARIO,
  seed: 7,
  cluster: { ...DEFAULT_CLUSTER, appendUs: brokerUs },
  applications: [
    {
      ...DEFAULT_APPLICATION,
      producer: { 'linger.ms': String(lingerMs) },
      workload: {
        ...DEFAULT_WORKLOAD,
        recordsPerS: 2000,
        valueBytes: 100,
        valueSpreadPercent: 0,
        keys,
        keySkewPercent: 0,
        records,
      },
    },
  ],
});

const CALM = { records: RECORDS, keys: 6, brokerUs: DEFAULT_CLUSTER.appendUs };
const BUSY = { records: 200, keys: 60, brokerUs: 2000 };

const requests = (count: number): string => (count === 1 ? '1 request' : `${count} requests`);
const NEARLY_ALL = 'almost one for each record';
const HALF = 'about half as many as records';
const FEW = 'a handful';

function howMany(requestCount: number): string {
  if (requestCount * 10 >= RECORDS * 8) return NEARLY_ALL;
  return requestCount * 10 >= RECORDS * 3 ? HALF : FEW;
}

const faster = (facts: LessonFacts): string =>
  facts.run('busy, linger 5', BUSY_END).medianLatencyMs <
  facts.run('busy, linger 0', BUSY_END).medianLatencyMs
    ? 'linger.ms=5'
    : 'linger.ms=0';

export const lingerMs: Lesson = {
  id: 'linger-ms',
  title: 'linger.ms',
  concepts: [5, 6],
  runs: {
    'linger 10': scenario({ lingerMs: 10, ...CALM }),
    'linger 0': scenario({ lingerMs: 0, ...CALM }),
    'busy, linger 0': scenario({ lingerMs: 0, ...BUSY }),
    'busy, linger 5': scenario({ lingerMs: 5, ...BUSY }),
  },
  steps: [
    {
      title: 'A record waits',
      run: 'linger 10',
      at: { ms: 1 },
      text:
        'The application has called `send()`, and `send()` has returned. Nothing is on the network: the record lies in ' +
        'the record accumulator, in a batch of its partition. `linger.ms` is 10 here: how long a batch that is not ' +
        'full waits for company.',
      look: ['record accumulator'],
      holds: {
        'something was sent by the application': ({ here }) => here.recordsSent > 0,
        'nothing is on the network': ({ here }) => here.produceRequests === 0,
        'batches wait': ({ here }) => here.state.batches.size > 0,
      },
    },
    {
      title: 'The bar is the linger',
      run: 'linger 10',
      at: { ms: 6 },
      text:
        'Records with the same key go to the same partition and join the batch that waits there. The bar on top of a batch ' +
        'is its linger: it counts from the creation of the batch, not from the last record that came.',
      look: ['record accumulator'],
      question: {
        ask: `${RECORDS} records come, one each half millisecond. How many Produce requests will carry them?`,
        choices: [FEW, HALF, NEARLY_ALL],
        answer: (facts) => howMany(facts.run('linger 10', END).produceRequests),
        reveal: (facts) => {
          const end = facts.run('linger 10', END);
          return `${requests(end.produceRequests)} for ${end.recordsAcked} records, in ${end.batchRecords.length} batches.`;
        },
      },
      holds: {
        'still nothing is on the network': ({ here }) => here.produceRequests === 0,
        'batches have company': ({ here }) =>
          [...here.state.batches.values()].some(({ records }) => records > 1),
      },
    },
    {
      title: 'The linger is over',
      run: 'linger 10',
      at: { after: 'request.sent', nth: 1 },
      text:
        'The oldest batch has waited its 10 ms and is ready. The sender takes all that is ready for the same broker, ' +
        'and takes other partitions of that broker along: one request for all of them.',
      look: ['sender', 'network'],
      holds: {
        'the first request has left': ({ here }) => here.produceRequests === 1,
        'because its linger was over': ({ here }) => here.readyReasons[0] === 'linger-expired',
        'after 10 ms': ({ here }) => here.atUs >= 10_000 && here.atUs < 13_000,
      },
    },
    {
      title: 'What it cost',
      run: 'linger 10',
      at: END,
      text: ({ here }) =>
        `All ${here.recordsAcked} records are written, with ${requests(here.produceRequests)}. The price: half of them ` +
        `had to wait ${here.medianLatencyMs} ms or longer from \`send()\` to the answer, most of it in the accumulator.`,
      look: ['brokers'],
      question: {
        ask: 'The same records with `linger.ms=0`, the default before Kafka 4.0. How many requests now?',
        choices: [FEW, HALF, NEARLY_ALL],
        answer: (facts) => howMany(facts.run('linger 0', END).produceRequests),
        reveal: (facts) => {
          const end = facts.run('linger 0', END);
          return `${requests(end.produceRequests)} for ${end.recordsAcked} records. Hardly one finds company.`;
        },
      },
      holds: {
        'all are acked': ({ here }) => here.recordsAcked === RECORDS,
        'most of the latency is the linger': ({ here }) => here.medianLatencyMs > 7,
        'requests are few': ({ here }) => here.produceRequests * 4 <= RECORDS,
      },
    },
    {
      title: 'linger.ms=0',
      run: 'linger 0',
      at: { ms: 8 },
      text: (facts) => {
        const end = facts.run('linger 0', END);
        return (
          'Every batch is ready as soon as it exists, so nearly every record leaves alone. On a quiet cluster that is ' +
          `fast: the median is ${end.medianLatencyMs} ms. But each request has its own headers, its own work at the ` +
          'broker, its own answer.'
        );
      },
      look: ['network'],
      holds: {
        'requests leave already': ({ here }) => here.produceRequests > 5,
        'the median is lower than with a linger': (facts) =>
          facts.run('linger 0', END).medianLatencyMs < facts.run('linger 10', END).medianLatencyMs,
        'batches hold hardly more than one record': (facts) => {
          const { batchRecords } = facts.run('linger 0', END);
          return batchRecords.reduce((sum, records) => sum + records, 0) < batchRecords.length * 2;
        },
      },
    },
    {
      title: 'Busy brokers',
      run: 'busy, linger 0',
      at: { ms: 40 },
      text:
        'The same traffic, but each request now takes a broker 2 ms of work, whatever is in it. Five requests may be in ' +
        'flight on a connection; they stand in line at the broker, and the batches behind them wait in the accumulator.',
      look: ['brokers'],
      question: {
        ask: 'Which `linger.ms` gives the lower median latency here: 0, or 5?',
        choices: ['linger.ms=0', 'linger.ms=5'],
        answer: faster,
        reveal: (facts) => {
          const without = facts.run('busy, linger 0', BUSY_END);
          const lingering = facts.run('busy, linger 5', BUSY_END);
          return (
            `${without.medianLatencyMs} ms with 0 (${requests(without.produceRequests)}), ` +
            `${lingering.medianLatencyMs} ms with 5 (${requests(lingering.produceRequests)}).`
          );
        },
      },
      holds: {
        'a broker has as many requests in line as it may': ({ here }) =>
          [0, 1, 2].some(
            (node) => [...here.state.requests.values()].filter((each) => each.node === node).length === 5,
          ),
        'batches wait behind them although nothing lingers': ({ here }) =>
          here.state.batches.size > here.state.requests.size,
      },
    },
    {
      title: 'A small wait can pay for itself',
      run: 'busy, linger 5',
      at: { ms: 40 },
      text: (facts) => {
        const without = facts.run('busy, linger 0', BUSY_END);
        const lingering = facts.run('busy, linger 5', BUSY_END);
        return (
          `With \`linger.ms=2\` the brokers do ${requests(lingering.produceRequests)} instead of ` +
          `${without.produceRequests}, so hardly a request stands in line: the median falls from ` +
          `${without.medianLatencyMs} to ${lingering.medianLatencyMs} ms, though every batch waits. 5 is the default since ` +
          'Kafka 4.0. Leave the lesson here and move `linger.ms` yourself.'
        );
      },
      look: ['record accumulator'],
      holds: {
        'fewer requests by half': (facts) =>
          facts.run('busy, linger 5', BUSY_END).produceRequests * 2 <
          facts.run('busy, linger 0', BUSY_END).produceRequests,
        'hardly a request in line': ({ here }) => here.state.requests.size <= 3,
        'a lower median, though every batch waits': (facts) => faster(facts) === 'linger.ms=5',
      },
    },
  ],
};
