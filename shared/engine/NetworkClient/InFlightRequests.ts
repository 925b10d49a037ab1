/** org.apache.kafka.clients.InFlightRequests: per node, what is being sent or awaits its response. */
import type { NodeId, RequestId } from '#base/ids';
import { known } from '#base/assert';
import { JavaHashMap } from '#record/JavaHashMap';
import type { ClientRequest } from '../KafkaClient.ts';
import { nodeIdHashCode } from './ClusterConnectionStates.ts';

/** NetworkClient.InFlightRequest. */
export interface InFlightRequest {
  readonly request: ClientRequest;
  readonly version: number;
  /** Made by NetworkClient itself: metadata and API versions. */
  readonly isInternal: boolean;
  readonly sendTimeMs: number;
  isWritten: boolean;
  throttleTimeMs: number;
}

export class InFlightRequests {
  private readonly maxInFlightRequestsPerConnection: number;
  /** Oldest first. */
  private readonly requests = new JavaHashMap<NodeId, InFlightRequest[]>(nodeIdHashCode);
  private total = 0;

  constructor(maxInFlightRequestsPerConnection: number) {
    this.maxInFlightRequestsPerConnection = maxInFlightRequestsPerConnection;
  }

  add(request: InFlightRequest): void {
    const { node } = request.request;
    const queue = this.requests.get(node);
    if (queue === undefined) this.requests.computeIfAbsent(node, () => [request]);
    else queue.push(request);
    this.total++;
  }

  /** Takes out the oldest one, which is the one that a response answers. */
  completeNext(node: NodeId): InFlightRequest {
    this.total--;
    return known(this.requests.get(node)?.shift(), `an in-flight request for node ${node}`);
  }

  /** The one with this id, wherever it stands. */
  find(node: NodeId, id: RequestId): InFlightRequest {
    const found = this.requests.get(node)?.find(({ request }) => request.id === id);
    return known(found, `request ${id} in flight for node ${node}`);
  }

  /** The newest one. */
  lastSent(node: NodeId): InFlightRequest {
    return known(this.requests.get(node)?.at(-1), `an in-flight request for node ${node}`);
  }

  completeLastSent(node: NodeId): InFlightRequest {
    this.total--;
    return known(this.requests.get(node)?.pop(), `an in-flight request for node ${node}`);
  }

  /** The last request is fully written, and there are fewer than allowed. */
  canSendMore(node: NodeId): boolean {
    const queue = this.requests.get(node);
    const last = queue?.at(-1);
    if (queue === undefined || last === undefined) return true;
    return last.isWritten && queue.length < this.maxInFlightRequestsPerConnection;
  }

  count(node?: NodeId): number {
    return node === undefined ? this.total : (this.requests.get(node)?.length ?? 0);
  }

  isEmpty(node?: NodeId): boolean {
    return this.count(node) === 0;
  }

  /** Takes out all of a node, oldest first. */
  clearAll(node: NodeId): readonly InFlightRequest[] {
    const queue = this.requests.get(node);
    if (queue === undefined) return [];
    this.requests.delete(node);
    this.total -= queue.length;
    return queue;
  }

  /** In Java's order. Time spent throttled does not count. */
  nodesWithTimedOutRequests(nowMs: number): NodeId[] {
    if (this.total === 0) return [];
    const nodes: NodeId[] = [];
    this.requests.forEach((queue, node) => {
      if (queue.some((request) => hasExpired(request, nowMs))) nodes.push(node);
    });
    return nodes;
  }

  incrementThrottleTime(node: NodeId, throttleTimeMs: number): void {
    for (const request of this.requests.get(node) ?? []) request.throttleTimeMs += throttleTimeMs;
  }
}

const hasExpired = (request: InFlightRequest, nowMs: number): boolean =>
  Math.max(0, nowMs - request.sendTimeMs) - request.throttleTimeMs > request.request.requestTimeoutMs;
