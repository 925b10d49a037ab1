/**
 * org.apache.kafka.clients.NetworkClient: connections, requests in flight, metadata and API versions over a
 * Selectable. It knows brokers and requests, but not what a producer is.
 */
import type { ClientId, NodeId } from '#base/ids';
import type { WriterOf } from '#events/catalogue';
import type { ConnectionCause, ConnectionState } from '#events/words';
import { JavaException } from '#record/exceptions';
import { JavaHashMap } from '#record/JavaHashMap';
import {
  latestAllowedVersion,
  latestUsableVersion,
  nodeApiVersions,
  type ApiVersions,
} from '../ApiVersions.ts';
import type { Blocking } from '../Blocking.ts';
import type { ClientRequest, ClientResponse, KafkaClient, LostBy } from '../KafkaClient.ts';
import type { Metadata } from '../Metadata.ts';
import type { ApiVersionsRequest, ApiVersionsResponse, RequestBody, ResponseBody } from '../requests.ts';
import type { RandomSources, RunContext } from '../RunContext.ts';
import type { Selectable, Selected } from '../Selectable.ts';
import {
  ClusterConnectionStates,
  nodeIdHashCode,
  type ConnectionSettings,
} from './ClusterConnectionStates.ts';
import {
  DefaultMetadataUpdater,
  type LeastLoadedNode,
  type MetadataTransport,
} from './DefaultMetadataUpdater.ts';
import { InFlightRequests, type InFlightRequest } from './InFlightRequests.ts';
import { leastLoadedNode } from './leastLoadedNode.ts';
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
}

type State = 'active' | 'closing' | 'closed';

