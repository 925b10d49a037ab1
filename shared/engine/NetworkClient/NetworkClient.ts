/**
 * org.apache.kafka.clients.NetworkClient: connections, requests in flight, metadata and API versions over a
 * Selectable. It knows brokers and requests, but not what a producer is.
 */
import type { ClientId, NodeId } from '#base/ids';
import { JavaException } from '#record/exceptions';
import { JavaHashMap } from '#record/JavaHashMap';
import { latestAllowedVersion, latestUsableVersion, type ApiVersions } from '../ApiVersions.ts';
import type { Blocking } from '../Blocking.ts';
import type { ClientRequest, ClientResponse, KafkaClient } from '../KafkaClient.ts';
import type { Metadata } from '../Metadata.ts';
import type { ApiVersionsRequest, RequestBody } from '../requests.ts';
import type { RandomSources, RunContext } from '../RunContext.ts';
import type { Selectable } from '../Selectable.ts';
import {
  ClusterConnectionStates,
  nodeIdHashCode,
  type ConnectionSettings,
} from './ClusterConnectionStates.ts';
import { Connections } from './Connections.ts';
import {
  DefaultMetadataUpdater,
  type LeastLoadedNode,
  type MetadataTransport,
} from './DefaultMetadataUpdater.ts';
import { InFlightRequests } from './InFlightRequests.ts';
import { leastLoadedNode } from './leastLoadedNode.ts';
import { cancelInFlightRequests, completeResponses, handleSelected } from './poll.ts';
import { RequestEvents } from './RequestEvents.ts';

export interface NetworkClientSettings extends ConnectionSettings {
  readonly maxInFlightRequestsPerConnection: number;
  readonly requestTimeoutMs: number;
  readonly metadataRecoveryStrategy: 'none' | 'rebootstrap';
  readonly metadataRecoveryRebootstrapTriggerMs: number;
}

/** What one client is made of. */
export interface NetworkClientParts {
  readonly client: ClientId;
  /** client.id. */
  readonly clientName: string;
  readonly metadata: Metadata;
  readonly apiVersions: ApiVersions;
  readonly selector: Selectable;
  readonly random: RandomSources;
  /** produce-throttle-time: told the throttle time of every response. */
  readonly throttleTimeSensor: { record(valueMs: number, nowMs: number): void } | null;
  /** Told the node of every connection attempt: it has metrics from then on. */
  readonly registerNode?: (node: NodeId) => void;
}

type State = 'active' | 'closing' | 'closed';

export class NetworkClient implements KafkaClient, MetadataTransport {
  // What poll.ts works on.
  readonly parts: NetworkClientParts;
  readonly selector: Selectable;
  readonly connections: Connections;
  readonly inFlightRequests: InFlightRequests;
  readonly metadataUpdater: DefaultMetadataUpdater;
  readonly events: RequestEvents;
  readonly nodesNeedingApiVersionsFetch = new JavaHashMap<NodeId, ApiVersionsRequest>(nodeIdHashCode);
  private readonly run: RunContext;
  private readonly defaultRequestTimeoutMs: number;
  private abortedSends: ClientResponse[] = [];
  private correlation = 0;
  private state: State = 'active';

  constructor(run: RunContext, parts: NetworkClientParts, settings: NetworkClientSettings) {
    this.run = run;
    this.parts = parts;
    this.selector = parts.selector;
    this.defaultRequestTimeoutMs = settings.requestTimeoutMs;
    this.metadataUpdater = new DefaultMetadataUpdater(parts.metadata, this, {
      requestTimeoutMs: settings.requestTimeoutMs,
      reconnectBackoffMs: settings.reconnectBackoffMs,
      rebootstraps: settings.metadataRecoveryStrategy === 'rebootstrap',
      rebootstrapTriggerMs: settings.metadataRecoveryRebootstrapTriggerMs,
    });
    this.connections = new Connections(
      run,
      parts.client,
      parts.selector,
      new ClusterConnectionStates(settings, parts.random),
    );
    this.inFlightRequests = new InFlightRequests(settings.maxInFlightRequestsPerConnection);
    this.events = new RequestEvents(run, parts.client, parts.clientName);
  }

