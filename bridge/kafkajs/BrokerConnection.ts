/**
 * One connection to a broker, made by kafkajs. Its promises end here: what they bring is told to a listener, in order,
 * and the end of the socket is the end of the connection, whatever kafkajs makes of it.
 */
import type { Socket } from 'node:net';
import type { NetworkSend } from '#engine/Selectable';
import type { ResponseBody } from '#engine/requests';
import type { ClientSecurity } from '../security/ClientSecurity.ts';
import { connectionTrouble } from '../security/connectionTrouble.ts';
import { sessionEndMs } from '../security/session.ts';
import {
  kafkajsLibrary,
  silentLogger,
  type KafkajsConnection,
  type SocketRequest,
} from './kafkajsLibrary.ts';
import type { RequestCodec } from './requests.ts';

export interface BrokerAddressOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly node: number;
  readonly setupTimeoutMs: number;
  readonly security: ClientSecurity;
}

export interface ConnectionListener {
  connected(): void;
  /** The kernel has taken all bytes of the request. */
  written(send: NetworkSend): void;
  received(send: NetworkSend, body: ResponseBody): void;
  /** Once; nothing follows. `why`: in words for a person, beginning with the address. */
  ended(wasConnected: boolean, why: string): void;
}

/** Never in force: the engine's own timeouts close the connection, as Java's do. */
const NO_TIMEOUT_MS = 2_000_000_000;

export class BrokerConnection {
  isEstablished = false;
  private readonly listener: ConnectionListener;
  private readonly codec: RequestCodec;
  /** Handed to kafkajs, which writes them in this order. */
  private readonly unsent: NetworkSend[] = [];
  /** Of whom the listener has not been told. */
  private readonly unwritten = new Set<NetworkSend>();
  private connection: KafkajsConnection | null = null;
  /** From then on the broker is told again who speaks, before anything else. */
  private sessionEndMs = Infinity;
  /** Not null: that is under way, and these wait, with their bytes. */
  private held: { readonly send: NetworkSend; readonly bytes: Buffer }[] | null = null;
  private socket: Socket | null = null;
  private hasEnded = false;
  private readonly address: string;
  /** What the socket said. */
  private why: string | null = null;

  constructor(options: BrokerAddressOptions, codec: RequestCodec, listener: ConnectionListener) {
    this.codec = codec;
    this.listener = listener;
    const { host, port, clientId, node, setupTimeoutMs, security } = options;
    this.address = `${host}:${port}`;
    const { tls, sasl } = security;
    const pool = new kafkajsLibrary.ConnectionPool({
      host,
      port,
      clientId,
      logger: silentLogger,
      socketFactory: (request) => this.open(request),
      connectionTimeout: setupTimeoutMs,
      requestTimeout: NO_TIMEOUT_MS,
      enforceRequestTimeout: false,
      maxInFlightRequests: null,
      // When to say again who speaks is decided here: it would do it with every request of the session's last 10 s.
      reauthenticationThreshold: 0,
      ...(tls === null ? {} : { ssl: tls }),
      // kafkajs keeps things of its own in it.
      ...(sasl === null ? {} : { sasl: { ...sasl } }),
    });
    // It would look every millisecond at a queue that is always empty: nothing limits or throttles it here.
    for (const { requestQueue } of pool.pool) requestQueue.scheduleCheckPendingRequests = () => {};
    const broker = new kafkajsLibrary.Broker({ connectionPool: pool, logger: silentLogger, nodeId: node });
    broker.connect().then(
      () => this.establish(pool.pool[0] ?? null),
      (error: unknown) => this.end(error),
    );
  }

  /** The connection must be established. */
  send(send: NetworkSend): void {
    const { connection, codec } = this;
    if (connection === null) return;
    // The bytes are made now: a batch may be stamped anew before kafkajs asks for them.
    const bytes = codec.encode(send);
    this.unwritten.add(send);
    if (this.held !== null) this.held.push({ send, bytes });
    else if (performance.now() < this.sessionEndMs || this.unsent.length > 0)
      this.write(connection, send, bytes);
    else {
      this.held = [{ send, bytes }];
      this.authenticateAgain(connection);
    }
  }

  /**
   * On the same connection, and before the session ends: what is in flight is answered all the same. As Java does it, when
   * there is something to send (org.apache.kafka.common.network.KafkaChannel.maybeBeginClientReauthentication).
   */
  private authenticateAgain(connection: KafkajsConnection): void {
    connection.authenticatedAt = null;
    connection.authenticate().then(
      () => {
        const held = this.held ?? [];
        this.held = null;
        this.sessionEndMs = sessionEndMs(Number(connection.sessionLifetime));
        if (!this.hasEnded) for (const { send, bytes } of held) this.write(connection, send, bytes);
      },
      (error: unknown) => this.end(error),
    );
  }

  private write(connection: KafkajsConnection, send: NetworkSend, bytes: Buffer): void {
    const { codec } = this;
    const { key, name } = codec.apiOf(send);
    this.unsent.push(send);
    connection
      .send<ResponseBody>({
        request: {
          apiKey: key,
          apiVersion: send.version,
          apiName: name,
          expectResponse: () => send.expectResponse,
          encode: () => Promise.resolve({ buf: bytes, buffer: bytes }),
        },
        response: {
          decode: (payload) => Promise.resolve(payload).then((answer) => codec.decode(send, answer)),
          parse: (body) => Promise.resolve(body),
        },
        logResponseError: false,
      })
      .then(
        (body) => {
          if (body === undefined || this.hasEnded) return;
          // An answer may overtake the word that its request is written.
          this.wrote(send);
          this.listener.received(send, body);
        },
        (error: unknown) => this.end(error),
      );
  }

  /** At once, and without a word to the listener. What was under way is lost. */
  close(): void {
    this.hasEnded = true;
    // With an error kafkajs drops its requests and timers; an orderly end would wait for a frozen broker.
    this.socket?.destroy(new Error('closed by the client'));
  }

  private open(request: SocketRequest): Socket {
    const socket = kafkajsLibrary.createSocketFactory()(request);
    socket.setNoDelay(true);
    this.socket = socket;
    const write = socket.write.bind(socket);
    Object.assign(socket, {
      write: (bytes: Buffer) => {
        // Before the connection is established, and while it says again who speaks, it is kafkajs that writes.
        const send = this.isEstablished && this.held === null ? this.unsent.shift() : undefined;
        return write(bytes, () => this.wrote(send));
      },
    });
    socket.on('error', (error) => (this.why ??= connectionTrouble(this.address, error)));
    socket.on('close', () => this.end(null));
    // kafkajs opens it a little later: it may have been closed before that.
    if (this.hasEnded) this.close();
    return socket;
  }

  private establish(connection: KafkajsConnection | null): void {
    if (this.hasEnded) return;
    this.connection = connection;
    this.sessionEndMs = sessionEndMs(Number(connection?.sessionLifetime ?? 0));
    this.isEstablished = true;
    this.listener.connected();
  }

  private wrote(send: NetworkSend | undefined): void {
    if (send !== undefined && this.unwritten.delete(send) && !this.hasEnded) this.listener.written(send);
  }

  private end(error: unknown): void {
    if (this.hasEnded) return;
    const why = error instanceof Error ? this.wordsOf(error) : null;
    this.close();
    this.listener.ended(this.isEstablished, this.why ?? why ?? `${this.address} has closed the connection`);
  }

  private wordsOf({ name, message }: Error): string {
    return name === 'KafkaJSSASLAuthenticationError'
      ? `${this.address} does not accept the user name and password of sasl.jaas.config`
      : `${this.address}: ${message}`;
  }
}
