/** RecordAccumulator.splitAndReenqueue and ProducerBatch.split: a batch that a broker found too large becomes several (KIP-126). */
import type { TopicPartition } from '#base/TopicPartition';
import { estimateSizeInBytesUpperBound } from '#record/recordSizes';
import { JavaException } from '#record/exceptions';
import { ProducerBatch } from '../ProducerBatch.ts';
import type { SplitPart } from '../ProduceRequestResult.ts';
import type { RecordAccumulator } from './RecordAccumulator.ts';
import { putBack } from './reenqueue.ts';

/** Returns the number of parts. */
export function splitAndReenqueue(accumulator: RecordAccumulator, bigBatch: ProducerBatch): number {
  const { estimator, compressionType } = accumulator.context;
  const tp: TopicPartition = bigBatch.topicPartition;
  // The estimate starts anew, as carefully as possible, so that it does not happen again soon.
  estimator.setEstimation(tp.topic, compressionType, Math.max(1, bigBatch.compressionRatio()));
  // The first time to batch.size, although it may be no larger than that: then it comes back whole (S18).
  const targetBytes = bigBatch.isSplitBatch()
    ? Math.max(bigBatch.maxRecordSize, Math.trunc(bigBatch.estimatedSizeInBytes() / 2))
    : accumulator.batchSize;
  const parts = split(accumulator, bigBatch, targetBytes);
  for (const batch of parts.toReversed()) {
    accumulator.incomplete.add(batch);
    // They have their sequences already, and count as never tried.
    accumulator.transactionManager?.addInFlightBatch(batch);
    putBack(accumulator, batch);
  }
  return parts.length;
}

function split(
  accumulator: RecordAccumulator,
  bigBatch: ProducerBatch,
  splitBatchSize: number,
): ProducerBatch[] {
  const parts: ProducerBatch[] = [];
  const links: SplitPart[] = [];
  let batch: ProducerBatch | null = null;
  const finish = (part: ProducerBatch | null): void => {
    if (part === null) return;
    const firstIndex = links.reduce((sum, link) => sum + link.recordCount, 0);
    links.push({ result: part.produceFuture, firstIndex, recordCount: part.recordCount });
    parts.push(part);
    part.closeForRecordAppends();
  };
  for (const [index, record] of bigBatch.records.entries()) {
    if (batch !== null && batch.tryAppendForSplit(bigBatch, index, record)) continue;
    finish(batch);
    batch = partFor(accumulator, bigBatch, index, splitBatchSize);
    batch.tryAppendForSplit(bigBatch, index, record);
  }
  finish(batch);
  accumulator.events.batchSplit(bigBatch.id, parts.length, splitBatchSize);
  const tooLarge = new JavaException('RecordBatchTooLargeException', null);
  bigBatch.produceFuture.parts = links;
  bigBatch.produceFuture.set(-1, -1, () => tooLarge);
  bigBatch.produceFuture.done();
  assignProducerState(bigBatch, parts);
  return parts;
}

/** Its memory is not the pool's: a large batch keeps its own until it is gone. */
function partFor(
  accumulator: RecordAccumulator,
  bigBatch: ProducerBatch,
  index: number,
  splitBatchSize: number,
): ProducerBatch {
  const upperBound = estimateSizeInBytesUpperBound(
    bigBatch.keySizeOf(index),
    bigBatch.valueSizeOf(index),
    bigBatch.headersSizeOf(index),
  );
  return new ProducerBatch(
    accumulator.context,
    bigBatch.topicPartition,
    Math.max(upperBound, splitBatchSize),
    bigBatch.createdMs,
    bigBatch.id,
  );
}

/** The parts share the sequences of the whole. */
function assignProducerState(bigBatch: ProducerBatch, parts: readonly ProducerBatch[]): void {
  if (!bigBatch.hasSequence()) return;
  let sequence = bigBatch.baseSequence();
  const producerIdAndEpoch = { producerId: bigBatch.producerId(), epoch: bigBatch.producerEpoch() };
  for (const part of parts) {
    part.setProducerState(producerIdAndEpoch, sequence, bigBatch.isTransactional());
    sequence += part.recordCount;
  }
}
