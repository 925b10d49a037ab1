import { micros } from '#base/time';
import type { EventOf, PipelineEvent } from '#events/catalogue';
import { eventsOf, logOf, ofType as of } from '#testing/logOf';
import { describe, expect, it } from 'vitest';
import { DEFAULT_APPLICATION, DEFAULT_SCENARIO, DEFAULT_TRANSACTIONS } from './defaultScenario.ts';
import { readLink, writeLink } from './scenarioQuery.ts';
import type { ApplicationSpec, CommandBody, Scenario, TransactionSpec } from './Scenario.ts';
import { validateScenario } from './validateScenario.ts';

const SETTINGS = { 'transactional.id': 'shop-tx' };

function loop(
  transactions: Partial<TransactionSpec> = {},
  more: Partial<ApplicationSpec> = {},
): ApplicationSpec {
  return {
    ...DEFAULT_APPLICATION,
    pattern: 'transaction-loop',
    producer: SETTINGS,
    transactions: { ...DEFAULT_TRANSACTIONS, ...transactions },
    // Slower than its transactions are: nothing piles up, and an abort finds records that have been sent.
    workload: { ...DEFAULT_APPLICATION.workload, recordsPerS: 200 },
    ...more,
  };
}

const scenarioOf = (
  applications: readonly ApplicationSpec[],
  commands: readonly (readonly [number, CommandBody])[] = [],
  changed: Partial<Scenario['cluster']> = {},
): Scenario => ({
  ...DEFAULT_SCENARIO,
  cluster: { ...DEFAULT_SCENARIO.cluster, ...changed },
  applications,
  commands: commands.map(([ms, body]) => ({ ...body, at: micros(ms * 1000) })),
});

function run(scenario: Scenario, ms: number): PipelineEvent[] {
  expect(validateScenario(scenario)).toEqual([]);
  return eventsOf(logOf(scenario, ms * 1000));
}

const returns = (events: readonly PipelineEvent[], call: string): EventOf<'call.returned'>[] =>
  of(events, 'call.returned').filter((event) => event.call === call);

