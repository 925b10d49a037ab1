/**
 * A run of the model: the producer's own code on virtual time, a simulated cluster behind it, applications around it. Two
 * runs of equal scenarios write equal logs, in one piece or in many.
 *
 * The order at one instant: first the commands of that instant, in the order in which they stand in the scenario; then
 * what `VirtualClock` does (applications, network, senders). A command given while the run is on is treated the same way,
 * so that a replay of the scenario with that command gives the same log.
 */
import { BugError } from '#base/assert';
import type { ThreadId } from '#base/ids';
import { createRandom } from '#base/random';
import { clientMs, micros, type Micros } from '#base/time';
import { TopicPartitions } from '#base/TopicPartition';
import { SimulatedCluster } from '#cluster/SimulatedCluster';
import { VirtualClock } from '#cluster/VirtualClock';
import type { Clock } from '#engine/Clock';
import { createRunIds, type RunContext } from '#engine/RunContext';
import type { EventOf, EventSink } from '#events/catalogue';
import { headerText, valueText } from '#patterns/content';
import { CompressionRatioEstimator } from '#record/CompressionRatioEstimator';
import { applyCommand } from './applyCommand.ts';
import { KeyNames } from './KeyNames.ts';
import { ModelApplication } from './ModelApplication.ts';
import type { Command, Scenario } from './Scenario.ts';
import { startProducer, type ApplicationParts, type ModelParts } from './startProducer.ts';

/** What stands in a record; same shape as the page's sources give. */
export interface ModelRecordContent {
  readonly topic: string;
  /** null: the application named none. */
  readonly partition: number | null;
  readonly key: string | null;
  readonly value: string;
  readonly timestampMs: number;
  readonly headers: readonly { readonly key: string; readonly value: string }[];
}

export interface Progress {
  /** Everything before it has happened; nothing of that instant. */
  readonly reachedUs: Micros;
  /** The budget is used up, or the run has failed: call again, or look at `failure`. */
  readonly stopped: boolean;
}

export class ModelRun {
  readonly clock: Clock;
  readonly cluster: SimulatedCluster;
  private readonly virtualClock: VirtualClock;
  /** By number: the youngest instance of each, which is the one that commands are for. */
  private readonly applications: ModelApplication[] = [];
  /** All of them, also those beside which another one was started. */
  private readonly instances: ModelApplication[] = [];
  private readonly keys = new KeyNames();
  private readonly run: RunContext;
  private readonly parts: ApplicationParts;
  private commands: readonly Command[];
  /** Of `commands`: the first one that has not been applied. */
  private nextCommand = 0;
  private network: Scenario['cluster']['network'];
  private readonly startScenario: Scenario;
  private failureText: string | null = null;
  /** A budget has ended among the steps of one instant. */
  private isMidInstant = false;

  /** `openLog` gets the run's clock, with which it stamps events. The scenario must be valid. */
  constructor(scenario: Scenario, openLog: (clock: Clock) => EventSink) {
    this.startScenario = scenario;
    this.commands = scenario.commands;
    this.network = scenario.cluster.network;
    this.virtualClock = new VirtualClock();
    this.clock = this.virtualClock.clock;
    const events = openLog(this.clock);
    events.writer('run.began')({ ...scenario, commands: [] });
    const partitionNamed = events.writer('partition.named');
    const partitions = new TopicPartitions((tp) => partitionNamed(tp.id, tp.topic, tp.partition));
    const random = createRandom(scenario.seed);
    this.run = {
      clock: this.clock,
      scheduler: this.virtualClock,
      events,
      ids: createRunIds(),
      partitions,
      random,
    };
    this.cluster = new SimulatedCluster({
      settings: scenario.cluster,
      queue: this.virtualClock,
      events,
      partitions,
      random: random.fork('cluster'),
    });
    let clientNumber = 0;
    const parts: ModelParts = {
      scenario,
      run: this.run,
      clock: this.virtualClock,
      cluster: this.cluster,
      estimator: new CompressionRatioEstimator(),
      nextClientNumber: () => ++clientNumber,
    };
    this.parts = {
      run: this.run,
      clock: this.virtualClock,
      keys: this.keys,
      startProducer: (properties, compressibility) => startProducer(parts, properties, compressibility),
    };
    this.guard(() => this.start(scenario));
  }