  // ---- connections

  /** Not while a metadata update is due: that goes first. */
  isReady(node: NodeId, nowMs: number): boolean {
    return !this.metadataUpdater.isUpdateDue(nowMs) && this.canSendRequest(node, nowMs);
  }

  ready(node: NodeId, nowMs: number): boolean {
    if (this.isReady(node, nowMs)) return true;
    if (this.connections.states.canConnect(node, nowMs)) this.initiateConnect(node, nowMs);
    return false;
  }

  canSendRequest(node: NodeId, nowMs: number): boolean {
    return this.connections.isReady(node, nowMs) && this.inFlightRequests.canSendMore(node);
  }

  canConnect(node: NodeId, nowMs: number): boolean {
    return this.connections.states.canConnect(node, nowMs);
  }

  isConnecting(node: NodeId): boolean {
    return this.connections.states.isConnecting(node);
  }

  pollDelayMs(node: NodeId, nowMs: number): number {
    return this.connections.states.pollDelayMs(node, nowMs);
  }

  connectionDelayMs(node: NodeId, nowMs: number): number {
    return this.connections.states.connectionDelay(node, nowMs);
  }

  connectionFailed(node: NodeId): boolean {
    return this.connections.states.isDisconnected(node);
  }

  hasReadyNodes(nowMs: number): boolean {
    return this.connections.states.hasReadyNodes(nowMs);
  }

  initiateConnect(node: NodeId, nowMs: number): void {
    this.parts.registerNode?.(node);
    this.connections.initiateConnect(node, nowMs);
  }

  /** Closes a connection on demand; its requests come back as disconnected with the next poll. */
  disconnect(node: NodeId): void {
    if (this.connections.states.isDisconnected(node)) return;
    const nowMs = this.run.clock.milliseconds();
    this.connections.close(node, nowMs, 'client-closed');
    cancelInFlightRequests(this, node, nowMs, this.abortedSends, 'disconnected');
  }

  leastLoadedNode(nowMs: number): NodeId | null {
    return this.leastLoaded(nowMs).node;
  }

  /** @throws IllegalStateException when the client knows no node at all. */
  leastLoaded(nowMs: number): LeastLoadedNode {
    const nodes = this.metadataUpdater.fetchNodes();
    if (nodes.length === 0)
      throw new JavaException('IllegalStateException', 'There are no nodes in the Kafka cluster');
    const offset = this.parts.random.leastLoadedOffset(nodes.length) % nodes.length;
    return leastLoadedNode(nodes, offset, {
      isConnectionReady: (node) => this.connections.isReady(node, nowMs),
      canSendRequest: (node) => this.canSendRequest(node, nowMs),
      inFlightCount: (node) => this.inFlightRequests.count(node),
      isPreparingConnection: (node) => this.connections.states.isPreparingConnection(node),
      canConnect: (node) => this.connections.states.canConnect(node, nowMs),
      lastConnectAttemptMs: (node) => this.connections.states.lastConnectAttemptMs(node),
    });
  }

  // ---- requests

  newClientRequest(
    node: NodeId,
    body: RequestBody,
    nowMs: number,
    expectResponse: boolean,
    requestTimeoutMs: number,
    onComplete: (response: ClientResponse) => Blocking<void>,
  ): ClientRequest {
    const id = this.run.ids.nextRequest();
    return { id, node, createdMs: nowMs, requestTimeoutMs, expectResponse, body, onComplete };
  }

  /** @throws IllegalStateException when the node is not ready, DisconnectException after the end. */
  send(request: ClientRequest, nowMs: number): void {
    this.doSend(request, false, nowMs);
  }

  sendMetadataRequest(
    node: NodeId,
    request: { readonly topics: readonly string[]; readonly isPartialUpdate: boolean },
    nowMs: number,
  ): void {
    const { topics, isPartialUpdate } = request;
    this.sendInternal(node, { api: 'METADATA', topics, isPartialUpdate }, nowMs);
  }

