/** org.apache.kafka.clients.KafkaClient: the Sender's whole view of the outside. */
import type { NodeId, RequestId } from '#base/ids';
import type { Blocking } from './Blocking.ts';
import type { RequestBody, ResponseBody } from './requests.ts';

/** How a request ended without a response. */
export type LostBy = 'timed-out' | 'disconnected' | 'version-mismatch';

/** org.apache.kafka.clients.ClientRequest. Made by `KafkaClient.newClientRequest` only. */
export interface ClientRequest {
  readonly id: RequestId;
  readonly node: NodeId;
  readonly createdMs: number;
  readonly requestTimeoutMs: number;
  /** false: acks=0. It completes when its bytes are written. */
  readonly expectResponse: boolean;
  readonly body: RequestBody;
  /** Runs on the sender thread, inside `poll`. A slow user callback rests in it. */
  readonly onComplete: (response: ClientResponse) => Blocking<void>;
}

/** org.apache.kafka.clients.ClientResponse. */
export interface ClientResponse {
  readonly request: ClientRequest;
  readonly receivedMs: number;
  readonly latencyMs: number;
  /** null: the request was answered or needs no answer. */
  readonly lostBy: LostBy | null;
  /** null when it was lost, and for acks=0. */
  readonly body: ResponseBody | null;
  /** The version the request was sent with, which the Sender looks at for TV2. */
  readonly version: number;
}

export interface KafkaClient {
  isReady(node: NodeId, nowMs: number): boolean;
  /** Begins a connection if there is none and back-off allows. */
  ready(node: NodeId, nowMs: number): boolean;
  pollDelayMs(node: NodeId, nowMs: number): number;
  connectionDelayMs(node: NodeId, nowMs: number): number;
  connectionFailed(node: NodeId): boolean;
  leastLoadedNode(nowMs: number): NodeId | null;
  newClientRequest(
    node: NodeId,
    body: RequestBody,
    nowMs: number,
    expectResponse: boolean,
    requestTimeoutMs: number,
    onComplete: (response: ClientResponse) => Blocking<void>,
  ): ClientRequest;
  send(request: ClientRequest, nowMs: number): void;
  /** Metadata if due, then the select, then completions in Java's order. Returns when one select is over. */
  poll(timeoutMs: number, nowMs: number): Blocking<void>;
  inFlightRequestCount(node?: NodeId): number;
  hasInFlightRequests(node?: NodeId): boolean;
  hasReadyNodes(nowMs: number): boolean;
  wakeup(): void;
  disconnect(node: NodeId): void;
  /** `initiateClose`; `active` is false from then on. */
  initiateClose(): void;
  readonly active: boolean;
  close(): void;
}
