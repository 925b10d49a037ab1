/** KafkaProducer's constructor: puts a producer together in Java's order and starts its sender thread. */
import type { ClientId, NodeId } from '#base/ids';
import type { CompressionRatioEstimator } from '#record/CompressionRatioEstimator';
import { ApiVersions } from '../ApiVersions.ts';
import type { Thread } from '../Blocking.ts';
import { BatchContext } from '../BatchContext.ts';
import { BufferPool } from '../BufferPool.ts';
import type { KafkaClient } from '../KafkaClient.ts';
import { KafkaProducerMetrics } from '../KafkaProducerMetrics.ts';
import { Metrics } from '../metrics.ts';
import { NetworkClient } from '../NetworkClient/NetworkClient.ts';
import { createPartitioner } from '../Partitioner.ts';
import { effectiveBatchSize, effectiveLingerMs, SETTINGS, type ProducerConfig } from '../ProducerConfig.ts';
import {
  configuredInterceptors,
  ProducerInterceptors,
  type ProducerInterceptor,
} from '../ProducerInterceptors.ts';
import { ProducerMetadata } from '../ProducerMetadata.ts';
import { RecordAccumulator } from '../RecordAccumulator/RecordAccumulator.ts';
import { FutureContext } from '../RecordFuture.ts';
import type { BrokerAddress } from '../requests.ts';
import type { CompressionModel, CpuCosts, RandomSources, RunContext } from '../RunContext.ts';
import type { Selectable } from '../Selectable.ts';
import { Sender } from '../Sender/Sender.ts';
import { registerNode, throttleTimeSensor } from '../SenderMetricsRegistry.ts';
import { TransactionManager } from '../TransactionManager/TransactionManager.ts';
import { KafkaProducer, type Serializers } from './KafkaProducer.ts';

/** What the parts of a client share that are made before its KafkaClient. */
export interface ClientParts {
  readonly client: ClientId;
  readonly metadata: ProducerMetadata;
  readonly apiVersions: ApiVersions;
  readonly metrics: Metrics;
}

export interface KafkaProducerOptions {
  /** Chosen by the caller because the network has to know it; `run.ids.nextClient()`. */
  readonly client: ClientId;
  readonly config: ProducerConfig;
  readonly random: RandomSources;
  readonly compression: CompressionModel;
  /** One for all producers of a run: Java's is process-wide. */
  readonly estimator: CompressionRatioEstimator;
  readonly costs: CpuCosts;
  /** In the order of bootstrap.servers; their ids do not matter. */
  readonly bootstrap: readonly BrokerAddress[];
  /** What the NetworkClient talks to, or a client of another kind. */
  readonly network: Selectable | ((parts: ClientParts) => KafkaClient);
  /** Absent: records carry their bytes. */
  readonly serializers?: Serializers;
  /** Absent: those that `interceptor.classes` names. */
  readonly interceptors?: readonly ProducerInterceptor[];
}

/** The producer and the parts that a warm start, a test or the end of a case looks at. */
export interface StartedProducer {
  readonly producer: KafkaProducer;
  readonly metadata: ProducerMetadata;
  readonly apiVersions: ApiVersions;
  readonly kafkaClient: KafkaClient;
  /** null: the network was not a Selectable. */
  readonly networkClient: NetworkClient | null;
  readonly accumulator: RecordAccumulator;
  readonly transactionManager: TransactionManager | null;
  readonly sender: Sender;
}

/**
 * Emits client.started and thread.started; the sender thread first runs when the scheduler next runs sender threads.
 * @throws JavaException ConfigException for a partitioner, KafkaException for an interceptor that does not exist.
 */
export function createKafkaProducer(run: RunContext, options: KafkaProducerOptions): StartedProducer {
  const { client, config, random } = options;
  const metrics = new Metrics(run.clock, {
    samples: config.metricsNumSamples,
    timeWindowMs: config.metricsSampleWindowMs,
  });
  const producerMetrics = new KafkaProducerMetrics(metrics);
  const partitioner = createPartitioner(config.partitionerClass);
  const interceptors = options.interceptors ?? configuredInterceptors(config.interceptorClasses);
  run.events.writer('client.started')(client, config.clientId, configAsText(config));
  const apiVersions = new ApiVersions();
  const transactionManager = createTransactionManager(run, options, apiVersions);
  const accumulator = createAccumulator(run, options, metrics, transactionManager, partitioner === null);
  const metadata = new ProducerMetadata(run, client, random, config);
  metadata.bootstrap(options.bootstrap);
  const parts: ClientParts & { readonly clientName: string } = {
    client,
    clientName: config.clientId,
    metadata,
    apiVersions,
    metrics,
  };
  const { networkClient, kafkaClient } = createClient(run, options, parts);
  const sender = createSender(run, options, parts, kafkaClient, accumulator, transactionManager);
  const ioThread = startSenderThread(run, client, config.clientId, sender);
  const producer = new KafkaProducer(run, {
    client,
    config,
    metrics,
    producerMetrics,
    metadata,
    accumulator,
    transactionManager,
    sender,
    ioThread,
    interceptors: new ProducerInterceptors(run, interceptors),
    partitioner,
    serializers: options.serializers ?? null,
    costs: options.costs,
    futures: new FutureContext(run),
  });
  return {
    producer,
    metadata,
    apiVersions,
    kafkaClient,
    networkClient,
    accumulator,
    transactionManager,
    sender,
  };
}

