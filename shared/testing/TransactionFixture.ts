/** For tests: a transaction manager without network, whose batches and answers are made by hand. */
import { BugError, known } from '#base/assert';
import { clientId, nodeId, requestId, threadId } from '#base/ids';
import { EPOCH_MS, MICROS_PER_MS, micros } from '#base/time';
import { TopicPartitions, type TopicPartition } from '#base/TopicPartition';
import { createRandom } from '#base/random';
import type { ErrorName } from '#record/Errors';
import { CompressionRatioEstimator } from '#record/CompressionRatioEstimator';
import { JavaException } from '#record/exceptions';
import { NO_HEADERS_BYTES } from '#record/recordSizes';
import { ApiVersions } from '#engine/ApiVersions';
import { BatchContext } from '#engine/BatchContext';
import type { Blocking, ThreadKind } from '#engine/Blocking';
import type { ClientResponse, LostBy } from '#engine/KafkaClient';
import { ProducerBatch } from '#engine/ProducerBatch';
import type { ProducePartitionResponse, RequestBody, ResponseBody } from '#engine/requests';
import { createRunIds, type RunContext } from '#engine/RunContext';
import type { TransactionalRequestResult } from '#engine/TransactionManager/TransactionalRequestResult';
import { TransactionManager } from '#engine/TransactionManager/TransactionManager';
import type { TxnRequestHandler } from '#engine/TransactionManager/TxnRequestHandler';
import { ArrayLog } from './ArrayLog.ts';

const BATCH_BYTES = 16_384;
const COORDINATOR = nodeId(0);

export interface ManagerOptions {
  /** Absent: an idempotent producer. */
  readonly transactionalId?: string;
  /** `transaction.version` of the cluster. Default 2. */
  readonly transactionVersion?: number;
}

export class Fixture {
  readonly log: ArrayLog;
  readonly manager: TransactionManager;
  readonly apiVersions = new ApiVersions();
  nowMs = EPOCH_MS;
  /** Whose code calls the manager. */
  thread: ThreadKind = 'application';
  private readonly partitions = new TopicPartitions();
  private readonly context: BatchContext;
  private requests = 0;
  private featuresEpoch = 0;

  constructor(options: ManagerOptions = {}) {
    const nowUs = () => micros((this.nowMs - EPOCH_MS) * MICROS_PER_MS);
    this.log = new ArrayLog(nowUs);
    const clock = { milliseconds: () => this.nowMs, nowUs };
    const currentThread = (kind: ThreadKind) => ({
      id: threadId(0),
      name: kind,
      kind,
      wait: null,
      isDone: false,
    });
    const current = () => currentThread(this.thread);
    const unused = (): never => {
      throw new JavaException('IllegalStateException', 'there are no threads here');
    };
    const run: RunContext = {
      clock,
      scheduler: {
        clock,
        get current() {
          return current();
        },
        spawn: unused,
        kill: unused,
        resumeBlocked: unused,
      },
      events: this.log,
      ids: createRunIds(),
      partitions: this.partitions,
      random: createRandom(1),
    };
    this.finalizeTransactionVersion(options.transactionVersion ?? 2);
    this.manager = new TransactionManager(
      run,
      clientId(0),
      options.transactionalId ?? null,
      60_000,
      100,
      this.apiVersions,
      false,
    );
    const costs = { sendUs: 0, serializeUsPerKiB: 0, partitionUs: 0, appendUs: 0, callbackUs: 0 };
    this.context = new BatchContext(
      run,
      clientId(0),
      'none',
      { compressedBytes: (_topic, rawBytes) => rawBytes },
      new CompressionRatioEstimator(),
      costs,
    );
  }

  /** The brokers say so from now on. */
  finalizeTransactionVersion(version: number): void {
    this.featuresEpoch++;
    this.apiVersions.update(COORDINATOR, {
      maxVersions: { INIT_PRODUCER_ID: 5 },
      finalizedFeaturesEpoch: this.featuresEpoch,
      finalizedFeatures: new Map([['transaction.version', version]]),
    });
  }

  /** Partition `partition` of topic t. */
  tp(partition: number): TopicPartition {
    return this.partitions.get('t', partition);
  }

  batch(tp: TopicPartition, recordCount: number): ProducerBatch {
    const batch = new ProducerBatch(this.context, tp, BATCH_BYTES, this.nowMs);
    for (let i = 0; i < recordCount; i++)
      batch.tryAppend(this.context.ids.nextRecord(), this.nowMs, -1, 10, NO_HEADERS_BYTES, null, this.nowMs);
    return batch;
  }

  /** A batch of so many records that has been drained: what RecordAccumulator.drain does to it. */
  drained(tp: TopicPartition, recordCount: number): ProducerBatch {
    const batch = this.batch(tp, recordCount);
    this.manager.maybeUpdateProducerIdAndEpoch(tp);
    const sequence = this.manager.sequenceNumber(tp);
    batch.setProducerState(this.manager.producerIdAndEpoch(), sequence, this.manager.isTransactional());
    this.manager.incrementSequenceNumber(tp, recordCount);
    this.manager.addInFlightBatch(batch);
    batch.close();
    return batch;
  }

