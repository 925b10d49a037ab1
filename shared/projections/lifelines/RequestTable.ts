/** Lifelines of requests as columns: some 45 bytes a request, and an object only when one is read. */
import { batchId, nodeId, requestId, type BatchId, type RequestId } from '#base/ids';
import type { PipelineEvent } from '#events/catalogue';
import { LOST_BY, REQUEST_APIS } from '#events/words';
import { Column } from '../columns.ts';
import type { RequestLifeline } from '../lifelines.ts';
import { Spans } from './Spans.ts';

/** Bootstrap addresses are −1, −2, …: columns hold numbers from 0. */
const NODE_SHIFT = 64;

/** How a request ended; what lies between stands for LOST_BY, from 1. */
const RECEIVED = 0;
const NO_ANSWER = 9;

export class RequestTable {
  readonly spans = new Spans((row) => this.goneAt(row));
  private readonly clients = new Column();
  private readonly nodes = new Column();
  private readonly apis = new Column();
  private readonly versions = new Column();
  private readonly sizes = new Column();
  private readonly correlations = new Column();
  private readonly writtenAfter = new Column();
  private readonly arrivesAfter = new Column();
  /** How long it waited for its turn at the broker. */
  private readonly begunAfterArrival = new Column();
  private readonly answeredAfter = new Column();
  /** Of answers that are on their way, or that the client took later than they came. */
  private readonly returnsAt = new Map<number, number>();
  /** Its end: the response, the loss, or without an answer its writing. */
  private readonly endAfter = new Column();
  /** RECEIVED, 1 … : LOST_BY, NO_ANSWER. */
  private readonly ends = new Column();
  /** Where its batches begin in `carried`, and how many they are. */
  private readonly carriedFrom = new Column();
  private readonly carriedCount = new Column();
  private readonly carried = new Column();
  private carriedLength = 0;
  private readonly withoutAnswer = new Set<number>();

  get count(): number {
    return this.spans.length;
  }

  get(id: number): RequestLifeline | null {
    const sentAt = this.spans.begins.get(id);
    if (sentAt < 0) return null;
    const end = this.ends.get(id);
    return {
      id: requestId(id),
      client: this.clients.get(id),
      node: nodeId(this.nodes.get(id) - NODE_SHIFT),
      api: REQUEST_APIS[this.apis.get(id)] ?? '',
      version: this.versions.get(id),
      sizeBytes: this.sizes.get(id),
      correlationId: this.correlations.get(id),
      batches: this.batchesOf(id),
      sentAt,
      writtenAt: this.after(this.writtenAfter, id),
      arrivesAt: this.after(this.arrivesAfter, id),
      begunAt: this.begunTime(id),
      answeredAt: this.after(this.answeredAfter, id),
      returnsAt: this.returnsAt.get(id) ?? (end === RECEIVED ? this.endAt(id) : -1),
      receivedAt: end === RECEIVED ? this.endAt(id) : -1,
      lostAt: end > RECEIVED && end < NO_ANSWER ? this.endAt(id) : -1,
      lostBy: LOST_BY[end - 1] ?? null,
    };
  }

  /** When the client was done with it; −1: it is not. */
  endAt(id: number): number {
    return this.after(this.endAfter, id);
  }

  /** A request that nobody waits for any more may still fly. */
  private goneAt(id: number): number {
    const endAt = this.endAt(id);
    return endAt < 0 ? -1 : Math.max(endAt, this.after(this.arrivesAfter, id));
  }

  /** Whether a broker has begun to read it. */
  isBegun(id: number): boolean {
    return this.begunAfterArrival.get(id) >= 0;
  }

  /** As known when it left; −1: it never will, or nobody knows. */
  arrivesAt(id: number): number {
    return this.after(this.arrivesAfter, id);
  }

  sentAt(id: number): number {
    return this.spans.begins.get(id);
  }

  nodeOf(id: number): number {
    return this.nodes.get(id) - NODE_SHIFT;
  }

  clientOf(id: number): number {
    return this.clients.get(id);
  }

