/** org.apache.kafka.clients.ClusterConnectionStates: how far each connection is, and when it may be tried again. */
import type { NodeId } from '#base/ids';
import { known } from '#base/assert';
import { JavaHashMap, stringHashCode } from '#record/JavaHashMap';
import { ExponentialBackoff, type BackoffRandom } from '../ExponentialBackoff.ts';

export type NodeState = 'connecting' | 'checking-api-versions' | 'ready' | 'disconnected';

interface NodeConnectionState {
  state: NodeState;
  lastConnectAttemptMs: number;
  failedAttempts: number;
  failedConnectAttempts: number;
  reconnectBackoffMs: number;
  connectionSetupTimeoutMs: number;
  /** Throttled while the client's clock is below this. */
  throttleUntilTimeMs: number;
}

export interface ConnectionSettings {
  readonly reconnectBackoffMs: number;
  readonly reconnectBackoffMaxMs: number;
  readonly socketConnectionSetupTimeoutMs: number;
  readonly socketConnectionSetupTimeoutMaxMs: number;
}

const BACKOFF_EXP_BASE = 2;
const BACKOFF_JITTER = 0.2;

/** Java's keys are the ids as texts, and their hashes order what is done to several nodes at once. */
export const nodeIdHashCode = (node: NodeId): number => stringHashCode(String(node));

export class ClusterConnectionStates {
  private readonly states = new Map<NodeId, NodeConnectionState>();
  private readonly connectingNodes = new JavaHashMap<NodeId, null>(nodeIdHashCode);
  private readonly reconnectBackoff: ExponentialBackoff;
  private readonly connectionSetupTimeout: ExponentialBackoff;

  constructor(settings: ConnectionSettings, random: BackoffRandom) {
    this.reconnectBackoff = new ExponentialBackoff(
      settings.reconnectBackoffMs,
      BACKOFF_EXP_BASE,
      settings.reconnectBackoffMaxMs,
      BACKOFF_JITTER,
      random,
    );
    this.connectionSetupTimeout = new ExponentialBackoff(
      settings.socketConnectionSetupTimeoutMs,
      BACKOFF_EXP_BASE,
      settings.socketConnectionSetupTimeoutMaxMs,
      BACKOFF_JITTER,
      random,
    );
  }

  /** Not connected, and the back-off is over. */
  canConnect(node: NodeId, nowMs: number): boolean {
    const state = this.states.get(node);
    if (state === undefined) return true;
    return state.state === 'disconnected' && nowMs - state.lastConnectAttemptMs >= state.reconnectBackoffMs;
  }

  /** ms until a try makes sense; Infinity when connected: an event will tell. */
  connectionDelay(node: NodeId, nowMs: number): number {
    const state = this.states.get(node);
    if (state === undefined) return 0;
    if (state.state === 'connecting') return state.connectionSetupTimeoutMs;
    if (state.state !== 'disconnected') return Infinity;
    return Math.max(state.reconnectBackoffMs - (nowMs - state.lastConnectAttemptMs), 0);
  }

  isConnecting(node: NodeId): boolean {
    return this.states.get(node)?.state === 'connecting';
  }

  isPreparingConnection(node: NodeId): boolean {
    const state = this.states.get(node)?.state;
    return state === 'connecting' || state === 'checking-api-versions';
  }

  /** A new attempt begins. The failures so far still count. */
  connecting(node: NodeId, nowMs: number): void {
    const state = this.states.get(node);
    if (state === undefined)
      this.states.set(node, {
        state: 'connecting',
        lastConnectAttemptMs: nowMs,
        failedAttempts: 0,
        failedConnectAttempts: 0,
        reconnectBackoffMs: this.reconnectBackoff.backoff(0),
        connectionSetupTimeoutMs: this.connectionSetupTimeout.backoff(0),
        throttleUntilTimeMs: 0,
      });
    else {
      state.lastConnectAttemptMs = nowMs;
      state.state = 'connecting';
    }
    this.connectingNodes.set(node, null);
  }

