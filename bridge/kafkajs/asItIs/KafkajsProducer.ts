/**
 * kafkajs's own public producer as an application of ours uses it: what comes due within linger.ms goes to one `send()`.
 * It has no accumulator, no memory limit and no delivery timeout, so nothing here waits for those.
 */
import { BugError, known } from '#base/assert';
import type { ClientId } from '#base/ids';
import { MICROS_PER_MS, micros, runMicros } from '#base/time';
import type { Blocking, Thread, Wait } from '#engine/Blocking';
import type { Producer } from '#engine/KafkaProducer/KafkaProducer';
import type { ProducerConfig } from '#engine/ProducerConfig';
import type { ProducerRecord } from '#engine/ProducerRecord';
import { FutureContext, type RecordFuture } from '#engine/RecordFuture';
import type { RunContext } from '#engine/RunContext';
import { JavaException } from '#record/exceptions';
import { NO_HEADERS_BYTES, sizeOfHeaders } from '#record/recordSizes';
import type { SendCall } from './SendCall.ts';
import { SentFuture, type SentRecord } from './SentRecord.ts';

/** kafkajs's time for one `send()` grows with the square of its records. */
const MOST_RECORDS = 1000;
const RECONNECT_US = 1_000_000;
const CLOSED = "The producer is disconnecting; therefore, it can't safely accept messages anymore";

/** A generator that waits for nothing. */
const NO_WAIT: readonly Wait[] = [];

function noTransactions(): never {
  throw new JavaException('IllegalStateException', 'kafkajs as it is has no transactions here');
}

/** kafkajs, as far as this needs it. What it promises is told at an instant of the run. */
export interface KafkajsConnector {
  connect(done: () => void, failed: () => void): void;
  /** Hands the records to one `send()`; `ended` when kafkajs has said what became of them. */
  send(records: readonly SentRecord[], ended: (call: SendCall) => void): SendCall;
  /** `isOrderly`: nothing is under way any more. */
  disconnect(isOrderly: boolean): void;
}

export interface KafkajsProducerParts {
  readonly run: RunContext;
  readonly client: ClientId;
  readonly config: ProducerConfig;
  readonly connector: KafkajsConnector;
}

export class KafkajsProducer implements Producer {
  readonly ioThread: Thread;
  private readonly parts: KafkajsProducerParts;
  private readonly futures: FutureContext;
  private readonly calls = new Set<SendCall>();
  private gathered: SentRecord[] = [];
  private dueUs = Infinity;
  /** Rises with everything that the thread has to look at. */
  private version = 0;
  /** Client clock; null: it is open. */
  private closeUntilMs: number | null = null;

  constructor(parts: KafkajsProducerParts) {
    const { run } = parts;
    this.parts = parts;
    this.futures = new FutureContext(run);
    const thread = { id: run.ids.nextThread(), name: 'kafkajs', kind: 'sender' } as const;
    this.ioThread = run.scheduler.spawn(thread, this.work());
  }

  *send(record: ProducerRecord): Blocking<RecordFuture> {
    yield* NO_WAIT;
    return this.trySend(record);
  }

  /** Never blocks: kafkajs takes as much as there is memory. @throws JavaException once closed. */
  trySend(record: ProducerRecord): RecordFuture {
    const { run, config } = this.parts;
    const { events, clock } = run;
    const { topic, keyBytes, valueBytes, headers, partition } = record;
    const id = run.ids.nextRecord();
    const thread = known(run.scheduler.current, 'the thread of a send()');
    events.writer('record.sent')(id, thread.id, record.keyId, valueBytes);
    if (this.closeUntilMs !== null) {
      events.writer('record.refused')(id, null, 'closed', 'KafkaJSNonRetriableError', CLOSED, true);
      throw new JavaException('KafkaException', CLOSED);
    }
    const headersBytes = headers.length === 0 ? NO_HEADERS_BYTES : sizeOfHeaders(headers);
    events.writer('record.serialized')(id, keyBytes?.length ?? -1, valueBytes, headersBytes);
    if (this.gathered.length === 0) this.dueUs = clock.nowUs() + config.lingerMs * MICROS_PER_MS;
    const future = new SentFuture(this.futures, id);
    this.gathered.push({
      id,
      topic,
      explicitPartition: partition,
      keyBytes: keyBytes?.length ?? -1,
      valueBytes,
      headersBytes,
      sentMs: clock.milliseconds(),
      future,
    });
    this.version++;
    return future;
  }

