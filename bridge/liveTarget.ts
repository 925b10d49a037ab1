/** Makes ready what live mode runs against: the simulated cluster, brokers of our own, or somebody's. */
import { randomInt } from 'node:crypto';
import type { LiveTarget } from './arguments.ts';
import { DEFAULT_CEILINGS, withinCeilings, type Ceilings } from './ceilings.ts';
import { LocalCluster } from './kafka/LocalCluster.ts';
import { BROKER_SESSION_TIMEOUT_MS } from './kafka/nodeFiles.ts';
import { createKafkajsEngine, type KafkajsEngine } from './kafkajsEngine.ts';
import { findTopic, type BrokerEndpoint, type FoundCluster, type WantedTopic } from './kafkajs/topics.ts';
import { liveScenario } from './liveScenario.ts';
import { LiveLedger } from './LiveLedger.ts';
import { LiveRun } from './LiveRun.ts';
import { ownBrokers, type OwnBrokers } from './ownBrokers.ts';
import { readClientProperties } from './security/clientProperties.ts';
import { createSimulatedEngine, simulatedScenario } from './simulatedEngine.ts';
import { processWall } from './WallClock.ts';

/** Node's own limit for `randomInt` is above it. */
const TWO_TO_32 = 2 ** 32;
/** Records may not be lost while one of three brokers is away. */
const LOCAL_MIN_INSYNC_REPLICAS = 2;

/**
 * A broker that comes back leads nothing until the controller looks: after 5 minutes by default, too late for whoever
 * wants to see it healed, and then to kill it once more.
 */
const LEADERS_GO_HOME = { 'leader.imbalance.check.interval.seconds': '10' };

export interface StartedTarget {
  readonly run: LiveRun | null;
  /** What the page is told. */
  readonly offer: string | null;
  /** A line for the person who started it. */
  readonly line: string | null;
  readonly stop: () => Promise<void>;
}

/** @throws Error with a sentence. */
export async function startTarget(
  target: LiveTarget,
  progress: (line: string) => void,
  ceilings: Ceilings = DEFAULT_CEILINGS,
): Promise<StartedTarget> {
  switch (target.kind) {
    case 'none':
      return { run: null, offer: null, line: null, stop: () => Promise.resolve() };
    case 'simulated': {
      const scenario = withinCeilings(simulatedScenario(randomInt(TWO_TO_32)), ceilings);
      const run = new LiveRun({
        wall: processWall,
        ceilings,
        engine: (openLog) => createSimulatedEngine(scenario, openLog),
      });
      const line = 'Live mode runs against the simulated cluster.';
      return { run, offer: 'simulated', line, stop: () => run.stop() };
    }
    case 'kafka':
      return startOwnCluster(target.topic, progress, ceilings);
    case 'brokers': {
      const endpoints = withSecurity(target.brokers, target.config, progress);
      const { run } = await connect(endpoints, target.topic, null, progress, ceilings);
      const names = target.brokers.map(({ host, port }) => `${host}:${port}`).join(',');
      const line = `Live mode produces to the topic ${target.topic.topic} at ${names}.`;
      return { run, offer: 'kafka', line, stop: () => run.stop() };
    }
  }
}

/** @throws Error with a sentence for a file that cannot be used. */
function withSecurity(
  brokers: readonly BrokerEndpoint[],
  config: string | null,
  progress: (line: string) => void,
): readonly BrokerEndpoint[] {
  if (config === null) return brokers;
  const { security, unused } = readClientProperties(config);
  if (unused.length > 0) progress(`${config}: not used here: ${unused.join(', ')}`);
  return brokers.map((broker) => ({ ...broker, security }));
}

async function startOwnCluster(
  wanted: WantedTopic,
  progress: (line: string) => void,
  ceilings: Ceilings,
): Promise<StartedTarget> {
  let engine: KafkajsEngine | null = null;
  const cluster = await LocalCluster.start({
    progress,
    hasProxies: true,
    properties: LEADERS_GO_HOME,
    onMoved: (node, state) => {
      if (state !== 'starting') engine?.brokerMoved(node, state);
    },
    onStruck: (fault) => engine?.faultStruck(fault),
  });
  try {
    const minInsyncReplicas = wanted.minInsyncReplicas ?? LOCAL_MIN_INSYNC_REPLICAS;
    const live = await connect(
      cluster.endpoints,
      { ...wanted, minInsyncReplicas },
      ownBrokers(cluster),
      progress,
      ceilings,
      cluster.innerEndpoints,
    );
    engine = live.engine;
    return {
      run: live.run,
      offer: 'kafka',
      line: `Live mode produces to three brokers of Kafka ${cluster.version} on this machine.`,
      stop: async () => {
        await live.run.stop();
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function connect(
  bootstrap: readonly BrokerEndpoint[],
  wanted: WantedTopic,
  own: OwnBrokers | null,
  progress: (line: string) => void,
  ceilings: Ceilings,
  /** Where the ledger reads: what is done to a link must not hold it up. */
  readAt = bootstrap,
): Promise<{ readonly run: LiveRun; readonly engine: KafkajsEngine | null }> {
  const found = await findTopic(bootstrap, wanted);
  const { topic, brokers } = found;
  progress(topicLine(found));
  if (found.doubt !== null) progress(found.doubt);
  const unlimited = liveScenario({
    seed: randomInt(TWO_TO_32),
    brokers: brokers.length,
    topic,
    ...(own === null ? {} : { brokerSessionTimeoutMs: BROKER_SESSION_TIMEOUT_MS }),
  });
  const scenario = withinCeilings(unlimited, ceilings);
  const engines: KafkajsEngine[] = [];
  const ledgerRun = randomInt(TWO_TO_32);
  const ledger = new LiveLedger({ ledgerRun, bootstrap: readAt, topic: topic.topic });
  await ledger.begin();
  const run = new LiveRun({
    wall: processWall,
    ceilings,
    ledger,
    engine: (openLog) => {
      const engine = createKafkajsEngine({
        scenario,
        nodes: brokers.map(({ node }) => node),
        bootstrap,
        own,
        watchAt: readAt,
        ledgerRun,
        openLog,
        beganAtMs: Date.now(),
      });
      engines.push(engine);
      return engine;
    },
  });
  return { run, engine: engines[0] ?? null };
}

function topicLine({ topic, timestampType, isCreated }: FoundCluster): string {
  const { partitions, replicationFactor, minInsyncReplicas, maxMessageBytes } = topic;
  const limits = `min.insync.replicas ${minInsyncReplicas}, max.message.bytes ${maxMessageBytes}, ${timestampType}`;
  return `the topic ${topic.topic} ${isCreated ? 'has been created' : 'is there'}: ${partitions} partitions, replication factor ${replicationFactor}, ${limits}`;
}
