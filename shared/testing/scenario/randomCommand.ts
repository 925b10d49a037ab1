/** What is done to a random run: to its applications, its brokers, its links and what its brokers answer. */
import type { Random } from '#base/random';
import type { AnswerRule, ClusterSpec, CommandBody } from '#model/Scenario';
import type { ErrorName } from '#record/Errors';
import { between, isLucky, pick } from './dice.ts';
import { randomProducer, randomTransactionalProducer } from './randomProducer.ts';

export interface CommandScope {
  readonly cluster: ClusterSpec;
  readonly applications: number;
  /** Only where the promise of acks=all is to be tried: nothing that Kafka does not promise to survive. */
  readonly isGentle: boolean;
  readonly isTransactional: boolean;
}

/** Errors that a broker gives to a batch that it has not written. */
const REFUSALS: readonly ErrorName[] = [
  'NOT_ENOUGH_REPLICAS',
  'NOT_LEADER_OR_FOLLOWER',
  'MESSAGE_TOO_LARGE',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'REQUEST_TIMED_OUT',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'KAFKA_STORAGE_ERROR',
  'CORRUPT_MESSAGE',
  'UNKNOWN_SERVER_ERROR',
  'TOPIC_AUTHORIZATION_FAILED',
  'INVALID_PRODUCER_EPOCH',
];
/** Errors that it can give to one that it has. */
const REFUSALS_AFTER_APPEND: readonly ErrorName[] = [
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
  'NOT_LEADER_OR_FOLLOWER',
];
const COORDINATOR_ERRORS: readonly ErrorName[] = [
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR',
  'CONCURRENT_TRANSACTIONS',
];
const COORDINATOR_APIS: readonly AnswerRule['api'][] = [
  'INIT_PRODUCER_ID',
  'FIND_COORDINATOR',
  'ADD_PARTITIONS_TO_TXN',
  'END_TXN',
  'TXN_OFFSET_COMMIT',
];

function randomAnswer(random: Random, { cluster, isTransactional }: CommandScope): CommandBody {
  const isCoordinators = isTransactional && isLucky(random, 50);
  const isAppended = !isCoordinators && isLucky(random, 40);
  const errors = isCoordinators ? COORDINATOR_ERRORS : isAppended ? REFUSALS_AFTER_APPEND : REFUSALS;
  const isForPartition = !isCoordinators && isLucky(random, 40);
  return {
    do: 'answer.set',
    rule: {
      api: isCoordinators ? pick(random, COORDINATOR_APIS) : 'PRODUCE',
      node: isLucky(random, 20) ? random.below(cluster.brokers) : null,
      topic: null,
      partition: isForPartition ? random.below(3) : null,
      nth: between(random, 1, 5),
      times: between(random, 1, 3),
      error: pick(random, errors),
      appended: isAppended,
    },
  };
}

function applicationCommand(random: Random, scope: CommandScope): CommandBody {
  const application = random.below(scope.applications);
  const { isTransactional } = scope;
  switch (random.below(9)) {
    case 0:
      return {
        do: 'producer.replace',
        application,
        producer: isTransactional ? randomTransactionalProducer(random) : randomProducer(random),
      };
    case 1:
      return { do: 'producer.flush', application };
    case 2:
      return { do: 'producer.close', application, timeoutMs: pick(random, [null, 0, 30]) };
    case 3:
      return { do: 'producer.kill', application };
    case 4:
      return {
        do: 'record.send',
        application,
        key: pick(random, [null, 'user-3', '']),
        valueBytes: pick(random, [30, 1500]),
        partition: pick(random, [null, 0]),
      };
    case 5:
      return { do: 'workload.set', application, workload: { recordsPerS: between(random, 50, 4000) } };
    case 6:
      return { do: 'workload.pause', application };
    case 7:
      return { do: 'workload.resume', application };
    default:
      return { do: 'producer.start', application };
  }
}

/** Two things one after the other: what is broken is often healed while the run goes on. */
function brokerCommands(random: Random, { cluster, isGentle }: CommandScope): readonly CommandBody[] {
  const node = random.below(cluster.brokers);
  const heals = isGentle || isLucky(random, 60);
  if (!isGentle && isLucky(random, 20)) {
    return [{ do: 'replica.stall', node }, ...(heals ? [{ do: 'replica.catchUp' as const, node }] : [])];
  }
  const hit = pick(random, ['broker.kill', 'broker.kill', 'broker.freeze'] as const);
  return [{ do: hit, node }, ...(heals ? [{ do: 'broker.restart' as const, node }] : [])];
}

function linkCommands(random: Random, { cluster }: CommandScope): readonly CommandBody[] {
  const node = isLucky(random, 30) ? null : random.below(cluster.brokers);
  const addedUs = isLucky(random, 50) ? between(random, 0, 60_000) : 0;
  const cut = addedUs === 0;
  return [
    { do: 'link.set', node, addedUs, cut },
    { do: 'link.set', node, addedUs: 0, cut: false },
  ];
}

function topicCommand(random: Random, { cluster }: CommandScope): CommandBody {
  const { topic, partitions } = pick(random, cluster.topics);
  if (isLucky(random, 15)) return { do: 'topic.addPartitions', topic, partitions: partitions + 1 };
  if (isLucky(random, 5)) return { do: 'topic.delete', topic };
  const settings = {
    ...(isLucky(random, 50) ? { minInsyncReplicas: between(random, 1, 3) } : {}),
    ...(isLucky(random, 50) ? { uncleanLeaderElection: isLucky(random, 70) } : {}),
    ...(isLucky(random, 30) ? { maxMessageBytes: pick(random, [300, 1048588]) } : {}),
  };
  return { do: 'topic.set', topic, settings };
}

/** One or two commands that belong together, in their order. */
export function randomCommands(random: Random, scope: CommandScope): readonly CommandBody[] {
  const { cluster, isGentle } = scope;
  switch (random.below(isGentle ? 10 : 12)) {
    case 0:
    case 1:
    case 2:
      return brokerCommands(random, scope);
    case 3:
    case 4:
      return [applicationCommand(random, scope)];
    case 5:
      return [randomAnswer(random, scope)];
    case 6: {
      const what = pick(random, ['request', 'response'] as const);
      return [{ do: 'next.lose', what, node: isLucky(random, 50) ? null : random.below(cluster.brokers) }];
    }
    case 7:
      return linkCommands(random, scope);
    case 8:
      return [{ do: 'network.set', network: { lossPpm: pick(random, [0, 20_000, 100_000]) } }];
    case 9: {
      const { topic, partitions } = pick(random, cluster.topics);
      const leader = random.below(cluster.brokers);
      return [{ do: 'leader.move', topic, partition: random.below(partitions), leader }];
    }
    default:
      return [topicCommand(random, scope)];
  }
}
