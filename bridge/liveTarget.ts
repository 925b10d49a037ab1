/** Makes ready what live mode runs against: the simulated cluster, brokers of our own, or somebody's. */
import { randomInt } from 'node:crypto';
import { known } from '#base/assert';
import type { Scenario } from '#model/Scenario';
import type { ClientName, LiveTarget } from './arguments.ts';
import { DEFAULT_CEILINGS, withinCeilings, type Ceilings } from './ceilings.ts';
import { LocalCluster } from './kafka/LocalCluster.ts';
import { BROKER_SESSION_TIMEOUT_MS } from './kafka/nodeFiles.ts';
import { createKafkajsEngine, type KafkajsEngine } from './kafkajsEngine.ts';
import { exhibitSentence, KAFKAJS_SETTINGS } from './kafkajs/asItIs/exhibit.ts';
import {
  findTopics,
  type BrokerEndpoint,
  type FoundCluster,
  type Topics,
  type WantedTopic,
} from './kafkajs/topics.ts';
import { liveScenario } from './liveScenario.ts';
import { LiveLedger, topicsText } from './LiveLedger.ts';
import { LiveRun } from './LiveRun.ts';
import { presentRun, type BeginAnother, type PresentRun } from './PresentRun.ts';
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

/** What the page is told that it is, and what a person is. */
const OFFERS: Readonly<Record<ClientName, string>> = { linger: 'kafka', kafkajs: 'kafkajs' };
const BY: Readonly<Record<ClientName, string>> = { linger: '', kafkajs: ' with kafkajs as it is' };

export interface StartedTarget {
  /** Of the moment: a page may begin another one in its place. */
  readonly run: LiveRun | null;
  /** What the page is told. */
  readonly offer: string | null;
  /** A line for the person who started it. */
  readonly line: string | null;
  readonly stop: () => Promise<void>;
}

