/** What NetworkClient.poll does with what one select brought, in Java's order. */
import type { NodeId } from '#base/ids';
import type { ConnectionCause } from '#events/words';
import { JavaException } from '#record/exceptions';
import { nodeApiVersions } from '../ApiVersions.ts';
import type { Blocking } from '../Blocking.ts';
import type { ClientResponse, LostBy } from '../KafkaClient.ts';
import type { ApiVersionsResponse, ResponseBody } from '../requests.ts';
import type { Selected } from '../Selectable.ts';
import type { InFlightRequest } from './InFlightRequests.ts';
import type { NetworkClient } from './NetworkClient.ts';

/** Takes in one select at `nowMs`. Returns the responses to complete, also those of requests that were lost. */
export function handleSelected(client: NetworkClient, selected: Selected, nowMs: number): ClientResponse[] {
  const responses: ClientResponse[] = [];
  noteArrivals(client, selected);
  handleCompletedSends(client, selected, responses, nowMs);
  try {
    handleCompletedReceives(client, selected, responses, nowMs);
  } catch (error) {
    noteUnnoticedDisconnections(client, selected);
    throw error;
  }
  for (const arrival of selected.arrivals) {
    if (arrival.kind !== 'disconnected') continue;
    client.connections.disconnected(arrival.node, nowMs, arrival.reason);
    afterDisconnection(client, responses, arrival.node, nowMs, 'disconnected');
  }
  for (const arrival of selected.arrivals)
    if (arrival.kind === 'connected')
      client.nodesNeedingApiVersionsFetch.set(arrival.node, { api: 'API_VERSIONS' });
  handleInitiateApiVersionRequests(client, nowMs);
  for (const node of client.connections.states.nodesWithConnectionSetupTimeout(nowMs))
    closeAndProcess(client, responses, node, nowMs, 'setup-timeout', 'timed-out');
  for (const node of client.inFlightRequests.nodesWithTimedOutRequests(nowMs))
    closeAndProcess(client, responses, node, nowMs, 'request-timeout', 'timed-out');
  handleRebootstrap(client, responses, nowMs);
  return responses;
}

/** Runs the callbacks. What one throws is logged by Java and forgotten. */
export function* completeResponses(responses: readonly ClientResponse[]): Blocking<void> {
  for (const response of responses) {
    try {
      yield* response.request.onComplete(response);
    } catch (error) {
      if (!(error instanceof JavaException)) throw error;
    }
  }
}

/** The log tells what has arrived, in this order, before the client acts on the first. */
function noteArrivals(client: NetworkClient, selected: Selected): void {
  for (const arrival of selected.arrivals) {
    const { node } = arrival;
    if (arrival.kind === 'received') {
      const { body, requestId } = arrival.receive;
      client.events.received(client.inFlightRequests.find(node, requestId), body);
    } else if (arrival.kind === 'connected') client.connections.connected(node);
  }
}

/** The rest of this poll is thrown away: the client goes on as if these connections stood, the log knows better. */
function noteUnnoticedDisconnections(client: NetworkClient, selected: Selected): void {
  for (const arrival of selected.arrivals)
    if (arrival.kind === 'disconnected') client.connections.hasGone(arrival.node, arrival.reason);
}

function handleCompletedSends(
  client: NetworkClient,
  selected: Selected,
  responses: ClientResponse[],
  nowMs: number,
): void {
  for (const send of selected.completedSends) {
    const inFlight = client.inFlightRequests.lastSent(send.node);
    inFlight.isWritten = true;
    if (inFlight.request.expectResponse) continue;
    client.inFlightRequests.completeLastSent(send.node);
    responses.push(responseTo(inFlight, nowMs, null, null));
  }
}

function handleCompletedReceives(
  client: NetworkClient,
  selected: Selected,
  responses: ClientResponse[],
  nowMs: number,
): void {
  for (const arrival of selected.arrivals) {
    if (arrival.kind !== 'received') continue;
    const { body, correlationId, requestId } = arrival.receive;
    const inFlight = client.inFlightRequests.completeNext(arrival.node);
    // The broker left out the answer to the oldest one. Java throws that one away, and the rest of this poll.
    if (requestId !== inFlight.request.id)
      throw new JavaException(
        'IllegalStateException',
        `Correlation id for response (${correlationId}) does not match request`,
      );
    client.parts.throttleTimeSensor?.record(body.throttleTimeMs, nowMs);
    maybeThrottle(client, arrival.node, body.throttleTimeMs, nowMs);
    if (inFlight.isInternal && body.api === 'METADATA')
      client.metadataUpdater.handleSuccessfulResponse(nowMs, body);
    else if (inFlight.isInternal && body.api === 'API_VERSIONS')
      handleApiVersionsResponse(client, responses, inFlight, body, nowMs);
    else responses.push(responseTo(inFlight, nowMs, null, body));
  }
}

