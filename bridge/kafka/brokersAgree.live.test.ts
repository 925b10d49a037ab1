/**
 * The simulated cluster held against three real brokers of Kafka 4.3: the same requests, and every answer, offset,
 * error and batch of the log must be the same. What is not compared, and why, stands at the end.
 */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeWithKafka } from '../testing/needs.ts';
import * as failures from './comparison/failureScripts.ts';
import { realSide, type RealSide } from './comparison/realSide.ts';
import * as plain from './comparison/scripts.ts';
import {
  DEFAULT_MAX_MESSAGE_BYTES,
  REPLICA_LAG_MS,
  SESSION_TIMEOUT_MS,
  TOPIC,
  type Side,
  type TopicSpec,
} from './comparison/Side.ts';
import { SimulatedSide } from './comparison/simulatedSide.ts';
import * as transactions from './comparison/transactionScripts.ts';
import { LocalCluster } from './LocalCluster.ts';

const LIMIT_MS = 300_000;
const topic = (name: string, partitions: number, more: Partial<TopicSpec> = {}): TopicSpec => ({
  topic: name,
  partitions,
  minInsyncReplicas: 2,
  maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
  ...more,
});
const TOPICS = [
  topic(TOPIC, plain.PARTITIONS),
  topic(plain.STRICT, 1, { minInsyncReplicas: 3 }),
  topic(plain.SMALL, 1, { maxMessageBytes: plain.SMALL_MAX_BYTES }),
];
/** Longer than on the stage: a busy machine must not look like a dead broker. */
const PROPERTIES = {
  'broker.session.timeout.ms': String(SESSION_TIMEOUT_MS),
  'replica.lag.time.max.ms': String(REPLICA_LAG_MS),
  'controller.quorum.election.timeout.ms': '1000',
  'controller.quorum.fetch.timeout.ms': '2000',
};

async function protocolOf(script: plain.Script, side: Side): Promise<readonly string[]> {
  const lines: string[] = [];
  await script(side, (what, answer) => {
    for (const one of typeof answer === 'string' ? [answer] : answer) lines.push(`${what}: ${one}`);
  });
  return lines;
}

await describeWithKafka('the simulated brokers answer as real ones', () => {
  let cluster: LocalCluster | null = null;
  let real: RealSide;
  const simulated = new SimulatedSide(TOPICS);

  beforeAll(async () => {
    cluster = await LocalCluster.start({ properties: PROPERTIES });
    real = await realSide(cluster, TOPICS);
  }, LIMIT_MS);

  afterAll(async () => {
    real.close();
    await cluster?.stop();
  });

  // A script that fails may leave a broker behind that is down; the next one is to begin as it expects.
  afterEach(async () => {
    if (cluster?.brokers.every(({ state }) => state === 'up') === true) return;
    for (const { node } of cluster?.brokers ?? []) await cluster?.restart(node);
    await cluster?.untilIsrFull();
    await cluster?.electPreferredLeaders();
  }, LIMIT_MS);

  const scripts: Readonly<Record<string, plain.Script>> = {
    'sequences: right, repeated, with a gap, older than five batches': plain.sequences,
    'epochs: old, new, new but not from 0': plain.epochs,
    'producers that a partition does not know': plain.strangers,
    'acks 0, 1 and all': plain.acknowledgements,
    'not the leader, no such partition, no such topic': plain.wrongPlaces,
    'batches that are too large': plain.sizes,
    'transactions whose partitions the producer adds': transactions.versionOne,
    'transactions whose partitions the leader adds': transactions.versionTwo,
    'a second owner fences the first': transactions.fencing,
    'a fenced owner aborts before the second one has its epoch': transactions.fencedOwnerAborts,
    'a second owner fences the first, protocol before 4.0': transactions.fencingOfVersionOne,
    'ids and epochs that the coordinator does not know': transactions.strangersToTheCoordinator,
    'a leader leaves and comes back': failures.leaderLeaves,
    'a leader is killed in a transaction and comes back': failures.leaderIsKilled,
    'fewer in-sync replicas than needed': failures.notEnoughReplicas,
    'a frozen follower': failures.followerIsFrozen,
  };
  for (const [name, script] of Object.entries(scripts)) {
    it(
      name,
      async () => {
        const expected = await protocolOf(script, real);
        expect(await protocolOf(script, simulated)).toEqual(expected);
      },
      LIMIT_MS,
    );
  }
});

/*
 * Not compared: a flipped byte (the model has no bytes; CORRUPT_MESSAGE is injected there), acks other than −1, 0 and 1
 * (no producer sends them), the time in the answer to a repeated batch (that of the stored batch, which the model's log
 * does not keep), the words in error_message, and producer ids themselves, which each cluster gives as it likes.
 */
