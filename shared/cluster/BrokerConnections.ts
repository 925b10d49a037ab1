/**
 * A broker's end of its connections: kafka.network.SocketServer. One request at a time on each: the channel is muted
 * while its request is worked on, and the next ones lie in the socket's buffer.
 */
import { MICROS_PER_MS } from '#base/time';
import type { NetworkSend } from '#engine/Selectable';
import type { ResponseBody } from '#engine/requests';
import { answerOf } from './answers.ts';
import type { Broker } from './Broker.ts';
import type { ClusterContext } from './ClusterContext.ts';
import { createLane, type Lane } from './links.ts';
import { produce } from './produce.ts';
import { ProducerQuota } from './ProducerQuota.ts';
import type { VirtualConnection } from './VirtualNetwork.ts';

/** Answers are small beside requests; only a limited bandwidth asks for their size. */
const RESPONSE_BYTES = 100;
const KIB = 1024;

/** The broker's end of one connection. */
class BrokerConnection {
  readonly connection: VirtualConnection;
  readonly inbound: Lane = createLane();
  readonly outbound: Lane = createLane();
  /** Arrived and not read yet: the socket's buffer. */
  readonly unread: NetworkSend[] = [];
  /** On their way here. */
  underWay = 0;
  isMuted = false;
  /** The request that is worked on. */
  working: NetworkSend | null = null;
  /** The process that had it is gone, or has closed it. */
  isDead = false;

  constructor(connection: VirtualConnection) {
    this.connection = connection;
  }
}

export class BrokerConnections {
  private readonly cluster: ClusterContext;
  private readonly broker: Broker;
  private readonly quota = new ProducerQuota();
  private readonly ends = new Map<VirtualConnection, BrokerConnection>();

  constructor(cluster: ClusterContext, broker: Broker) {
    this.cluster = cluster;
    this.broker = broker;
  }

  /** The process dies, and the kernel closes its connections. */
  die(): void {
    for (const end of this.ends.values()) this.kill(end);
    this.ends.clear();
  }

  /** After a freeze: what lies in the buffers is read. */
  goOn(): void {
    for (const end of this.ends.values()) this.readNext(end);
  }

  /** Known from now on, so that it breaks when the process dies, also when nothing has been sent on it. */
  accepted(connection: VirtualConnection): void {
    this.endOf(connection);
  }

  private endOf(connection: VirtualConnection): BrokerConnection {
    let end = this.ends.get(connection);
    if (end === undefined) {
      end = new BrokerConnection(connection);
      this.ends.set(connection, end);
    }
    return end;
  }

  /** A request's bytes have left the client. */
  departed(send: NetworkSend, connection: VirtualConnection): void {
    const { queue, links, faults, writers } = this.cluster;
    const end = this.endOf(connection);
    const isLost = send.api === 'PRODUCE' && faults.loses('request', send.requestId, this.broker.node);
    const arrivesUs = links.send(end.inbound, this.broker.node, send.sizeBytes, queue.nowUs, isLost);
    writers.requestDeparted(send.requestId, arrivesUs);
    if (arrivesUs === null) return;
    end.underWay++;
    queue.schedule(arrivesUs, () => this.arrived(send, end), null);
  }

  /** Into the socket's buffer, also of a frozen process. */
  private arrived(send: NetworkSend, end: BrokerConnection): void {
    end.underWay--;
    this.cluster.writers.requestArrived(send.requestId);
    if (end.isDead) return this.cluster.writers.requestDropped(send.requestId);
    end.unread.push(send);
    this.readNext(end);
  }

  private readNext(end: BrokerConnection): void {
    if (end.isDead || end.isMuted || this.broker.state !== 'up') return;
    const send = end.unread.shift();
    if (send === undefined) return this.forgetIfDone(end);
    end.isMuted = true;
    end.working = send;
    this.cluster.writers.requestBegun(send.requestId);
    const { addedUs } = this.broker;
    if (send.api !== 'PRODUCE' && addedUs === 0) return this.work(send, end);
    const workUs = addedUs + (send.api === 'PRODUCE' ? this.appendUs(send) : 0);
    this.broker.later(this.cluster.queue.nowUs + workUs, () => this.work(send, end));
  }

