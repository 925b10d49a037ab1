import { beforeEach, describe, expect, it } from 'vitest';
import { clientId, nodeId, threadId } from '#base/ids';
import { createRandom } from '#base/random';
import { TopicPartitions, tpName } from '#base/TopicPartition';
import { EPOCH_MS, MICROS_PER_MS } from '#base/time';
import { VirtualClock } from '#cluster/VirtualClock';
import type { ErrorName } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import { ArrayLog } from '#testing/ArrayLog';
import { ProducerMetadata } from './ProducerMetadata.ts';
import type { BrokerAddress, MetadataResponse } from './requests.ts';
import { createRunIds, type RunContext } from './RunContext.ts';

const SETTINGS = {
  retryBackoffMs: 100,
  retryBackoffMaxMs: 1000,
  metadataMaxAgeMs: 10_000,
  metadataMaxIdleMs: 5000,
};
const broker = (id: number): BrokerAddress => ({ id: nodeId(id), host: 'localhost', port: 9092 + id });

interface Leader {
  readonly leader: number;
  readonly epoch: number;
  readonly error?: ErrorName;
}
interface Topic {
  readonly topic: string;
  readonly error?: ErrorName;
  readonly topicId?: string;
  readonly leaders?: readonly Leader[];
}

const response = (topics: readonly Topic[], nodes: readonly number[] = [0, 1, 2]): MetadataResponse => ({
  api: 'METADATA',
  throttleTimeMs: 0,
  brokers: nodes.map(broker),
  controller: nodeId(0),
  topics: topics.map(({ topic, error = 'NONE', topicId, leaders = [] }) => ({
    topic,
    error,
    ...(topicId === undefined ? {} : { topicId }),
    partitions: leaders.map((said, partition) => ({
      partition,
      error: said.error ?? 'NONE',
      leader: said.leader < 0 ? null : nodeId(said.leader),
      leaderEpoch: said.epoch,
      replicas: [],
      isr: [],
    })),
  })),
});

const led = (topic: string, ...leaders: readonly (readonly [leader: number, epoch: number])[]): Topic => ({
  topic,
  leaders: leaders.map(([leader, epoch]) => ({ leader, epoch })),
});

let clock: VirtualClock;
let log: ArrayLog;
let partitions: TopicPartitions;
let metadata: ProducerMetadata;
beforeEach(() => {
  clock = new VirtualClock();
  log = new ArrayLog(() => clock.nowUs);
  partitions = new TopicPartitions();
  const run: RunContext = {
    clock: clock.clock,
    scheduler: clock,
    events: log,
    ids: createRunIds(),
    partitions,
    random: createRandom(1),
  };
  const random = { nextSticky: () => 0, backoffFactor: () => 1, leastLoadedOffset: () => 0 };
  metadata = new ProducerMetadata(run, clientId(0), random, SETTINGS);
  metadata.bootstrap([broker(0)]);
});

const T0 = EPOCH_MS;
const tp = (topic: string, partition: number) => partitions.get(topic, partition);
const leadersOf = (topic: string): Record<string, number | null> =>
  Object.fromEntries(
    metadata
      .fetch()
      .partitionsForTopic(topic)
      .map((p) => [tpName(p.tp), p.leader]),
  );
/** Takes in a response to a full request. */
const update = (topics: readonly Topic[], atMs = T0): void =>
  metadata.updateWithCurrentRequestVersion(response(topics), false, atMs);
/** How long until the next update after each of these. */
const waits = (times: number, again: (atMs: number) => void): number[] => {
  const all: number[] = [];
  for (let atMs = T0, i = 0; i < times; i++) {
    again(atMs);
    all.push(metadata.timeToNextUpdate(atMs));
    atMs += all.at(-1) ?? 0;
  }
  return all;
};

