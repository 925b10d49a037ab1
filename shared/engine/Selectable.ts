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

/** What one select brought: at most one of connected, receive and disconnected per connection. */
export interface Selected {
  /** Requests whose bytes are written since the last select, in order of sending. */
  readonly completedSends: readonly NetworkSend[];
  readonly completedReceives: readonly NetworkReceive[];
  readonly disconnected: readonly { readonly node: NodeId; readonly reason: DisconnectReason }[];
  readonly connected: readonly NodeId[];
}

export interface Selectable {
  /** Begins a connection; the outcome comes with a later `poll`. */
  connect(node: NodeId): void;
  send(send: NetworkSend): void;
  poll(timeoutMs: number): Blocking<Selected>;
  wakeup(): void;
  /** Closes one connection at once; what was under way on it is lost. */
  close(node: NodeId): void;
  closeAll(): void;
  /** False while a request to this node is not fully written: no second one may be queued. */
  isChannelReady(node: NodeId): boolean;
}