  /** Returns the client ms at which the next attempt is allowed. */
  disconnected(node: NodeId, nowMs: number): number {
    const state = this.stateOf(node);
    // The back-off runs from here, not from the attempt.
    state.lastConnectAttemptMs = nowMs;
    state.reconnectBackoffMs = this.reconnectBackoff.backoff(state.failedAttempts);
    state.failedAttempts++;
    if (state.state === 'connecting') {
      state.failedConnectAttempts++;
      state.connectionSetupTimeoutMs = this.connectionSetupTimeout.backoff(state.failedConnectAttempts);
      this.connectingNodes.delete(node);
    } else this.resetConnectionSetupTimeout(state);
    state.state = 'disconnected';
    return nowMs + state.reconnectBackoffMs;
  }

  /** The end of a throttle never moves back. Returns whether it moved. */
  throttle(node: NodeId, untilMs: number): boolean {
    const state = this.states.get(node);
    if (state === undefined || state.throttleUntilTimeMs >= untilMs) return false;
    state.throttleUntilTimeMs = untilMs;
    return true;
  }

  throttleDelayMs(node: NodeId, nowMs: number): number {
    return Math.max((this.states.get(node)?.throttleUntilTimeMs ?? 0) - nowMs, 0);
  }

  /** How long not to bother: the throttle of a connection that stands, else its connection delay. */
  pollDelayMs(node: NodeId, nowMs: number): number {
    const throttleDelayMs = this.throttleDelayMs(node, nowMs);
    return this.isConnected(node) && throttleDelayMs > 0
      ? throttleDelayMs
      : this.connectionDelay(node, nowMs);
  }

  checkingApiVersions(node: NodeId): void {
    const state = this.stateOf(node);
    state.state = 'checking-api-versions';
    this.resetConnectionSetupTimeout(state);
    this.connectingNodes.delete(node);
  }

  ready(node: NodeId): void {
    const state = this.stateOf(node);
    state.state = 'ready';
    state.failedAttempts = 0;
    state.reconnectBackoffMs = this.reconnectBackoff.backoff(0);
    this.resetConnectionSetupTimeout(state);
    this.connectingNodes.delete(node);
  }

  /** Ready and not throttled. */
  isReady(node: NodeId, nowMs: number): boolean {
    const state = this.states.get(node);
    return state !== undefined && state.state === 'ready' && state.throttleUntilTimeMs <= nowMs;
  }

  hasReadyNodes(nowMs: number): boolean {
    for (const node of this.states.keys()) if (this.isReady(node, nowMs)) return true;
    return false;
  }

  isConnected(node: NodeId): boolean {
    const state = this.states.get(node)?.state;
    return state === 'ready' || state === 'checking-api-versions';
  }

  isDisconnected(node: NodeId): boolean {
    return this.states.get(node)?.state === 'disconnected';
  }

  /** 0: never tried. */
  lastConnectAttemptMs(node: NodeId): number {
    return this.states.get(node)?.lastConnectAttemptMs ?? 0;
  }

  /** Nodes whose connection has been in the making for longer than allowed, in Java's order. */
  nodesWithConnectionSetupTimeout(nowMs: number): NodeId[] {
    if (this.connectingNodes.size === 0) return [];
    return this.connectingNodes.keys().filter((node) => {
      const state = this.stateOf(node);
      return nowMs - state.lastConnectAttemptMs > state.connectionSetupTimeoutMs;
    });
  }

  private resetConnectionSetupTimeout(state: NodeConnectionState): void {
    state.failedConnectAttempts = 0;
    state.connectionSetupTimeoutMs = this.connectionSetupTimeout.backoff(0);
  }

  private stateOf(node: NodeId): NodeConnectionState {
    return known(this.states.get(node), `the connection to node ${node}`);
  }
}