describe('when the next update is due', () => {
  it('at once at the start and for a new topic, else after max age', () => {
    expect(metadata.timeToNextUpdate(T0)).toBe(0);
    update([]);
    expect(metadata.timeToNextUpdate(T0 + 1000)).toBe(9000);
    metadata.add('t', T0 + 50);
    expect(metadata.timeToNextUpdate(T0 + 50)).toBe(0);
  });

  it('later with each failure, up to the maximum', () => {
    expect(waits(6, (atMs) => metadata.failedUpdate(atMs))).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('later with each answer that brings nothing new, until one does', () => {
    metadata.add('t', T0);
    const same = waits(4, (atMs) => {
      update([led('t', [0, 3])], atMs);
      metadata.requestUpdate(false);
    });
    // The first brought an epoch.
    expect(same).toEqual([100, 100, 200, 400]);
    update([led('t', [1, 4])], T0);
    metadata.requestUpdate(false);
    expect(metadata.timeToNextUpdate(T0)).toBe(100);
  });

  it('is asked for again while a partition has no leader', () => {
    metadata.add('t', T0);
    update([{ topic: 't', leaders: [{ leader: -1, epoch: 0, error: 'LEADER_NOT_AVAILABLE' }] }]);
    expect(metadata.updateRequested()).toBe(true);
    expect(leadersOf('t')).toEqual({ 't-0': null });
    expect(metadata.fetch().availablePartitionsForTopic('t')).toEqual([]);
  });
});

describe('which request', () => {
  it('asks for the new topics only, unless more is wanted', () => {
    metadata.add('a', T0);
    update([led('a', [0, 0])]);
    metadata.add('b', T0);
    expect(metadata.newMetadataRequestAndVersion(T0)).toMatchObject({ topics: ['b'], isPartialUpdate: true });
    metadata.requestUpdate(false);
    expect(metadata.newMetadataRequestAndVersion(T0)).toMatchObject({
      topics: ['a', 'b'],
      isPartialUpdate: false,
    });
  });

  it('is repeated when a topic came after it had left', () => {
    metadata.add('a', T0);
    const { requestVersion } = metadata.newMetadataRequestAndVersion(T0);
    metadata.add('b', T0);
    metadata.update(requestVersion, response([led('a', [0, 0])]), false, T0);
    expect(metadata.updateRequested()).toBe(true);
    expect(metadata.newMetadataRequestAndVersion(T0)).toMatchObject({ topics: ['b'], isPartialUpdate: true });
  });

  it('forgets a topic that was not used for max idle', () => {
    metadata.add('a', T0);
    update([led('a', [0, 0])]);
    metadata.add('b', T0 + 1000);
    update([led('a', [0, 0]), led('b', [0, 0])], T0 + 5000);
    expect(metadata.containsTopic('a')).toBe(false);
    expect(metadata.fetch().topics()).toEqual(['b']);
  });
});

describe('which answer is believed', () => {
  beforeEach(() => {
    metadata.add('t', T0);
    update([led('t', [0, 5], [1, 5])]);
  });

  it('not one of an older epoch', () => {
    update([led('t', [2, 4], [2, 6])]);
    expect(leadersOf('t')).toEqual({ 't-0': 0, 't-1': 2 });
  });

  it('one of a topic made anew, whatever its epochs', () => {
    update([{ ...led('t', [2, 0], [2, 0]), topicId: 'new' }]);
    expect(leadersOf('t')).toEqual({ 't-0': 2, 't-1': 2 });
  });

  it('a partial one for its topics, with the rest kept', () => {
    metadata.add('u', T0);
    metadata.updateWithCurrentRequestVersion(response([led('u', [1, 0])]), true, T0);
    expect(metadata.fetch().topics().toSorted()).toEqual(['t', 'u']);
    metadata.updateWithCurrentRequestVersion(
      response([{ topic: 't', error: 'UNKNOWN_TOPIC_OR_PARTITION' }]),
      true,
      T0,
    );
    expect(metadata.fetch().topics()).toEqual(['u']);
    expect(metadata.getError('t')).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  it('a hint of a newer leader whose node is known (KIP-951)', () => {
    const hints = new Map([
      [tp('t', 0), { leader: nodeId(2), leaderEpoch: 6 }],
      [tp('t', 1), { leader: nodeId(2), leaderEpoch: 5 }],
      [tp('other', 0), { leader: nodeId(2), leaderEpoch: 6 }],
    ]);
    expect([...metadata.updatePartitionLeadership(hints, [])]).toEqual([tp('t', 0)]);
    expect(leadersOf('t')).toEqual({ 't-0': 2, 't-1': 1 });
    const unknown = new Map([[tp('t', 1), { leader: nodeId(9), leaderEpoch: 7 }]]);
    expect(metadata.updatePartitionLeadership(unknown, []).size).toBe(0);
    expect(metadata.updatePartitionLeadership(unknown, [broker(9)]).size).toBe(1);
    expect(metadata.fetch().nodes()).toEqual([0, 1, 2, 9]);
  });
});

it('what forbids a topic is thrown once, and only for that topic', () => {
  metadata.add('a', T0);
  metadata.add('b', T0);
  const both = [
    { topic: 'a', error: 'TOPIC_AUTHORIZATION_FAILED' },
    { topic: 'b', error: 'INVALID_TOPIC_EXCEPTION' },
  ] as const;
  update(both);
  expect(() => metadata.maybeThrowExceptionForTopic('b')).toThrow('Invalid topics: [b]');
  expect(() => metadata.maybeThrowExceptionForTopic('a')).not.toThrow();
  update(both);
  expect(() => metadata.maybeThrowExceptionForTopic('a')).toThrow('Not authorized to access topics: [a]');
});

describe('awaitUpdate', () => {
  const awaited = (timeoutMs: number, meanwhile: () => void): string => {
    let result = 'waits';
    clock.spawn(
      { id: threadId(0), name: 'app', kind: 'application' },
      (function* () {
        try {
          yield* metadata.awaitUpdate(metadata.updateVersion(), timeoutMs);
          result = `updated at ${clock.nowUs / MICROS_PER_MS}`;
        } catch (error) {
          result = error instanceof JavaException ? `${error.exception}: ${error.text}` : String(error);
        }
      })(),
    );
    clock.spawn(
      { id: threadId(1), name: 'sender', kind: 'sender' },
      (function* () {
        yield { on: 'select', untilUs: 10 * MICROS_PER_MS };
        meanwhile();
        yield { on: 'select', untilUs: 30 * MICROS_PER_MS };
      })(),
    );
    clock.runUntil(100 * MICROS_PER_MS);
    return result;
  };

  it('ends with any answer, the deadline, a fatal error, or the end of the producer', () => {
    expect(awaited(50, () => update([]))).toBe('updated at 10');
  });
  it('times out', () => {
    expect(awaited(20, () => {})).toBe('TimeoutException: Condition not satisfied before deadline');
  });
  it('throws a fatal error', () => {
    const fatal = new JavaException('UnsupportedVersionException', 'too old');
    expect(awaited(50, () => metadata.fatalError(fatal))).toBe('UnsupportedVersionException: too old');
  });
  it('throws after close', () => {
    expect(awaited(50, () => metadata.close())).toBe('KafkaException: Requested metadata update after close');
  });
});

it('the log tells when real metadata is given up, not the beginning', () => {
  const told = (): number => log.events.filter((event) => event.type === 'metadata.bootstrapped').length;
  expect(told()).toBe(0);
  update([]);
  metadata.rebootstrap();
  metadata.rebootstrap();
  expect(told()).toBe(1);
});

/** Appendix A: checked against the Java client. */
it.each([
  ['t', 6, [5, 4, 3, 2, 1, 0]],
  ['test', 4, [1, 0, 3, 2]],
  ['events', 12, [3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2]],
  ['topic', 12, [10, 9, 11, 0, 2, 1, 4, 3, 6, 5, 8, 7]],
])('partitions of %s with %i are in the order of Java’s map', (topic, count, order) => {
  metadata.add(topic, T0);
  update([led(topic, ...Array.from({ length: count }, () => [0, 0] as const))]);
  const numbers = metadata
    .fetch()
    .partitionsForNode(nodeId(0))
    .map((info) => info.tp.partition);
  expect(numbers).toEqual(order);
});
