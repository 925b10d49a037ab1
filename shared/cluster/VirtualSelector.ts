/**
 * Selectable on virtual time: one client's connections to whoever plays the brokers, and FORMAT.md §3's select.
 */
import type { ClientId, NodeId } from '#base/ids';
import { MICROS_PER_MS } from '#base/time';
import type { EventSink, WriterOf } from '#events/catalogue';
import type { Blocking } from '#engine/Blocking';
import type { ResponseBody } from '#engine/requests';
import type { Arrival, DisconnectReason, NetworkSend, Selectable, Selected } from '#engine/Selectable';
import type { Brokers, EventQueue, VirtualConnection } from './VirtualNetwork.ts';

/** So many selects at one instant that bring nothing; then time has to pass (FORMAT.md §3, endless wakeups). */
const MOST_FRUITLESS_POLLS = 10;

class Connection implements VirtualConnection {
  readonly client: ClientId;
  readonly node: NodeId;
  readonly broker: NodeId;
  isEstablished = false;
  isOpen = true;
  isClosedByBroker = false;
  lastAnswerAtUs = 0;
  /** The end of the connection has arrived at the client: nothing arrives after it. */
  private hasEnded = false;
  private readonly queue: EventQueue;
  private readonly arrived: (connection: Connection, arrival: Arrival) => void;

  constructor(
    client: ClientId,
    node: NodeId,
    broker: NodeId,
    queue: EventQueue,
    arrived: (connection: Connection, arrival: Arrival) => void,
  ) {
    this.client = client;
    this.node = node;
    this.broker = broker;
    this.queue = queue;
    this.arrived = arrived;
  }

  /** The outcome of the attempt. */
  connected(isAccepted: boolean): void {
    if (!this.isOpen) return;
    if (isAccepted) this.deliver({ kind: 'connected', node: this.node });
    else if (!this.isClosedByBroker) this.end('refused');
  }

  answer(send: NetworkSend, body: ResponseBody, atUs: number): number {
    if (this.isClosedByBroker || !this.isOpen || atUs === Infinity) return Infinity;
    const { node } = this;
    const { requestId, correlationId } = send;
    this.lastAnswerAtUs = Math.max(atUs, this.lastAnswerAtUs);
    const arrival: Arrival = { kind: 'received', node, receive: { node, requestId, correlationId, body } };
    this.queue.schedule(this.lastAnswerAtUs, this.deliver, arrival);
    return this.lastAnswerAtUs;
  }

  closeAt(atUs: number): number {
    if (this.isClosedByBroker || !this.isOpen || atUs === Infinity) return Infinity;
    this.lastAnswerAtUs = Math.max(atUs, this.lastAnswerAtUs);
    this.queue.schedule(this.lastAnswerAtUs, () => this.close(), undefined);
    return this.lastAnswerAtUs;
  }

  close(learnedAtUs: number = this.queue.nowUs): void {
    if (this.isClosedByBroker || !this.isOpen) return;
    this.isClosedByBroker = true;
    if (learnedAtUs <= this.queue.nowUs) this.end('broker');
    else this.queue.schedule(learnedAtUs, () => this.end('broker'), undefined);
  }

  private end(reason: DisconnectReason): void {
    this.isClosedByBroker = true;
    this.deliver({ kind: 'disconnected', node: this.node, reason });
    this.hasEnded = true;
  }

  private readonly deliver = (arrival: Arrival): void => {
    if (this.isOpen && !this.hasEnded) this.arrived(this, arrival);
  };
}

interface Pending {
  readonly connection: Connection;
  readonly arrival: Arrival;
}

const NO_ARRIVALS: readonly Arrival[] = [];

export class VirtualSelector implements Selectable {
  private readonly client: ClientId;
  private readonly queue: EventQueue;
  private readonly brokers: Brokers;
  private readonly beforeSelect: () => void;
  private readonly requestWritten: WriterOf<'request.written'>;
  /** In the order in which they were opened. */
  private readonly connections = new Map<NodeId, Connection>();
  private unwritten: NetworkSend[] = [];
  private pending: Pending[] = [];
  private isWoken = false;
  private lastPollWasIdle = false;
  private fruitlessPolls = 0;

  /** `beforeSelect` runs at the beginning of every select; the conformance runs look at states there. */
  constructor(
    client: ClientId,
    queue: EventQueue,
    brokers: Brokers,
    events: EventSink,
    beforeSelect: () => void = () => {},
  ) {
    this.client = client;
    this.queue = queue;
    this.brokers = brokers;
    this.beforeSelect = beforeSelect;
    this.requestWritten = events.writer('request.written');
  }

