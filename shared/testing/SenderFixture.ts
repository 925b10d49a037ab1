/**
 * For tests: a whole producer on a network made by hand. Every node is ready and nothing is answered unless told, so
 * a test says what the sender hears and looks at what it does. Time moves only by `run`.
 */
import { BugError, known } from '#base/assert';
import { nodeId, threadId, type NodeId } from '#base/ids';
import { createRandom } from '#base/random';
import { clientMs, micros } from '#base/time';
import { tpName, TopicPartitions, type TopicPartition } from '#base/TopicPartition';
import { CompressionRatioEstimator } from '#record/CompressionRatioEstimator';
import { JavaException } from '#record/exceptions';
import type { Blocking, Thread, ThreadKind, Wait } from '#engine/Blocking';
import { createKafkaProducer, type StartedProducer } from '#engine/KafkaProducer/createKafkaProducer';
import type { ClientRequest, ClientResponse, KafkaClient, LostBy } from '#engine/KafkaClient';
import { parseProducerConfig } from '#engine/ProducerConfig';
import { createProducerRecord } from '#engine/ProducerRecord';
import type { ProducePartitionResponse, ProduceRequest, RequestBody, ResponseBody } from '#engine/requests';
import { createRunIds, type RunContext, type RunIds } from '#engine/RunContext';
import { ArrayLog } from './ArrayLog.ts';

const BYTES = 'org.apache.kafka.common.serialization.ByteArraySerializer';
const REQUIRED = {
  'bootstrap.servers': 'localhost:9092',
  'key.serializer': BYTES,
  'value.serializer': BYTES,
};

const ANSWER_OF_NOTHING: Omit<ProducePartitionResponse, 'tp'> = {
  error: 'NONE',
  baseOffset: -1,
  logAppendTimeMs: -1,
  logStartOffset: 0,
  recordErrors: [],
  errorMessage: null,
  currentLeader: null,
};

class HandMadeClient implements KafkaClient {
  readonly active = true;
  readonly sent: ClientRequest[] = [];
  readonly answers: ClientResponse[] = [];
  isClosed = false;
  isWoken = false;
  private readonly clock: { milliseconds(): number; nowUs(): number };
  private readonly ids: RunIds;

  constructor(clock: { milliseconds(): number; nowUs(): number }, ids: RunIds) {
    this.clock = clock;
    this.ids = ids;
  }

  isReady = (): boolean => true;
  ready = (): boolean => true;
  pollDelayMs = (): number => 0;
  connectionDelayMs = (): number => 0;
  connectionFailed = (): boolean => false;
  leastLoadedNode = (): NodeId => nodeId(0);
  inFlightRequestCount = (): number => this.sent.length;
  hasInFlightRequests = (): boolean => this.sent.length > 0;
  hasReadyNodes = (): boolean => true;
  disconnect = (): void => {};
  initiateClose = (): void => {};

  newClientRequest(
    node: NodeId,
    body: RequestBody,
    createdMs: number,
    expectResponse: boolean,
    requestTimeoutMs: number,
    onComplete: (response: ClientResponse) => Blocking<void>,
  ): ClientRequest {
    const id = this.ids.nextRequest();
    return { id, node, createdMs, requestTimeoutMs, expectResponse, body, onComplete };
  }

  send(request: ClientRequest): void {
    this.sent.push(request);
  }

  *poll(timeoutMs: number): Blocking<void> {
    const untilUs = this.clock.nowUs() + timeoutMs * 1000;
    yield { on: 'select', untilUs, isOver: () => this.isWoken || this.answers.length > 0 };
    this.isWoken = false;
    for (const answer of this.answers.splice(0)) {
      try {
        yield* answer.request.onComplete(answer);
      } catch (thrown) {
        if (!(thrown instanceof JavaException)) throw thrown;
      }
    }
  }

  wakeup(): void {
    this.isWoken = true;
  }

  close(): void {
    this.isClosed = true;
  }
}

