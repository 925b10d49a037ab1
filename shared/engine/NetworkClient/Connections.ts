/**
 * The connections of a NetworkClient: their states, the channels below them, and what the log says when one moves.
 */
import type { ClientId, NodeId } from '#base/ids';
import type { WriterOf } from '#events/catalogue';
import type { ConnectionCause, ConnectionState } from '#events/words';
import type { RunContext } from '../RunContext.ts';
import type { Selectable } from '../Selectable.ts';
import type { ClusterConnectionStates } from './ClusterConnectionStates.ts';

export class Connections {
  readonly states: ClusterConnectionStates;
  private readonly selector: Selectable;
  private readonly client: ClientId;
  /** Only for the log: the ends of throttles that it has not been told yet. */
  private readonly throttledUntilMs = new Map<NodeId, number>();
  private readonly connectionMoved: WriterOf<'connection.moved'>;

  constructor(run: RunContext, client: ClientId, selector: Selectable, states: ClusterConnectionStates) {
    this.client = client;
    this.selector = selector;
    this.states = states;
    this.connectionMoved = run.events.writer('connection.moved');
  }

  /** Up, its versions known, and not throttled. */
  isReady(node: NodeId, nowMs: number): boolean {
    return this.states.isReady(node, nowMs) && this.selector.isChannelReady(node);
  }

  initiateConnect(node: NodeId, nowMs: number): void {
    this.states.connecting(node, nowMs);
    this.selector.connect(node);
    this.moved(node, 'connecting', 'wanted');
  }

  connected(node: NodeId): void {
    this.moved(node, 'checking-api-versions', 'connected');
  }

  ready(node: NodeId, because: 'api-versions' | 'warm'): void {
    this.states.ready(node);
    this.moved(node, 'ready', because);
  }

  /** The client closes its end. */
  close(node: NodeId, nowMs: number, because: ConnectionCause): void {
    this.selector.close(node);
    this.disconnected(node, nowMs, because);
  }

  disconnected(node: NodeId, nowMs: number, because: ConnectionCause): void {
    const mayConnectAtMs = this.states.disconnected(node, nowMs);
    this.throttledUntilMs.delete(node);
    this.moved(node, 'disconnected', because, mayConnectAtMs);
  }

  /** The other end has closed or refused and the client does not notice. */
  hasGone(node: NodeId, because: ConnectionCause): void {
    this.moved(node, 'disconnected', because);
  }

  closeAll(): void {
    for (const node of this.selector.closeAll()) this.moved(node, 'disconnected', 'client-closed');
  }

  throttle(node: NodeId, untilMs: number): void {
    if (!this.states.throttle(node, untilMs)) return;
    this.throttledUntilMs.set(node, untilMs);
    this.moved(node, 'throttled', 'throttle', untilMs);
  }

  noticeThrottleEnds(nowMs: number): void {
    for (const [node, untilMs] of this.throttledUntilMs) {
      if (untilMs > nowMs) continue;
      this.throttledUntilMs.delete(node);
      this.moved(node, 'ready', 'throttle-over');
    }
  }

  private moved(
    node: NodeId,
    to: ConnectionState,
    because: ConnectionCause,
    untilMs: number | null = null,
  ): void {
    this.connectionMoved(this.client, node, to, because, untilMs);
  }
}