  connect(node: NodeId): void {
    const connection = this.open(node);
    const delayUs = this.brokers.connectDelayUs(connection);
    const outcome = (): void => {
      if (connection.isOpen) connection.connected(this.brokers.accepts(connection));
    };
    this.queue.schedule(this.queue.nowUs + delayUs, outcome, undefined);
  }

  /** A connection that stands from the beginning (FORMAT.md §4, warm). */
  establish(node: NodeId): void {
    const connection = this.open(node);
    this.brokers.connectDelayUs(connection);
    this.brokers.accepts(connection);
    connection.isEstablished = true;
  }

  private open(node: NodeId): Connection {
    const broker = this.brokers.brokerOf(this.client, node);
    const connection = new Connection(this.client, node, broker, this.queue, (from, arrival) => {
      this.pending.push({ connection: from, arrival });
    });
    this.connections.set(node, connection);
    return connection;
  }

  /** Those of this client that the broker has at present, in the order in which they were opened. */
  connectionsOf(broker: NodeId): VirtualConnection[] {
    return [...this.connections.values()].filter((connection) => connection.broker === broker);
  }

  send(send: NetworkSend): void {
    this.unwritten.push(send);
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
    connection.isOpen = false;
    this.unwritten = this.unwritten.filter((send) => send.node !== node);
    this.pending = this.pending.filter((pending) => pending.connection !== connection);
    this.brokers.clientClosed?.(connection);
  }

  closeAll(): readonly NodeId[] {
    const nodes = [...this.connections.keys()];
    for (const node of nodes) this.close(node);
    return nodes;
  }

  *poll(timeoutMs: number): Blocking<Selected> {
    this.beforeSelect();
    const enteredUs = this.queue.nowUs;
    const completedSends = this.writePendingSends();
    // Over at once: the application and the events of this instant run before the first look.
    yield { on: 'select', untilUs: enteredUs };
    const nothingYet = completedSends.length === 0 && this.pending.length === 0;
    const mustWait = nothingYet && this.isSpinning(timeoutMs);
    this.lastPollWasIdle = nothingYet && timeoutMs === 0 && !this.isWoken && !mustWait;
    const untilUs = this.queue.nowUs + (mustWait ? 1 : timeoutMs) * MICROS_PER_MS;
    const isOver = (): boolean => this.pending.length > 0 || (this.isWoken && !mustWait);
    if (nothingYet && untilUs > this.queue.nowUs && !isOver()) yield { on: 'select', untilUs, isOver };
    this.isWoken = false;
    const isFruitless = nothingYet && this.queue.nowUs === enteredUs;
    this.fruitlessPolls = isFruitless ? this.fruitlessPolls + 1 : 0;
    return { completedSends, arrivals: this.handOver() };
  }

  /** Whether the sender would loop without end at this instant. */
  private isSpinning(timeoutMs: number): boolean {
    const isIdleAgain = timeoutMs === 0 && !this.isWoken && this.lastPollWasIdle;
    return isIdleAgain || this.fruitlessPolls >= MOST_FRUITLESS_POLLS;
  }

  private writePendingSends(): readonly NetworkSend[] {
    const sends = this.unwritten;
    if (sends.length === 0) return sends;
    this.unwritten = [];
    for (const send of sends) {
      this.requestWritten(send.requestId);
      const connection = this.connections.get(send.node);
      if (connection !== undefined && !connection.isClosedByBroker) this.brokers.handle(send, connection);
    }
    return sends;
  }

  /** At most one arrival per connection; what stays behind makes the next select return at once. */
  private handOver(): readonly Arrival[] {
    if (this.pending.length === 0) return NO_ARRIVALS;
    const served = new Set<Connection>();
    const arrivals: Arrival[] = [];
    const kept: Pending[] = [];
    for (const pending of this.pending) {
      const { connection, arrival } = pending;
      if (served.has(connection)) {
        kept.push(pending);
        continue;
      }
      served.add(connection);
      arrivals.push(arrival);
      if (arrival.kind === 'connected') connection.isEstablished = true;
      else if (arrival.kind === 'disconnected') {
        connection.isOpen = false;
        this.connections.delete(connection.node);
      }
    }
    this.pending = kept;
    return arrivals;
  }
}
