/** Sender.inFlightBatches: per partition, in order of creation. Partitions come in the order of Java's HashMap. */
import type { TopicPartition } from '#base/TopicPartition';
import { JavaHashMap, topicPartitionHashCode } from '#record/JavaHashMap';
import type { ProducerBatch } from '../ProducerBatch.ts';

const NO_BATCHES: readonly ProducerBatch[] = [];

export class InFlightBatches {
  private readonly batches = new JavaHashMap<TopicPartition, ProducerBatch[]>(topicPartitionHashCode);

  of(tp: TopicPartition): readonly ProducerBatch[] {
    return this.batches.get(tp) ?? NO_BATCHES;
  }

  add(batch: ProducerBatch): void {
    const ofPartition = this.batches.get(batch.topicPartition);
    if (ofPartition === undefined) this.batches.set(batch.topicPartition, [batch]);
    else ofPartition.push(batch);
  }

  /** Nothing for a batch that is not there: it may have expired, or all were aborted. */
  maybeRemove(batch: ProducerBatch): void {
    const ofPartition = this.batches.get(batch.topicPartition);
    const at = ofPartition?.indexOf(batch) ?? -1;
    if (ofPartition === undefined || at < 0) return;
    ofPartition.splice(at, 1);
    if (ofPartition.length === 0) this.batches.delete(batch.topicPartition);
  }

  clear(): void {
    this.batches.clear();
  }

  /** Takes out the oldest batches of each partition that `isExpired`; `youngest` sees the first that is not. */
  removeExpired(
    isExpired: (batch: ProducerBatch) => boolean,
    youngest: (batch: ProducerBatch) => void,
  ): ProducerBatch[] {
    const expired: ProducerBatch[] = [];
    for (const tp of this.batches.keys()) {
      const ofPartition = this.batches.get(tp) ?? [];
      let count = 0;
      for (const batch of ofPartition) {
        if (!isExpired(batch)) {
          youngest(batch);
          break;
        }
        count++;
      }
      if (count === 0) continue;
      expired.push(...ofPartition.splice(0, count));
      if (ofPartition.length === 0) this.batches.delete(tp);
    }
    return expired;
  }
}
