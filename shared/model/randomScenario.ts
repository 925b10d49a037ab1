/** Scenarios that nobody has thought of, for the laws: valid, seeded, with faults, small enough to be run by the hundred. */
import { micros } from '#base/time';
import { createRandom, type Random } from '#base/random';
import { conflictOf } from '#engine/ProducerConfig';
import {
  DEFAULT_APPLICATION,
  DEFAULT_CLUSTER,
  DEFAULT_SCENARIO,
  DEFAULT_TOPIC,
  DEFAULT_WORKLOAD,
} from './defaultScenario.ts';
import { PRESETS, presetProperties } from './presets.ts';
import type { ApplicationSpec, Command, CommandBody, Scenario, WorkloadSpec } from './Scenario.ts';

const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)] as T;
const between = (random: Random, low: number, high: number): number => low + random.below(high - low + 1);
const isLucky = (random: Random, percent: number): boolean => random.below(100) < percent;

const SETTING_CHOICES: readonly (readonly [string, readonly string[]])[] = [
  ['linger.ms', ['0', '1', '5', '30']],
  ['batch.size', ['0', '200', '1000', '16384']],
  ['acks', ['all', '1', '0']],
  ['enable.idempotence', ['true', 'false']],
  ['max.in.flight.requests.per.connection', ['1', '2', '5']],
  ['compression.type', ['none', 'lz4', 'zstd', 'gzip']],
  ['buffer.memory', ['4000', '60000', '33554432']],
  ['max.block.ms', ['50', '1000', '60000']],
  ['request.timeout.ms', ['100', '500', '30000']],
  ['delivery.timeout.ms', ['200', '1500', '120000']],
  ['retries', ['0', '3', '2147483647']],
  ['retry.backoff.ms', ['10', '100']],
  ['max.request.size', ['900', '5000', '1048576']],
  ['partitioner.ignore.keys', ['true', 'false']],
];

function randomProducer(random: Random): Readonly<Record<string, string>> {
  let producer: Record<string, string> = { ...presetProperties(pick(random, PRESETS)) };
  for (const [key, values] of SETTING_CHOICES) {
    if (!isLucky(random, 25)) continue;
    const changed = { ...producer, [key]: pick(random, values) };
    if (conflictOf(changed) === null) producer = changed;
  }
  return producer;
}

function randomWorkload(random: Random, topic: string): WorkloadSpec {
  return {
    ...DEFAULT_WORKLOAD,
    topic,
    shape: pick(random, ['steady', 'poisson', 'burst', 'ramp'] as const),
    recordsPerS: between(random, 50, 4000),
    burstRecords: between(random, 1, 60),
    rampMs: between(random, 20, 400),
    valueBytes: between(random, 0, 400),
    valueSpreadPercent: between(random, 0, 100),
    keys: pick(random, [0, 1, 5, 3000]),
    keySkewPercent: pick(random, [0, 70, 150]),
    headerBytes: pick(random, [0, 0, 12]),
    records: pick(random, [0, 0, 300]),
    compressibility: pick(random, ['json', 'text', 'random'] as const),
  };
}

function randomApplication(random: Random, index: number, topic: string): ApplicationSpec {
  return {
    ...DEFAULT_APPLICATION,
    name: index === 0 ? DEFAULT_APPLICATION.name : `app-${index + 1}`,
    pattern: isLucky(random, 25) ? 'sync-send' : 'async-send',
    threads: pick(random, [1, 1, 2, 4]),
    producer: randomProducer(random),
    workload: randomWorkload(random, topic),
  };
}

