/**
 * One `send()` of kafkajs in the log of the run. Its batches are the records that kafkajs's partitioner first put into
 * one partition; they stay what they are when a retry asks the partitioner again and it shuffles those without a key.
 */
import type { BatchId, ClientId, RecordId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import { FULL, NEW_BATCH } from '#events/catalogue';
import type { RunContext } from '#engine/RunContext';
import { JavaException } from '#record/exceptions';
import { RECORD_BATCH_OVERHEAD_BYTES, sizeInBytes } from '#record/recordSizes';
import type { SentRecord } from './SentRecord.ts';

export interface CallBatch {
  readonly id: BatchId;
  readonly tp: TopicPartition;
  readonly records: readonly SentRecord[];
  /** Not compressed, with its header. */
  readonly rawBytes: number;
  attempts: number;
  lastError: string;
  /** What a broker answered for just these records; −1: none has. */
  baseOffset: number;
}

export interface SendCallParts {
  readonly run: RunContext;
  readonly client: ClientId;
  readonly records: readonly SentRecord[];
  /** Where the batch of a record is found. */
  readonly batchOf: Map<RecordId, CallBatch>;
}

/** What kafkajs rejects with. */
export interface KafkajsError {
  readonly name: string;
  readonly message: string;
}

export class SendCall {
  private readonly parts: SendCallParts;
  private readonly batches: CallBatch[] = [];

  constructor(parts: SendCallParts) {
    this.parts = parts;
  }

  /** The partitioner's first choice for each record, in their order. */
  chosen(partitions: readonly number[]): void {
    const { run, records } = this.parts;
    const partitioned = run.events.writer('record.partitioned');
    const ofPartition = new Map<number, SentRecord[]>();
    records.forEach((record, index) => {
      const partition = partitions[index] ?? -1;
      const tp = run.partitions.get(record.topic, partition);
      const { explicitPartition, keyBytes } = record;
      partitioned(
        record.id,
        tp.id,
        explicitPartition !== null ? 'explicit' : keyBytes < 0 ? 'round-robin' : 'key-hash',
      );
      ofPartition.set(partition, [...(ofPartition.get(partition) ?? []), record]);
    });
    for (const [partition, members] of ofPartition) this.makeBatch(partition, members);
  }

  private makeBatch(partition: number, records: readonly SentRecord[]): void {
    const { run, client, batchOf } = this.parts;
    const [first] = records;
    if (first === undefined) return;
    const id = run.ids.nextBatch();
    const tp = run.partitions.get(first.topic, partition);
    const sizes = records.map(({ keyBytes, valueBytes, headersBytes, sentMs }, index) =>
      sizeInBytes(index, sentMs - first.sentMs, keyBytes, valueBytes, headersBytes),
    );
    const rawBytes = sizes.reduce((sum, size) => sum + size, RECORD_BATCH_OVERHEAD_BYTES);
    const batch = { id, tp, records, rawBytes, attempts: 0, lastError: 'NONE', baseOffset: -1 };
    this.batches.push(batch);
    run.events.writer('batch.created')(id, client, tp.id, rawBytes, null);
    const appended = run.events.writer('record.appended');
    records.forEach((record, index) => {
      batchOf.set(record.id, batch);
      const isFirst = index === 0;
      const sizeBytes = (sizes[index] ?? 0) + (isFirst ? RECORD_BATCH_OVERHEAD_BYTES : 0);
      const isLast = index === records.length - 1;
      appended(record.id, id, sizeBytes, (isFirst ? NEW_BATCH : 0) | (isLast ? FULL : 0));
    });
    run.events.writer('batch.closed')(id, records.length, rawBytes);
  }

  /** kafkajs says that all is stored. Where it never had an answer, the offset is not known. */
  resolved(): void {
    const completed = this.parts.run.events.writer('batch.completed');
    for (const { id, tp, records, baseOffset } of this.batches) {
      completed(id, baseOffset, -1, false);
      records.forEach((record, index) => {
        record.future.resolve(tp, baseOffset < 0 ? -1 : baseOffset + index);
      });
    }
    this.forget();
  }

  /** kafkajs says that the whole call has failed, also of what a broker has stored. */
  rejected({ name, message }: KafkajsError): void {
    const { run, records } = this.parts;
    const failed = run.events.writer('batch.failed');
    const refused = run.events.writer('record.refused');
    for (const { id } of this.batches) failed(id, name, message, false);
    if (this.batches.length === 0)
      for (const { id } of records) refused(id, null, 'metadata', name, message, false);
    for (const { future } of records) future.reject(new JavaException('KafkaException', message));
    this.forget();
  }

  private forget(): void {
    for (const { id } of this.parts.records) this.parts.batchOf.delete(id);
  }
}