  private appendUs(send: NetworkSend): number {
    const { appendUs, appendUsPerKiB } = this.cluster.settings;
    return appendUs + Math.floor((appendUsPerKiB * send.sizeBytes) / KIB);
  }

  private work(send: NetworkSend, end: BrokerConnection): void {
    if (send.body.api === 'PRODUCE') {
      produce(this.cluster, this.broker, send, send.body, (body, hasError) => {
        const throttleTimeMs = this.throttleMs(send);
        // acks=0: nobody waits for an answer; an error is told by closing the connection (§5.7).
        if (send.expectResponse) this.respond(send, end, { ...body, throttleTimeMs }, throttleTimeMs);
        else if (hasError) this.close(end);
        else this.unmute(end, throttleTimeMs);
      });
      return;
    }
    answerOf(this.cluster, this.broker, send, (body) => this.respond(send, end, body));
  }

  private throttleMs(send: NetworkSend): number {
    const { queue, producerByteRate } = this.cluster;
    const nowMs = Math.floor(queue.nowUs / MICROS_PER_MS);
    return this.quota.throttleMs(send.clientName, send.sizeBytes, nowMs, producerByteRate);
  }

  private respond(send: NetworkSend, end: BrokerConnection, body: ResponseBody, throttleMs = 0): void {
    if (end.isDead) return;
    const { queue, links, faults, writers } = this.cluster;
    writers.responseLeft(send.requestId);
    if (end.connection.isOpen) {
      const isLost = send.api === 'PRODUCE' && faults.loses('response', send.requestId, this.broker.node);
      const sentUs = links.send(end.outbound, this.broker.node, RESPONSE_BYTES, queue.nowUs, isLost);
      const arrivesUs = sentUs === null ? Infinity : end.connection.answer(send, body, sentUs);
      writers.responseDeparted(send.requestId, arrivesUs === Infinity ? null : arrivesUs);
    } else {
      writers.responseDeparted(send.requestId, null);
    }
    this.unmute(end, throttleMs);
  }

  /** The answer is not held back (KIP-219): the channel stays mute instead, and the client is asked to keep silent. */
  private unmute(end: BrokerConnection, throttleMs = 0): void {
    end.working = null;
    if (throttleMs > 0) {
      this.broker.later(this.cluster.queue.nowUs + throttleMs * MICROS_PER_MS, () => this.unmute(end));
      return;
    }
    end.isMuted = false;
    this.readNext(end);
  }

  private close(end: BrokerConnection): void {
    // What was refused has been worked on to its end.
    end.working = null;
    this.ends.delete(end.connection);
    this.kill(end);
  }

  private kill(end: BrokerConnection): void {
    end.isDead = true;
    const { requestDropped } = this.cluster.writers;
    if (end.working !== null) requestDropped(end.working.requestId);
    for (const send of end.unread) requestDropped(send.requestId);
    this.closeTowardsClient(end);
  }

  /** The client learns it one way later, behind what was sent before; over a cut link never. */
  private closeTowardsClient(end: BrokerConnection): void {
    const { queue, links } = this.cluster;
    const learnedUs = links.send(end.outbound, this.broker.node, 0, queue.nowUs, false);
    end.connection.close(learnedUs ?? Infinity);
  }

  /** What has arrived is still worked on: the kernel has it. */
  clientClosed(connection: VirtualConnection): void {
    const end = this.ends.get(connection);
    if (end !== undefined) this.forgetIfDone(end);
  }

  private forgetIfDone(end: BrokerConnection): void {
    if (end.connection.isOpen || end.isMuted || end.underWay > 0 || end.unread.length > 0) return;
    this.ends.delete(end.connection);
  }
}