export class NetworkClient implements KafkaClient, MetadataTransport {
  private readonly run: RunContext;
  private readonly parts: NetworkClientParts;
  private readonly selector: Selectable;
  private readonly defaultRequestTimeoutMs: number;
  private readonly metadataUpdater: DefaultMetadataUpdater;
  private readonly connectionStates: ClusterConnectionStates;
  private readonly inFlightRequests: InFlightRequests;
  private readonly nodesNeedingApiVersionsFetch = new JavaHashMap<NodeId, ApiVersionsRequest>(nodeIdHashCode);
  private abortedSends: ClientResponse[] = [];
  private readonly throttledUntilMs = new Map<NodeId, number>();
  private correlation = 0;
  private state: State = 'active';
  private readonly events: RequestEvents;
  private readonly connectionMoved: WriterOf<'connection.moved'>;

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
    this.connectionStates = new ClusterConnectionStates(settings, parts.random);
    this.inFlightRequests = new InFlightRequests(settings.maxInFlightRequestsPerConnection);
    this.events = new RequestEvents(run, parts.client, parts.clientName);
    this.connectionMoved = run.events.writer('connection.moved');
  }

  // ---- connections

  /** Not while a metadata update is due: that goes first. */
  isReady(node: NodeId, nowMs: number): boolean {
    return !this.metadataUpdater.isUpdateDue(nowMs) && this.canSendRequest(node, nowMs);
  }

  ready(node: NodeId, nowMs: number): boolean {
    if (this.isReady(node, nowMs)) return true;
    if (this.connectionStates.canConnect(node, nowMs)) this.initiateConnect(node, nowMs);
    return false;
  }

  canSendRequest(node: NodeId, nowMs: number): boolean {
    return this.isConnectionReady(node, nowMs) && this.inFlightRequests.canSendMore(node);
  }

  private isConnectionReady(node: NodeId, nowMs: number): boolean {
    return this.connectionStates.isReady(node, nowMs) && this.selector.isChannelReady(node);
  }

  canConnect(node: NodeId, nowMs: number): boolean {
    return this.connectionStates.canConnect(node, nowMs);
  }

  isConnecting(node: NodeId): boolean {
    return this.connectionStates.isConnecting(node);
  }

  pollDelayMs(node: NodeId, nowMs: number): number {
    return this.connectionStates.pollDelayMs(node, nowMs);
  }

  connectionDelayMs(node: NodeId, nowMs: number): number {
    return this.connectionStates.connectionDelay(node, nowMs);
  }

  connectionFailed(node: NodeId): boolean {
    return this.connectionStates.isDisconnected(node);
  }

  hasReadyNodes(nowMs: number): boolean {
    return this.connectionStates.hasReadyNodes(nowMs);
  }

  initiateConnect(node: NodeId, nowMs: number): void {
    this.connectionStates.connecting(node, nowMs);
    this.selector.connect(node);
    this.moved(node, 'connecting', 'wanted');
  }

  /** Closes a connection on demand; its requests come back as disconnected with the next poll. */
  disconnect(node: NodeId): void {
    if (this.connectionStates.isDisconnected(node)) return;
    this.selector.close(node);
    const nowMs = this.run.clock.milliseconds();
    this.cancelInFlightRequests(node, nowMs, this.abortedSends, 'disconnected');
    this.markDisconnected(node, nowMs, 'client-closed');
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
      isConnectionReady: (node) => this.isConnectionReady(node, nowMs),
      canSendRequest: (node) => this.canSendRequest(node, nowMs),
      inFlightCount: (node) => this.inFlightRequests.count(node),
      isPreparingConnection: (node) => this.connectionStates.isPreparingConnection(node),
      canConnect: (node) => this.connectionStates.canConnect(node, nowMs),
      lastConnectAttemptMs: (node) => this.connectionStates.lastConnectAttemptMs(node),
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

  private sendInternal(node: NodeId, body: RequestBody, nowMs: number): void {
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
    this.noticeThrottleEnds(nowMs);
    const metadataTimeoutMs = this.metadataUpdater.maybeUpdate(nowMs);
    const selected = yield* this.selector.poll(
      Math.min(timeoutMs, metadataTimeoutMs, this.defaultRequestTimeoutMs),
    );
    const updatedMs = this.run.clock.milliseconds();
    const responses: ClientResponse[] = [];
    this.noteArrivals(selected, updatedMs);
    this.handleCompletedSends(selected, responses, updatedMs);
    this.handleCompletedReceives(selected, responses, updatedMs);
    for (const arrival of selected.arrivals)
      if (arrival.kind === 'disconnected') this.afterDisconnection(responses, arrival.node, updatedMs);
    for (const arrival of selected.arrivals)
      if (arrival.kind === 'connected')
        this.nodesNeedingApiVersionsFetch.set(arrival.node, { api: 'API_VERSIONS' });
    this.handleInitiateApiVersionRequests(updatedMs);
    for (const node of this.connectionStates.nodesWithConnectionSetupTimeout(updatedMs))
      this.closeAndProcess(responses, node, updatedMs, 'setup-timeout', 'timed-out');
    for (const node of this.inFlightRequests.nodesWithTimedOutRequests(updatedMs))
      this.closeAndProcess(responses, node, updatedMs, 'request-timeout', 'timed-out');
    this.handleRebootstrap(responses, updatedMs);
    yield* completeResponses(responses);
  }

  /** The log tells all arrivals in their order before the client acts on the first (FORMAT.md §9). */
  private noteArrivals(selected: Selected, nowMs: number): void {
    for (const arrival of selected.arrivals) {
      const { node } = arrival;
      if (arrival.kind === 'received') {
        const { receive } = arrival;
        this.events.received(receive.requestId, this.inFlightRequests.oldest(node).version, receive.body);
      } else if (arrival.kind === 'connected') this.moved(node, 'checking-api-versions', 'connected');
      // Nothing between here and `afterDisconnection` looks at the state of this node.
      else this.markDisconnected(node, nowMs, arrival.reason);
    }
  }

  private handleCompletedSends(selected: Selected, responses: ClientResponse[], nowMs: number): void {
    for (const send of selected.completedSends) {
      const inFlight = this.inFlightRequests.lastSent(send.node);
      inFlight.isWritten = true;
      if (inFlight.request.expectResponse) continue;
      this.inFlightRequests.completeLastSent(send.node);
      responses.push(responseTo(inFlight, nowMs, null, null));
    }
  }

  private handleCompletedReceives(selected: Selected, responses: ClientResponse[], nowMs: number): void {
    for (const arrival of selected.arrivals) {
      if (arrival.kind !== 'received') continue;
      const { body } = arrival.receive;
      const inFlight = this.inFlightRequests.completeNext(arrival.node);
      this.parts.throttleTimeSensor?.record(body.throttleTimeMs, nowMs);
      this.maybeThrottle(arrival.node, body.throttleTimeMs, nowMs);
      if (inFlight.isInternal && body.api === 'METADATA')
        this.metadataUpdater.handleSuccessfulResponse(nowMs, body);
      else if (inFlight.isInternal && body.api === 'API_VERSIONS')
        this.handleApiVersionsResponse(responses, inFlight, body, nowMs);
      else responses.push(responseTo(inFlight, nowMs, null, body));
    }
  }

  /** KIP-219: the broker has answered already, and the client keeps quiet. */
  private maybeThrottle(node: NodeId, throttleTimeMs: number, nowMs: number): void {
    if (throttleTimeMs <= 0) return;
    this.inFlightRequests.incrementThrottleTime(node, throttleTimeMs);
    const untilMs = nowMs + throttleTimeMs;
    if (!this.connectionStates.throttle(node, untilMs)) return;
    this.throttledUntilMs.set(node, untilMs);
    this.moved(node, 'throttled', 'throttle', untilMs);
  }

  private noticeThrottleEnds(nowMs: number): void {
    for (const [node, untilMs] of this.throttledUntilMs) {
      if (untilMs > nowMs) continue;
      this.throttledUntilMs.delete(node);
      this.moved(node, 'ready', 'throttle-over');
    }
  }

  private handleApiVersionsResponse(
    responses: ClientResponse[],
    inFlight: InFlightRequest,
    body: ApiVersionsResponse,
    nowMs: number,
  ): void {
    const { node } = inFlight.request;
    if (body.error === 'NONE') {
      this.parts.apiVersions.update(node, nodeApiVersions(body));
      this.connectionStates.ready(node);
      this.moved(node, 'ready', 'api-versions');
    } else if (body.error === 'UNSUPPORTED_VERSION' && inFlight.version > 0) {
      const maxVersion = body.maxVersions.API_VERSIONS ?? 0;
      this.nodesNeedingApiVersionsFetch.set(node, { api: 'API_VERSIONS', maxVersion });
    } else this.closeAndProcess(responses, node, nowMs, 'client-closed', 'disconnected');
  }

  private handleInitiateApiVersionRequests(nowMs: number): void {
    for (const [node, body] of [...this.nodesNeedingApiVersionsFetch]) {
      if (!this.selector.isChannelReady(node) || !this.inFlightRequests.canSendMore(node)) continue;
      this.connectionStates.checkingApiVersions(node);
      this.sendInternal(node, body, nowMs);
      this.nodesNeedingApiVersionsFetch.delete(node);
    }
  }

  private handleRebootstrap(responses: ClientResponse[], nowMs: number): void {
    if (!this.metadataUpdater.needsRebootstrap(nowMs)) return;
    for (const node of this.metadataUpdater.fetchNodes())
      if (this.connectionStates.isConnecting(node) || this.connectionStates.isConnected(node))
        this.closeAndProcess(responses, node, nowMs, 'rebootstrap', 'disconnected');
    this.metadataUpdater.rebootstrap(nowMs);
  }

  // ---- ends of connections

  private closeAndProcess(
    responses: ClientResponse[],
    node: NodeId,
    nowMs: number,
    because: ConnectionCause,
    lostBy: LostBy,
  ): void {
    this.selector.close(node);
    this.markDisconnected(node, nowMs, because);
    this.afterDisconnection(responses, node, nowMs, lostBy);
  }

  private markDisconnected(node: NodeId, nowMs: number, because: ConnectionCause): void {
    const mayConnectAtMs = this.connectionStates.disconnected(node, nowMs);
    this.throttledUntilMs.delete(node);
    this.moved(node, 'disconnected', because, mayConnectAtMs);
  }

  /** processDisconnection, after the state of the connection has changed. */
  private afterDisconnection(
    responses: ClientResponse[],
    node: NodeId,
    nowMs: number,
    lostBy: LostBy = 'disconnected',
  ): void {
    this.parts.apiVersions.remove(node);
    this.nodesNeedingApiVersionsFetch.delete(node);
    this.cancelInFlightRequests(node, nowMs, responses, lostBy);
    this.metadataUpdater.handleServerDisconnect(nowMs);
  }

  private cancelInFlightRequests(
    node: NodeId,
    nowMs: number,
    responses: ClientResponse[],
    lostBy: LostBy,
  ): void {
    for (const inFlight of this.inFlightRequests.clearAll(node)) {
      this.events.lost(inFlight.request.id, lostBy);
      if (!inFlight.isInternal) responses.push(responseTo(inFlight, nowMs, lostBy, null));
      else if (inFlight.request.body.api === 'METADATA')
        this.metadataUpdater.handleFailedRequest(nowMs, null);
    }
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
    for (const node of this.selector.closeAll()) this.moved(node, 'disconnected', 'client-closed');
    this.metadataUpdater.close();
  }

  private ensureActive(): void {
    if (this.active) return;
    const state = this.state.toUpperCase();
    throw new JavaException('DisconnectException', `NetworkClient is no longer active, state is ${state}`);
  }

  private moved(
    node: NodeId,
    to: ConnectionState,
    because: ConnectionCause,
    untilMs: number | null = null,
  ): void {
    this.connectionMoved(this.parts.client, node, to, because, untilMs);
  }

  /** For `warmStart`: a connection that has stood since `connectedMs`, with the broker's versions known. */
  standReady(node: NodeId, connectedMs: number, versions: ApiVersionsResponse): void {
    this.connectionStates.connecting(node, connectedMs);
    this.connectionStates.checkingApiVersions(node);
    this.parts.throttleTimeSensor?.record(versions.throttleTimeMs, connectedMs);
    this.parts.apiVersions.update(node, nodeApiVersions(versions));
    this.connectionStates.ready(node);
    this.moved(node, 'ready', 'warm');
  }
}

function responseTo(
  inFlight: InFlightRequest,
  nowMs: number,
  lostBy: LostBy | null,
  body: ResponseBody | null,
): ClientResponse {
  const { request, version } = inFlight;
  return { request, receivedMs: nowMs, latencyMs: nowMs - request.createdMs, lostBy, body, version };
}

function* completeResponses(responses: readonly ClientResponse[]): Blocking<void> {
  for (const response of responses) {
    try {
      yield* response.request.onComplete(response);
    } catch (error) {
      // Java logs "Uncaught error in request completion" and goes on.
      if (!(error instanceof JavaException)) throw error;
    }
  }
}

function* nothingToDo(): Blocking<void> {
  // Internal requests are acted on by NetworkClient itself.
}
