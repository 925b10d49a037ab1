/**
 * One record on its way into a batch, and what came of it: the arguments and the result of RecordAccumulator.append
 * in one object, which a producer uses again for the next record unless the append has to block.
 */
import type { RecordId } from '#base/ids';
import type { PartitionedBy, RefusedStage } from '#events/words';
import type { MetadataSnapshot } from '../MetadataSnapshot.ts';
import type { ProducerBatch } from '../ProducerBatch.ts';
import { UNKNOWN_PARTITION, type Callback } from '../ProducerRecord.ts';

export class RecordAppend {
  record: RecordId;
  topic = '';
  /** UNKNOWN_PARTITION: the built-in partitioner chooses. */
  partition = UNKNOWN_PARTITION;
  by: PartitionedBy = 'sticky';
  timestampMs = -1;
  /** null: no key. */
  keyBytes: Uint8Array | null = null;
  /** −1: null. */
  keySize = -1;
  /** −1: null. */
  valueSize = -1;
  headersSize = 1;
  callback: Callback | null = null;
  nowMs = 0;
  cluster: MetadataSnapshot;
  /** The partition that the log has been told; the append may still go to another. */
  effectivePartition = UNKNOWN_PARTITION;
  /** How far its send has come: where it failed if it does. */
  stage: RefusedStage = 'closed';
  /** Memory taken from the pool and not yet used; 0: none. */
  bufferSize = 0;
  batch: ProducerBatch | null = null;
  /** The record's place in its batch. */
  batchIndex = -1;
  batchIsFull = false;
  newBatchCreated = false;

  constructor(record: RecordId, cluster: MetadataSnapshot) {
    this.record = record;
    this.cluster = cluster;
  }

  /** The next record; what came of the last one is forgotten. */
  begin(record: RecordId, topic: string, partition: number, callback: Callback | null): void {
    this.record = record;
    this.topic = topic;
    this.partition = partition;
    this.callback = callback;
    this.stage = 'closed';
    this.effectivePartition = UNKNOWN_PARTITION;
    this.bufferSize = 0;
    this.batch = null;
    this.batchIndex = -1;
  }

  /** For an append that blocks: other threads use the original meanwhile. */
  clone(): RecordAppend {
    return Object.assign(new RecordAppend(this.record, this.cluster), this);
  }
}
