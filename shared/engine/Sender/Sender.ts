/**
 * org.apache.kafka.clients.producer.internals.Sender: the thread that turns batches into requests and answers into
 * outcomes. What its longer methods do is in the files of this folder named after them; the fields below are for
 * those files only. Work here is per batch and per request, never per record.
 */
import type { ClientId } from '#base/ids';
import { micros, MICROS_PER_MS } from '#base/time';
import type { TopicPartition } from '#base/TopicPartition';
import type { WriterOf } from '#events/catalogue';
import { JavaException } from '#record/exceptions';
import type { Blocking, Wait } from '../Blocking.ts';
import type { Clock } from '../Clock.ts';
import type { KafkaClient } from '../KafkaClient.ts';
import type { Metrics } from '../metrics.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { ProducerMetadata } from '../ProducerMetadata.ts';
import type { RecordAccumulator } from '../RecordAccumulator/RecordAccumulator.ts';
import type { RunContext } from '../RunContext.ts';
import { SenderMetrics } from '../SenderMetricsRegistry.ts';
import { ThreadWatch } from '../ThreadWatch.ts';
import type { TransactionManager } from '../TransactionManager/TransactionManager.ts';
import { InFlightBatches } from './InFlightBatches.ts';
import { runOnce } from './runOnce.ts';

export interface SenderSettings {
  /** `max.in.flight.requests.per.connection` is 1: a drained partition stays muted until its batch is done. */
  readonly guaranteeMessageOrder: boolean;
  readonly maxRequestSize: number;
  readonly acks: -1 | 0 | 1;
  readonly retries: number;
  readonly requestTimeoutMs: number;
  readonly retryBackoffMs: number;
}

/** Errors in a row without a rest after which time has to pass: Java would go round at one instant without end. */
const MOST_ERRORS_WITHOUT_REST = 1000;

function* rest(wait: Wait): Blocking<void> {
  yield wait;
}

export class Sender {
  readonly settings: SenderSettings;
  readonly client: KafkaClient;
  readonly metadata: ProducerMetadata;
  readonly accumulator: RecordAccumulator;
  /** null: neither idempotent nor transactional. */
  readonly transactionManager: TransactionManager | null;
  readonly clock: Clock;
  readonly sensors: SenderMetrics;
  readonly inFlight = new InFlightBatches();
  readonly responseAnswered: WriterOf<'response.answered'>;
  private readonly watch: ThreadWatch;
  private readonly clientId: ClientId;
  private readonly clientClosed: WriterOf<'client.closed'>;
  private running = true;
  /** How a close became a forced one; null: it has not. */
  private forced: 'timed-out' | 'forced' | null = null;
  private errorsInARow = 0;

  /** `clientId` names the producer in the log. */
  constructor(
    run: Pick<RunContext, 'clock' | 'events' | 'scheduler'>,
    clientId: ClientId,
    client: KafkaClient,
    metadata: ProducerMetadata,
    accumulator: RecordAccumulator,
    settings: SenderSettings,
    metrics: Metrics,
    transactionManager: TransactionManager | null,
  ) {
    this.clock = run.clock;
    this.watch = new ThreadWatch(run);
    this.clientId = clientId;
    this.client = client;
    this.metadata = metadata;
    this.accumulator = accumulator;
    this.settings = settings;
    this.sensors = new SenderMetrics(metrics, metadata, client);
    this.transactionManager = transactionManager;
    this.responseAnswered = run.events.writer('response.answered');
    this.clientClosed = run.events.writer('client.closed');
  }

  inFlightBatches(tp: TopicPartition): readonly ProducerBatch[] {
    return this.inFlight.of(tp);
  }

  isRunning(): boolean {
    return this.running;
  }

  wakeup(): void {
    this.client.wakeup();
  }

  /** Graceful: everything is still sent. The accumulator comes first, so that nothing is appended unseen. */
  initiateClose(): void {
    this.accumulator.close();
    this.running = false;
    this.wakeup();
  }

  /** What has not been acknowledged fails. After `initiateClose`: its time is over. */
  forceClose(): void {
    this.forced ??= this.running ? 'forced' : 'timed-out';
    this.initiateClose();
  }

  /** The body of the sender thread, from its start to the closing of its connections. */
  *run(): Blocking<void> {
    while (this.running) yield* this.iterate();
    // Nothing is appended any more. What is there is sent and awaited.
    while (this.forced === null && this.hasWorkLeft()) yield* this.iterate();
    // A transaction that nobody ended is aborted.
    while (this.forced === null && this.transactionManager?.hasOngoingTransaction() === true) {
      if (!this.transactionManager.isCompleting()) this.abortIncompleteTransaction(this.transactionManager);
      yield* this.iterate();
    }
    if (this.forced !== null) {
      this.transactionManager?.close();
      yield* this.accumulator.abortIncompleteBatches();
    }
    this.client.close();
    this.clientClosed(this.clientId, this.forced ?? 'graceful');
  }

  /** Time.sleep on the sender thread: nothing is sent or received meanwhile, not even for other partitions. */
  *sleep(sleepMs: number): Blocking<void> {
    const untilUs = micros(this.clock.nowUs() + sleepMs * MICROS_PER_MS);
    yield* this.watch.watch(rest({ on: 'sleep', untilUs }));
  }

  private hasWorkLeft(): boolean {
    return (
      this.accumulator.hasUndrained() ||
      this.client.inFlightRequestCount() > 0 ||
      this.hasPendingTransactionalRequests()
    );
  }

  private hasPendingTransactionalRequests(): boolean {
    const manager = this.transactionManager;
    return manager !== null && manager.hasPendingRequests() && manager.hasOngoingTransaction();
  }

  private abortIncompleteTransaction(manager: TransactionManager): void {
    try {
      manager.beginAbort();
    } catch (thrown) {
      if (!(thrown instanceof JavaException)) throw thrown;
      this.forced = 'forced';
    }
  }

  /** One iteration. What Java throws in it is logged and forgotten there; a bug of ours stops the run. */
  private *iterate(): Blocking<void> {
    try {
      yield* runOnce(this);
      this.errorsInARow = 0;
    } catch (thrown) {
      if (!(thrown instanceof JavaException)) throw thrown;
      this.errorsInARow++;
      if (this.errorsInARow > MOST_ERRORS_WITHOUT_REST)
        yield { on: 'cpu', untilUs: micros(this.clock.nowUs() + MICROS_PER_MS) };
    }
  }
}
