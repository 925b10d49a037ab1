/**
 * One application of a model run: its producer, the threads around it, and what an operator does to them. A changed
 * setting is a new producer; the old one is closed beside it and drains.
 */
import { known } from '#base/assert';
import { clientMs, type Micros } from '#base/time';
import type { ClientId, NodeId, RecordId, ThreadId } from '#base/ids';
import { utf8Bytes } from '#base/utf8';
import { VirtualSelector } from '#cluster/VirtualSelector';
import { apiVersions } from '#cluster/answers';
import type { SimulatedCluster } from '#cluster/SimulatedCluster';
import type { VirtualClock } from '#cluster/VirtualClock';
import type { Blocking, Thread } from '#engine/Blocking';
import { createKafkaProducer } from '#engine/KafkaProducer/createKafkaProducer';
import type { KafkaProducer } from '#engine/KafkaProducer/KafkaProducer';
import { warmStart as warmStartClient } from '#engine/NetworkClient/warmStart';
import { parseProducerConfig, withRequiredSettings } from '#engine/ProducerConfig';
import { NO_HEADERS } from '#engine/ProducerRecord';
import type { RandomSources, RunContext } from '#engine/RunContext';
import { warmStart as warmStartTransactions } from '#engine/TransactionManager/warmStart';
import { ApplicationThread, type ApplicationControl } from '#patterns/ApplicationThread';
import { asyncSend } from '#patterns/asyncSend';
import { syncSend } from '#patterns/syncSend';
import type { CompressionRatioEstimator } from '#record/CompressionRatioEstimator';
import { JavaException } from '#record/exceptions';
import { createCompressionModel } from './compressionModel.ts';
import type { KeyNames } from './KeyNames.ts';
import type { ApplicationSpec, Scenario, WorkloadSpec } from './Scenario.ts';

/** What all applications of a run share. */
export interface ModelParts {
  readonly scenario: Scenario;
  readonly run: RunContext;
  readonly clock: VirtualClock;
  readonly cluster: SimulatedCluster;
  /** Process-wide in Java, and there is one process a run as far as this shows. */
  readonly estimator: CompressionRatioEstimator;
  readonly keys: KeyNames;
  /** Java's counter behind `producer-N`. */
  readonly nextClientNumber: () => number;
}

/** A producer with what is needed to take it down. */
interface RunningProducer {
  readonly producer: KafkaProducer;
  readonly client: ClientId;
  readonly selector: VirtualSelector;
  readonly ioThread: Thread;
}

type Job = () => Blocking<void>;

export class ModelApplication {
  readonly index: number;
  readonly spec: ApplicationSpec;
  readonly threadIds = new Set<ThreadId>();
  /** Records that the operator gave a partition. */
  readonly explicitPartitions = new Map<RecordId, number>();
  /** Which workload held from when on. */
  readonly workloads: { readonly fromUs: Micros; readonly workload: WorkloadSpec }[];
  private readonly parts: ModelParts;
  private readonly control: ApplicationControl & { workload: WorkloadSpec };
  private threads: Thread[] = [];
  /** The present one last; those before it drain. */
  private producers: RunningProducer[] = [];
  private jobs: Job[] = [];
  private operator: Thread | null = null;

  constructor(index: number, spec: ApplicationSpec, parts: ModelParts) {
    this.index = index;
    this.spec = spec;
    this.parts = parts;
    this.control = { producer: null, workload: spec.workload, isPaused: false, version: 0, begun: 0 };
    this.workloads = [{ fromUs: parts.run.clock.nowUs(), workload: spec.workload }];
  }

  /** At the beginning of the run, and again after a kill. */
  start(properties: Readonly<Record<string, string>>): void {
    this.control.producer = this.startProducer(properties).producer;
    this.control.version++;
    if (this.threads.length > 0) return;
    const { run, clock } = this.parts;
    const random = run.random.fork(`workload/${this.index}`);
    for (let i = 0; i < this.spec.threads; i++) {
      const thread = new ApplicationThread(
        this.control,
        clock.clock,
        i,
        this.spec.threads,
        random.fork(`thread/${i}`),
      );
      const body = this.spec.pattern === 'sync-send' ? syncSend(thread) : asyncSend(thread);
      this.threads.push(this.spawn(`${this.spec.name}-${i + 1}`, body));
    }
  }

  private spawn(name: string, body: Blocking<void>): Thread {
    const { run, clock } = this.parts;
    const id = run.ids.nextThread();
    this.threadIds.add(id);
    const client = known(this.producers.at(-1), 'a producer').client;
    run.events.writer('thread.started')(id, client, name);
    return clock.spawn({ id, name, kind: 'application' }, body);
  }

  // ---- producers