  private start(scenario: Scenario): void {
    this.cluster.start();
    scenario.applications.forEach((spec, index) => {
      const application = new ModelApplication(index, spec, this.parts);
      this.applications.push(application);
      this.instances.push(application);
      if (!spec.isStandby) application.start();
    });
  }

  /** The same program once more, while the first one still runs: to the cluster one of the two is a zombie. */
  private startBeside(index: number, first: ModelApplication): void {
    const label = `${index}/instance/${this.instances.length}`;
    const second = new ModelApplication(index, first.presentSpec, this.parts, label);
    this.applications[index] = second;
    this.instances.push(second);
  }

  /** With all commands that have been given. */
  get scenario(): Scenario {
    return { ...this.startScenario, commands: this.commands };
  }

  /** Everything before it has happened. */
  get reachedUs(): Micros {
    return micros(this.virtualClock.nowUs);
  }

  /** A bug has stopped the run: a sentence with the seed; null: all is well. */
  get failure(): string | null {
    return this.failureText;
  }

  /** Everything before `atUs`, as far as `maxSteps` resumptions and events carry. */
  runUntil(atUs: number, maxSteps: number = Infinity): Progress {
    let stopped = this.failureText !== null;
    while (!stopped && this.reachedUs < atUs) {
      this.applyDue();
      const nextUs = this.commands[this.nextCommand]?.at ?? Infinity;
      stopped = !this.guard(() => {
        const progress = this.virtualClock.runUntil(Math.min(atUs, nextUs), maxSteps);
        stopped = progress.stopped;
        this.isMidInstant = stopped;
      });
      if (stopped || nextUs >= atUs) break;
    }
    return { reachedUs: this.reachedUs, stopped: stopped || this.failureText !== null };
  }

  private applyDue(): void {
    for (;;) {
      const command = this.commands[this.nextCommand];
      if (command === undefined || command.at > this.reachedUs || this.failureText !== null) return;
      this.nextCommand++;
      this.guard(() => {
        this.run.events.writer('command.applied')(command);
        if (command.do === 'producer.start') {
          const application = this.applications[command.application];
          if (application?.isRunning === true) this.startBeside(command.application, application);
        }
        this.network = applyCommand(command, this.cluster, this.applications, this.network);
      });
    }
  }

  /**
   * A new command, after those of the same instant. Returns false when that instant is over: then the run has to be
   * made anew from a scenario with this command.
   */
  give(command: Command): boolean {
    if (command.at < this.reachedUs || (command.at === this.reachedUs && this.isMidInstant)) return false;
    const after = this.commands.findIndex(({ at }) => at > command.at);
    const place = after < 0 ? this.commands.length : after;
    this.commands = [...this.commands.slice(0, place), command, ...this.commands.slice(place)];
    return true;
  }

  private guard(work: () => void): boolean {
    if (this.failureText !== null) return false;
    try {
      work();
      return true;
    } catch (error) {
      // Not only asserts: whatever the code did not expect must not take the page down with it.
      const what = error instanceof Error ? error.message : String(error);
      const kind = error instanceof BugError ? 'The model has a bug' : 'The model has failed';
      this.failureText = `${kind}: ${what} (seed ${this.startScenario.seed}, at ${this.reachedUs} µs)`;
      return false;
    }
  }

  /** Key, value and headers of a record, made again from its event in the log. */
  content(sent: EventOf<'record.sent'>): ModelRecordContent {
    const application = this.applicationOf(sent.thread);
    const workload = application.workloadAt(sent.at);
    const { seed } = this.startScenario;
    const key = this.keys.textOf(sent.keyId);
    const headerBytes = application.isOperator(sent.thread) ? 0 : workload.headerBytes;
    return {
      topic: application.otherTopics.get(sent.record) ?? workload.topic,
      partition: application.explicitPartitions.get(sent.record) ?? null,
      key,
      value: sent.valueBytes < 0 ? '' : valueText(seed, sent.record, key, sent.valueBytes),
      timestampMs: clientMs(sent.at),
      headers: headerText(seed, sent.record, headerBytes),
    };
  }

  private applicationOf(thread: ThreadId): ModelApplication {
    const application = this.instances.find(({ threadIds }) => threadIds.has(thread));
    if (application === undefined) throw new BugError(`thread ${thread} belongs to no application`);
    return application;
  }
}

export const createModelRun = (scenario: Scenario, openLog: (clock: Clock) => EventSink): ModelRun =>
  new ModelRun(scenario, openLog);