function randomCommand(random: Random, brokers: number, applications: number, topic: string): CommandBody {
  const application = random.below(applications);
  const node = random.below(brokers);
  const partition = random.below(3);
  switch (random.below(19)) {
    case 0:
      return { do: 'producer.replace', application, producer: randomProducer(random) };
    case 1:
      return { do: 'producer.flush', application };
    case 2:
      return { do: 'producer.close', application, timeoutMs: pick(random, [null, 0, 100]) };
    case 3:
      return { do: 'producer.kill', application };
    case 4:
      return {
        do: 'record.send',
        application,
        key: pick(random, [null, 'user-3', 'a.b~c=d!e&f g', '']),
        valueBytes: 30,
        partition: pick(random, [null, 0]),
      };
    case 5:
      return { do: 'workload.set', application, workload: { recordsPerS: between(random, 10, 2000) } };
    case 6:
      return { do: 'workload.pause', application };
    case 7:
      return { do: 'workload.resume', application };
    case 8:
    case 9:
      return { do: pick(random, ['broker.kill', 'broker.freeze'] as const), node };
    case 10:
    case 11:
      return { do: 'broker.restart', node };
    case 12:
      return { do: pick(random, ['replica.stall', 'replica.catchUp'] as const), node };
    case 13:
      return { do: 'leader.move', topic, partition, leader: node };
    case 14:
      return {
        do: 'link.set',
        node: pick(random, [null, node]),
        addedUs: between(random, 0, 20_000),
        cut: isLucky(random, 20),
      };
    case 15:
      return {
        do: 'answer.set',
        rule: {
          api: 'PRODUCE',
          node: null,
          topic: pick(random, [null, topic]),
          partition: pick(random, [null, partition]),
          nth: between(random, 1, 5),
          times: between(random, 1, 3),
          error: pick(random, [
            'NOT_ENOUGH_REPLICAS',
            'NOT_LEADER_OR_FOLLOWER',
            'MESSAGE_TOO_LARGE',
            'OUT_OF_ORDER_SEQUENCE_NUMBER',
            'INVALID_RECORD',
            'REQUEST_TIMED_OUT',
          ] as const),
          appended: isLucky(random, 30),
        },
      };
    case 16:
      return {
        do: 'next.lose',
        what: pick(random, ['request', 'response'] as const),
        node: pick(random, [null, node]),
      };
    case 17:
      return { do: 'network.set', network: { lossPpm: pick(random, [0, 20_000]) } };
    default:
      return {
        do: 'topic.set',
        topic,
        settings: { minInsyncReplicas: between(random, 1, 3), uncleanLeaderElection: isLucky(random, 50) },
      };
  }
}

/** A scenario whose commands lie within its first `lengthMs`. */
export function randomScenario(seed: number, lengthMs: number): Scenario {
  const random = createRandom(seed).fork('scenario');
  const brokers = between(random, 1, 4);
  const topic = {
    ...DEFAULT_TOPIC,
    partitions: between(random, 1, 7),
    replicationFactor: between(random, 1, brokers),
    minInsyncReplicas: between(random, 1, 2),
    uncleanLeaderElection: isLucky(random, 30),
    maxMessageBytes: pick(random, [1048588, 1048588, 700]),
  };
  const applications = [randomApplication(random, 0, topic.topic)];
  if (isLucky(random, 20)) applications.push(randomApplication(random, 1, topic.topic));
  const commands: Command[] = [];
  const count = random.below(7);
  for (let i = 0; i < count; i++) {
    const at = micros(random.below(lengthMs * 1000));
    commands.push({ ...randomCommand(random, brokers, applications.length, topic.topic), at });
  }
  return {
    ...DEFAULT_SCENARIO,
    seed,
    cluster: {
      ...DEFAULT_CLUSTER,
      brokers,
      topics: [topic],
      start: isLucky(random, 30) ? 'cold' : 'warm',
      network: { ...DEFAULT_CLUSTER.network, lossPpm: pick(random, [0, 0, 0, 3000]) },
      brokerSessionTimeoutMs: between(random, 50, 800),
      replicaLagTimeMaxMs: between(random, 50, 1000),
    },
    applications,
    commands: commands.toSorted((a, b) => a.at - b.at),
  };
}
