/**
 * org.apache.kafka.clients.producer.internals.BuiltInPartitioner (KIP-794): the sticky partition of one topic, left
 * after batch.size bytes at a batch boundary, and chosen by queue lengths where they differ.
 */
import { assert } from '#base/assert';
import type { ClientId } from '#base/ids';
import type { TopicPartitions } from '#base/TopicPartition';
import type { WriterOf } from '#events/catalogue';
import { JavaException } from '#record/exceptions';
import type { MetadataSnapshot } from './MetadataSnapshot.ts';
import type { RandomSources, RunContext } from './RunContext.ts';

/** Compared by identity: going to the same partition again counts as a change. */
export interface StickyPartitionInfo {
  readonly partition: number;
  producedBytes: number;
}

/** Running sums of frequencies: the wider a partition's step, the likelier it is chosen. */
interface PartitionLoadStats {
  readonly cumulativeFrequencyTable: readonly number[];
  readonly partitionIds: readonly number[];
  readonly length: number;
}

export class BuiltInPartitioner {
  private readonly topic: string;
  private readonly stickyBatchSize: number;
  private readonly random: RandomSources;
  private readonly client: ClientId;
  private readonly partitions: TopicPartitions;
  private readonly stickySwitched: WriterOf<'sticky.switched'>;
  private readonly stickyWeighed: WriterOf<'sticky.weighed'>;
  private partitionLoadStats: PartitionLoadStats | null = null;
  /** The weights of the last choice, as the log has them. */
  private toldStats: PartitionLoadStats | null = null;
  private sticky: StickyPartitionInfo | null = null;

  /** @throws IllegalArgumentException for a size below 1. */
  constructor(
    run: RunContext,
    client: ClientId,
    random: RandomSources,
    topic: string,
    stickyBatchSize: number,
  ) {
    if (stickyBatchSize < 1)
      throw new JavaException(
        'IllegalArgumentException',
        `stickyBatchSize must be >= 1 but got ${stickyBatchSize}`,
      );
    this.topic = topic;
    this.stickyBatchSize = stickyBatchSize;
    this.random = random;
    this.client = client;
    this.partitions = run.partitions;
    this.stickySwitched = run.events.writer('sticky.switched');
    this.stickyWeighed = run.events.writer('sticky.weighed');
  }

  private nextPartition(cluster: MetadataSnapshot): number {
    const random = this.random.nextSticky();
    const stats = this.partitionLoadStats;
    this.tellWeights(stats);
    if (stats === null) {
      const available = cluster.availablePartitionsForTopic(this.topic);
      const chosen = available[random % Math.max(1, available.length)];
      // Without any leader: the number itself, among all partitions.
      if (chosen === undefined) return random % cluster.partitionsForTopic(this.topic).length;
      return chosen.tp.partition;
    }
    const table = stats.cumulativeFrequencyTable;
    const weightedRandom = random % (table[stats.length - 1] ?? 1);
    // The first step strictly above; the tables are short, Java searches by halves.
    let index = 0;
    while ((table[index] ?? Infinity) <= weightedRandom) index += 1;
    assert(index < stats.length, 'a weighted choice lies within the table');
    return stats.partitionIds[index] ?? 0;
  }

  private tellWeights(stats: PartitionLoadStats | null): void {
    if (sameWeights(stats, this.toldStats)) return;
    this.toldStats = stats;
    const frequencies =
      stats === null
        ? null
        : stats.partitionIds.slice(0, stats.length).map((partition, i) => ({
            partition,
            cumulative: stats.cumulativeFrequencyTable[i] ?? 0,
          }));
    this.stickyWeighed(this.client, this.topic, frequencies);
  }

  private choose(cluster: MetadataSnapshot, producedBytes: number): StickyPartitionInfo {
    const info: StickyPartitionInfo = { partition: this.nextPartition(cluster), producedBytes: 0 };
    this.sticky = info;
    this.stickySwitched(this.client, this.partitions.get(this.topic, info.partition).id, producedBytes);
    return info;
  }

  /** The present sticky partition; the first call chooses one. */
  peekCurrentPartitionInfo(cluster: MetadataSnapshot): StickyPartitionInfo {
    return this.sticky ?? this.choose(cluster, 0);
  }

  /** Whether another thread has switched since the peek. null: the record did not use this partitioner. */
  isPartitionChanged(info: StickyPartitionInfo | null): boolean {
    return info !== null && this.sticky !== info;
  }

  /**
   * Counts appended bytes and switches once batch.size is reached and `enableSwitch` says that the partition's last
   * batch is full, or at twice batch.size in any case: small batches would be left behind otherwise (KAFKA-14156).
   */
  updatePartitionInfo(
    info: StickyPartitionInfo | null,
    appendedBytes: number,
    cluster: MetadataSnapshot,
    enableSwitch: boolean,
  ): void {
    if (info === null) return;
    assert(info === this.sticky, 'bytes are counted for the present sticky partition');
    info.producedBytes += appendedBytes;
    const produced = info.producedBytes;
    if ((produced >= this.stickyBatchSize && enableSwitch) || produced >= this.stickyBatchSize * 2)
      this.choose(cluster, produced);
  }

  /**
   * New weights from the queue lengths of the partitions that have a leader. null: no adaptive choice.
   * `length` may be less than the arrays: partitions of slow brokers are left out. Changes `queueSizes` in place.
   */
  updatePartitionLoadStats(queueSizes: number[] | null, partitionIds: number[], length: number): void {
    if (queueSizes === null || length < 1 || queueSizes.length < 2) {
      this.partitionLoadStats = null;
      return;
    }
    let maxSizePlus1 = queueSizes[0] ?? 0;
    let allEqual = true;
    for (let i = 1; i < length; i++) {
      const size = queueSizes[i] ?? 0;
      if (size !== maxSizePlus1) allEqual = false;
      if (size > maxSizePlus1) maxSizePlus1 = size;
    }
    maxSizePlus1 += 1;
    if (allEqual && length === queueSizes.length) {
      this.partitionLoadStats = null;
      return;
    }
    // A long queue gets a narrow step: sizes 0 3 1 become 4 1 3, and summed up 4 5 8.
    let sum = 0;
    for (let i = 0; i < length; i++) {
      sum += maxSizePlus1 - (queueSizes[i] ?? 0);
      queueSizes[i] = sum;
    }
    this.partitionLoadStats = { cumulativeFrequencyTable: queueSizes, partitionIds, length };
  }
}

function sameWeights(a: PartitionLoadStats | null, b: PartitionLoadStats | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a.partitionIds[i] !== b.partitionIds[i]) return false;
    if (a.cumulativeFrequencyTable[i] !== b.cumulativeFrequencyTable[i]) return false;
  }
  return true;
}