function createClient(
  run: RunContext,
  { config, network, random }: KafkaProducerOptions,
  parts: ClientParts & { readonly clientName: string },
): Pick<StartedProducer, 'networkClient' | 'kafkaClient'> {
  const sensor = throttleTimeSensor(parts.metrics);
  if (typeof network === 'function') return { networkClient: null, kafkaClient: network(parts) };
  const clientParts = {
    ...parts,
    selector: network,
    random,
    throttleTimeSensor: sensor,
    registerNode: (node: NodeId) => registerNode(parts.metrics, String(node)),
  };
  const networkClient = new NetworkClient(run, clientParts, config);
  return { networkClient, kafkaClient: networkClient };
}

function createTransactionManager(
  run: RunContext,
  { client, config }: KafkaProducerOptions,
  apiVersions: ApiVersions,
): TransactionManager | null {
  if (!config.enableIdempotence) return null;
  return new TransactionManager(
    run,
    client,
    config.transactionalId,
    config.transactionTimeoutMs,
    config.retryBackoffMs,
    apiVersions,
    config.transactionTwoPhaseCommitEnable,
  );
}

function createAccumulator(
  run: RunContext,
  { client, config, random, compression, estimator, costs }: KafkaProducerOptions,
  metrics: Metrics,
  transactionManager: TransactionManager | null,
  isBuiltInPartitioner: boolean,
): RecordAccumulator {
  const batchSize = effectiveBatchSize(config);
  const pool = new BufferPool(config.bufferMemory, batchSize, metrics, run, client);
  metrics.addMetric('waiting-threads', { measure: () => pool.queued() });
  metrics.addMetric('buffer-total-bytes', { measure: () => pool.totalMemory() });
  metrics.addMetric('buffer-available-bytes', { measure: () => pool.availableMemory() });
  const context = new BatchContext(run, client, config.compressionType, compression, estimator, costs);
  const settings = {
    batchSize,
    lingerMs: effectiveLingerMs(config),
    retryBackoffMs: config.retryBackoffMs,
    retryBackoffMaxMs: config.retryBackoffMaxMs,
    deliveryTimeoutMs: config.deliveryTimeoutMs,
    // A partitioner of one's own makes the weights useless.
    enableAdaptivePartitioning: isBuiltInPartitioner && config.partitionerAdaptivePartitioningEnable,
    partitionAvailabilityTimeoutMs: config.partitionerAvailabilityTimeoutMs,
  };
  return new RecordAccumulator(run, context, random, settings, transactionManager, pool);
}

function createSender(
  run: RunContext,
  { client, config }: KafkaProducerOptions,
  { metadata, metrics }: ClientParts,
  kafkaClient: KafkaClient,
  accumulator: RecordAccumulator,
  transactionManager: TransactionManager | null,
): Sender {
  const settings = {
    guaranteeMessageOrder: config.maxInFlightRequestsPerConnection === 1,
    maxRequestSize: config.maxRequestSize,
    acks: config.acks,
    retries: config.retries,
    requestTimeoutMs: config.requestTimeoutMs,
    retryBackoffMs: config.retryBackoffMs,
  };
  return new Sender(run, client, kafkaClient, metadata, accumulator, settings, metrics, transactionManager);
}

/** Effective settings under Kafka's names; those without a value are left out. */
export function configAsText(config: ProducerConfig): Readonly<Record<string, string>> {
  const values = new Map<string, ProducerConfig[keyof ProducerConfig]>(Object.entries(config));
  const text: Record<string, string> = {};
  for (const { key } of SETTINGS) {
    const value = values.get(key.replace(/\.(\w)/g, (_, letter: string) => letter.toUpperCase()));
    if (value !== null && value !== undefined) text[key] = String(value);
  }
  return text;
}

const NETWORK_THREAD_PREFIX = 'kafka-producer-network-thread';

function startSenderThread(run: RunContext, client: ClientId, clientName: string, sender: Sender): Thread {
  const id = run.ids.nextThread();
  const name = `${NETWORK_THREAD_PREFIX} | ${clientName}`;
  run.events.writer('thread.started')(id, client, name);
  return run.scheduler.spawn({ id, name, kind: 'sender' }, sender.run());
}
