/** RecordAccumulator.append: into the last batch of a deque, or into a new one, for which memory may have to be waited for. */
import { FULL, NEW_BATCH } from '#events/catalogue';
import { assert } from '#base/assert';
import { JavaException } from '#record/exceptions';
import { estimateSizeInBytesUpperBound } from '#record/recordSizes';
import type { Blocking } from '../Blocking.ts';
import type { StickyPartitionInfo } from '../BuiltInPartitioner.ts';
import type { MetadataSnapshot } from '../MetadataSnapshot.ts';
import { ProducerBatch } from '../ProducerBatch.ts';
import { UNKNOWN_PARTITION } from '../ProducerRecord.ts';
import type { RecordAppend } from './RecordAppend.ts';
import type { BatchDeque } from './BatchDeque.ts';
import type { RecordAccumulator } from './RecordAccumulator.ts';
import type { TopicInfo } from './TopicInfoMap.ts';

/**
 * Appends without blocking. false: no memory for a new batch; `append` waits for it and then tries from the start,
 * which Java does too where the partition has changed meanwhile, and which finds the same otherwise.
 * @throws KafkaException when the accumulator is closed, IllegalArgumentException when the pool can never fit it.
 */
export function appendNow(accumulator: RecordAccumulator, a: RecordAppend): boolean {
  const topicInfo = accumulator.topics.getOrCreate(a.topic);
  for (;;) {
    const info =
      a.partition === UNKNOWN_PARTITION
        ? topicInfo.builtInPartitioner.peekCurrentPartitionInfo(a.cluster)
        : null;
    const deque = topicInfo.getOrCreate(info === null ? a.partition : info.partition);
    if (partitionChanged(topicInfo, info, deque, a.cluster)) continue;
    tellPartition(accumulator, a, deque);
    let appendedBytes = tryAppend(accumulator, a, deque);
    if (appendedBytes < 0) {
      if (a.bufferSize === 0 && !takeBuffer(accumulator, a)) return false;
      // The failed append has closed the last batch: a switch that was put off may be due only now.
      if (partitionChanged(topicInfo, info, deque, a.cluster)) continue;
      appendedBytes = appendNewBatch(accumulator, a, deque);
    }
    if (info !== null)
      topicInfo.builtInPartitioner.updatePartitionInfo(info, appendedBytes, a.cluster, allBatchesFull(deque));
    tellAppend(accumulator, a, appendedBytes);
    giveBack(accumulator, a);
    return true;
  }
}

/**
 * Goes on where `appendNow` has just found no memory: waits for it at most `maxTimeToBlockMs`, then appends. Only
 * after the wait it is seen whether the batch that had no room lets the partitioner switch.
 * @throws BufferExhaustedException after that time; and what `appendNow` throws.
 */
export function* append(
  accumulator: RecordAccumulator,
  a: RecordAppend,
  maxTimeToBlockMs: number,
): Blocking<void> {
  // A forced close waits until nobody is in here, so that it misses no batch.
  accumulator.appendsInProgress += 1;
  try {
    do {
      const size = bufferSizeFor(accumulator, a);
      yield* accumulator.free.allocate(size, maxTimeToBlockMs);
      a.bufferSize = size;
      a.nowMs = accumulator.clock.milliseconds();
    } while (!appendNow(accumulator, a));
  } finally {
    giveBack(accumulator, a);
    accumulator.appendsInProgress -= 1;
  }
}

/** An unused buffer goes back: another thread made a batch meanwhile, or the append failed. */
function giveBack(accumulator: RecordAccumulator, a: RecordAppend): void {
  if (a.bufferSize === 0) return;
  accumulator.free.deallocate(a.bufferSize);
  a.bufferSize = 0;
}

const bufferSizeFor = (accumulator: RecordAccumulator, a: RecordAppend): number =>
  Math.max(accumulator.batchSize, estimateSizeInBytesUpperBound(a.keySize, a.valueSize, a.headersSize));

function takeBuffer(accumulator: RecordAccumulator, a: RecordAppend): boolean {
  const size = bufferSizeFor(accumulator, a);
  if (!accumulator.free.tryAllocate(size)) return false;
  a.bufferSize = size;
  // Reading the clock is what Java does here; it has moved if the allocation blocked.
  a.nowMs = accumulator.clock.milliseconds();
  return true;
}

/** Another thread has switched, or a switch that was put off can be made now that all batches are full. */
function partitionChanged(
  topicInfo: TopicInfo,
  info: StickyPartitionInfo | null,
  deque: BatchDeque,
  cluster: MetadataSnapshot,
): boolean {
  if (info === null) return false;
  const partitioner = topicInfo.builtInPartitioner;
  if (partitioner.isPartitionChanged(info)) return true;
  if (!allBatchesFull(deque)) return false;
  partitioner.updatePartitionInfo(info, 0, cluster, true);
  return partitioner.isPartitionChanged(info);
}

/** Only the last batch may be open. */
function allBatchesFull(deque: BatchDeque): boolean {
  const last = deque.peekLast();
  return last === undefined || last.isFull();
}

function tellPartition(accumulator: RecordAccumulator, a: RecordAppend, deque: BatchDeque): void {
  if (a.effectivePartition === deque.tp.partition) return;
  a.effectivePartition = deque.tp.partition;
  accumulator.events.recordPartitioned(a.record, deque.tp.id, a.by);
}

/** Growth of the last batch in bytes; −1: there is none or it has no room, and takes no more from now on. */
function tryAppend(accumulator: RecordAccumulator, a: RecordAppend, deque: BatchDeque): number {
  if (accumulator.closed) throw new JavaException('KafkaException', 'Producer closed while send in progress');
  const last = deque.peekLast();
  if (last === undefined) return -1;
  const initialBytes = last.estimatedSizeInBytes();
  if (!put(a, last)) {
    last.closeForRecordAppends();
    return -1;
  }
  a.newBatchCreated = false;
  a.batchIsFull = deque.size > 1 || last.isFull();
  return last.estimatedSizeInBytes() - initialBytes;
}

function put(a: RecordAppend, batch: ProducerBatch): boolean {
  if (!batch.tryAppend(a.record, a.timestampMs, a.keySize, a.valueSize, a.headersSize, a.callback, a.nowMs))
    return false;
  a.batch = batch;
  a.batchIndex = batch.recordCount - 1;
  return true;
}

/** Size of the new batch with its header. */
function appendNewBatch(accumulator: RecordAccumulator, a: RecordAppend, deque: BatchDeque): number {
  const batch = new ProducerBatch(accumulator.context, deque.tp, a.bufferSize, a.nowMs);
  assert(put(a, batch), 'an empty batch has room for any record');
  a.bufferSize = 0;
  deque.addLast(batch);
  accumulator.incomplete.add(batch);
  a.newBatchCreated = true;
  a.batchIsFull = deque.size > 1 || batch.isFull();
  return batch.estimatedSizeInBytes();
}

function tellAppend(accumulator: RecordAccumulator, a: RecordAppend, appendedBytes: number): void {
  if (a.batch === null) return;
  const flags = (a.batchIsFull ? FULL : 0) | (a.newBatchCreated ? NEW_BATCH : 0);
  accumulator.events.recordAppended(a.record, a.batch.id, appendedBytes, flags);
}
