/**
 * A real producer on a real cluster as a live engine: the applications and the producer of the model, on the wall clock,
 * over connections of kafkajs. Nothing of it is simulated; what only the inside of a broker knows is not in its log.
 */
import { BugError, known } from '#base/assert';
import { micros } from '#base/time';
import { createRandom } from '#base/random';
import { TopicPartitions } from '#base/TopicPartition';
import { nodeId, type RecordId } from '#base/ids';
import type { EventTape } from '#events/EventTape';
import type { EventSink, EventType } from '#events/catalogue';
import { createRunIds, type RunContext } from '#engine/RunContext';
import type { BrokerAddress } from '#engine/requests';
import { applyToApplication } from '#model/applyCommand';
import { KeyNames } from '#model/KeyNames';
import { ModelApplication } from '#model/ModelApplication';
import type { Command, CommandBody, Scenario } from '#model/Scenario';
import type { ApplicationParts, RunningProducer } from '#model/startProducer';
import { commandSentence, MOST_COMMANDS } from '#model/validateScenario';
import { sentEvent } from '#projections/sentEvent';
import { CompressionRatioEstimator } from '#record/CompressionRatioEstimator';
import type { EngineContent, LiveEngine } from './LiveEngine.ts';
import type { OpenLog } from './LiveRun.ts';
import { RecordContents } from './RecordContents.ts';
import { RecordSampler } from './RecordSampler.ts';
import { WallClock } from './WallClock.ts';
import type { ClientName } from './arguments.ts';
import { startKafkajs } from './kafkajs/asItIs/startKafkajs.ts';
import { startProducer, type LiveProducer } from './kafkajs/startProducer.ts';
import { securityOf, type BrokerEndpoint, type FoundCluster } from './kafkajs/topics.ts';
import { WatchedCluster } from './kafkajs/WatchedCluster.ts';
import { LinkFaults } from './LinkFaults.ts';
import { liveProvenance } from './liveProvenance.ts';
import { liveCommands, liveRefusals, liveSentence } from './liveRefusals.ts';
import type { OwnBrokers } from './ownBrokers.ts';

export interface KafkajsEngineParts {
  /** `cluster` says how many brokers there are and what the topic is like. */
  readonly scenario: Scenario;
  /** Whose producer it is; absent: the engine's own. */
  readonly client?: ClientName;
  /** The brokers that the cluster has. */
  readonly brokers: FoundCluster['brokers'];
  /** In the order of bootstrap.servers. */
  readonly bootstrap: readonly BrokerEndpoint[];
  readonly own: OwnBrokers | null;
  /** Where the cluster is looked at; absent: at `bootstrap`. What is done to a link must not hide the brokers. */
  readonly watchAt?: readonly BrokerEndpoint[];
  /** By it the ledger tells this run's records from others; an unsigned 32-bit number. */
  readonly ledgerRun: number;
  readonly openLog: OpenLog;
  /** ms since 1970. */
  readonly beganAtMs: number;
}

export interface KafkajsEngine extends LiveEngine {
  /** A broker of ours has become this. */
  brokerMoved(node: number, to: 'up' | 'frozen' | 'down'): void;
  /** What was to be lost on a link of ours is lost. */
  faultStruck(fault: number): void;
}

const STARTERS = { linger: startProducer, kafkajs: startKafkajs };

export const createKafkajsEngine = (parts: KafkajsEngineParts): KafkajsEngine => new Engine(parts);

class Engine implements KafkajsEngine {
  readonly provenance: ReadonlyMap<EventType, 'measured' | 'derived'>;
  readonly commands: ReadonlySet<CommandBody['do']>;
  readonly refusals: ReadonlyMap<string, string>;
  failure: string | null = null;
  warning: string | null = null;
  private readonly parts: KafkajsEngineParts;
  private readonly client: ClientName;
  private readonly clock = new WallClock();
  private readonly tape: EventTape;
  private readonly events: EventSink;
  private readonly run: RunContext;
  private readonly keys = new KeyNames();
  private readonly contents: RecordContents;
  private readonly estimator = new CompressionRatioEstimator();
  private readonly cluster: WatchedCluster;
  private readonly links: LinkFaults;
  private readonly bootstrap: readonly BrokerAddress[];
  private readonly selectors = new Set<LiveProducer['selector']>();
  private readonly applications: ModelApplication[] = [];
  private readonly instances: ModelApplication[] = [];
  private readonly given: Command[] = [];
  private producers = 0;
  private wake: () => void = () => {};

  constructor(parts: KafkajsEngineParts) {
    const { scenario, ledgerRun, beganAtMs, own, client = 'linger' } = parts;
    this.parts = parts;
    this.client = client;
    this.commands = liveCommands(own, client);
    this.provenance = liveProvenance(own !== null && own.links !== null, client);
    this.refusals = liveRefusals(client);
    const nodes = parts.brokers.map(({ node }) => node);
    const { told, whole } = parts.openLog(this.clock.clock);
    this.tape = told;
    this.contents = new RecordContents({ seed: scenario.seed, ledgerRun, keys: this.keys, beganAtMs });
    this.events = this.contents.noting(new RecordSampler(this.clock.clock, told, whole).sink);
    this.events.writer('run.began')({ ...scenario, commands: [] });
    const partitionNamed = this.events.writer('partition.named');
    const partitions = new TopicPartitions((tp) => partitionNamed(tp.id, tp.topic, tp.partition));
    this.cluster = new WatchedCluster({
      events: this.events,
      partitions,
      bootstrap: parts.watchAt ?? parts.bootstrap,
      topics: scenario.cluster.topics.map(({ topic }) => topic),
      nodes,
      isOwn: own !== null,
      schedule: (work) => this.soon(work),
    });
    this.links = new LinkFaults(this.events, nodes, (work) => this.later(work));
    this.run = {
      clock: this.clock.clock,
      scheduler: this.clock,
      events: this.events,
      ids: createRunIds(),
      partitions,
      random: createRandom(scenario.seed),
    };
    // As Java numbers them: −1, −2, …
    this.bootstrap = parts.bootstrap.map(({ host, port }, i) => ({
      id: nodeId(-1 - i),
      host,
      port,
    }));
    this.start();
  }

