/**
 * The parts of kafkajs that are used: its connections with TLS and SASL, below its producer, whose retry loses records.
 * They are private to it, so its version is pinned exactly, and `kafkajsLibrary.test.ts` holds them to these shapes.
 */
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

export interface SocketRequest {
  readonly host: string;
  readonly port: number;
  readonly ssl: object | undefined;
  readonly onConnect: () => void;
}

export interface Logger {
  readonly namespace: () => Logger;
  readonly debug: () => void;
  readonly info: () => void;
  readonly warn: () => void;
  readonly error: () => void;
}

/** What `createRequest` asks of an encoder. */
export interface EncodedBody {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

export interface ProtocolRequest<Response> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly expectResponse: () => boolean;
    readonly encode: () => Promise<EncodedBody>;
  };
  readonly response: {
    readonly decode: (payload: Buffer) => Promise<Response>;
    readonly parse: (decoded: Response) => Promise<Response>;
  };
  readonly logResponseError: boolean;
}

export interface KafkajsConnection {
  /** Resolves to what `parse` returned; to nothing when no response is expected. */
  send<Response>(request: ProtocolRequest<Response>): Promise<Response | undefined>;
  readonly requestQueue: { scheduleCheckPendingRequests: () => void };
  /** ms for which the broker lets it go on without saying again who it is; 0: for ever. Its text is a number. */
  readonly sessionLifetime: { toString(): string };
  /** When it was said; null: never, or it is to be said again. */
  authenticatedAt: readonly number[] | null;
  /** Says it, unless it has been said and the session goes on for longer than the threshold. */
  authenticate(): Promise<void>;
}

export interface ConnectionPoolOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly logger: Logger;
  readonly socketFactory: (request: SocketRequest) => Socket;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: boolean;
  readonly maxInFlightRequests: null;
  readonly reauthenticationThreshold: number;
  readonly ssl?: object;
  readonly sasl?: object;
}

export interface ConnectionPool {
  /** The first carries everything but Fetch. */
  readonly pool: readonly KafkajsConnection[];
}

export interface Broker {
  /** Connects, asks for the versions, authenticates. */
  connect(): Promise<void>;
}

interface Library {
  readonly ConnectionPool: new (options: ConnectionPoolOptions) => ConnectionPool;
  readonly Broker: new (options: {
    readonly connectionPool: ConnectionPool;
    readonly logger: Logger;
    readonly nodeId: number;
  }) => Broker;
  readonly createSocketFactory: () => (request: SocketRequest) => Socket;
}

const require = createRequire(import.meta.url);

export const KAFKAJS_VERSION = '2.2.4';

export const kafkajsLibrary: Library = {
  ConnectionPool: require('kafkajs/src/network/connectionPool') as Library['ConnectionPool'],
  Broker: require('kafkajs/src/broker') as Library['Broker'],
  createSocketFactory: require('kafkajs/src/network/socketFactory') as Library['createSocketFactory'],
};

/** What kafkajs itself offers, its producer too: for the exhibit alone, and not loaded before. */
export const wholeKafkajs = (): typeof import('kafkajs') => require('kafkajs') as typeof import('kafkajs');

const nothing = (): void => {};
/** What goes wrong is in the log of the run, in Kafka's words. */
export const silentLogger: Logger = {
  namespace: () => silentLogger,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
