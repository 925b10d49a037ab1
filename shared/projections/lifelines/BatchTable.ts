/** Lifelines of batches as columns: some 45 bytes a batch, and an object only when one is read. */
import { batchId, recordId, requestId, tpId, type BatchId } from '#base/ids';
import type { PipelineEvent } from '#events/catalogue';
import { READY_REASONS } from '#events/words';
import { Column, Names } from '../columns.ts';
import type { BatchLifeline } from '../lifelines.ts';
import type { RecordColumns } from '../RecordColumns.ts';
import { Spans } from './Spans.ts';

type Attempt = BatchLifeline['attempts'][number];

const NO_PARTS: readonly number[] = [];
const OPEN = 0;
const COMPLETED = 1;
const FAILED = 2;
const SPLIT = 3;

export class BatchTable {
  readonly spans = new Spans((row) => this.endAt(row));
  private readonly records: RecordColumns;
  private readonly clients = new Column();
  private readonly tps = new Column();
  private readonly firsts = new Column();
  private readonly counts = new Column();
  private readonly readyAfter = new Column();
  private readonly reasons = new Column();
  private readonly outcomes = new Column();
  private readonly endAfter = new Column();
  private readonly baseOffsets = new Column();
  private readonly sizes = new Column();
  private readonly rawSizes = new Column();
  private readonly producers = new Column();
  private readonly sequences = new Column();
  private readonly failures = new Column();
  /** The latest attempt; those before it are few and stand beside. */
  private readonly requests = new Column();
  private readonly drainedAfter = new Column();
  /** Only where it did not end with the batch. */
  private readonly attemptEnds = new Map<number, { readonly at: number; readonly error: string | null }>();
  /** Failed for the application while their request is out. */
  private readonly expired = new Set<number>();
  private readonly earlier = new Map<number, Attempt[]>();
  private readonly parents = new Map<number, number>();
  /** Parts of a split batch, in order. */
  private readonly parts = new Map<number, number[]>();
  /** Place of a part's first record in the batch that was split first of all. */
  private readonly starts = new Map<number, number>();
  private readonly failureNames = new Names();
  private readonly producerNames = new Names();

  constructor(records: RecordColumns) {
    this.records = records;
  }

  get count(): number {
    return this.spans.length;
  }

  get(id: number): BatchLifeline | null {
    const createdAt = this.spans.begins.get(id);
    if (createdAt < 0) return null;
    const outcome = this.outcomes.get(id);
    const first = this.firsts.get(id);
    const [exception = null, message = null] = (this.failureNames.name(this.failures.get(id)) ?? '').split(
      '\n',
      2,
    );
    const [producerId = '-1', producerEpoch = '-1'] = (
      this.producerNames.name(this.producers.get(id)) ?? '-1/-1'
    ).split('/');
    const parent = this.parents.get(id);
    return {
      id: batchId(id),
      tp: tpId(this.tps.get(id)),
      client: this.clients.get(id),
      parent: parent === undefined ? null : batchId(parent),
      firstRecord: first < 0 ? null : recordId(first),
      recordCount: Math.max(0, this.counts.get(id)),
      createdAt,
      readyAt: this.after(this.readyAfter, id),
      readyReason: READY_REASONS[this.reasons.get(id)] ?? null,
      attempts: this.attemptsOf(id),
      completedAt: outcome === COMPLETED ? this.endAt(id) : -1,
      failedAt: outcome === FAILED ? this.endAt(id) : -1,
      baseOffset: this.baseOffsets.get(id),
      exception: outcome === FAILED ? exception : null,
      message: outcome === FAILED ? message : null,
      sizeBytes: this.sizes.get(id),
      rawBytes: this.rawSizes.get(id),
      producerId: Number(producerId),
      producerEpoch: Number(producerEpoch),
      baseSequence: this.sequences.get(id),
    };
  }

