/** What a consumer of committed records leaves out: org.apache.kafka.clients.consumer.internals.CompletedFetch. */
import type { FetchedPartition } from '../kafkaBytes/apis/reading.ts';
import { markerOf, type ReadBatch } from '../kafkaBytes/recordBatches.ts';

export class AbortedTransactions {
  private waiting: FetchedPartition['abortedTransactions'];
  private readonly producers = new Set<number>();

  constructor(transactions: FetchedPartition['abortedTransactions']) {
    this.waiting = transactions.toSorted((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Batches in the order of their offsets. */
  hides(batch: ReadBatch): boolean {
    const begun = this.waiting.filter(({ firstOffset }) => firstOffset <= batch.lastOffset);
    for (const { producerId } of begun) this.producers.add(producerId);
    this.waiting = this.waiting.slice(begun.length);
    if (batch.isControl && markerOf(batch) === 'abort') this.producers.delete(batch.producerId);
    return batch.isTransactional && this.producers.has(batch.producerId);
  }
}
