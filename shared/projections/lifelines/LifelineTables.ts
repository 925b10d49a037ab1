/** The lifelines of a log, filled from its events in order. */
import { batchId, recordId, type BatchId, type RecordId, type RequestId } from '#base/ids';
import type { PipelineEvent } from '#events/catalogue';
import type { BatchLifeline, Lifelines, RequestLifeline } from '../lifelines.ts';
import type { RecordColumns } from '../RecordColumns.ts';
import { BatchTable } from './BatchTable.ts';
import { RequestTable } from './RequestTable.ts';

export class LifelineTables implements Lifelines {
  readonly batches: BatchTable;
  readonly requests = new RequestTable();

  constructor(records: RecordColumns) {
    this.batches = new BatchTable(records);
  }

  get batchCount(): number {
    return this.batches.count;
  }
  get requestCount(): number {
    return this.requests.count;
  }
  get bytesKept(): number {
    return this.batches.bytesKept + this.requests.bytesKept;
  }

  batch(id: BatchId): BatchLifeline | null {
    return this.batches.get(id);
  }
  request(id: RequestId): RequestLifeline | null {
    return this.requests.get(id);
  }
  firstRecord(batch: number): number {
    return this.batches.firstRecord(batch);
  }
  recordCount(batch: number): number {
    return this.batches.recordCount(batch);
  }
  tpOf(batch: number): number {
    return this.batches.tp(batch);
  }
  batchesBetween(fromUs: number, toUs: number): readonly BatchId[] {
    return this.batches.between(fromUs, toUs);
  }
  requestsBetween(fromUs: number, toUs: number): readonly RequestId[] {
    return this.requests.between(fromUs, toUs);
  }

  batchOf(record: RecordId, atUs: number): BatchId | null {
    const batch = this.batches.batchOf(record, atUs);
    return batch < 0 ? null : batchId(batch);
  }
  recordsOf(id: BatchId): readonly RecordId[] {
    return this.batches.recordsOf(id).map(recordId);
  }

  add(event: PipelineEvent): void {
    this.batches.add(event);
    this.requests.add(event);
  }
}
