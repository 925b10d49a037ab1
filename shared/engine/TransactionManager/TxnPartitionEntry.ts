/** org.apache.kafka.clients.producer.internals.TxnPartitionEntry: sequences and batches in flight of one partition. */
import { tpName, type TopicPartition } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import type { ProducerBatch } from '../ProducerBatch.ts';
import { ProducerIdAndEpoch } from './ProducerIdAndEpoch.ts';
import type { TransactionEvents } from './TransactionEvents.ts';

export const NO_LAST_ACKED_SEQUENCE_NUMBER = -1;
const MAX_INT = 2147483647;

/** DefaultRecordBatch.incrementSequence: after 2147483647 comes 0. */
export const incrementSequence = (sequence: number, increment: number): number =>
  sequence > MAX_INT - increment ? increment - (MAX_INT - sequence) - 1 : sequence + increment;

/** By id and epoch first: around a bump, batches of both may be in flight with equal sequences. */
function compareBatches(a: ProducerBatch, b: ProducerBatch): number {
  return (
    a.producerId() - b.producerId() ||
    a.producerEpoch() - b.producerEpoch() ||
    a.baseSequence() - b.baseSequence()
  );
}

/** TreeSet.add: `batches` is in order, and a batch that compares equal to one already there is not added. */
function insert(batches: ProducerBatch[], batch: ProducerBatch): void {
  // Batches are drained in order of sequence, so the end is nearly always the place.
  let at = batches.length;
  for (; at > 0; at--) {
    const before = batches[at - 1];
    const order = before === undefined ? -1 : compareBatches(before, batch);
    if (order === 0) return;
    if (order < 0) break;
  }
  batches.splice(at, 0, batch);
}

export class TxnPartitionEntry {
  readonly tp: TopicPartition;
  /** Producer id and epoch of this partition: after a bump, the old ones until its batches in flight are done. */
  producerIdAndEpoch: ProducerIdAndEpoch = ProducerIdAndEpoch.NONE;
  /** Base sequence of the next batch. */
  nextSequence = 0;
  /** Last sequence of the last acknowledged batch; −1 for none. */
  lastAckedSequence: number = NO_LAST_ACKED_SEQUENCE_NUMBER;
  /** −1 for none. Tells a log whose head was deleted from lost data. */
  lastAckedOffset = -1;
  /** Drained and not completed, so also those that wait in their queue for a retry; in order of sequence. */
  private inflightBatches: ProducerBatch[] = [];
  private readonly events: TransactionEvents;

  constructor(tp: TopicPartition, events: TransactionEvents) {
    this.tp = tp;
    this.events = events;
  }

  hasInflightBatches(): boolean {
    return this.inflightBatches.length > 0;
  }

  nextBatchBySequence(): ProducerBatch | null {
    return this.inflightBatches[0] ?? null;
  }

  incrementSequence(increment: number): void {
    this.nextSequence = incrementSequence(this.nextSequence, increment);
  }

  addInflightBatch(batch: ProducerBatch): void {
    insert(this.inflightBatches, batch);
  }

  /** TreeSet.remove: the batch that compares equal goes, which need not be the same object. */
  removeInFlightBatch(batch: ProducerBatch): void {
    const at = this.inflightBatches.findIndex((other) => compareBatches(other, batch) === 0);
    if (at >= 0) this.inflightBatches.splice(at, 1);
  }

  /** An epoch bump: everything in flight is stamped anew from sequence 0, in its order. */
  startSequencesAtBeginning(newProducerIdAndEpoch: ProducerIdAndEpoch): void {
    let sequence = 0;
    this.resetSequenceNumbers((batch) => {
      batch.resetProducerState(newProducerIdAndEpoch, sequence);
      sequence += batch.recordCount;
      this.events.stamped(batch, 'epoch-bumped');
    });
    this.producerIdAndEpoch = newProducerIdAndEpoch;
    this.nextSequence = sequence;
    this.lastAckedSequence = NO_LAST_ACKED_SEQUENCE_NUMBER;
  }

  maybeUpdateLastAckedSequence(sequence: number): number {
    if (sequence > this.lastAckedSequence) this.lastAckedSequence = sequence;
    return this.lastAckedSequence;
  }

  /**
   * The broker refused a batch for good, so its sequences are free again: what follows moves down.
   * @throws JavaException IllegalStateException if a sequence became negative.
   */
  adjustSequencesDueToFailedBatch(baseSequence: number, recordCount: number): void {
    this.decrementSequence(recordCount);
    this.resetSequenceNumbers((batch) => {
      if (batch.baseSequence() < baseSequence) return;
      const newSequence = batch.baseSequence() - recordCount;
      if (newSequence < 0) {
        throw new JavaException(
          'IllegalStateException',
          `Sequence number for batch with sequence ${batch.baseSequence()} for partition ${tpName(this.tp)}` +
            ` is going to become negative: ${newSequence}`,
        );
      }
      batch.resetProducerState(
        new ProducerIdAndEpoch(batch.producerId(), batch.producerEpoch()),
        newSequence,
      );
      this.events.stamped(batch, 'sequence-adjusted');
    });
  }

  private resetSequenceNumbers(reset: (batch: ProducerBatch) => void): void {
    const renumbered: ProducerBatch[] = [];
    for (const batch of this.inflightBatches) {
      reset(batch);
      insert(renumbered, batch);
    }
    this.inflightBatches = renumbered;
  }

  private decrementSequence(decrement: number): void {
    const updated = this.nextSequence - decrement;
    if (updated < 0) {
      throw new JavaException(
        'IllegalStateException',
        `Sequence number for partition ${tpName(this.tp)} is going to become negative: ${updated}`,
      );
    }
    this.nextSequence = updated;
  }
}