  /** A request of NetworkClient itself: the caller has checked that the node can take it. */
  sendInternal(node: NodeId, body: RequestBody, nowMs: number): void {
    const timeoutMs = this.defaultRequestTimeoutMs;
    this.doSend(this.newClientRequest(node, body, nowMs, true, timeoutMs, nothingToDo), true, nowMs);
  }

  private doSend(request: ClientRequest, isInternal: boolean, nowMs: number): void {
    this.ensureActive();
    const { node, body, expectResponse } = request;
    if (!isInternal && !this.canSendRequest(node, nowMs))
      throw new JavaException(
        'IllegalStateException',
        `Attempt to send a request to node ${node} which is not ready.`,
      );
    const correlationId = this.correlation++;
    const version = this.versionFor(request, isInternal, correlationId, nowMs);
    if (version === null) return;
    this.inFlightRequests.add({
      request,
      version,
      isInternal,
      sendTimeMs: nowMs,
      isWritten: false,
      throttleTimeMs: 0,
    });
    const sizeBytes = this.events.sent(request, version, correlationId);
    const requestId = request.id;
    this.selector.send({
      requestId,
      node,
      api: body.api,
      version,
      correlationId,
      clientName: this.parts.clientName,
      sizeBytes,
      expectResponse,
      body,
    });
  }

  /** null: there is no common version, and the request has come to its end without being sent. */
  private versionFor(
    request: ClientRequest,
    isInternal: boolean,
    correlationId: number,
    nowMs: number,
  ): number | null {
    const latest = latestAllowedVersion(request.body);
    const known = this.parts.apiVersions.get(request.node);
    // Nothing is known when the versions themselves are asked for.
    if (known === null) return latest;
    try {
      return latestUsableVersion(known, request.body);
    } catch (error) {
      if (!(error instanceof JavaException)) throw error;
      this.events.sent(request, latest, correlationId);
      this.events.lost(request.id, 'version-mismatch');
      if (!isInternal)
        this.abortedSends.push({
          request,
          receivedMs: nowMs,
          latencyMs: 0,
          lostBy: 'version-mismatch',
          body: null,
          version: latest,
        });
      else if (request.body.api === 'METADATA') this.metadataUpdater.handleFailedRequest(nowMs, error);
      return null;
    }
  }

  inFlightRequestCount(node?: NodeId): number {
    return this.inFlightRequests.count(node);
  }

  hasInFlightRequests(node?: NodeId): boolean {
    return !this.inFlightRequests.isEmpty(node);
  }

  // ---- poll

  *poll(timeoutMs: number, nowMs: number): Blocking<void> {
    this.ensureActive();
    if (this.abortedSends.length > 0) {
      const aborted = this.abortedSends;
      this.abortedSends = [];
      yield* completeResponses(aborted);
      return;
    }
    this.connections.noticeThrottleEnds(nowMs);
    const metadataTimeoutMs = this.metadataUpdater.maybeUpdate(nowMs);
    const selected = yield* this.selector.poll(
      Math.min(timeoutMs, metadataTimeoutMs, this.defaultRequestTimeoutMs),
    );
    yield* completeResponses(handleSelected(this, selected, this.run.clock.milliseconds()));
  }

  // ---- life

  wakeup(): void {
    this.selector.wakeup();
  }

  get active(): boolean {
    return this.state === 'active';
  }

  initiateClose(): void {
    if (this.state !== 'active') return;
    this.state = 'closing';
    this.wakeup();
  }

  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.connections.closeAll();
    this.metadataUpdater.close();
  }

  private ensureActive(): void {
    if (this.active) return;
    const state = this.state.toUpperCase();
    throw new JavaException('DisconnectException', `NetworkClient is no longer active, state is ${state}`);
  }
}

function* nothingToDo(): Blocking<void> {
  // Internal requests are acted on by NetworkClient itself.
}
