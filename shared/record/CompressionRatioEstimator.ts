/**
 * org.apache.kafka.common.record.CompressionRatioEstimator: what share of its size a batch of a topic is expected
 * to keep. It improves in small steps and worsens in large ones. Process-wide in Java, so one per run here.
 *
 * All values are binary32: each operation is rounded, as Java's floats are.
 */
import type { CompressionType } from './CompressionType.ts';

export type { CompressionType } from './CompressionType.ts';

export const COMPRESSION_RATIO_IMPROVING_STEP = Math.fround(0.005);
export const COMPRESSION_RATIO_DETERIORATE_STEP = Math.fround(0.05);

/** CompressionType.rate: what is expected of every codec before the first batch. */
const INITIAL_RATIO = 1;

export class CompressionRatioEstimator {
  private readonly ratios = new Map<string, Map<CompressionType, number>>();

  estimation(topic: string, type: CompressionType): number {
    return this.ratios.get(topic)?.get(type) ?? INITIAL_RATIO;
  }

  /** Takes in the ratio of a closed batch; returns the estimate after it. */
  updateEstimation(topic: string, type: CompressionType, observedRatio: number): number {
    const observed = Math.fround(observedRatio);
    const current = this.estimation(topic, type);
    let next = current;
    if (observed > current) {
      next = Math.max(Math.fround(current + COMPRESSION_RATIO_DETERIORATE_STEP), observed);
    } else if (observed < current) {
      next = Math.max(Math.fround(current - COMPRESSION_RATIO_IMPROVING_STEP), observed);
    }
    this.setEstimation(topic, type, next);
    return next;
  }

  resetEstimation(topic: string): void {
    this.ratios.delete(topic);
  }

  /** After a split: never below 1 again until batches prove better (§3.7). */
  setEstimation(topic: string, type: CompressionType, ratio: number): void {
    let byType = this.ratios.get(topic);
    if (byType === undefined) {
      byType = new Map();
      this.ratios.set(topic, byType);
    }
    byType.set(type, Math.fround(ratio));
  }
}