  /** Of the columns that outcomes ask often, without an object. */
  recordCount(id: number): number {
    return Math.max(0, this.counts.get(id));
  }
  firstRecord(id: number): number {
    return this.firsts.get(id);
  }
  parent(id: number): number {
    return this.parents.get(id) ?? -1;
  }
  createdAt(id: number): number {
    return this.spans.begins.get(id);
  }
  tp(id: number): number {
    return this.tps.get(id);
  }
  drainedAt(id: number): number {
    return this.after(this.drainedAfter, id);
  }
  baseOffset(id: number): number {
    return this.baseOffsets.get(id);
  }
  lastRequest(id: number): number {
    return this.requests.get(id);
  }
  clientOf(id: number): number {
    return this.clients.get(id);
  }
  isFailed(id: number): boolean {
    return this.outcomes.get(id) === FAILED;
  }
  isCompleted(id: number): boolean {
    return this.outcomes.get(id) === COMPLETED;
  }
  /** Of its completion, failure or splitting; −1: none yet. */
  endAt(id: number): number {
    return this.after(this.endAfter, id);
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'batch.created':
        this.spans.begin(event.batch, event.at);
        this.clients.set(event.batch, event.client);
        this.tps.set(event.batch, event.tp);
        this.outcomes.set(event.batch, OPEN);
        if (event.parentBatch !== null) this.parents.set(event.batch, event.parentBatch);
        return;
      case 'record.appended':
        if (this.firsts.get(event.batch) < 0) this.firsts.set(event.batch, event.record);
        this.counts.add(event.batch, 1);
        return;
      case 'records.omitted':
        this.counts.add(event.batch, event.records);
        return;
      case 'batch.closed':
        this.counts.set(event.batch, event.records);
        if (this.sizes.get(event.batch) < 0)
          this.setSizes(event.batch, event.estimatedBytes, event.estimatedBytes);
        this.takeFromParent(event.batch);
        return;
      case 'batch.ready':
        this.readyAfter.set(event.batch, event.at - this.createdAt(event.batch));
        this.reasons.set(event.batch, READY_REASONS.indexOf(event.reason));
        return;
      case 'batch.drained':
        this.setSizes(event.batch, event.sizeBytes, event.rawBytes);
        this.beginAttempt(event.batch, event.at);
        return;
      case 'request.carried':
        this.requests.set(event.batch, event.request);
        return;
      case 'batch.stamped':
        this.producers.set(
          event.batch,
          this.producerNames.number(`${event.producerId}/${event.producerEpoch}`),
        );
        this.sequences.set(event.batch, event.baseSequence);
        return;
      default:
        this.addEnd(event);
    }
  }

  get bytesKept(): number {
    const { attemptEnds, earlier, parents } = this;
    const sparse = attemptEnds.size + 4 * earlier.size + 5 * parents.size;
    let bytes = this.spans.bytesKept + sparse * 40;
    const { clients, tps, firsts, counts, reasons, outcomes, endAfter, baseOffsets, readyAfter } = this;
    const { sizes, rawSizes, producers, sequences, failures, requests, drainedAfter } = this;
    for (const column of [clients, tps, firsts, counts, reasons, outcomes, endAfter, baseOffsets, readyAfter])
      bytes += column.bytesKept;
    for (const column of [sizes, rawSizes, producers, sequences, failures, requests, drainedAfter])
      bytes += column.bytesKept;
    return bytes;
  }

  private addEnd(event: PipelineEvent): void {
    switch (event.type) {
      case 'batch.requeued':
        this.endAttempt(event.batch, event.at, event.error);
        return;
      case 'batch.completed':
        this.baseOffsets.set(event.batch, event.baseOffset);
        this.finish(event.batch, event.at, COMPLETED);
        return;
      case 'batch.failed':
        if (event.expired) this.expired.add(event.batch);
        this.failures.set(event.batch, this.failureNames.number(`${event.exception}\n${event.message}`));
        this.finish(event.batch, event.at, FAILED);
        return;
      case 'batch.split':
        this.finish(event.batch, event.at, SPLIT);
        return;
      case 'batch.freed':
        if (this.expired.delete(event.batch)) this.endAttempt(event.batch, event.at, null);
        return;
      default:
    }
  }

  private finish(id: number, at: number, outcome: number): void {
    if (this.outcomes.get(id) !== OPEN) return;
    this.outcomes.set(id, outcome);
    this.endAfter.set(id, at - this.createdAt(id));
    this.spans.finish(id, at);
  }

  private setSizes(id: number, sizeBytes: number, rawBytes: number): void {
    this.sizes.set(id, sizeBytes);
    this.rawSizes.set(id, rawBytes);
  }

  /** Its records are the next of the whole's, which has them as a chain. */
  private takeFromParent(id: number): void {
    const parent = this.parents.get(id);
    if (parent === undefined || this.starts.has(id)) return;
    const parts = this.parts.get(parent) ?? [];
    const taken = parts.reduce((records, part) => records + this.recordCount(part), 0);
    const start = this.start(parent) + taken;
    let first = this.firsts.get(parent);
    while (first >= 0 && this.records.indexInBatch(first) < start) first = this.records.next(first);
    this.firsts.set(id, first);
    this.starts.set(id, start);
    this.parts.set(parent, [...parts, id]);
  }

  /** Place of its first record in the batch that was split first of all; 0 for any other batch. */
  start(id: number): number {
    return this.starts.get(id) ?? 0;
  }

  /** Those it was split into, in the order of their records. */
  partsOf(id: number): readonly number[] {
    return this.parts.get(id) ?? NO_PARTS;
  }

  /** The batch that was split first of all; itself for any other batch. */
  root(id: number): number {
    let root = id;
    for (let parent = this.parent(root); parent >= 0; parent = this.parent(root)) root = parent;
    return root;
  }

  /** The batch that held the record at `atUs`; −1: none. */
  batchOf(record: number, atUs: number): number {
    const appendedAt = this.records.appendedAt(record);
    if (appendedAt < 0 || appendedAt > atUs) return -1;
    const index = this.records.indexInBatch(record);
    let batch = this.records.batchId(record);
    for (;;) {
      const part = this.parts
        .get(batch)
        ?.findLast((id) => this.start(id) <= index && this.createdAt(id) <= atUs);
      if (part === undefined) return batch;
      batch = part;
    }
  }

  /** Its records, in order; only those that have a row, where a live run omits some. */
  recordsOf(id: number): number[] {
    const records: number[] = [];
    const end = this.start(id) + this.recordCount(id);
    let next = this.firsts.get(id);
    while (next >= 0 && this.records.indexInBatch(next) < end) {
      records.push(next);
      next = this.records.next(next);
    }
    return records;
  }

  private beginAttempt(id: number, at: number): void {
    if (this.drainedAfter.get(id) >= 0) {
      const attempts = this.earlier.get(id) ?? [];
      attempts.push(this.lastAttempt(id));
      this.earlier.set(id, attempts);
      this.attemptEnds.delete(id);
      this.requests.set(id, -1);
    }
    this.drainedAfter.set(id, at - this.createdAt(id));
  }

  private endAttempt(id: number, at: number, error: string | null): void {
    if (this.drainedAfter.get(id) >= 0) this.attemptEnds.set(id, { at, error });
  }

  private lastAttempt(id: number): Attempt {
    const end = this.attemptEnds.get(id) ?? this.endOfLast(id);
    return {
      request: requestId(this.requests.get(id)),
      drainedAt: this.drainedAt(id),
      endedAt: end.at,
      error: end.error,
    };
  }

  /** An attempt that ended with its batch. */
  private endOfLast(id: number): { readonly at: number; readonly error: string | null } {
    if (this.expired.has(id)) return { at: -1, error: null };
    const outcome = this.outcomes.get(id);
    const exception = this.failureNames.name(this.failures.get(id))?.split('\n', 1)[0] ?? null;
    const error = outcome === SPLIT ? 'MESSAGE_TOO_LARGE' : outcome === FAILED ? exception : null;
    return { at: this.endAt(id), error };
  }

  private attemptsOf(id: number): readonly Attempt[] {
    if (this.drainedAfter.get(id) < 0) return [];
    return [...(this.earlier.get(id) ?? []), this.lastAttempt(id)];
  }

  private after(column: Column, id: number): number {
    const after = column.get(id);
    return after < 0 ? -1 : this.createdAt(id) + after;
  }

  between(fromUs: number, toUs: number): readonly BatchId[] {
    return this.spans.between(fromUs, toUs).map(batchId);
  }
}
