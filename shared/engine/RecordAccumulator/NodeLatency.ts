/**
 * RecordAccumulator.NodeLatencyStats: for how long each node has had batches that it could not take. With
 * partitioner.availability.timeout.ms the built-in partitioner leaves such nodes out (S36).
 */
import type { NodeId } from '#base/ids';

/** Client ms; when a node had batches to send, and when it could take them. */
interface NodeLatencyStats {
  readyTimeMs: number;
  drainTimeMs: number;
}

export class NodeLatency {
  private readonly availabilityTimeoutMs: number;
  private readonly stats = new Map<NodeId, NodeLatencyStats>();

  /** 0: off. */
  constructor(availabilityTimeoutMs: number) {
    this.availabilityTimeoutMs = availabilityTimeoutMs;
  }

  /** Of a node with something to send: whether it can take it. */
  update(node: NodeId, nowMs: number, canDrain: boolean): void {
    if (this.availabilityTimeoutMs <= 0) return;
    let stats = this.stats.get(node);
    if (stats === undefined) {
      stats = { readyTimeMs: nowMs, drainTimeMs: nowMs };
      this.stats.set(node, stats);
    }
    if (canDrain) stats.drainTimeMs = nowMs;
    stats.readyTimeMs = nowMs;
  }

  isUnavailable(leader: NodeId): boolean {
    if (this.availabilityTimeoutMs <= 0) return false;
    const stats = this.stats.get(leader);
    return stats !== undefined && stats.readyTimeMs - stats.drainTimeMs > this.availabilityTimeoutMs;
  }
}
