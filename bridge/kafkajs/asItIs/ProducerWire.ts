/**
 * What goes through the sockets of kafkajs's producer, as events: connections, requests, answers, and which batches a
 * Produce request really carries. kafkajs itself is not touched: it takes its sockets from whom it is told to.
 */
import type { ISocketFactory, ISocketFactoryArgs } from 'kafkajs';
import type { Socket } from 'node:net';
import { nodeId, recordId, type ClientId, type NodeId, type RecordId, type RequestId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { RunContext } from '#engine/RunContext';
import type { BrokerMetadata } from '../../kafkaBytes/apis/cluster.ts';
import type { ProducePartition } from '../../kafkaBytes/apis/produce.ts';
import { MalformedBytes } from '../../kafkaBytes/ByteReader.ts';
import type { ReadBatch } from '../../kafkaBytes/recordBatches.ts';
import type { ClusterView } from '../ClusterView.ts';
import { kafkajsLibrary } from '../kafkajsLibrary.ts';
import type { CallBatch } from './SendCall.ts';
import {
  listenToSocket,
  readCorrelationId,
  readHeader,
  readProduceAnswer,
  readProduceParts,
  type ProducePart,
} from './wireFrames.ts';

const PRODUCE_KEY = 0;
/** Of a producer; what else it may ask is not told. */
const API_NAMES = new Map([
  [PRODUCE_KEY, 'PRODUCE'],
  [3, 'METADATA'],
  [18, 'API_VERSIONS'],
  [22, 'INIT_PRODUCER_ID'],
] as const);

export interface ProducerWireParts {
  readonly run: RunContext;
  readonly client: ClientId;
  readonly ledgerRun: number;
  readonly acks: -1 | 0 | 1;
  readonly brokers: readonly BrokerMetadata[];
  /** The batch of the log that a record is in. */
  readonly batchOf: ReadonlyMap<RecordId, CallBatch>;
  /** Runs the work at the next instant of the run. */
  readonly soon: (work: () => void) => void;
  /** Told of a batch that a broker has answered to have stored. */
  readonly stored: ClusterView['observeStored'];
}

/** One partition's part of a request. */
interface CarriedPart {
  readonly tp: TopicPartition;
  readonly batches: readonly CallBatch[];
  /** It is one batch of the log with all of its records, and nothing else. */
  readonly whole: CallBatch | null;
}

type AnsweredPart = ProducePartition & { readonly part: CarriedPart | null };

interface InFlight {
  readonly id: RequestId;
  readonly version: number;
  readonly apiKey: number;
  readonly carried: readonly CarriedPart[];
}

interface Connection {
  readonly node: NodeId;
  readonly address: string;
  readonly socket: Socket;
  readonly inFlight: Map<number, InFlight>;
  isReady: boolean;
}

export class ProducerWire {
  private readonly parts: ProducerWireParts;
  private readonly connections = new Set<Connection>();
  /** Its process has died, or it has been closed. */
  isClosed = false;

  constructor(parts: ProducerWireParts) {
    this.parts = parts;
  }

  /** What kafkajs opens its connections with. */
  readonly socketFactory: ISocketFactory = (request) => {
    const socket = kafkajsLibrary.createSocketFactory()({
      ...request,
      onConnect: () => {
        this.tell(() => this.ready(connection));
        request.onConnect();
      },
    });
    const connection = this.connectionOf(request, socket);
    listenToSocket(socket, {
      requested: (frame) => this.tell(() => this.requested(connection, frame)),
      written: (frame) => this.tell(() => this.written(connection, frame)),
      answered: (frame) => this.tell(() => this.answered(connection, frame)),
    });
    socket.once('close', () => this.tell(() => this.ended(connection)));
    this.tell(() => this.opened(connection));
    if (this.isClosed) socket.destroy(new Error('closed by the client'));
    return socket;
  };

  /** Nothing that comes from a producer of the past is told any more. */
  private tell(work: () => void): void {
    this.parts.soon(() => {
      if (!this.isClosed) work();
    });
  }

  private connectionOf({ host, port }: ISocketFactoryArgs, socket: Socket): Connection {
    const broker = this.parts.brokers.find((one) => one.host === host && one.port === port);
    const node = nodeId(broker?.node ?? -1);
    return { node, address: `${host}:${port}`, socket, inFlight: new Map(), isReady: false };
  }

  /** At once. What was under way is lost. */
  closeAll(): readonly NodeId[] {
    const nodes = [...new Set([...this.connections].map(({ node }) => node))];
    for (const connection of this.connections) {
      connection.socket.destroy(new Error('closed by the client'));
      this.ended(connection, true);
    }
    this.isClosed = true;
    return nodes;
  }

  // ---- connections: kafkajs may have several to one broker, which the log tells as one

  private hasReady(node: NodeId): boolean {
    return [...this.connections].some((one) => one.node === node && one.isReady);
  }

  private opened(connection: Connection): void {
    const isFirst = !this.hasReady(connection.node);
    this.connections.add(connection);
    if (isFirst) this.moved(connection.node, 'connecting', 'wanted');
  }

  private ready(connection: Connection): void {
    const isFirst = !this.hasReady(connection.node);
    connection.isReady = true;
    if (isFirst) this.moved(connection.node, 'ready', 'connected');
  }

  private ended(connection: Connection, byUs = false): void {
    if (!this.connections.delete(connection)) return;
    for (const correlationId of connection.inFlight.keys())
      this.lost(connection, correlationId, 'disconnected');
    if (this.hasReady(connection.node)) return;
    const because = byUs ? 'client-closed' : connection.isReady ? 'broker' : 'refused';
    this.moved(connection.node, 'disconnected', because);
  }

  private moved(
    node: NodeId,
    to: 'connecting' | 'ready' | 'disconnected',
    because: 'wanted' | 'connected' | 'client-closed' | 'broker' | 'refused',
  ): void {
    const { run, client } = this.parts;
    run.events.writer('connection.moved')(client, node, to, because, null);
  }

  // ---- requests

  private requested({ node, inFlight }: Connection, frame: Buffer): void {
    const { run, client } = this.parts;
    const { apiKey, version, correlationId, sizeBytes } = readHeader(frame);
    const api = API_NAMES.get(apiKey as 0);
    if (api === undefined) return;
    const id = run.ids.nextRequest();
    const carried = apiKey === PRODUCE_KEY ? this.drained(node, frame) : [];
    inFlight.set(correlationId, { id, version, apiKey, carried });
    run.events.writer('request.sent')(id, client, node, api, version, sizeBytes, correlationId);
    const requestCarried = run.events.writer('request.carried');
    const batches = new Set(carried.flatMap((part) => part.batches));
    for (const batch of batches) requestCarried(id, batch.id);
  }

  private drained(node: NodeId, frame: Buffer): readonly CarriedPart[] {
    const { ledgerRun } = this.parts;
    const seen = new Set<CallBatch>();
    const parts = orNothing(() => readProduceParts(frame, ledgerRun)).map((part) => {
      const carried = this.carriedPart(part);
      for (const batch of carried.batches) {
        if (!seen.has(batch)) this.drainedBatch(node, batch, carried.whole === null ? null : part.batch);
        seen.add(batch);
      }
      return carried;
    });
    if (seen.size > 0) this.nodeDrained(node, seen);
    return parts;
  }

  private nodeDrained(node: NodeId, batches: ReadonlySet<CallBatch>): void {
    const { run, client } = this.parts;
    let records = 0;
    for (const batch of batches) records += batch.records.length;
    run.events.writer('node.drained')(client, node, batches.size, records);
  }

  private carriedPart({ topic, partition, batch, numbers }: ProducePart): CarriedPart {
    const { run, batchOf } = this.parts;
    const tp = run.partitions.get(topic, partition);
    const batches = [...new Set(numbers.flatMap((number) => batchOf.get(recordId(number)) ?? []))];
    const [only] = batches;
    const isWhole =
      only !== undefined &&
      batches.length === 1 &&
      only.tp === tp &&
      only.records.length === batch.recordCount;
    return { tp, batches, whole: isWhole ? only : null };
  }

  /** `read`: what goes out is just this batch; null: kafkajs has shuffled its records among others. */
  private drainedBatch(node: NodeId, batch: CallBatch, read: ReadBatch | null): void {
    const { events, clock } = this.parts.run;
    const { id, attempts, lastError, rawBytes } = batch;
    if (attempts > 0) events.writer('batch.requeued')(id, lastError, attempts, 'front', clock.milliseconds());
    batch.attempts++;
    events.writer('batch.drained')(id, node, read?.sizeBytes ?? rawBytes, rawBytes);
    if (read === null || read.producerId < 0 || batch.lastError !== 'NONE') return;
    const { producerId, producerEpoch, baseSequence } = read;
    events.writer('batch.stamped')(id, producerId, producerEpoch, baseSequence, 'drained');
  }

  private written({ inFlight }: Connection, frame: Buffer): void {
    const { correlationId } = readHeader(frame);
    const request = inFlight.get(correlationId);
    if (request === undefined) return;
    this.parts.run.events.writer('request.written')(request.id);
    if (request.apiKey === PRODUCE_KEY && this.parts.acks === 0) inFlight.delete(correlationId);
  }

  // ---- answers

  private answered({ node, inFlight }: Connection, frame: Buffer): void {
    const { run } = this.parts;
    const correlationId = readCorrelationId(frame);
    const request = inFlight.get(correlationId);
    if (request === undefined) return;
    inFlight.delete(correlationId);
    const { id, apiKey, version, carried } = request;
    const sizeBytes = frame.readInt32BE(0);
    const received = run.events.writer('response.received');
    if (apiKey !== PRODUCE_KEY) return received(id, null, sizeBytes, 0);
    const [answer] = orNothing(() => [readProduceAnswer(frame, version)]);
    const answers = (answer?.topics ?? []).flatMap(({ topic, partitions }) =>
      partitions.map((one): AnsweredPart => {
        const tp = run.partitions.get(topic, one.partition);
        return { ...one, part: carried.find((part) => part.tp === tp) ?? null };
      }),
    );
    for (const one of answers) this.tellStored(node, one);
    received(id, null, sizeBytes, answer?.throttleTimeMs ?? 0);
    for (const one of answers) this.tellAnswered(id, one);
  }

  private tellStored(node: NodeId, { part, error, baseOffset, logAppendTimeMs }: AnsweredPart): void {
    const { acks, stored } = this.parts;
    const whole = part?.whole ?? null;
    if (error !== 'NONE' || baseOffset < 0 || whole === null) return;
    const recordCount = whole.records.length;
    const hasLogTime = logAppendTimeMs !== -1;
    stored(whole.tp, node, { batch: whole.id, recordCount, baseOffset, hasLogTime, acks });
  }

  private tellAnswered(request: RequestId, { part, error, baseOffset, logStartOffset }: AnsweredPart): void {
    const responseAnswered = this.parts.run.events.writer('response.answered');
    for (const batch of part?.batches ?? []) {
      const offset = batch === part?.whole ? baseOffset : -1;
      if (offset >= 0 && error === 'NONE') batch.baseOffset = offset;
      batch.lastError = error;
      responseAnswered(request, batch.id, error, offset, logStartOffset, null, -1, null);
    }
  }

  /** kafkajs waits no longer for an answer; the connection stays. `address`: host:port. */
  timedOut(address: string, correlationId: number): void {
    for (const connection of this.connections)
      if (connection.address === address) this.lost(connection, correlationId, 'timed-out');
  }

  private lost({ inFlight }: Connection, correlationId: number, by: 'timed-out' | 'disconnected'): void {
    const request = inFlight.get(correlationId);
    if (request === undefined) return;
    inFlight.delete(correlationId);
    this.parts.run.events.writer('request.lost')(request.id, by);
    const error = by === 'timed-out' ? 'REQUEST_TIMED_OUT' : 'NETWORK_EXCEPTION';
    for (const { batches } of request.carried) for (const batch of batches) batch.lastError = error;
  }
}

/** What cannot be read is not told; kafkajs says itself what is wrong with it. */
function orNothing<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedBytes) return [];
    throw error;
  }
}
