/**
 * Selectable over kafkajs's connections: the engine's own NetworkClient goes on top of it, so that timeouts, in-flight
 * limit, metadata, throttling and reconnects are Java's. What arrives is put in a list; the next select takes it.
 */
import type { NodeId } from '#base/ids';
import { MICROS_PER_MS } from '#base/time';
import type { WriterOf } from '#events/catalogue';
import type { Blocking } from '#engine/Blocking';
import type { RunContext } from '#engine/RunContext';
import type { Arrival, NetworkSend, Selectable, Selected } from '#engine/Selectable';
import type { BrokerAddress, ResponseBody } from '#engine/requests';
import type { ClientSecurity } from '../security/ClientSecurity.ts';
import { BrokerConnection } from './BrokerConnection.ts';
import type { RequestCodec } from './requests.ts';

export interface KafkajsSelectorParts {
  readonly run: RunContext;
  /** client.id, which the broker sees. */
  readonly clientName: string;
  /** Their ids are those under which the engine connects to them. */
  readonly bootstrap: readonly BrokerAddress[];
  readonly codec: RequestCodec;
  readonly setupTimeoutMs: number;
  readonly security: ClientSecurity;
  /** Something has come from outside: the scheduler has to look. */
  readonly wake: () => void;
  /** Told of every answer, on the sender thread, before the client acts on it. */
  readonly observe?: (send: NetworkSend, body: ResponseBody) => void;
  /** Told why a connection could not be made or broke. */
  readonly trouble?: (why: string) => void;
}

interface Pending {
  readonly connection: BrokerConnection | null;
  readonly arrival: Arrival;
  /** What is answered. */
  readonly send: NetworkSend | null;
}

/** So many selects at one instant that bring nothing; then time has to pass. */
const MOST_FRUITLESS_POLLS = 10;

export class KafkajsSelector implements Selectable {
  private readonly parts: KafkajsSelectorParts;
  private readonly addresses = new Map<NodeId, BrokerAddress>();
  private readonly connections = new Map<NodeId, BrokerConnection>();
  private readonly requestWritten: WriterOf<'request.written'>;
  private pending: Pending[] = [];
  private completedSends: NetworkSend[] = [];
  private isWoken = false;
  private fruitlessPolls = 0;

  constructor(parts: KafkajsSelectorParts) {
    this.parts = parts;
    this.requestWritten = parts.run.events.writer('request.written');
    for (const address of parts.bootstrap) this.addresses.set(address.id, address);
  }

  connect(node: NodeId): void {
    const address = this.addresses.get(node);
    if (address === undefined) {
      this.arrived(null, { kind: 'disconnected', node, reason: 'refused' });
      return;
    }
    const { clientName: clientId, setupTimeoutMs, codec, security } = this.parts;
    const { host, port } = address;
    const options = { host, port, clientId, node, setupTimeoutMs, security };
    const connection = new BrokerConnection(options, codec, {
      connected: () => this.arrived(connection, { kind: 'connected', node }),
      written: (send) => {
        this.completedSends.push(send);
        this.parts.wake();
      },
      received: (send, body) => this.received(connection, send, body),
      ended: (wasConnected, why) => {
        this.parts.trouble?.(why);
        this.arrived(connection, {
          kind: 'disconnected',
          node,
          reason: wasConnected ? 'broker' : 'refused',
        });
      },
    });
    this.connections.set(node, connection);
  }

  private received(connection: BrokerConnection, send: NetworkSend, body: ResponseBody): void {
    if (body.api === 'METADATA') for (const broker of body.brokers) this.addresses.set(broker.id, broker);
    if (body.api === 'FIND_COORDINATOR' && body.node !== null) this.addresses.set(body.node.id, body.node);
    const { node, requestId, correlationId } = send;
    const receive = { node, requestId, correlationId, body };
    this.arrived(connection, { kind: 'received', node, receive }, send);
  }

  private arrived(
    connection: BrokerConnection | null,
    arrival: Arrival,
    send: NetworkSend | null = null,
  ): void {
    this.pending.push({ connection, arrival, send });
    this.parts.wake();
  }

  send(send: NetworkSend): void {
    this.connections.get(send.node)?.send(send);
  }

  wakeup(): void {
    this.isWoken = true;
  }

  isChannelReady(node: NodeId): boolean {
    return this.connections.get(node)?.isEstablished ?? false;
  }

  close(node: NodeId): void {
    const connection = this.connections.get(node);
    if (connection === undefined) return;
    this.connections.delete(node);
    this.forget(node, connection);
    connection.close();
  }

  closeAll(): readonly NodeId[] {
    const nodes = [...this.connections.keys()];
    for (const node of nodes) this.close(node);
    return nodes;
  }

  *poll(timeoutMs: number): Blocking<Selected> {
    const { clock } = this.parts.run;
    const enteredUs = clock.nowUs();
    // Over at once: what the application has to do at this instant comes first.
    yield { on: 'select', untilUs: enteredUs };
    if (!this.hasSomething) {
      const isOver = (): boolean => this.hasSomething || this.isWoken;
      // Never a second look at the same instant, or the sender thread would loop without end.
      const mustWait = timeoutMs === 0 || this.fruitlessPolls >= MOST_FRUITLESS_POLLS;
      const untilUs = clock.nowUs() + Math.max(1, timeoutMs * MICROS_PER_MS);
      if (mustWait) yield { on: 'select', untilUs: clock.nowUs() + 1 };
      else if (!isOver()) yield { on: 'select', untilUs, isOver };
    }
    this.isWoken = false;
    this.fruitlessPolls = this.hasSomething || clock.nowUs() > enteredUs ? 0 : this.fruitlessPolls + 1;
    const completedSends = this.completedSends;
    this.completedSends = [];
    for (const { requestId } of completedSends) this.requestWritten(requestId);
    return { completedSends, arrivals: this.handOver() };
  }

  private get hasSomething(): boolean {
    return this.pending.length > 0 || this.completedSends.length > 0;
  }

  /** At most one arrival per connection; what stays behind makes the next select return at once. */
  private handOver(): readonly Arrival[] {
    const served = new Set<NodeId>();
    const arrivals: Arrival[] = [];
    const kept: Pending[] = [];
    for (const pending of this.pending) {
      const { arrival, connection, send } = pending;
      if (served.has(arrival.node)) {
        kept.push(pending);
        continue;
      }
      served.add(arrival.node);
      arrivals.push(arrival);
      if (arrival.kind === 'received' && send !== null) this.parts.observe?.(send, arrival.receive.body);
      if (arrival.kind === 'disconnected' && this.connections.get(arrival.node) === connection)
        this.connections.delete(arrival.node);
    }
    this.pending = kept;
    return arrivals;
  }

  private forget(node: NodeId, connection: BrokerConnection): void {
    this.pending = this.pending.filter((pending) => pending.connection !== connection);
    this.completedSends = this.completedSends.filter((send) => send.node !== node);
  }
}
