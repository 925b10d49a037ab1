/**
 * One connection to a broker: requests go out in the order of the calls, answers come back in the same order. It knows
 * the frame around a body and nothing of what is in it. Several requests may be in flight.
 */
import type { Socket } from 'node:net';
import { NO_SECURITY, type ClientSecurity } from '../security/ClientSecurity.ts';
import { connectionTrouble } from '../security/connectionTrouble.ts';
import { sessionEndMs } from '../security/session.ts';
import type { Api } from './Api.ts';
import { authenticate } from './authenticate.ts';
import { ByteReader, MalformedBytes } from './ByteReader.ts';
import { ByteWriter } from './ByteWriter.ts';
import { openSocket } from './openSocket.ts';

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId?: string;
  readonly security?: ClientSecurity;
  readonly connectTimeoutMs?: number;
  /** For every request that names no limit of its own. */
  readonly requestTimeoutMs?: number;
}

/** The broker closed the connection, or it could not be made; whether the requests were done is not known. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}
/** What came is no answer of Kafka's but the refusal of a listener with TLS. */
export class SpeaksTls extends Error {
  override readonly name = 'SpeaksTls';
}
/** No answer in time. The connection is closed, as in Java: a late answer could not be told from the next one. */
export class RequestTimedOut extends Error {
  override readonly name = 'RequestTimedOut';
}

interface Waiting {
  readonly correlationId: number;
  /** Settles the caller's promise with what the bytes say, or with what went wrong. */
  readonly take: (reader: ByteReader) => void;
  readonly fail: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

const CONNECT_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Java's `socket.request.max.bytes`; a longer answer is no answer of Kafka's. */
const MAX_FRAME_BYTES = 100 * 1024 * 1024;
const API_VERSIONS_KEY = 18;
/** How a record of TLS begins that holds an alert: its type, and the first byte of the version. */
const TLS_ALERT = 0x1503;

export class KafkaConnection {
  private readonly socket: Socket;
  private readonly address: string;
  private readonly clientId: string;
  private readonly requestTimeoutMs: number;
  private readonly waiting: Waiting[] = [];
  private correlationId = 0;
  private chunks: Buffer[] = [];
  private bufferedBytes = 0;
  private end: Error | null = null;
  private sessionEndMs = Infinity;

  private constructor(socket: Socket, options: ConnectionOptions) {
    this.socket = socket;
    this.clientId = options.clientId ?? 'linger';
    this.requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.takeBytes(chunk));
    this.address = `${options.host}:${options.port}`;
    socket.on('error', (error) => this.fail(new ConnectionLost(connectionTrouble(this.address, error))));
    socket.on('close', () => this.fail(new ConnectionLost(`${this.address} has closed the connection`)));
  }

  /** @throws ConnectionLost, AuthenticationRefused, RequestTimedOut */
  static async open(options: ConnectionOptions): Promise<KafkaConnection> {
    const { host, port, security = NO_SECURITY, connectTimeoutMs: limitMs = CONNECT_TIMEOUT_MS } = options;
    let socket;
    try {
      socket = await openSocket({ host, port, tls: security.tls, limitMs });
    } catch (error) {
      throw new ConnectionLost(error instanceof Error ? error.message : String(error));
    }
    const connection = new KafkaConnection(socket, options);
    if (security.sasl === null) return connection;
    try {
      const lifetimeMs = await authenticate(connection, `${host}:${port}`, security.sasl);
      connection.sessionEndMs = sessionEndMs(lifetimeMs);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** False too when the session is about to end and nothing is under way: another connection begins another one. */
  get isOpen(): boolean {
    return this.end === null && (this.waiting.length > 0 || performance.now() < this.sessionEndMs);
  }

  /**
   * Sends a request and resolves to its answer.
   * @throws ConnectionLost, RequestTimedOut, MalformedBytes
   */
  request<Request, Response>(
    api: Api<Request, Response>,
    version: number,
    body: Request,
    timeoutMs: number = this.requestTimeoutMs,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      if (this.end !== null) return reject(this.end);
      const correlationId = this.write(api, version, body);
      const timer = setTimeout(
        () => this.fail(new RequestTimedOut(`${api.name}: no answer within ${timeoutMs} ms`)),
        timeoutMs,
      );
      const isFlexible = version >= api.flexibleFrom;
      const take = (reader: ByteReader): void => {
        // The header of this one answer has no tags, so that a client of any age can read it.
        reader.isFlexible = isFlexible && api.key !== API_VERSIONS_KEY;
        reader.tags();
        reader.isFlexible = isFlexible;
        const response = api.decode(reader, version);
        reader.finish();
        resolve(response);
      };
      this.waiting.push({ correlationId, take, fail: reject, timer });
    });
  }