  continueSend(): never {
    throw new BugError('a send() that never blocks has nothing to go on with');
  }

  /** Hands over what is gathered, and waits for all that is under way. */
  *flush(): Blocking<void> {
    this.dueUs = 0;
    this.version++;
    const pending = this.gathered.map(({ future }) => future);
    const calls = [...this.calls];
    const isOver = (): boolean =>
      pending.every((future) => future.isDone()) && !calls.some((call) => this.calls.has(call));
    yield* this.call('flush', isOver);
  }

  *close(timeoutMs: number = Infinity): Blocking<void> {
    this.closeUntilMs ??= this.parts.run.clock.milliseconds() + timeoutMs;
    this.version++;
    yield* this.call('close', () => this.ioThread.isDone);
  }

  private *call(name: 'flush' | 'close', isOver: () => boolean): Blocking<void> {
    const { events, scheduler } = this.parts.run;
    const thread = known(scheduler.current, 'the thread of a call').id;
    events.writer('call.began')(thread, this.parts.client, name);
    if (!isOver()) yield* this.futures.watch.watch(waiting({ on: name, untilUs: Infinity, isOver }));
    events.writer('call.returned')(thread, name, null, null);
  }

  // ---- transactions: not with this client

  readonly initTransactions = noTransactions;
  readonly beginTransaction = noTransactions;
  readonly sendOffsetsToTransaction = noTransactions;
  readonly commitTransaction = noTransactions;
  readonly abortTransaction = noTransactions;

  // ---- the thread: it has no counterpart in kafkajs, whose work is done by Node's event loop

  private *work(): Blocking<void> {
    yield* this.connect();
    for (;;) {
      const nowUs = this.parts.run.clock.nowUs();
      const { closeUntilMs, version } = this;
      const closeAtUs = closeUntilMs === null ? Infinity : runMicros(closeUntilMs);
      const isDue = nowUs >= this.dueUs || this.gathered.length >= MOST_RECORDS || closeUntilMs !== null;
      if (this.gathered.length > 0 && isDue && nowUs < closeAtUs) this.handOver();
      else if (nowUs >= closeAtUs || (closeUntilMs !== null && this.calls.size === 0)) return this.end();
      else {
        const untilUs = this.gathered.length > 0 ? Math.min(this.dueUs, closeAtUs) : closeAtUs;
        yield { on: 'select', untilUs: micros(untilUs), isOver: () => this.version !== version };
      }
    }
  }

  /** Until it is connected: what is sent before then, kafkajs would refuse. */
  private *connect(): Blocking<void> {
    const { connector, run } = this.parts;
    const isClosing = (): boolean => this.closeUntilMs !== null;
    for (let isConnected = false; !isConnected && !isClosing();) {
      let hasFailed = false;
      connector.connect(
        () => (isConnected = true),
        () => (hasFailed = true),
      );
      yield { on: 'select', untilUs: Infinity, isOver: () => isConnected || hasFailed || isClosing() };
      if (!isConnected) yield { on: 'select', untilUs: run.clock.nowUs() + RECONNECT_US, isOver: isClosing };
    }
  }

  /** Records of one topic, in one `send()`. */
  private handOver(): void {
    const { gathered } = this;
    const other = gathered.findIndex(({ topic }) => topic !== gathered[0]?.topic);
    const records = gathered.splice(0, Math.min(MOST_RECORDS, other < 0 ? gathered.length : other));
    const call = this.parts.connector.send(records, (ended) => {
      this.calls.delete(ended);
      this.version++;
    });
    this.calls.add(call);
    if (gathered.length === 0) this.dueUs = Infinity;
  }

  /** What is still under way has failed as far as the application is told. */
  private end(): void {
    const { run, client, connector } = this.parts;
    const isOrderly = this.calls.size === 0 && this.gathered.length === 0;
    for (const call of this.calls) call.rejected({ name: 'KafkaJSNonRetriableError', message: CLOSED });
    const refused = run.events.writer('record.refused');
    for (const { id, future } of this.gathered) {
      refused(id, null, 'closed', 'KafkaJSNonRetriableError', CLOSED, false);
      future.reject(new JavaException('KafkaException', CLOSED));
    }
    this.calls.clear();
    this.gathered = [];
    connector.disconnect(isOrderly);
    run.events.writer('client.closed')(client, isOrderly ? 'graceful' : 'timed-out');
  }
}

function* waiting(wait: Wait): Blocking<void> {
  yield wait;
}
