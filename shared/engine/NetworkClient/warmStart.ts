/** Client and metadata as they stand after an idle while (FORMAT.md §4). */
import type { NodeId } from '#base/ids';
import { EPOCH_MS } from '#base/time';
import { nodeApiVersions } from '../ApiVersions.ts';
import type { ProducerMetadata } from '../ProducerMetadata.ts';
import type { ApiVersionsResponse, MetadataResponse } from '../requests.ts';
import type { NetworkClient } from './NetworkClient.ts';

/** How long before time 0 the client began; and what each step of its start took. */
const WARM_UP_MS = 50;
const ROUND_TRIP_MS = 1;

export interface WarmStart {
  /** All topics in the order in which the client came to know them, which is that of the response. */
  readonly metadata: MetadataResponse;
  /** Of any broker: they are all alike. */
  readonly versions: ApiVersionsResponse;
  /** Brokers with a standing connection, ascending; the selector has been told to establish them. */
  readonly readyNodes: readonly NodeId[];
  /** An idempotent producer without transactions: one answer to InitProducerId has come too. */
  readonly hasProducerId: boolean;
  /** The client's clock now; absent: the start of the run. */
  readonly nowMs?: number;
}

/**
 * To be called on a client that was bootstrapped and has done nothing yet, before its sender thread runs.
 * The log is told of ready connections ('warm') and of the metadata.
 */
export function warmStart(client: NetworkClient, metadata: ProducerMetadata, warm: WarmStart): void {
  const nowMs = warm.nowMs ?? EPOCH_MS;
  const begunMs = nowMs - WARM_UP_MS;
  const sensor = client.parts.throttleTimeSensor;
  for (const { topic } of warm.metadata.topics) metadata.add(topic, begunMs);
  metadata.updateWithCurrentRequestVersion(warm.metadata, false, begunMs);
  const readyMs = begunMs + 2 * ROUND_TRIP_MS;
  for (const node of warm.readyNodes) {
    const { states } = client.connections;
    client.parts.registerNode?.(node);
    states.connecting(node, begunMs);
    states.checkingApiVersions(node);
    client.parts.apiVersions.update(node, nodeApiVersions(warm.versions));
    client.connections.ready(node, 'warm');
    sensor?.record(0, readyMs);
  }
  if (warm.hasProducerId) sensor?.record(0, readyMs + ROUND_TRIP_MS);
  refreshMeanwhile(client, metadata, warm.metadata, readyMs, nowMs);
}

/** What a short back-off or max age had the client ask before now: a partition without leader, or old age. */
function refreshMeanwhile(
  client: NetworkClient,
  metadata: ProducerMetadata,
  response: MetadataResponse,
  readyMs: number,
  nowMs: number,
): void {
  let atMs = readyMs;
  while (atMs + ROUND_TRIP_MS < nowMs) {
    // Looked at again when it is due: an update for age resets the other back-off.
    const waitMs = metadata.timeToNextUpdate(atMs);
    if (waitMs > 0) {
      atMs += waitMs;
      continue;
    }
    atMs += ROUND_TRIP_MS;
    metadata.updateWithCurrentRequestVersion(response, false, atMs);
    client.parts.throttleTimeSensor?.record(0, atMs);
  }
}