const startedTarget = (
  present: PresentRun,
  offer: string,
  line: string,
  stop = () => present.stop(),
): StartedTarget => ({
  get run() {
    return present.run;
  },
  offer,
  line,
  stop,
});

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
      const present = await presentRun((applications, beginAnother) => {
        const first = withinCeilings(simulatedScenario(randomInt(TWO_TO_32)), ceilings);
        const scenario = applications === null ? first : { ...first, applications };
        return Promise.resolve(
          new LiveRun({
            wall: processWall,
            ceilings,
            beginAnother,
            engine: (openLog) => createSimulatedEngine(scenario, openLog),
          }),
        );
      });
      return startedTarget(present, 'simulated', 'Live mode runs against the simulated cluster.');
    }
    case 'kafka':
      return startOwnCluster(target, progress, ceilings);
    case 'brokers': {
      const endpoints = withSecurity(target.brokers, target.config, progress);
      const present = await connect({
        bootstrap: endpoints,
        readAt: endpoints,
        wanted: target.topics,
        client: target.client,
        own: null,
        progress,
        ceilings,
      });
      const names = target.brokers.map(({ host, port }) => `${host}:${port}`).join(',');
      const topics = topicsText(target.topics.map(({ topic }) => topic));
      const line = `Live mode produces${BY[target.client]} to ${topics} at ${names}.`;
      return startedTarget(present, OFFERS[target.client], line);
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

const safe = (wanted: WantedTopic): WantedTopic => ({
  ...wanted,
  minInsyncReplicas: wanted.minInsyncReplicas ?? LOCAL_MIN_INSYNC_REPLICAS,
});

async function startOwnCluster(
  { topics: wanted, client }: Pick<Extract<LiveTarget, { readonly kind: 'kafka' }>, 'topics' | 'client'>,
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
    const own = ownBrokers(cluster);
    const [first, ...others] = wanted;
    const present = await connect({
      bootstrap: cluster.endpoints,
      readAt: cluster.innerEndpoints,
      wanted: [safe(first), ...others.map(safe)],
      client,
      own,
      progress,
      ceilings,
      began: (next) => {
        const isFirst = engine === null;
        engine = next;
        if (isFirst) return;
        // What was done to the cluster in the run before is there in this one.
        cluster.brokers.forEach(({ state }, node) => {
          if (state === 'down' || state === 'frozen') next.brokerMoved(node, state);
        });
      },
    });
    const line = `Live mode produces${BY[client]} to three brokers of Kafka ${cluster.version} on this machine.`;
    return startedTarget(present, OFFERS[client], line, async () => {
      await present.stop();
      await cluster.stop();
    });
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** What live runs are made on, one after the other. */
interface Ground {
  readonly bootstrap: readonly BrokerEndpoint[];
  /** Where the ledger reads: what is done to a link must not hold it up. */
  readonly readAt: readonly BrokerEndpoint[];
  readonly wanted: Topics<WantedTopic>;
  readonly client: ClientName;
  readonly own: OwnBrokers | null;
  readonly progress: (line: string) => void;
  readonly ceilings: Ceilings;
  /** Told each engine that takes the place of the one before. */
  readonly began?: (engine: KafkajsEngine) => void;
}

async function connect(ground: Ground): Promise<PresentRun> {
  const { bootstrap, wanted, client, own, progress, ceilings, began } = ground;
  const [found, ...others] = await findTopics(bootstrap, wanted);
  const { brokers } = found;
  for (const one of [found, ...others]) {
    progress(topicLine(one));
    if (one.doubt !== null) progress(one.doubt);
  }
  const scenario = (): Scenario =>
    withinCeilings(
      liveScenario({
        seed: randomInt(TWO_TO_32),
        brokers: brokers.length,
        topics: [found.topic, ...others.map(({ topic }) => topic)],
        ...(client === 'kafkajs' ? { application: { producer: KAFKAJS_SETTINGS } } : {}),
        ...(own === null ? {} : { brokerSessionTimeoutMs: BROKER_SESSION_TIMEOUT_MS }),
      }),
      ceilings,
    );
  return presentRun(async (applications, beginAnother) => {
    const sentence = client === 'kafkajs' ? exhibitSentence(applications ?? []) : null;
    if (sentence !== null) throw new Error(sentence);
    const first = scenario();
    const { run, engine } = await liveRunOn(ground, {
      scenario: applications === null ? first : { ...first, applications },
      brokers,
      beginAnother,
    });
    try {
      // A link that was slow or cut in the run before is whole in this one.
      const heal = { addedMs: 0, cut: false };
      const links = applications === null ? null : (own?.links ?? null);
      if (links !== null) await Promise.all(brokers.map(({ node }) => links.set(node, heal)));
    } catch (error) {
      await run.stop();
      throw error;
    }
    began?.(engine);
    return run;
  });
}

/** @throws Error with a sentence; then nothing of it is left. */
async function liveRunOn(
  { bootstrap, readAt, client, own, ceilings }: Ground,
  how: {
    readonly scenario: Scenario;
    readonly brokers: FoundCluster['brokers'];
    readonly beginAnother: BeginAnother;
  },
): Promise<{ readonly run: LiveRun; readonly engine: KafkajsEngine }> {
  const { scenario, brokers, beginAnother } = how;
  const ledgerRun = randomInt(TWO_TO_32);
  const topics = scenario.cluster.topics.map(({ topic }) => topic);
  const ledger = new LiveLedger({ ledgerRun, bootstrap: readAt, topics });
  const made: KafkajsEngine[] = [];
  try {
    await ledger.begin();
    const run = new LiveRun({
      wall: processWall,
      ceilings,
      ledger,
      beginAnother,
      engine(openLog) {
        const engine = createKafkajsEngine({
          scenario,
          client,
          brokers,
          bootstrap,
          own,
          watchAt: readAt,
          ledgerRun,
          openLog,
          beganAtMs: Date.now(),
        });
        made.push(engine);
        return engine;
      },
    });
    return { run, engine: known(made[0], 'the engine of the run') };
  } catch (error) {
    ledger.close();
    throw error;
  }
}

function topicLine({ topic, timestampType, isCreated }: FoundCluster): string {
  const { partitions, replicationFactor, minInsyncReplicas, maxMessageBytes } = topic;
  const limits = `min.insync.replicas ${minInsyncReplicas}, max.message.bytes ${maxMessageBytes}, ${timestampType}`;
  return `the topic ${topic.topic} ${isCreated ? 'has been created' : 'is there'}: ${partitions} partitions, replication factor ${replicationFactor}, ${limits}`;
}
