/** org.apache.kafka.clients.producer.internals.TxnPartitionMap: the entries, dense by the partition's id. */
import { tpName, type TopicPartition } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import type { ProducerBatch } from '../ProducerBatch.ts';
import type { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import type { TransactionEvents } from './TransactionEvents.ts';
import { NO_LAST_ACKED_SEQUENCE_NUMBER, TxnPartitionEntry } from './TxnPartitionEntry.ts';

export class TxnPartitionMap {
  private entries: (TxnPartitionEntry | undefined)[] = [];
  private readonly events: TransactionEvents;

  constructor(events: TransactionEvents) {
    this.events = events;
  }

  /** @throws JavaException IllegalStateException when nothing is known of the partition. */
  get(tp: TopicPartition): TxnPartitionEntry {
    const entry = this.entries[tp.id];
    if (entry === undefined) {
      throw new JavaException(
        'IllegalStateException',
        `Trying to get txnPartitionEntry for ${tpName(tp)}, but it was never set for this partition.`,
      );
    }
    return entry;
  }

  find(tp: TopicPartition): TxnPartitionEntry | null {
    return this.entries[tp.id] ?? null;
  }

  getOrCreate(tp: TopicPartition): TxnPartitionEntry {
    let entry = this.entries[tp.id];
    if (entry === undefined) {
      entry = new TxnPartitionEntry(tp, this.events);
      this.entries[tp.id] = entry;
    }
    return entry;
  }

  contains(tp: TopicPartition): boolean {
    return this.entries[tp.id] !== undefined;
  }

  /** Forgets everything; what was known comes back, for the log. */
  reset(): readonly TxnPartitionEntry[] {
    const known = this.entries.filter((entry) => entry !== undefined);
    this.entries = [];
    return known;
  }

  remove(tp: TopicPartition): void {
    this.entries[tp.id] = undefined;
  }

  /** −1 for none. */
  lastAckedOffset(tp: TopicPartition): number {
    return this.entries[tp.id]?.lastAckedOffset ?? -1;
  }

  /** −1 for none. */
  lastAckedSequence(tp: TopicPartition): number {
    return this.entries[tp.id]?.lastAckedSequence ?? NO_LAST_ACKED_SEQUENCE_NUMBER;
  }

  startSequencesAtBeginning(tp: TopicPartition, newProducerIdAndEpoch: ProducerIdAndEpoch): void {
    this.get(tp).startSequencesAtBeginning(newProducerIdAndEpoch);
  }

  updateLastAckedOffset(tp: TopicPartition, isTransactional: boolean, lastOffset: number): void {
    const lastAckedOffset = this.lastAckedOffset(tp);
    // Between a reset and the answer to a batch that was requeued before it, there is no entry.
    if (lastAckedOffset === -1 && !isTransactional) this.getOrCreate(tp);
    if (lastOffset > lastAckedOffset) this.get(tp).lastAckedOffset = lastOffset;
  }

  adjustSequencesDueToFailedBatch(batch: ProducerBatch): void {
    // Nothing to adjust when the sequences have just been forgotten because of another error.
    if (!this.contains(batch.topicPartition)) return;
    this.get(batch.topicPartition).adjustSequencesDueToFailedBatch(batch.baseSequence(), batch.recordCount);
  }

  maybeUpdateLastAckedSequence(tp: TopicPartition, sequence: number): number {
    return this.entries[tp.id]?.maybeUpdateLastAckedSequence(sequence) ?? NO_LAST_ACKED_SEQUENCE_NUMBER;
  }

  nextBatchBySequence(tp: TopicPartition): ProducerBatch | null {
    return this.get(tp).nextBatchBySequence();
  }

  removeInFlightBatch(batch: ProducerBatch): void {
    this.get(batch.topicPartition).removeInFlightBatch(batch);
  }
}
