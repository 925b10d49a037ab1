/** NetworkClient.leastLoadedNode: whom to ask what any broker can answer. */
import type { NodeId } from '#base/ids';
import type { LeastLoadedNode } from './DefaultMetadataUpdater.ts';

/** What the choice looks at, per node. */
export interface NodeProbe {
  isConnectionReady(node: NodeId): boolean;
  canSendRequest(node: NodeId): boolean;
  inFlightCount(node: NodeId): number;
  isPreparingConnection(node: NodeId): boolean;
  canConnect(node: NodeId): boolean;
  lastConnectAttemptMs(node: NodeId): number;
}

/**
 * From `offset` on around the nodes: one that can take a request, with the fewest in flight (none wins at once);
 * else the last one that is connecting; else the one that may connect and was tried longest ago; else none.
 */
export function leastLoadedNode(nodes: readonly NodeId[], offset: number, probe: NodeProbe): LeastLoadedNode {
  let fewest = Infinity;
  let ready: NodeId | null = null;
  let connecting: NodeId | null = null;
  let connectable: NodeId | null = null;
  let atLeastOneConnectionReady = false;
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[(offset + i) % nodes.length];
    if (node === undefined) break;
    atLeastOneConnectionReady ||= probe.isConnectionReady(node);
    if (probe.canSendRequest(node)) {
      const count = probe.inFlightCount(node);
      if (count === 0) return { node, atLeastOneConnectionReady: true };
      if (count < fewest) {
        fewest = count;
        ready = node;
      }
    } else if (probe.isPreparingConnection(node)) connecting = node;
    else if (
      probe.canConnect(node) &&
      (connectable === null || probe.lastConnectAttemptMs(connectable) > probe.lastConnectAttemptMs(node))
    )
      connectable = node;
  }
  return { node: ready ?? connecting ?? connectable, atLeastOneConnectionReady };
}
