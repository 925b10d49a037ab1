/** org.apache.kafka.clients.NetworkClientUtils, as far as the Sender uses it. */
import type { NodeId } from '#base/ids';
import type { Blocking } from '../Blocking.ts';
import type { Clock } from '../Clock.ts';
import type { KafkaClient } from '../KafkaClient.ts';

/** Looks once at the network before it asks, so that a connection that has gone is seen. */
export function* isReady(client: KafkaClient, node: NodeId, nowMs: number): Blocking<boolean> {
  yield* client.poll(0, nowMs);
  return client.isReady(node, nowMs);
}

/** 'failed' is Java's IOException: the connection broke while it was waited for. */
export type AwaitedReady = 'ready' | 'timed-out' | 'failed';

/** Connects if needed and polls until the node is ready, at most `timeoutMs`. */
export function* awaitReady(
  client: KafkaClient,
  node: NodeId,
  clock: Clock,
  timeoutMs: number,
): Blocking<AwaitedReady> {
  const startMs = clock.milliseconds();
  if ((yield* isReady(client, node, startMs)) || client.ready(node, startMs)) return 'ready';
  let attemptMs = clock.milliseconds();
  while (!client.isReady(node, attemptMs) && attemptMs - startMs < timeoutMs) {
    if (client.connectionFailed(node)) return 'failed';
    const leftMs = timeoutMs - (attemptMs - startMs);
    // Java asks for the delay as of the start, also in later rounds.
    const waitingMs = client.pollDelayMs(node, startMs);
    yield* client.poll(waitingMs > 0 ? Math.min(leftMs, waitingMs) : leftMs, attemptMs);
    attemptMs = clock.milliseconds();
  }
  return client.isReady(node, attemptMs) ? 'ready' : 'timed-out';
}

/** Disconnected, and too early to try again. */
export const isUnavailable = (client: KafkaClient, node: NodeId, clock: Clock): boolean =>
  client.connectionFailed(node) && client.connectionDelayMs(node, clock.milliseconds()) > 0;
