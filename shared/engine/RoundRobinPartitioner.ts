/**
 * org.apache.kafka.clients.producer.RoundRobinPartitioner: the available partitions of a topic in turn, in hash order
 * and whatever the key.
 */
import { toPositive } from '#record/murmur2';
import type { MetadataSnapshot } from './MetadataSnapshot.ts';
import type { Partitioner } from './Partitioner.ts';

export class RoundRobinPartitioner implements Partitioner {
  readonly by = 'round-robin';
  private readonly topicCounters = new Map<string, number>();

  partition(topic: string, _key: Uint8Array | null, _valueBytes: number, cluster: MetadataSnapshot): number {
    const counter = this.topicCounters.get(topic) ?? 0;
    this.topicCounters.set(topic, (counter + 1) | 0);
    const available = cluster.availablePartitionsForTopic(topic);
    const chosen = available[toPositive(counter) % Math.max(1, available.length)];
    if (chosen !== undefined) return chosen.tp.partition;
    return toPositive(counter) % cluster.partitionsForTopic(topic).length;
  }
}
