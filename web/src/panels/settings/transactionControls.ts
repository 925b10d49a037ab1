/** What a transaction-loop does, and how an application becomes one. All of it from the start: it is another program. */
import { DEFAULT_APPLICATION, DEFAULT_TOPIC, DEFAULT_TRANSACTIONS } from '#model/defaultScenario';
import { PATTERNS, TRANSACTION_RANGES } from '#model/ranges';
import { transactionalIdOf } from '#model/repairScenario';
import type { ApplicationSpec, Scenario, TransactionSpec } from '#model/Scenario';
import { TRANSACTIONAL_ID } from '#model/validateScenario';
import { onlyFromStart, type Control, type ControlGroup, type Shape } from './Control.ts';
import { withApplication } from './presentScenario.ts';
import { choiceShape, numberShape } from './workloadControls.ts';

/** A loop waits for the end of each transaction: what comes faster than that only piles up before send(). */
const LOOP_RECORDS_PER_S = 200;
const OTHER_TOPIC = 'payments';
const GROUP = 'billing';

const specOf = (scenario: Scenario, application: number): ApplicationSpec =>
  scenario.applications[application] ?? DEFAULT_APPLICATION;

/** As its documentation wants it: one thread, a transactional.id, and no more records than it can commit. */
function asLoop(scenario: Scenario, application: number): Scenario {
  const spec = specOf(scenario, application);
  const { producer, workload } = spec;
  const id = producer[TRANSACTIONAL_ID] ?? '';
  return withApplication(scenario, application, {
    pattern: 'transaction-loop',
    threads: 1,
    producer: { ...producer, [TRANSACTIONAL_ID]: id === '' ? transactionalIdOf(spec) : id },
    workload: { ...workload, recordsPerS: Math.min(workload.recordsPerS, LOOP_RECORDS_PER_S) },
  });
}

export const patternControl = (application: number): Control => ({
  id: `${application}/pattern`,
  label: 'send',
  isKafkaName: false,
  meaning:
    'async: send() and go on; sync: wait with get() for the answer to each record; transaction: begin, send some, commit, again.',
  shape: choiceShape(PATTERNS, {
    'async-send': 'async',
    'sync-send': 'sync',
    'transaction-loop': 'transaction',
  }),
  application,
  defaultValue: DEFAULT_APPLICATION.pattern,
  read: (scenario) => specOf(scenario, application).pattern,
  write: (scenario, value) => {
    const pattern = PATTERNS.find((word) => word === value) ?? 'async-send';
    if (pattern === 'transaction-loop') return asLoop(scenario, application);
    // Outside of a transaction a producer with an id may not send at all.
    const { [TRANSACTIONAL_ID]: _, ...producer } = specOf(scenario, application).producer;
    return withApplication(scenario, application, { pattern, producer });
  },
  ...onlyFromStart,
});

interface Common {
  readonly field: string;
  readonly label: string;
  readonly meaning: string;
  readonly shape: Shape;
}

/** null: the application has no transactions, so there is nothing to set. */
export function transactionControls(scenario: Scenario, application: number): ControlGroup | null {
  if (specOf(scenario, application).pattern !== 'transaction-loop') return null;
  const control = (
    { field, ...common }: Common,
    read: (spec: TransactionSpec) => string,
    change: (value: string) => Partial<TransactionSpec>,
  ): Control => ({
    ...common,
    id: `${application}/transactions/${field}`,
    isKafkaName: false,
    application,
    defaultValue: read(DEFAULT_TRANSACTIONS),
    read: (of) => read(specOf(of, application).transactions),
    write: (of, value) => {
      const { transactions } = specOf(of, application);
      return withApplication(of, application, { transactions: { ...transactions, ...change(value) } });
    },
    ...onlyFromStart,
  });
  const number = (field: 'records' | 'abortEvery', label: string, max: number): Control =>
    control(
      {
        field,
        label,
        meaning: TRANSACTION_RANGES[field].meaning,
        shape: numberShape(TRANSACTION_RANGES[field], max),
      },
      (spec) => String(spec[field]),
      (value) => ({ [field]: Number(value) }),
    );
  const offsets = control(
    {
      field: 'offsets',
      label: 'consumer offsets',
      meaning: `sendOffsetsToTransaction() for the group ${GROUP} before each commit, as read-process-write does.`,
      shape: { kind: 'flag' },
    },
    (spec) => String(spec.offsetsGroup !== ''),
    (value) => ({ offsetsGroup: value === 'true' ? GROUP : '' }),
  );
  return {
    id: 'transactions',
    title: 'Transactions',
    controls: [
      number('records', 'records each', 200),
      number('abortEvery', 'aborts every', 20),
      secondTopic(application),
      offsets,
      standby(application),
    ],
  };
}

/** One that the cluster has besides the workload's; null: it has none. A real one may not get any from the page. */
function otherTopic({ applications, cluster }: Scenario, application: number): string | null {
  const own = applications[application]?.workload.topic;
  const others = cluster.topics.map(({ topic }) => topic).filter((topic) => topic !== own);
  return others.find((topic) => topic === OTHER_TOPIC) ?? others[0] ?? null;
}

/** One transaction over two topics; the other one is made if it is not there. */
const secondTopic = (application: number): Control => ({
  id: `${application}/transactions/topic`,
  label: 'two topics',
  isKafkaName: false,
  meaning: `Every second record goes to another topic, ${OTHER_TOPIC} unless the cluster has one: all of a transaction is committed, or nothing.`,
  shape: { kind: 'flag' },
  application,
  defaultValue: 'false',
  read: (scenario) => String(specOf(scenario, application).transactions.alsoTopic !== ''),
  write: (scenario, value) => {
    const { transactions, workload } = specOf(scenario, application);
    const { cluster } = scenario;
    const there = otherTopic(scenario, application);
    const like = cluster.topics.find(({ topic }) => topic === workload.topic) ?? DEFAULT_TOPIC;
    const topics =
      there !== null ? cluster.topics : [...cluster.topics, { ...like, topic: OTHER_TOPIC, partitions: 2 }];
    const alsoTopic = value === 'true' ? (there ?? OTHER_TOPIC) : '';
    const changed = value === 'true' ? { ...scenario, cluster: { ...cluster, topics } } : scenario;
    return withApplication(changed, application, { transactions: { ...transactions, alsoTopic } });
  },
  ...onlyFromStart,
});

const standby = (application: number): Control => ({
  id: `${application}/standby`,
  label: 'stands by',
  isKafkaName: false,
  meaning: 'Does nothing until it is started: with the transactional.id of another it then fences that one.',
  shape: { kind: 'flag' },
  application,
  defaultValue: 'false',
  read: (scenario) => String(specOf(scenario, application).isStandby),
  write: (scenario, value) => withApplication(scenario, application, { isStandby: value === 'true' }),
  ...onlyFromStart,
});