  private startProducer(properties: Readonly<Record<string, string>>): RunningProducer {
    const { run, cluster, clock, estimator, scenario, nextClientNumber } = this.parts;
    const config = parseProducerConfig(withRequiredSettings(properties), nextClientNumber);
    const client = run.ids.nextClient();
    const selector = new VirtualSelector(client, clock, cluster, run.events);
    const started = createKafkaProducer(run, {
      client,
      config,
      random: randomSources(run, client),
      compression: createCompressionModel(
        config.compressionType,
        () => this.control.workload.compressibility,
      ),
      estimator,
      costs: scenario.costs,
      bootstrap: cluster.addresses(),
      network: selector,
    });
    if (scenario.cluster.start === 'warm') {
      const readyNodes = this.warmNodes();
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
    const running = { producer, client, selector, ioThread: producer.parts.ioThread };
    this.producers.push(running);
    return running;
  }

  /** Those to which a producer that has been there for a while would have a connection. */
  private warmNodes(): readonly NodeId[] {
    const { cluster } = this.parts;
    return cluster.brokers
      .filter(({ node, state }) => state === 'up' && !cluster.links.isCut(node))
      .map(({ node }) => node);
  }

  replace(properties: Readonly<Record<string, string>>): void {
    const old = this.control.producer;
    this.start(properties);
    if (old !== null) this.spawn(`${this.spec.name}-closer`, quietly(old.close()));
  }

  close(timeoutMs: number | null): void {
    const old = this.control.producer;
    if (old === null) return;
    this.control.producer = null;
    this.control.version++;
    this.spawn(`${this.spec.name}-closer`, quietly(old.close(timeoutMs ?? Infinity)));
  }

  /** The process dies: no thread of it does anything any more, and the kernel closes its connections. */
  kill(): void {
    const { clock, run } = this.parts;
    for (const thread of this.threads) clock.kill(thread);
    if (this.operator !== null) clock.kill(this.operator);
    this.threads = [];
    this.operator = null;
    this.jobs = [];
    const died = run.events.writer('client.closed');
    for (const { producer, client, ioThread, selector } of this.producers) {
      if (ioThread.isDone) continue;
      clock.kill(ioThread);
      selector.closeAll();
      died(client, 'died');
      if (this.control.producer === producer) this.control.producer = null;
    }
    this.producers = [];
    this.control.producer = null;
    this.control.version++;
  }

  // ---- what the operator asks for

  flush(): void {
    const { producer } = this.control;
    if (producer !== null) this.operate(() => producer.flush());
  }

  send(key: string | null, valueBytes: number, partition: number | null): void {
    const { producer } = this.control;
    if (producer === null) return;
    const record = {
      topic: this.control.workload.topic,
      partition,
      timestampMs: null,
      keyBytes: key === null ? null : utf8Bytes(key),
      keyId: this.parts.keys.idOf(key),
      valueBytes,
      headers: NO_HEADERS,
    };
    const { explicitPartitions } = this;
    this.operate(function* () {
      const future = yield* producer.send(record);
      if (partition !== null) explicitPartitions.set(future.record, partition);
    });
  }

  /** On a thread of its own, one job after the other, as they were given. */
  private operate(job: Job): void {
    this.jobs.push(job);
    if (this.operator !== null) return;
    const { jobs } = this;
    const work = function* (): Blocking<void> {
      for (;;) {
        const next = jobs.shift();
        if (next === undefined) yield { on: 'record', untilUs: Infinity, isOver: () => jobs.length > 0 };
        else yield* quietly(next());
      }
    };
    this.operator = this.spawn(`${this.spec.name}-operator`, work());
  }

  setWorkload(changed: Partial<WorkloadSpec>): void {
    this.control.workload = { ...this.control.workload, ...changed };
    this.control.version++;
    this.workloads.push({ fromUs: this.parts.run.clock.nowUs(), workload: this.control.workload });
  }

  setPaused(isPaused: boolean): void {
    if (this.control.isPaused === isPaused) return;
    this.control.isPaused = isPaused;
    this.control.version++;
  }

  /** The workload that held when a record was sent. */
  workloadAt(atUs: Micros): WorkloadSpec {
    return this.workloads.findLast(({ fromUs }) => fromUs <= atUs)?.workload ?? this.spec.workload;
  }

  isOperator(thread: ThreadId): boolean {
    return this.operator?.id === thread;
  }
}

/** An application logs what a call throws, and goes on. */
function* quietly(body: Blocking<void>): Blocking<void> {
  try {
    yield* body;
  } catch (thrown) {
    if (!(thrown instanceof JavaException)) throw thrown;
  }
}

/** What is random in Java, each from a stream of its own. */
function randomSources(run: RunContext, client: ClientId): RandomSources {
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
