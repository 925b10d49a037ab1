/**
 * The application of a case: its commands become calls of the producer on threads of the run, in the order rules of
 * FORMAT.md §2 and §3. Each thread sleeps until its next command; the scheduler lets the earliest one go first.
 */
import { MICROS_PER_MS, EPOCH_MS } from '#base/time';
import { known } from '#base/assert';
import type { TopicPartition } from '#base/TopicPartition';
import { utf8Bytes } from '#base/utf8';
import type { ThreadId } from '#base/ids';
import type { ScriptedBroker } from '#cluster/ScriptedBroker/ScriptedBroker';
import type { Blocking } from '#engine/Blocking';
import type { KafkaProducer } from '#engine/KafkaProducer/KafkaProducer';
import { createProducerRecord, type Callback } from '#engine/ProducerRecord';
import type { OffsetAndMetadata } from '#engine/TransactionManager/sendOffsetsToTransaction';
import type { RunContext } from '#engine/RunContext';
import { javaException } from './javaException.ts';
import { WORLD_COMMANDS, type CaseCommand, type CommandName } from './caseSchema.ts';
import type { Notes } from './notes.ts';

/** One command at one moment: a command with `everyMs` is several. */
interface Step {
  readonly command: CaseCommand;
  readonly atMs: number;
  /** Sends one after another. */
  readonly times: number;
  /** Place in the case: among steps of one instant the lower goes first. */
  readonly order: number;
}

type WorldCommand = CaseCommand & { readonly do: (typeof WORLD_COMMANDS)[number] };
type SendCommand = CaseCommand & { readonly do: 'send' };
/** A call of the producer that is no send. */
type CallCommand = CaseCommand & {
  readonly do: Exclude<CommandName, WorldCommand['do'] | SendCommand['do']>;
};

const isWorld = (command: CaseCommand): command is WorldCommand =>
  WORLD_COMMANDS.some((name) => name === command.do);
const isSend = (command: CaseCommand): command is SendCommand => command.do === 'send';
const isCall = (command: CaseCommand): command is CallCommand => !isWorld(command) && !isSend(command);

/** All commands by time, then by place in the case. */
function stepsOf(commands: readonly CaseCommand[]): readonly Step[] {
  const steps: Step[] = [];
  for (const command of commands) {
    const spread = command.everyMs > 0;
    for (let i = 0; i < (spread ? command.count : 1); i++) {
      const atMs = command.at + i * command.everyMs;
      steps.push({ command, atMs, times: spread ? 1 : command.count, order: steps.length });
    }
  }
  return steps.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order);
}

export class Application {
  private readonly run: RunContext;
  private readonly producer: KafkaProducer;
  private readonly brokers: ScriptedBroker;
  private readonly notes: Notes;
  private sends = 0;
  /** The latest send of each thread. */
  private readonly sendOf = new Map<ThreadId, number>();
  /** The callback of every record. */
  private readonly completed: Callback;

  constructor(run: RunContext, producer: KafkaProducer, brokers: ScriptedBroker, notes: Notes) {
    this.run = run;
    this.producer = producer;
    this.brokers = brokers;
    this.notes = notes;
    this.completed = (metadata, exception, record) => {
      notes.add({ kind: 'completed', record });
      notes.outcomes.push({ record, metadata, exception });
    };
  }

  /** Spawns a thread for each name in the case, in order of first appearance, and one for the world. */
  start(commands: readonly CaseCommand[]): void {
    const steps = stepsOf(commands);
    const names = new Set(commands.filter((command) => !isWorld(command)).map(({ thread }) => thread));
    this.spawn(
      'world',
      steps.filter(({ command }) => isWorld(command)),
    );
    for (const name of names)
      this.spawn(
        name,
        steps.filter(({ command }) => !isWorld(command) && command.thread === name),
      );
  }

  private spawn(name: string, steps: readonly Step[]): void {
    const id = this.run.ids.nextThread();
    this.run.scheduler.spawn({ id, name, kind: 'application' }, this.sampled(this.thread(id, steps)));
  }

  /** The number of the send that runs on the present thread. */
  currentSend(): number {
    const thread = known(this.run.scheduler.current, 'the present thread');
    return known(this.sendOf.get(thread.id), 'its send');
  }