/** KIP-219: the broker has answered already, and the client keeps quiet. */
function maybeThrottle(client: NetworkClient, node: NodeId, throttleTimeMs: number, nowMs: number): void {
  if (throttleTimeMs <= 0) return;
  client.inFlightRequests.incrementThrottleTime(node, throttleTimeMs);
  client.connections.throttle(node, nowMs + throttleTimeMs);
}

function handleApiVersionsResponse(
  client: NetworkClient,
  responses: ClientResponse[],
  inFlight: InFlightRequest,
  body: ApiVersionsResponse,
  nowMs: number,
): void {
  const { node } = inFlight.request;
  if (body.error === 'NONE') {
    client.parts.apiVersions.update(node, nodeApiVersions(body));
    client.connections.ready(node, 'api-versions');
  } else if (body.error === 'UNSUPPORTED_VERSION' && inFlight.version > 0) {
    const maxVersion = body.maxVersions.API_VERSIONS ?? 0;
    client.nodesNeedingApiVersionsFetch.set(node, { api: 'API_VERSIONS', maxVersion });
  } else closeAndProcess(client, responses, node, nowMs, 'client-closed', 'disconnected');
}

function handleInitiateApiVersionRequests(client: NetworkClient, nowMs: number): void {
  if (client.nodesNeedingApiVersionsFetch.size === 0) return;
  for (const node of client.nodesNeedingApiVersionsFetch.keys()) {
    const body = client.nodesNeedingApiVersionsFetch.get(node);
    if (body === undefined || !client.selector.isChannelReady(node)) continue;
    if (!client.inFlightRequests.canSendMore(node)) continue;
    client.connections.states.checkingApiVersions(node);
    client.sendInternal(node, body, nowMs);
    client.nodesNeedingApiVersionsFetch.delete(node);
  }
}

function handleRebootstrap(client: NetworkClient, responses: ClientResponse[], nowMs: number): void {
  if (!client.metadataUpdater.needsRebootstrap(nowMs)) return;
  const { states } = client.connections;
  for (const node of client.metadataUpdater.fetchNodes())
    if (states.isConnecting(node) || states.isConnected(node))
      closeAndProcess(client, responses, node, nowMs, 'rebootstrap', 'disconnected');
  client.metadataUpdater.rebootstrap(nowMs);
}

function closeAndProcess(
  client: NetworkClient,
  responses: ClientResponse[],
  node: NodeId,
  nowMs: number,
  because: ConnectionCause,
  lostBy: LostBy,
): void {
  client.connections.close(node, nowMs, because);
  afterDisconnection(client, responses, node, nowMs, lostBy);
}

/** processDisconnection, after the state of the connection has changed. */
function afterDisconnection(
  client: NetworkClient,
  responses: ClientResponse[],
  node: NodeId,
  nowMs: number,
  lostBy: LostBy,
): void {
  client.parts.apiVersions.remove(node);
  client.nodesNeedingApiVersionsFetch.delete(node);
  cancelInFlightRequests(client, node, nowMs, responses, lostBy);
  client.metadataUpdater.handleServerDisconnect(nowMs);
}

/** All requests of a node come to their end, oldest first. */
export function cancelInFlightRequests(
  client: NetworkClient,
  node: NodeId,
  nowMs: number,
  responses: ClientResponse[],
  lostBy: LostBy,
): void {
  for (const inFlight of client.inFlightRequests.clearAll(node)) {
    client.events.lost(inFlight.request.id, lostBy);
    if (!inFlight.isInternal) responses.push(responseTo(inFlight, nowMs, lostBy, null));
    else if (inFlight.request.body.api === 'METADATA')
      client.metadataUpdater.handleFailedRequest(nowMs, null);
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