  /** Takes the next request and marks it as sent. */
  send(hasIncompleteBatches = false): TxnRequestHandler {
    const request = known(this.manager.nextRequest(hasIncompleteBatches), 'a request to send');
    this.manager.setInFlightRequest(requestId(this.requests));
    return request;
  }

  /** Sends the next request and answers it, on the sender thread. Returns what was asked. */
  answer(body: ResponseBody): RequestBody {
    return this.respond(body, null);
  }

  lose(lostBy: LostBy): RequestBody {
    return this.respond(null, lostBy);
  }

  private respond(body: ResponseBody | null, lostBy: LostBy | null): RequestBody {
    return this.onSender(() => {
      const handler = this.send();
      handler.onComplete(this.response(handler.body, body, lostBy));
      return handler.body;
    });
  }

  onSender<T>(work: () => T): T {
    this.thread = 'sender';
    try {
      return work();
    } finally {
      this.thread = 'application';
    }
  }

  private response(asked: RequestBody, body: ResponseBody | null, lostBy: LostBy | null): ClientResponse {
    const request = {
      id: requestId(this.requests++),
      node: COORDINATOR,
      createdMs: this.nowMs,
      requestTimeoutMs: 30_000,
      expectResponse: true,
      body: asked,
      onComplete: nothing,
    };
    return { request, receivedMs: this.nowMs, latencyMs: 0, lostBy, body, version: 0 };
  }

  // ---- the usual answers

  coordinatorFound(error: ErrorName = 'NONE', errorMessage: string | null = null): RequestBody {
    const node = { id: COORDINATOR, host: 'localhost', port: 9092 };
    const asked = this.answer({ api: 'FIND_COORDINATOR', throttleTimeMs: 0, error, errorMessage, node });
    this.manager.handleCoordinatorReady();
    return asked;
  }

  producerIdGiven(producerId: number, producerEpoch: number, error: ErrorName = 'NONE'): RequestBody {
    return this.answer({ api: 'INIT_PRODUCER_ID', throttleTimeMs: 0, error, producerId, producerEpoch });
  }

  /** `producerId` −1: an answer before version 5. */
  transactionEnded(producerId = -1, producerEpoch = -1, error: ErrorName = 'NONE'): RequestBody {
    return this.answer({ api: 'END_TXN', throttleTimeMs: 0, error, producerId, producerEpoch });
  }

  partitionsAdded(...errors: readonly (readonly [number, ErrorName])[]): RequestBody {
    return this.answer({
      api: 'ADD_PARTITIONS_TO_TXN',
      throttleTimeMs: 0,
      errors: errors.map(([partition, error]) => ({ tp: this.tp(partition), error })),
    });
  }

  /** A transactional producer that has called initTransactions: producer id 7, epoch 0, READY. */
  initialized(): this {
    const result = this.manager.initializeTransactions(false);
    // As the sender does when it knows no coordinator.
    const handler = known(this.manager.nextRequest(false), 'InitProducerId');
    this.manager.lookupCoordinator(handler);
    this.manager.retry(handler);
    this.coordinatorFound();
    this.producerIdGiven(7, 0);
    seen(result);
    this.manager.maybeUpdateTransactionV2Enabled(true);
    return this;
  }

  /** An idempotent producer with its producer id 7, epoch 0. */
  withProducerId(): this {
    this.onSender(() => this.manager.bumpIdempotentEpochAndResetIdIfNeeded());
    this.producerIdGiven(7, 0);
    return this;
  }

  /** The answer to a batch. */
  partitionResponse(
    tp: TopicPartition,
    fields: Partial<ProducePartitionResponse> = {},
  ): ProducePartitionResponse {
    return {
      tp,
      error: 'NONE',
      baseOffset: -1,
      logAppendTimeMs: -1,
      logStartOffset: 0,
      recordErrors: [],
      errorMessage: null,
      currentLeader: null,
      ...fields,
    };
  }

  /** `epoch.bumped` and `batch.stamped` and the like, as short texts. */
  told(...types: readonly string[]): readonly string[] {
    return this.log.events
      .filter((event) => types.includes(event.type))
      .map((event) => {
        const [type, , , ...fields] = Object.values(event);
        return [type, ...fields].join(' ');
      });
  }
}

function* nothing(): Blocking<void> {
  yield* [];
}

/** The application's call returns, or throws: a result that is there needs no waiting. @throws JavaException */
export function seen(result: TransactionalRequestResult): void {
  for (const wait of result.await(0, '')) throw new BugError(`still waiting for ${wait.on}`);
}

/** What `work` throws: its class and message. */
export function thrownBy(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof JavaException) return `${thrown.exception}: ${thrown.text}`;
    throw thrown;
  }
  return 'nothing';
}
