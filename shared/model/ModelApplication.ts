/**
 * One application of a model run: its producer, the threads around it, and what an operator does to them. A changed
 * setting is a new producer; the old one is closed beside it and drains.
 */
import { known, never } from '#base/assert';
import type { Micros } from '#base/time';
import { recordId, type RecordId, type ThreadId } from '#base/ids';
import { utf8Bytes } from '#base/utf8';
import type { Blocking, Thread } from '#engine/Blocking';
import type { Producer } from '#engine/KafkaProducer/KafkaProducer';
import { NO_HEADERS } from '#engine/ProducerRecord';
import { ApplicationThread, type ApplicationControl } from '#patterns/ApplicationThread';
import { asyncSend } from '#patterns/asyncSend';
import { syncSend } from '#patterns/syncSend';
import { transactionLoop } from '#patterns/transactionLoop';
import { JavaException } from '#record/exceptions';
import type { ApplicationSpec, WorkloadSpec } from './Scenario.ts';
import type { ApplicationParts, RunningProducer } from './startProducer.ts';

type Job = () => Blocking<void>;

export class ModelApplication {
  readonly index: number;
  readonly spec: ApplicationSpec;
  readonly threadIds = new Set<ThreadId>();
  /** Records that the operator gave a partition. */
  readonly explicitPartitions = new Map<RecordId, number>();
  /** Records that a transaction-loop sent to its other topic. */
  readonly otherTopics = new Map<RecordId, string>();
  /** Which workload held from when on. */
  readonly workloads: { readonly fromUs: Micros; readonly workload: WorkloadSpec }[];
  private readonly parts: ApplicationParts;
  private readonly control: ApplicationControl & { workload: WorkloadSpec };
  private threads: Thread[] = [];
  /** The present one last; those before it drain. */
  private producers: RunningProducer[] = [];
  private jobs: Job[] = [];
  /** The operator has called initTransactions on it. */
  private initialized: Producer | null = null;
  private operator: Thread | null = null;
  private readonly label: string;
  /** Of the present producer, or the one that will be started next. */
  private properties: Readonly<Record<string, string>>;

  /** `label`: what its random numbers are drawn under; another one for each instance of an application. */
  constructor(index: number, spec: ApplicationSpec, parts: ApplicationParts, label = String(index)) {
    this.index = index;
    this.spec = spec;
    this.parts = parts;
    this.control = {
      producer: null,
      workload: spec.workload,
      isPaused: false,
      version: 0,
      begun: 0,
      wish: null,
    };
    this.label = label;
    this.properties = spec.producer;
    this.workloads = [{ fromUs: parts.run.clock.nowUs(), workload: spec.workload }];
  }

  get isRunning(): boolean {
    return this.control.producer !== null;
  }

  /** As it is now: what a second instance of it would be. */
  get presentSpec(): ApplicationSpec {
    return { ...this.spec, producer: this.properties, workload: this.control.workload, isStandby: false };
  }

  /** At the beginning of the run, and again after a kill, a close or a fatal error. */
  start(properties = this.properties): void {
    this.properties = properties;
    this.control.producer = this.startProducer(properties).producer;
    this.control.version++;
    if (this.threads.length > 0) return;
    const { run, clock } = this.parts;
    const random = run.random.fork(`workload/${this.label}`);
    for (let i = 0; i < this.spec.threads; i++) {
      const thread = new ApplicationThread(
        this.control,
        clock.clock,
        i,
        this.spec.threads,
        random.fork(`thread/${i}`),
      );
      this.threads.push(this.spawn(`${this.spec.name}-${i + 1}`, this.body(thread)));
    }
  }

  private body(thread: ApplicationThread): Blocking<void> {
    const { pattern, transactions: plan, workload } = this.spec;
    switch (pattern) {
      case 'async-send':
        return asyncSend(thread);
      case 'sync-send':
        return syncSend(thread);
      case 'transaction-loop':
        return transactionLoop(thread, {
          plan,
          input: this.parts.run.partitions.get(workload.topic, 0),
          redirected: (record, topic) => this.otherTopics.set(recordId(record), topic),
        });
      default:
        return never(pattern);
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

  private startProducer(properties: Readonly<Record<string, string>>): RunningProducer {
    const running = this.parts.startProducer(properties, () => this.control.workload.compressibility);
    this.producers.push(running);
    return running;
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

  /**
   * A transaction-loop hears of it and acts; any other application has the calls made for it, which Java asks of it
   * all the same: initTransactions first, once a producer.
   */
  transaction(wish: 'begin' | 'commit' | 'abort'): void {
    const { producer } = this.control;
    if (producer === null) return;
    if (this.spec.pattern === 'transaction-loop') {
      this.control.wish = wish;
      return;
    }
    this.operate(() => this.transactionalCall(producer, wish));
  }

  private *transactionalCall(producer: Producer, wish: 'begin' | 'commit' | 'abort'): Blocking<void> {
    if (wish === 'commit') return yield* producer.commitTransaction();
    if (wish === 'abort') return yield* producer.abortTransaction();
    if (this.initialized !== producer) {
      yield* producer.initTransactions();
      this.initialized = producer;
    }
    producer.beginTransaction();
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
