/** Every error of the tables, injected into a run of the model: what the producer does is what `explain/errors` says. */
import { micros } from '#base/time';
import { PRODUCE_ERRORS, REQUEST_ERRORS, type ProduceReactions, type Reaction } from '#explain/errors';
import {
  DEFAULT_APPLICATION,
  DEFAULT_CLUSTER,
  DEFAULT_SCENARIO,
  DEFAULT_TOPIC,
  DEFAULT_WORKLOAD,
} from '#model/defaultScenario';
import type { AnswerRule, Scenario } from '#model/Scenario';
import { ErrorTally, type ErrorCounts } from '#projections/errorTally';
import type { ErrorName } from '#record/Errors';
import { describe, expect, test } from 'vitest';
import { eventsOf, logOf } from './logOf.ts';

type Kind = keyof ProduceReactions;

const PRODUCERS: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  plain: { 'enable.idempotence': 'false' },
  idempotent: {},
  transactional: { 'transactional.id': 'tx', 'transaction.timeout.ms': '5000' },
};

/** Batches of three records in one partition, and one fault. */
function scenario(kind: Kind, rule: Partial<AnswerRule> & Pick<AnswerRule, 'api' | 'error'>): Scenario {
  const isTransactional = kind === 'transactional';
  // Version 1 has the requests that version 2 does without.
  const hasOldRequests = rule.api === 'ADD_PARTITIONS_TO_TXN' || rule.api === 'ADD_OFFSETS_TO_TXN';
  const anyRequest = { node: null, topic: null, partition: null, nth: 1, times: 1, appended: false };
  return {
    ...DEFAULT_SCENARIO,
    cluster: {
      ...DEFAULT_CLUSTER,
      topics: [{ ...DEFAULT_TOPIC, partitions: 1 }],
      transactionVersion: hasOldRequests ? 1 : 2,
    },
    applications: [
      {
        ...DEFAULT_APPLICATION,
        pattern: isTransactional ? 'transaction-loop' : 'async-send',
        transactions: { records: 6, abortEvery: 0, alsoTopic: '', offsetsGroup: 'readers' },
        producer: PRODUCERS[kind],
        workload: { ...DEFAULT_WORKLOAD, shape: 'burst', burstRecords: 3, recordsPerS: 300, records: 12 },
      },
    ],
    commands: [{ do: 'answer.set', rule: { ...anyRequest, ...rule }, at: micros(0) }],
  };
}

function countsOf(run: Scenario, error: ErrorName): ErrorCounts {
  const tape = logOf(run, 1_500_000);
  const tally = new ErrorTally();
  for (const event of eventsOf(tape)) tally.add(event);
  return tally.counts(error, tape.endSeq);
}

/** In the words of the table; the first one that holds. */
function reactionOf(counts: ErrorCounts): Reaction | 'nothing' {
  if (counts.fatal > 0) return 'failed, fatal';
  if (counts.abortable > 0) return 'failed, abortable';
  if (counts.split > 0) return 'split';
  if (counts.acked > 0) return 'acked';
  const isAnew = counts['new-epoch'] > 0;
  if (counts.failed > 0) return isAnew ? 'failed, new epoch' : 'failed';
  if (counts.retried > 0) return isAnew ? 'retried, new epoch' : 'retried';
  return 'nothing';
}

describe.each(PRODUCE_ERRORS)('Produce answered $error', ({ error, reactions }) => {
  test.each(['plain', 'idempotent', 'transactional'] as const)('%s', (kind) => {
    const counts = countsOf(scenario(kind, { api: 'PRODUCE', error }), error);
    expect(counts.answered).toBeGreaterThan(0);
    expect(reactionOf(counts)).toBe(reactions[kind]);
  });
});

describe.each(REQUEST_ERRORS)('$api answered $error', ({ api, error, reaction }) => {
  test(reaction, () => {
    const counts = countsOf(scenario('transactional', { api, error }), error);
    expect(counts.answered).toBeGreaterThan(0);
    const done = (['fatal', 'abortable', 'retried'] as const).find((deed) => counts[deed] > 0);
    expect(done).toBe(reaction);
  });
});

describe('the chosen request', () => {
  const rule = { api: 'PRODUCE', error: 'NOT_ENOUGH_REPLICAS' } as const;
  test('the n-th, so many times', () => {
    const counts = countsOf(scenario('plain', { ...rule, nth: 2, times: 3 }), rule.error);
    expect(counts).toMatchObject({ answered: 3, retried: 3 });
  });
  test('of a broker that leads nothing: never', () => {
    expect(countsOf(scenario('plain', { ...rule, node: 2 }), rule.error).answered).toBe(0);
  });
  test('of a partition', () => {
    expect(countsOf(scenario('plain', { ...rule, topic: 'orders', partition: 0 }), rule.error).answered).toBe(
      1,
    );
    expect(countsOf(scenario('plain', { ...rule, partition: 1 }), rule.error).answered).toBe(0);
  });
});