  /** Looks at the transaction manager after every step: wherever the thread comes to rest. */
  private *sampled(body: Blocking<void>): Blocking<void> {
    for (let step = body.next(); step.done !== true; step = body.next()) {
      this.notes.sample();
      yield step.value;
    }
    this.notes.sample();
  }

  private *thread(id: ThreadId, steps: readonly Step[]): Blocking<void> {
    for (const { command, atMs, times, order } of steps) {
      yield { on: 'sleep', untilUs: atMs * MICROS_PER_MS, order };
      if (isSend(command)) for (let i = 0; i < times; i++) yield* this.send(id, command);
      else if (isWorld(command)) this.changeWorld(command);
      else if (isCall(command)) yield* this.call(command);
    }
  }

  private *send(thread: ThreadId, command: SendCommand): Blocking<void> {
    const n = ++this.sends;
    this.sendOf.set(thread, n);
    const { topic, partition, key, timestamp } = command;
    const valueBytes =
      command.value === null ? Math.max(-1, command.valueBytes) : utf8Bytes(command.value).length;
    this.notes.add({ kind: 'send', thread, n, topic: known(topic, 'topic'), partition, key, valueBytes });
    let future = null;
    try {
      const record = createProducerRecord({
        topic: known(topic, 'topic'),
        partition,
        timestampMs: timestamp === null ? null : EPOCH_MS + timestamp,
        keyBytes: key === null ? null : utf8Bytes(key),
        valueBytes,
        headers: command.headers,
      });
      future = yield* this.producer.send(record, this.completed);
      this.notes.add({ kind: 'sendReturned', n, failure: null });
    } catch (error) {
      this.notes.add({ kind: 'sendReturned', n, failure: javaException(error) });
    }
    if (!command.sync || future === null) return;
    try {
      yield* future.get();
    } catch (error) {
      javaException(error);
    }
    this.notes.add({ kind: 'futureDone', n });
  }

  /** Calls other than send. What they throw is in the log: `call.returned`. */
  private *call(command: CallCommand): Blocking<void> {
    try {
      yield* this.callBody(command);
    } catch (error) {
      javaException(error);
    }
  }

  private *callBody(command: CallCommand): Blocking<void> {
    switch (command.do) {
      case 'flush':
        return yield* this.producer.flush();
      case 'close':
        return yield* this.producer.close(command.timeoutMs ?? Infinity);
      case 'initTransactions':
        return yield* this.producer.initTransactions();
      case 'beginTransaction':
        return this.producer.beginTransaction();
      case 'commitTransaction':
        return yield* this.producer.commitTransaction();
      case 'abortTransaction':
        return yield* this.producer.abortTransaction();
      case 'sendOffsetsToTransaction':
        return yield* this.sendOffsets(command);
      case 'partitionsFor':
        yield* this.producer.partitionsFor(known(command.topic, 'topic'));
        return;
    }
  }

  private *sendOffsets(command: CallCommand): Blocking<void> {
    const offsets = new Map<TopicPartition, OffsetAndMetadata>();
    for (const [name, offset] of Object.entries(command.offsets)) {
      const dash = name.lastIndexOf('-');
      const tp = this.run.partitions.get(name.slice(0, dash), Number(name.slice(dash + 1)));
      offsets.set(tp, { offset, metadata: '' });
    }
    yield* this.producer.sendOffsetsToTransaction(offsets, {
      groupId: known(command.group, 'group'),
      generationId: command.generation,
      memberId: command.member,
    });
  }

  private changeWorld(command: WorldCommand): void {
    const { topic, partition, leader, epoch, node, metadataAt, partitions, transactionalId } = command;
    const shownAtUs = metadataAt === null ? null : metadataAt * MICROS_PER_MS;
    switch (command.do) {
      case 'leaderChange':
        return this.brokers.changeLeader(
          known(topic, 'topic'),
          known(partition, 'partition'),
          known(leader, 'leader'),
          epoch,
          shownAtUs,
        );
      case 'disconnect':
        return this.brokers.disconnect(known(node, 'node'));
      case 'refuseConnections':
        return this.brokers.refuseConnections(known(node, 'node'), command.on);
      case 'fence':
        return this.brokers.fence(known(transactionalId, 'transactionalId'));
      case 'createTopic':
        return this.brokers.createTopic(known(topic, 'topic'), known(partitions, 'partitions'));
    }
  }
}