  /** Sends a request that is not answered: Produce with acks=0. @throws ConnectionLost */
  tell<Request, Response>(api: Api<Request, Response>, version: number, body: Request): void {
    if (this.end !== null) throw this.end;
    this.write(api, version, body);
  }

  close(): void {
    this.fail(new ConnectionLost('the connection has been closed here'));
  }

  private write<Request, Response>(api: Api<Request, Response>, version: number, body: Request): number {
    const [lowest, highest] = api.versions;
    if (version < lowest || version > highest)
      throw new RangeError(`${api.name} v${version} is not written here`);
    const correlationId = this.correlationId++;
    const writer = new ByteWriter();
    writer.int32(0);
    writer.int16(api.key);
    writer.int16(version);
    writer.int32(correlationId);
    // The client's name has its old form in every version of the header.
    writer.string(this.clientId);
    writer.isFlexible = version >= api.flexibleFrom;
    writer.tags();
    api.encode(writer, body, version);
    const bytes = writer.written();
    writer.patchInt32(0, bytes.length - 4);
    this.socket.write(bytes);
    return correlationId;
  }

  private takeBytes(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bufferedBytes += chunk.length;
    try {
      for (let frame = this.nextFrame(); frame !== null; frame = this.nextFrame()) this.takeFrame(frame);
    } catch (error) {
      this.fail(error instanceof Error ? error : new MalformedBytes('bad bytes'));
    }
  }

  /** The next whole answer without its length; the bytes are joined only when all of it is there. */
  private nextFrame(): Buffer | null {
    const size = this.frameSize();
    if (size === null || this.bufferedBytes < size + 4) return null;
    const all = this.joined();
    this.bufferedBytes -= size + 4;
    this.chunks = this.bufferedBytes > 0 ? [all.subarray(size + 4)] : [];
    return all.subarray(4, size + 4);
  }

  private frameSize(): number | null {
    if (this.bufferedBytes < 4) return null;
    const first = this.chunks[0];
    const size = (first !== undefined && first.length >= 4 ? first : this.joined()).readInt32BE(0);
    if (size >>> 16 === TLS_ALERT)
      throw new SpeaksTls(
        `${this.address} speaks TLS: security.protocol (SSL, SASL_SSL) in the file of --config`,
      );
    if (size < 4 || size > MAX_FRAME_BYTES) throw new MalformedBytes(`an answer of ${size} bytes`);
    return size;
  }

  private joined(): Buffer {
    const [first] = this.chunks;
    if (first !== undefined && this.chunks.length === 1) return first;
    const all = Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }

  private takeFrame(frame: Buffer): void {
    const reader = new ByteReader(frame);
    const correlationId = reader.int32();
    const first = this.waiting[0];
    if (first === undefined || first.correlationId !== correlationId) {
      throw new MalformedBytes(`an answer to request ${correlationId}, which was not the next`);
    }
    first.take(reader);
    this.waiting.shift();
    clearTimeout(first.timer);
  }

  /** The end of this connection; everybody who waits hears why. */
  private fail(error: Error): void {
    if (this.end !== null) return;
    this.end = error;
    this.socket.destroy();
    for (const one of this.waiting.splice(0)) {
      clearTimeout(one.timer);
      one.fail(error);
    }
  }
}