describe('transaction-loop', () => {
  it.each([1, 2] as const)('commits, and every so-many-th time aborts (version %i)', (transactionVersion) => {
    const events = run(scenarioOf([loop({ records: 10, abortEvery: 3 })], [], { transactionVersion }), 800);
    const ends = of(events, 'call.began')
      .map(({ call }) => call)
      .filter((call) => call === 'commitTransaction' || call === 'abortTransaction');
    expect(ends.length).toBeGreaterThan(8);
    ends.forEach((call, i) => expect(call).toBe(i % 3 === 2 ? 'abortTransaction' : 'commitTransaction'));
    expect(of(events, 'call.returned').filter(({ exception }) => exception !== null)).toEqual([]);
    const marks = of(events, 'log.marked');
    expect(new Set(marks.map(({ commit }) => commit))).toEqual(new Set([true, false]));
    // Ten records in each: those that were sent between two ends.
    const sent = events.filter(({ type }) => type === 'record.sent' || type === 'call.began');
    let count = 0;
    for (const event of sent) {
      if (event.type === 'record.sent') count++;
      else if (
        event.type === 'call.began' &&
        event.call.endsWith('Transaction') &&
        event.call !== 'beginTransaction'
      ) {
        expect(count).toBe(10);
        count = 0;
      }
    }
  });

  it('writes to two topics and commits offsets in one transaction', () => {
    const topics = DEFAULT_SCENARIO.cluster.topics.flatMap((topic) => [
      { ...topic, partitions: 2 },
      { ...topic, topic: 'payments', partitions: 1 },
    ]);
    const scenario = scenarioOf([loop({ records: 8, alsoTopic: 'payments', offsetsGroup: 'billing' })], [], {
      topics,
      transactionVersion: 1,
    });
    const events = run(scenario, 400);
    const apis = new Set(of(events, 'request.sent').map(({ api }) => api));
    for (const api of ['ADD_PARTITIONS_TO_TXN', 'ADD_OFFSETS_TO_TXN', 'TXN_OFFSET_COMMIT', 'END_TXN']) {
      expect(apis).toContain(api);
    }
    const names = new Map(of(events, 'partition.named').map(({ tp, topic }) => [tp, topic]));
    const marked = new Set(of(events, 'log.marked').map(({ tp }) => names.get(tp)));
    expect(marked).toEqual(new Set(['orders', 'payments']));
  });

  it('is fenced by a second instance, closes its producer, and the second one goes on', () => {
    const events = run(scenarioOf([loop()], [[205, { do: 'producer.start', application: 0 }]]), 1500);
    const moved = of(events, 'transaction.moved');
    const fatal = moved.find(({ client, to }) => client === 0 && to === 'FATAL_ERROR');
    // First only its transaction is lost; that it may go on no more it learns when it aborts it (S41).
    const first = moved.find(({ client, exception }) => client === 0 && exception !== null);
    expect([first?.to, first?.exception]).toEqual(['ABORTABLE_ERROR', 'InvalidProducerEpochException']);
    expect(fatal?.exception).toBe('ProducerFencedException');
    expect(of(events, 'client.closed').map(({ client }) => client)).toEqual([0]);
    const commits = returns(events, 'commitTransaction').filter(({ exception }) => exception === null);
    expect(commits.at(-1)?.at).toBeGreaterThan(1_300_000);
    // Nothing of the first one is written after the fence.
    const fencedAt = returns(events, 'initTransactions').at(-1)?.at ?? Infinity;
    const clientOf = new Map(of(events, 'batch.created').map(({ batch, client }) => [batch, client]));
    const late = of(events, 'log.appended').filter(
      ({ at, batch }) => at > fencedAt && clientOf.get(batch) === 0,
    );
    expect(late).toEqual([]);
  });

  it('fences also from another application, that stood by until it was started', () => {
    const second = loop({}, { name: 'second', isStandby: true });
    // Of a length that does not fall in with the back-off of initTransactions: an abort right after a fence takes the
    // raised epoch over (TransactionCoordinator.endTransaction: a repeated end), and with it the transactional id.
    const first = loop({ records: 13 });
    const events = run(scenarioOf([first, second], [[330, { do: 'producer.start', application: 1 }]]), 2500);
    expect(of(events, 'client.started').map(({ at }) => at)).toEqual([0, 330_000]);
    expect(of(events, 'client.closed').map(({ client }) => client)).toEqual([0]);
    const threads = of(events, 'thread.started').filter(({ name }) => name.startsWith('second'));
    expect(threads[0]?.at).toBe(330_000);
  });

  it('that stops in the middle is aborted by the coordinator when its time is over, and fenced', () => {
    const application = loop(
      { records: 1000 },
      { producer: { ...SETTINGS, 'transaction.timeout.ms': '1000' } },
    );
    const commands: [number, CommandBody][] = [
      [300, { do: 'workload.pause', application: 0 }],
      [12_000, { do: 'workload.resume', application: 0 }],
    ];
    const events = run(scenarioOf([application], commands), 13_000);
    const states = of(events, 'coordinator.moved');
    const aborted = states.find(({ to }) => to === 'PrepareAbort');
    // The scan comes every ten seconds, and looks for what has taken longer than its timeout.
    expect(aborted?.at).toBeGreaterThan(10_000_000);
    expect(of(events, 'log.marked').every(({ commit }) => !commit)).toBe(true);
    const errors = of(events, 'transaction.moved').filter(({ exception }) => exception !== null);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]?.at).toBeGreaterThanOrEqual(12_000_000);
  });

  it('commits, aborts and begins out of turn when it is told to', () => {
    const application = loop({ records: 100_000 });
    const commands: [number, CommandBody][] = [
      [250, { do: 'transaction.commit', application: 0 }],
      [400, { do: 'transaction.abort', application: 0 }],
      [550, { do: 'workload.pause', application: 0 }],
      [560, { do: 'transaction.commit', application: 0 }],
      [700, { do: 'transaction.begin', application: 0 }],
      [710, { do: 'transaction.abort', application: 0 }],
    ];
    const events = run(scenarioOf([application], commands), 800);
    const calls = of(events, 'call.began').map(({ call }) => call);
    expect(calls).toEqual([
      'initTransactions',
      'beginTransaction',
      'commitTransaction',
      'beginTransaction',
      'abortTransaction',
      'beginTransaction',
      'commitTransaction',
      'beginTransaction',
      'abortTransaction',
    ]);
  });

  it('is made by hand where the application only sends', () => {
    const application = loop({}, { pattern: 'async-send' });
    const commands: [number, CommandBody][] = [
      [20, { do: 'transaction.begin', application: 0 }],
      [300, { do: 'transaction.commit', application: 0 }],
    ];
    const events = run(scenarioOf([application], commands), 700);
    const refusedAt = of(events, 'record.refused').map(({ at }) => at);
    expect(refusedAt.some((at) => at < 20_000)).toBe(true);
    expect(refusedAt.some((at) => at > 200_000 && at < 300_000)).toBe(false);
    expect(of(events, 'log.marked').length).toBeGreaterThan(0);
  });

  it('goes on after a broker that led some of its partitions, or coordinated it, has died', () => {
    for (const node of [0, 1]) {
      const commands: [number, CommandBody][] = [
        [150, { do: 'broker.kill', node }],
        [3000, { do: 'broker.restart', node }],
      ];
      const events = run(scenarioOf([loop()], commands), 6000);
      const commits = returns(events, 'commitTransaction').filter(({ exception }) => exception === null);
      expect(commits.at(-1)?.at).toBeGreaterThan(5_500_000);
    }
  });
});

describe('a link', () => {
  it('holds two transactional applications and their commands', () => {
    const applications = [
      loop({ records: 7, abortEvery: 4, offsetsGroup: 'g.1' }),
      loop({}, { name: 'second', isStandby: true }),
    ];
    const scenario = scenarioOf(applications, [
      [10, { do: 'transaction.abort', application: 0 }],
      [20, { do: 'producer.start', application: 1 }],
    ]);
    const { scenario: read, notices } = readLink(writeLink(scenario, null).query);
    expect(notices).toEqual([]);
    expect(read).toEqual(scenario);
  });

  it('gets a transactional.id and one thread where it forgot them', () => {
    const { scenario, notices } = readLink('pattern=transaction-loop&threads=3&txtopic=nowhere');
    expect(validateScenario(scenario)).toEqual([]);
    expect(scenario.applications[0]).toMatchObject({
      threads: 1,
      producer: { 'transactional.id': 'shop-tx' },
      transactions: { alsoTopic: '' },
    });
    expect(notices).toHaveLength(3);
    expect(readLink('pattern=transaction-loop&acks=1').scenario.applications[0]?.pattern).toBe('async-send');
  });
});