interface HandMadeThread extends Thread {
  wait: Wait | null;
  isDone: boolean;
  readonly body: Blocking<void>;
}

export class SenderFixture {
  readonly log: ArrayLog;
  readonly client: HandMadeClient;
  readonly started: StartedProducer;
  /** What the callbacks were told, in their order: `0 t-0 @5`, or `0 t-0 TimeoutException: …`. */
  readonly outcomes: string[] = [];
  private nowUs = micros(0);
  private current: HandMadeThread | null = null;
  private readonly threads: HandMadeThread[] = [];
  private readonly partitions = new TopicPartitions();
  private sends = 0;

  /** Topic t has `partitions` partitions, all led by node 0. */
  constructor(properties: Readonly<Record<string, string>>, partitions = 2) {
    const ids = createRunIds();
    const clock = { milliseconds: () => clientMs(this.nowUs), nowUs: () => this.nowUs };
    this.log = new ArrayLog(() => this.nowUs);
    const client = new HandMadeClient(clock, ids);
    this.client = client;
    const run = this.createRun(clock, ids);
    this.started = createKafkaProducer(run, {
      client: ids.nextClient(),
      config: parseProducerConfig({ ...REQUIRED, ...properties }),
      random: { nextSticky: () => 0, backoffFactor: () => 1, leastLoadedOffset: () => 0 },
      compression: { compressedBytes: (_topic, rawBytes) => rawBytes },
      estimator: new CompressionRatioEstimator(),
      costs: { sendUs: 0, serializeUsPerKiB: 0, partitionUs: 0, appendUs: 0, callbackUs: 0 },
      bootstrap: [{ id: nodeId(0), host: 'localhost', port: 9092 }],
      network: () => client,
    });
    this.learnOfTopic(partitions);
    this.run(0);
  }

  private createRun(clock: RunContext['clock'], ids: RunIds): RunContext {
    const current = (): HandMadeThread | null => this.current;
    return {
      clock,
      scheduler: {
        clock,
        get current() {
          return current();
        },
        spawn: (thread, body) => this.spawn(thread, body),
        kill: () => {},
        resumeBlocked: () => {},
      },
      events: this.log,
      ids,
      partitions: this.partitions,
      random: createRandom(1),
    };
  }

  private spawn(
    thread: { readonly id: Thread['id']; readonly name: string; readonly kind: ThreadKind },
    body: Blocking<void>,
  ): HandMadeThread {
    const spawned: HandMadeThread = { ...thread, body, wait: null, isDone: false };
    this.threads.push(spawned);
    return spawned;
  }

  private learnOfTopic(partitions: number): void {
    const { metadata } = this.started;
    metadata.add('t', clientMs(this.nowUs));
    const ids = Array.from({ length: partitions }, (_, partition) => partition);
    metadata.updateWithCurrentRequestVersion(
      {
        api: 'METADATA',
        throttleTimeMs: 0,
        brokers: [0, 1].map((id) => ({ id: nodeId(id), host: 'localhost', port: 9092 + id })),
        controller: nodeId(0),
        topics: [
          {
            topic: 't',
            error: 'NONE',
            partitions: ids.map((partition) => ({
              partition,
              error: 'NONE',
              leader: nodeId(0),
              leaderEpoch: 0,
              replicas: [nodeId(0)],
              isr: [nodeId(0)],
            })),
          },
        ],
      },
      false,
      clientMs(this.nowUs),
    );
  }

  tp(partition: number): TopicPartition {
    return this.partitions.get('t', partition);
  }

  /** An application thread. It runs at the next `run`. */
  application(body: Blocking<void>): HandMadeThread {
    return this.spawn({ id: threadId(this.threads.length), name: 'application', kind: 'application' }, body);
  }

  /** Sends so many records of 10 bytes to a partition; their outcomes are kept. Must not block. */
  send(partition: number, count = 1): void {
    this.step(this.application(this.sending(partition, count)));
  }