  batchesOf(id: number): BatchId[] {
    const from = this.carriedFrom.get(id);
    const count = Math.max(0, this.carriedCount.get(id));
    return Array.from({ length: count }, (_, i) => batchId(this.carried.get(from + i)));
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'client.started':
        if (event.config['acks'] === '0') this.withoutAnswer.add(event.client);
        return;
      case 'request.sent': {
        const { request } = event;
        this.spans.begin(request, event.at);
        this.clients.set(request, event.client);
        this.nodes.set(request, event.node + NODE_SHIFT);
        this.apis.set(request, REQUEST_APIS.indexOf(event.api));
        this.versions.set(request, event.version);
        this.sizes.set(request, event.sizeBytes);
        this.correlations.set(request, event.correlationId);
        return;
      }
      case 'request.carried':
        if (this.carriedFrom.get(event.request) < 0) this.carriedFrom.set(event.request, this.carriedLength);
        this.carriedCount.add(event.request, 1);
        this.carried.set(this.carriedLength++, event.batch);
        return;
      case 'request.written':
        this.set(this.writtenAfter, event.request, event.at);
        if (this.isWithoutAnswer(event.request)) this.finish(event.request, event.at, NO_ANSWER);
        return;
      default:
        this.addWay(event);
    }
  }

  between(fromUs: number, toUs: number): readonly RequestId[] {
    return this.spans.between(fromUs, toUs).map(requestId);
  }

  get bytesKept(): number {
    const { clients, nodes, apis, versions, sizes, correlations, writtenAfter, arrivesAfter } = this;
    const { begunAfterArrival, answeredAfter, endAfter, ends, carriedFrom, carriedCount, carried } = this;
    let bytes = this.spans.bytesKept + this.returnsAt.size * 40;
    for (const column of [clients, nodes, apis, versions, sizes, correlations, writtenAfter, arrivesAfter]) {
      bytes += column.bytesKept;
    }
    for (const column of [begunAfterArrival, answeredAfter, endAfter, ends, carriedFrom]) {
      bytes += column.bytesKept;
    }
    return bytes + carriedCount.bytesKept + carried.bytesKept;
  }

  private addWay(event: PipelineEvent): void {
    switch (event.type) {
      case 'request.departed':
        if (event.arrivesAtUs !== null) this.set(this.arrivesAfter, event.request, event.arrivesAtUs);
        return;
      case 'request.begun':
        this.begin(event.request, event.at);
        return;
      case 'response.left':
        this.set(this.answeredAfter, event.request, event.at);
        return;
      case 'response.departed':
        if (event.arrivesAtUs !== null) this.returnsAt.set(event.request, event.arrivesAtUs);
        return;
      case 'response.received':
        this.finish(event.request, event.at, RECEIVED);
        if (this.returnsAt.get(event.request) === event.at) this.returnsAt.delete(event.request);
        return;
      case 'request.lost':
        this.finish(event.request, event.at, 1 + LOST_BY.indexOf(event.by));
        return;
      default:
    }
  }

  private begin(id: number, at: number): void {
    this.begunAfterArrival.set(id, Math.max(0, at - this.arrival(id)));
  }

  private begunTime(id: number): number {
    const wait = this.begunAfterArrival.get(id);
    return wait < 0 ? -1 : this.arrival(id) + wait;
  }

  /** From where its turn is counted, also where nobody could foretell the arrival. */
  private arrival(id: number): number {
    return Math.max(this.spans.begins.get(id), this.after(this.arrivesAfter, id));
  }

  private isWithoutAnswer(id: number): boolean {
    return REQUEST_APIS[this.apis.get(id)] === 'PRODUCE' && this.withoutAnswer.has(this.clients.get(id));
  }

  private finish(id: number, at: number, end: number): void {
    if (this.ends.get(id) >= 0) return;
    this.ends.set(id, end);
    this.set(this.endAfter, id, at);
    // What flies on after that is still drawn.
    this.spans.finish(id, this.goneAt(id));
  }

  private set(column: Column, id: number, at: number): void {
    const sentAt = this.spans.begins.get(id);
    if (sentAt >= 0) column.set(id, at - sentAt);
  }

  private after(column: Column, id: number): number {
    const after = column.get(id);
    return after < 0 ? -1 : this.spans.begins.get(id) + after;
  }
}
