/** A producer of a model run with what it needs: a virtual network under it, and on a warm start what it knows already. */
import { known } from '#base/assert';
import { clientMs } from '#base/time';
import type { ClientId, NodeId } from '#base/ids';
import { VirtualSelector } from '#cluster/VirtualSelector';
import { apiVersions } from '#cluster/answers';
import type { SimulatedCluster } from '#cluster/SimulatedCluster';
import type { VirtualClock } from '#cluster/VirtualClock';
import type { Thread } from '#engine/Blocking';
import type { Scheduler } from '#engine/Clock';
import { createKafkaProducer } from '#engine/KafkaProducer/createKafkaProducer';
import type { Producer } from '#engine/KafkaProducer/KafkaProducer';
import { warmStart as warmStartClient } from '#engine/NetworkClient/warmStart';
import { parseProducerConfig, withRequiredSettings } from '#engine/ProducerConfig';
import type { RandomSources, RunContext } from '#engine/RunContext';
import type { Selectable } from '#engine/Selectable';
import { warmStart as warmStartTransactions } from '#engine/TransactionManager/warmStart';
import type { CompressionRatioEstimator } from '#record/CompressionRatioEstimator';
import { createCompressionModel } from './compressionModel.ts';
import type { KeyNames } from './KeyNames.ts';
import type { Scenario, WorkloadSpec } from './Scenario.ts';

/** What an application uses of its run, whatever is behind its producers. */
export interface ApplicationParts {
  readonly run: RunContext;
  readonly clock: Scheduler;
  readonly keys: KeyNames;
  /** @throws ConfigException what Java refuses. */
  readonly startProducer: (
    properties: Readonly<Record<string, string>>,
    compressibility: () => WorkloadSpec['compressibility'],
  ) => RunningProducer;
}

/** What all producers of a model run share. */
export interface ModelParts {
  readonly scenario: Scenario;
  readonly run: RunContext;
  readonly clock: VirtualClock;
  readonly cluster: SimulatedCluster;
  /** Process-wide in Java, and there is one process a run as far as this shows. */
  readonly estimator: CompressionRatioEstimator;
  /** Java's counter behind `producer-N`. */
  readonly nextClientNumber: () => number;
}

/** A producer with what is needed to take it down. */
export interface RunningProducer {
  readonly producer: Producer;
  readonly client: ClientId;
  readonly selector: Pick<Selectable, 'closeAll'>;
  readonly ioThread: Thread;
}

/** @throws ConfigException what Java refuses: the scenario has been checked before. */
export function startProducer(
  parts: ModelParts,
  properties: Readonly<Record<string, string>>,
  compressibility: () => WorkloadSpec['compressibility'],
): RunningProducer {
  const { run, cluster, clock, estimator, scenario, nextClientNumber } = parts;
  const config = parseProducerConfig(withRequiredSettings(properties), nextClientNumber);
  const client = run.ids.nextClient();
  const selector = new VirtualSelector(client, clock, cluster, run.events);
  const started = createKafkaProducer(run, {
    client,
    config,
    random: randomSources(run, client),
    compression: createCompressionModel(config.compressionType, compressibility),
    estimator,
    costs: scenario.costs,
    bootstrap: cluster.addresses(),
    network: selector,
  });
  if (scenario.cluster.start === 'warm') {
    const readyNodes = warmNodes(cluster);
    for (const node of readyNodes) selector.establish(node);
    const hasProducerId = config.enableIdempotence && config.transactionalId === null;
    warmStartClient(known(started.networkClient, 'the network client'), started.metadata, {
      metadata: cluster.metadata(),
      versions: apiVersions(scenario.cluster.transactionVersion),
      readyNodes,
      hasProducerId,
      nowMs: clientMs(clock.nowUs),
    });
    if (hasProducerId && started.transactionManager !== null) {
      warmStartTransactions(started.transactionManager, cluster.coordinator.takeProducerId());
    }
  }
  const { producer } = started;
  return { producer, client, selector, ioThread: producer.parts.ioThread };
}

/** Those to which a producer that has been there for a while would have a connection. */
function warmNodes(cluster: SimulatedCluster): readonly NodeId[] {
  return cluster.brokers
    .filter(({ node, state }) => state === 'up' && !cluster.links.isCut(node))
    .map(({ node }) => node);
}

/** What is random in Java, each from a stream of its own. */
export function randomSources(run: RunContext, client: ClientId): RandomSources {
  const sticky = run.random.fork(`sticky/${client}`);
  const backoff = run.random.fork(`backoff/${client}`);
  const leastLoaded = run.random.fork(`leastLoaded/${client}`);
  const THOUSANDTHS = 1000;
  return {
    nextSticky: () => sticky.uint32() >>> 1,
    backoffFactor: (jitter) => 1 - jitter + (2 * jitter * backoff.below(THOUSANDTHS)) / THOUSANDTHS,
    leastLoadedOffset: (nodes) => leastLoaded.below(nodes),
  };
}