  private *sending(partition: number, count: number): Blocking<void> {
    for (let i = 0; i < count; i++) {
      const n = this.sends++;
      const record = createProducerRecord({ topic: 't', partition, valueBytes: 10 });
      yield* this.started.producer.send(record, (metadata, exception) => {
        const outcome =
          exception === null ? `@${metadata.offset}` : `${exception.exception}: ${exception.text}`;
        this.outcomes.push(`${n} ${tpName(metadata)} ${outcome}`);
      });
    }
  }

  /** Lets `ms` pass: application threads first, then the sender, until all rest. */
  run(ms: number): void {
    const endUs = this.nowUs + ms * 1000;
    // A ready node makes the sender poll without waiting; two looks at one instant are enough.
    for (let idle = 0; this.nowUs < endUs || idle < 3;) {
      const ran = this.runDue();
      if (ran > 0 && idle < 3) idle++;
      else {
        idle = this.nowUs >= endUs ? 3 : 0;
        this.nowUs = micros(Math.min(endUs, Math.max(this.nowUs + 1000, 0)));
      }
    }
  }

  private runDue(): number {
    let ran = 0;
    for (const thread of [...this.threads].toReversed()) {
      if (thread.isDone) continue;
      const { wait } = thread;
      if (wait !== null && wait.untilUs > this.nowUs && wait.isOver?.() !== true) continue;
      this.step(thread);
      ran++;
    }
    return ran;
  }

  private step(thread: HandMadeThread): void {
    this.current = thread;
    thread.wait = null;
    const step = thread.body.next();
    this.current = null;
    if (step.done === true) thread.isDone = true;
    else thread.wait = step.value;
  }

  /** The oldest request under way, taken out; the answer to it comes with the next `run`. */
  private take(): ClientRequest {
    return known(this.client.sent.shift(), 'a request under way');
  }

  answer(body: ResponseBody): RequestBody {
    const request = this.take();
    this.deliver(request, body, null);
    return request.body;
  }

  lose(lostBy: LostBy): RequestBody {
    const request = this.take();
    this.deliver(request, null, lostBy);
    return request.body;
  }

  /** Answers the oldest Produce request: what is not told of a partition is success at the offset 5. */
  answerProduce(
    ...partitions: readonly (Partial<ProducePartitionResponse> & { readonly partition: number })[]
  ): ProduceRequest {
    const request = this.take();
    if (request.body.api !== 'PRODUCE') throw new BugError(`${request.body.api} is under way`);
    const answers = request.body.batches.map(({ tp }) => {
      const told = partitions.find(({ partition }) => partition === tp.partition);
      return { ...ANSWER_OF_NOTHING, tp, baseOffset: told?.error === undefined ? 5 : -1, ...told };
    });
    this.deliver(request, { api: 'PRODUCE', throttleTimeMs: 0, partitions: answers }, null);
    return request.body;
  }

  private deliver(request: ClientRequest, body: ResponseBody | null, lostBy: LostBy | null): void {
    const receivedMs = clientMs(this.nowUs);
    const latencyMs = receivedMs - request.createdMs;
    this.client.answers.push({ request, receivedMs, latencyMs, lostBy, body, version: 13 });
  }

  /** What is under way: `PRODUCE t-0×2 t-1×1`, or the API. */
  underWay(): readonly string[] {
    return this.client.sent.map(({ body }) =>
      body.api === 'PRODUCE'
        ? ['PRODUCE', ...body.batches.map((sent) => `${tpName(sent.tp)}×${sent.recordCount}`)].join(' ')
        : body.api,
    );
  }

  /** Events of these types: type and fields. */
  told(...types: readonly string[]): readonly string[] {
    return this.log.events
      .filter((event) => types.includes(event.type))
      .map((event) => {
        const [type, , , ...fields] = Object.values(event);
        return [type, ...fields].join(' ');
      });
  }
}