  private start(): void {
    const { scenario } = this.parts;
    this.cluster.start();
    for (const { topic, partitions } of scenario.cluster.topics)
      for (let i = 0; i < partitions; i++) this.run.partitions.get(topic, i);
    scenario.applications.forEach((spec, index) => {
      const application = new ModelApplication(index, spec, this.applicationParts());
      this.applications.push(application);
      this.instances.push(application);
      if (!spec.isStandby) application.start();
    });
  }

  private applicationParts(): ApplicationParts {
    return {
      run: this.run,
      clock: this.clock,
      keys: this.keys,
      startProducer: (properties) => this.startProducer(properties),
    };
  }

  private startProducer(properties: Readonly<Record<string, string>>): RunningProducer {
    const { run, contents, bootstrap, estimator } = this;
    const { scenario, bootstrap: endpoints, brokers, ledgerRun } = this.parts;
    const started = STARTERS[this.client](
      {
        run,
        contents,
        bootstrap,
        estimator,
        costs: scenario.costs,
        security: securityOf(endpoints),
        nextClientNumber: () => ++this.producers,
        wake: () => this.wake(),
        observe: (send, body) => {
          this.warning = null;
          this.cluster.view.observe(send, body);
        },
        trouble: (why) => {
          this.warning = `A broker cannot be reached: ${why}.`;
        },
        brokers,
        ledgerRun,
        soon: (work) => this.soon(work),
        stored: (tp, node, batch) => {
          this.warning = null;
          this.cluster.view.observeStored(tp, node, batch);
        },
      },
      properties,
    );
    this.selectors.add(started.selector);
    this.links.addClient(started.client);
    return started;
  }

  get scenario(): Scenario {
    return { ...this.parts.scenario, commands: this.given };
  }

  get reachedUs(): number {
    return this.run.clock.nowUs();
  }

  get nextDueUs(): number {
    return this.clock.nextDueUs;
  }

  onWake(wake: () => void): void {
    this.wake = wake;
  }

  runUntil(atUs: number, maxSteps: number): void {
    if (this.failure !== null) return;
    try {
      this.clock.runUntil(atUs, maxSteps);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      const kind = error instanceof BugError ? 'The producer has a bug' : 'The producer has failed';
      this.failure = `${kind}: ${what} (at ${this.reachedUs} µs)`;
      this.closeConnections();
    }
  }

  execute(body: CommandBody): string | null {
    if (this.given.length >= MOST_COMMANDS) return 'This run has had too many commands: start it anew.';
    const command: Command = { ...body, at: micros(this.reachedUs) };
    const sentence = commandSentence(command, this.scenario) ?? liveSentence(body, this.client);
    if (sentence !== null) return sentence;
    this.given.push(command);
    this.soon(() => {
      this.events.writer('command.applied')({ ...command, at: this.run.clock.nowUs() });
      this.apply(command);
    });
    return null;
  }

  private apply(command: Command): void {
    if ('application' in command) {
      const application = this.applications[command.application];
      if (application === undefined) return;
      if (command.do === 'producer.start' && application.isRunning) this.startBeside(application);
      applyToApplication(command, known(this.applications[command.application], 'the application'));
      return;
    }
    const { own } = this.parts;
    if (own === null) return;
    if (command.do === 'broker.kill') this.later(own.kill(command.node));
    else if (command.do === 'broker.freeze') own.freeze?.(command.node);
    else if (command.do === 'broker.restart') this.later(own.restart(command.node));
    else if (own.links !== null) this.links.apply(command, own.links);
  }

  /** The same program once more, while the first one still runs. */
  private startBeside(first: ModelApplication): void {
    const label = `${first.index}/instance/${this.instances.length}`;
    const second = new ModelApplication(first.index, first.presentSpec, this.applicationParts(), label);
    this.applications[first.index] = second;
    this.instances.push(second);
  }

  private later(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.warning = error instanceof Error ? error.message : String(error);
    });
  }

  faultStruck(fault: number): void {
    this.soon(() => this.links.struck(fault));
  }

  /** At the next instant: this one has been told to the viewers already. */
  private soon(work: () => void): void {
    this.clock.schedule(work);
    this.wake();
  }

  brokerMoved(node: number, to: 'up' | 'frozen' | 'down'): void {
    this.cluster.brokerMoved(node, to);
  }

  content(record: RecordId): EngineContent | null {
    const sent = sentEvent(this.tape, record);
    const text = this.contents.text(record);
    if (sent === null || text === null) return null;
    const application = this.instances.find(({ threadIds }) => threadIds.has(sent.thread));
    if (application === undefined) return null;
    return {
      ...text,
      topic: application.otherTopics.get(record) ?? application.workloadAt(sent.at).topic,
      partition: application.explicitPartitions.get(record) ?? null,
      timestampMs: this.parts.beganAtMs + Math.floor(sent.at / 1000),
    };
  }

  close(): Promise<void> {
    this.closeConnections();
    this.failure ??= 'The run has been ended.';
    return Promise.resolve();
  }

  private closeConnections(): void {
    this.cluster.close();
    for (const selector of this.selectors) selector.closeAll();
  }
}
