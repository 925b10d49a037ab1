/** Runs one case: the engine on virtual time, the scripted brokers behind it, the case's application above it. */
import { known } from '#base/assert';
import type { NodeId } from '#base/ids';
import { nodeId } from '#base/ids';
import { createRandom } from '#base/random';
import { MICROS_PER_MS } from '#base/time';
import { TopicPartitions } from '#base/TopicPartition';
import { brokerAddress } from '#cluster/ScriptedBroker/metadata';
import { ScriptedBroker } from '#cluster/ScriptedBroker/ScriptedBroker';
import { VirtualClock } from '#cluster/VirtualClock';
import { VirtualSelector } from '#cluster/VirtualSelector';
import type { Clock } from '#engine/Clock';
import { createKafkaProducer, type StartedProducer } from '#engine/KafkaProducer/createKafkaProducer';
import { warmStart as warmStartClient } from '#engine/NetworkClient/warmStart';
import type { ProducerConfig } from '#engine/ProducerConfig';
import { createRunIds, type CompressionModel, type RunContext } from '#engine/RunContext';
import { warmStart as warmStartTransactions } from '#engine/TransactionManager/warmStart';
import type { EventSink, PipelineEvent } from '#events/catalogue';
import type { EventReader } from '#events/EventLogView';
import { CompressionRatioEstimator } from '#record/CompressionRatioEstimator';
import { Application } from './application.ts';
import type { ConformanceCase } from './caseSchema.ts';
import { scriptedInterceptor } from './interceptors.ts';
import { Notes } from './notes.ts';
import { createRandomSources } from './randomSources.ts';
import { TracingSelector } from './TracingSelector.ts';

/** What a run writes to: any log that can be read afterwards. */
export interface CaseLog extends EventSink {
  readonly endSeq: number;
  read(fromSeq: number): EventReader;
}

const NO_COSTS = { sendUs: 0, serializeUsPerKiB: 0, partitionUs: 0, appendUs: 0, callbackUs: 0 };
/** So many steps without an end are a loop in the engine. */
const MOST_STEPS = 5_000_000;

/** FORMAT.md §8: n bytes become ceil(ratio × n), the k-th batch has ratio k. */
const ratioModel = (ratios: readonly number[]): CompressionModel => ({
  compressedBytes: (_topic, rawBytes, createdIndex) =>
    Math.ceil(known(ratios[createdIndex % ratios.length], 'ratio') * rawBytes),
});

export class CaseRun {
  readonly spec: ConformanceCase;
  readonly config: ProducerConfig;
  readonly log: CaseLog;
  readonly notes: Notes;
  readonly partitions: TopicPartitions;
  readonly brokers: ScriptedBroker;
  readonly started: StartedProducer;
  /** Events before this one belong to the warm-up. */
  readonly startSeq: number;
  private readonly clock: VirtualClock;
  private readonly selector: VirtualSelector;
  private readonly tracing: TracingSelector;
  private readonly untilUs: number;

  constructor(spec: ConformanceCase, config: ProducerConfig, createLog: (clock: Clock) => CaseLog) {
    this.spec = spec;
    this.config = config;
    this.clock = new VirtualClock({ networkWaitsForSelect: true });
    this.untilUs = spec.until * MICROS_PER_MS;
    this.log = createLog(this.clock.clock);
    const named = this.log.writer('partition.named');
    this.partitions = new TopicPartitions((tp) => named(tp.id, tp.topic, tp.partition));
    const run: RunContext = {
      clock: this.clock.clock,
      scheduler: this.clock,
      events: this.log,
      ids: createRunIds(),
      partitions: this.partitions,
      random: createRandom(0),
    };
    this.notes = new Notes(() => ({ seq: this.log.endSeq, at: this.clock.nowUs }));
    this.brokers = new ScriptedBroker(spec, this.clock, this.log, this.partitions);
    const client = run.ids.nextClient();
    this.selector = new VirtualSelector(client, this.clock, this.brokers, this.log, () =>
      this.notes.sample(),
    );
    this.tracing = new TracingSelector(this.selector, this.notes);
    const random = createRandomSources(spec.random);
    let application: Application | null = null;
    const currentSend = (): number => known(application, 'the application').currentSend();
    this.started = createKafkaProducer(run, {
      client,
      config,
      random,
      compression: ratioModel(spec.codec.ratios),
      estimator: new CompressionRatioEstimator(),
      costs: NO_COSTS,
      bootstrap: spec.cluster.bootstrap.map(brokerAddress),
      network: this.tracing,
      interceptors: spec.interceptors.map((one) => scriptedInterceptor(one, this.notes, currentSend)),
    });
    if (spec.start === 'warm') this.warmUp();
    random.beginJitter();
    this.watchTransactions();
    application = new Application(run, this.started.producer, this.brokers, this.notes);
    application.start(spec.commands);
    this.startSeq = this.log.endSeq;
  }

  /** FORMAT.md §4. */
  private warmUp(): void {
    const { spec, config } = this;
    const hasProducerId = config.enableIdempotence && config.transactionalId === null;
    const readyNodes: NodeId[] = [];
    for (let id = 0; id < spec.cluster.nodes; id++)
      if (!spec.network.refuse.includes(id)) readyNodes.push(nodeId(id));
    for (const node of readyNodes) {
      this.selector.establish(node);
      this.tracing.established(node);
    }
    warmStartClient(known(this.started.networkClient, 'the network client'), this.started.metadata, {
      metadata: this.brokers.initialMetadata(),
      versions: this.brokers.apiVersions(),
      readyNodes,
      hasProducerId,
    });
    const { transactionManager } = this.started;
    if (hasProducerId && transactionManager !== null)
      warmStartTransactions(transactionManager, this.brokers.initialProducerId());
  }

  private watchTransactions(): void {
    const { transactionManager } = this.started;
    if (transactionManager === null) return;
    this.notes.watch(() => {
      const { currentState, currentId } = transactionManager;
      return { state: currentState, pid: currentId.producerId, epoch: currentId.epoch };
    });
  }

  /** Everything before `until`. @throws BugError when the engine spins. */
  run(): void {
    const { stopped } = this.clock.runUntil(this.untilUs, MOST_STEPS);
    known(stopped ? null : true, 'an end of the run');
  }

  /** All events in order. */
  events(): readonly PipelineEvent[] {
    const reader = this.log.read(0);
    return Array.from({ length: this.log.endSeq }, () => reader.next());
  }
}
