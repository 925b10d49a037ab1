/**
 * Scenarios that nobody has thought of, for the laws: valid, seeded, small, with everything that can go wrong. A third
 * of them keep to what Kafka promises to survive: three replicas, two in sync, one broker away at a time.
 */
import { micros } from '#base/time';
import { createRandom, type Random } from '#base/random';
import {
  DEFAULT_APPLICATION,
  DEFAULT_CLUSTER,
  DEFAULT_SCENARIO,
  DEFAULT_TOPIC,
  DEFAULT_WORKLOAD,
} from '#model/defaultScenario';
import { COMPRESSIBILITIES, SHAPES } from '#model/ranges';
import type {
  ApplicationSpec,
  ClusterSpec,
  Command,
  Scenario,
  TopicSpec,
  WorkloadSpec,
} from '#model/Scenario';
import { between, isLucky, pick } from './scenario/dice.ts';
import { randomCommands, type CommandScope } from './scenario/randomCommand.ts';
import { randomProducer, randomTransactionalProducer } from './scenario/randomProducer.ts';

const OTHER_TOPIC = 'audit';
const MOST_RECORDS = 90;

function randomWorkload(random: Random): WorkloadSpec {
  return {
    ...DEFAULT_WORKLOAD,
    shape: pick(random, SHAPES),
    recordsPerS: pick(random, [60, 300, 1000, 4000]),
    burstRecords: between(random, 1, 40),
    rampMs: between(random, 20, 300),
    valueBytes: pick(random, [0, 20, 100, 400]),
    valueSpreadPercent: between(random, 0, 100),
    keys: pick(random, [0, 1, 5, 300]),
    keySkewPercent: pick(random, [0, 70]),
    headerBytes: pick(random, [0, 0, 12]),
    records: between(random, 5, MOST_RECORDS),
    compressibility: pick(random, COMPRESSIBILITIES),
  };
}

function randomApplication(random: Random, index: number, isTransactional: boolean): ApplicationSpec {
  const name = index === 0 ? DEFAULT_APPLICATION.name : `${DEFAULT_APPLICATION.name}-${index + 1}`;
  const workload = randomWorkload(random);
  if (!isTransactional) {
    const pattern = isLucky(random, 25) ? 'sync-send' : 'async-send';
    const threads = pick(random, [1, 1, 2, 3]);
    return { ...DEFAULT_APPLICATION, name, pattern, threads, producer: randomProducer(random), workload };
  }
  return {
    ...DEFAULT_APPLICATION,
    name,
    pattern: 'transaction-loop',
    transactions: {
      records: between(random, 1, 30),
      abortEvery: pick(random, [0, 0, 2, 3]),
      alsoTopic: isLucky(random, 30) ? OTHER_TOPIC : '',
      offsetsGroup: isLucky(random, 20) ? 'readers' : '',
    },
    producer: randomTransactionalProducer(random),
    workload,
  };
}

function randomTopic(random: Random, brokers: number, isGentle: boolean): TopicSpec {
  const base = { ...DEFAULT_TOPIC, partitions: between(random, 1, 5) };
  if (isGentle) return { ...base, maxMessageBytes: pick(random, [1048588, 1048588, 500]) };
  return {
    ...base,
    replicationFactor: between(random, 1, brokers),
    minInsyncReplicas: between(random, 1, 2),
    uncleanLeaderElection: isLucky(random, 40),
    maxMessageBytes: pick(random, [1048588, 1048588, 500]),
  };
}

function randomCluster(random: Random, isGentle: boolean): ClusterSpec {
  const brokers = isGentle ? 3 : between(random, 1, 4);
  const topic = randomTopic(random, brokers, isGentle);
  const oneWayUs = pick(random, [100, 1000, 8000]);
  return {
    ...DEFAULT_CLUSTER,
    brokers,
    topics: [topic, { ...topic, topic: OTHER_TOPIC, partitions: between(random, 1, 2) }],
    start: isLucky(random, 30) ? 'cold' : 'warm',
    transactionVersion: isLucky(random, 40) ? 1 : 2,
    network: {
      ...DEFAULT_CLUSTER.network,
      delay: {
        p0Us: oneWayUs,
        p50Us: oneWayUs + Math.floor(oneWayUs / 5),
        p90Us: oneWayUs * 2,
        p99Us: oneWayUs * 4,
        p100Us: oneWayUs * 6,
      },
      lossPpm: pick(random, [0, 0, 0, 3000]),
      bandwidthBytesPerS: pick(random, [0, 0, 0, 100_000]),
    },
    appendUs: pick(random, [50, 150, 3000]),
    replicaFetchUs: pick(random, [200, 500, 5000]),
    brokerSessionTimeoutMs: pick(random, [40, 150, 600]),
    replicaLagTimeMaxMs: pick(random, [60, 300, 2000]),
    replicaFetchWaitMaxMs: pick(random, [20, 500]),
    producerIdExpirationMs: pick(random, [86_400_000, 86_400_000, 300]),
  };
}

/** In pairs that belong together: the second comes some time after the first. */
function scattered(random: Random, scope: CommandScope, lengthUs: number): readonly Command[] {
  const commands: Command[] = [];
  const groups = random.below(5);
  let freeFromUs = 0;
  for (let i = 0; i < groups; i++) {
    const group = randomCommands(random, scope);
    let atUs = random.below(lengthUs);
    if (scope.isGentle && group.length > 1) {
      // One broker away at a time: the next is hit when this one is back.
      atUs = Math.max(atUs, freeFromUs);
      freeFromUs = atUs + lengthUs;
    }
    for (const body of group) {
      commands.push({ ...body, at: micros(atUs) });
      atUs += random.below(lengthUs) + 1;
    }
    if (scope.isGentle && group.length > 1) freeFromUs = atUs + 1;
  }
  return commands.toSorted((a, b) => a.at - b.at);
}

export function randomScenario(seed: number): Scenario {
  const random = createRandom(seed).fork('scenario');
  const isGentle = isLucky(random, 35);
  const isTransactional = isLucky(random, 35);
  const cluster = randomCluster(random, isGentle);
  const count = isLucky(random, isTransactional ? 40 : 15) ? 2 : 1;
  const applications = Array.from({ length: count }, (_, i) => randomApplication(random, i, isTransactional));
  const scope = { cluster, applications: count, isGentle, isTransactional };
  const lengthUs = pick(random, [40_000, 200_000, 600_000]);
  return {
    ...DEFAULT_SCENARIO,
    seed,
    cluster,
    applications,
    commands: scattered(random, scope, lengthUs),
  };
}
