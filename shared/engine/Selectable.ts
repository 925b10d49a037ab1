/**
 * org.apache.kafka.common.network.Selectable, one level up: whole requests and responses instead of bytes.
 * `NetworkClient` talks to it; `VirtualSelector` (the model, the conformance runs) is one.
 */
import type { NodeId, RequestId } from '#base/ids';
import type { Blocking } from './Blocking.ts';
import type { ApiName, RequestBody, ResponseBody } from './requests.ts';

/** NetworkSend: a request on its way out. */
export interface NetworkSend {
  readonly requestId: RequestId;
  readonly node: NodeId;
  readonly api: ApiName;
  readonly version: number;
  readonly correlationId: number;
  /** client.id, as it stands in the header: what quotas go by. */
  readonly clientName: string;
  /** Bytes on the wire without the 4-byte length prefix. */
  readonly sizeBytes: number;
  readonly expectResponse: boolean;
  readonly body: RequestBody;
}

/** NetworkReceive: one complete response. */
export interface NetworkReceive {
  readonly node: NodeId;
  readonly requestId: RequestId;
  readonly correlationId: number;
  readonly body: ResponseBody;
}

export type DisconnectReason = 'broker' | 'refused';

/** What a connection has for the client. */
export type Arrival =
  | { readonly kind: 'connected'; readonly node: NodeId }
  | { readonly kind: 'received'; readonly node: NodeId; readonly receive: NetworkReceive }
  | { readonly kind: 'disconnected'; readonly node: NodeId; readonly reason: DisconnectReason };

/** What one select brought. */
export interface Selected {
  /** Requests whose bytes are written since the last select, in order of sending. */
  readonly completedSends: readonly NetworkSend[];
  /** At most one per connection, in order of arrival. */
  readonly arrivals: readonly Arrival[];
}

export interface Selectable {
  /** Begins a connection; the outcome comes with a later `poll`. */
  connect(node: NodeId): void;
  send(send: NetworkSend): void;
  poll(timeoutMs: number): Blocking<Selected>;
  wakeup(): void;
  /** Closes one connection at once; what was under way on it is lost. */
  close(node: NodeId): void;
  /** Returns the nodes whose connections it closed, in the order in which they were opened. */
  closeAll(): readonly NodeId[];
  /** Connected. Whether the last request is fully written is for InFlightRequests to know. */
  isChannelReady(node: NodeId): boolean;
}
