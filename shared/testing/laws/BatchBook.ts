/**
 * Facts of each batch, for the laws. A record is named by the batch that it was appended to first of all and its place in
 * it, so that it stays the same record in the parts of a split batch.
 */
import { known } from '#base/assert';
import type { BatchId, ClientId, NodeId, RecordId, RequestId, TpId } from '#base/ids';
import type { EventOf, PipelineEvent } from '#events/catalogue';

export interface BatchFacts {
  readonly id: BatchId;
  readonly client: ClientId;
  readonly tp: TpId;
  readonly parent: BatchFacts | null;
  readonly capacityBytes: number;
  /** Records [start, start + records) of the batch `root`. */
  readonly root: BatchId;
  start: number;
  records: number;
  /** Records of it that its parts have taken over. */
  taken: number;
  producerId: number;
  producerEpoch: number;
  /** How often it went back into its queue, its parents included. */
  retries: number;
  end: 'acked' | 'failed' | 'split' | null;
  ends: number;
  /** The answer told where it stands, or that it stood there before. */
  hasOffset: boolean;
  isFreed: boolean;
  /** Failed for the application while its request may be out. */
  hasExpired: boolean;
  /** A broker took it for another batch with the same sequence, and did not write it. */
  isMistaken: boolean;
  /** Written when its transaction was over for its client. */
  isLate: boolean;
  /** Of its client's transactions, counted from 1; 0: outside of any. */
  transaction: number;
  /** Holds a record whose send() threw after the append: it lies there and leaves with a later transaction. */
  hasForeign: boolean;
}

/**
 * Not promised under version 1 of transactions, for an abort raises no epoch there when it follows a failure during the
 * commit (maybeTransitionToErrorState). The next transaction may use the sequence of the failed batch again, and a broker
 * that has it takes the new batch for it; or the failed batch arrives late and joins the next one. KIP-890 closed both.
 */
export const isUnsafeInVersion1 = (batch: BatchFacts, transactionVersion: 1 | 2): boolean =>
  transactionVersion === 1 && batch.transaction > 0 && (batch.isMistaken || batch.isLate);

/** As it was when a request took it along; it may be stamped anew while that is out. */
export interface Stamp {
  readonly producerId: number;
  readonly producerEpoch: number;
}
interface Carrier {
  readonly node: NodeId;
  readonly stamps: Map<BatchId, Stamp>;
}

export type TransactionEnd = 'committed' | 'aborted';

export class BatchBook {
  private readonly batches = new Map<BatchId, BatchFacts>();
  private readonly carriers = new Map<RequestId, Carrier>();
  /** Requests that a broker works on, by batch: what it appends is what they carry. */
  private readonly atWork = new Map<BatchId, Carrier[]>();
  private readonly batchOf = new Map<RecordId, BatchId>();
  private readonly transactionEnds = new Map<string, TransactionEnd>();
  private readonly transactionOf = new Map<ClientId, number>();

  get(id: BatchId): BatchFacts {
    return known(this.batches.get(id), 'a batch that was created');
  }

  all(): Iterable<BatchFacts> {
    return this.batches.values();
  }

  /** The client's transaction that is open now, counted from 1; 0: none ever was. */
  transaction(client: ClientId): number {
    return this.transactionOf.get(client) ?? 0;
  }

  /** What is written on a batch that the broker appends now. */
  stampAt(id: BatchId, node: NodeId): Stamp {
    const carrier = this.atWork.get(id)?.find((one) => one.node === node);
    return carrier?.stamps.get(id) ?? this.get(id);
  }

  private addRequest(event: PipelineEvent): void {
    switch (event.type) {
      case 'request.sent':
        if (event.api === 'PRODUCE')
          this.carriers.set(event.request, { node: event.node, stamps: new Map() });
        break;
      case 'request.carried': {
        const { producerId, producerEpoch } = this.get(event.batch);
        this.carriers.get(event.request)?.stamps.set(event.batch, { producerId, producerEpoch });
        break;
      }
      case 'request.begun': {
        const carrier = this.carriers.get(event.request);
        for (const batch of carrier?.stamps.keys() ?? []) {
          if (carrier !== undefined) this.atWork.set(batch, [...(this.atWork.get(batch) ?? []), carrier]);
        }
        break;
      }
      case 'log.appended': {
        const batch = this.get(event.batch);
        const isOver =
          this.transaction(batch.client) !== batch.transaction || this.endOfTransaction(batch) !== null;
        if (isOver) batch.isLate = true;
        break;
      }
      case 'response.left':
      case 'request.dropped': {
        const carrier = this.carriers.get(event.request);
        for (const batch of carrier?.stamps.keys() ?? []) {
          this.atWork.set(batch, this.atWork.get(batch)?.filter((one) => one !== carrier) ?? []);
        }
        break;
      }
      default:
        this.addEnd(event);
    }
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'batch.created':
        this.create(event.batch, event.client, event.tp, event.parentBatch, event.capacityBytes);
        break;
      case 'record.appended':
        this.get(event.batch).records++;
        this.batchOf.set(event.record, event.batch);
        break;
      case 'record.refused': {
        const batch = this.batchOf.get(event.record);
        if (batch !== undefined) this.get(batch).hasForeign = true;
        break;
      }
      case 'batch.closed':
        this.close(this.get(event.batch), event.records);
        break;
      case 'batch.stamped': {
        const batch = this.get(event.batch);
        batch.producerId = event.producerId;
        batch.producerEpoch = event.producerEpoch;
        break;
      }
      case 'batch.requeued':
        this.get(event.batch).retries++;
        break;
      case 'batch.freed':
        this.get(event.batch).isFreed = true;
        break;
      case 'transaction.moved':
        if (event.to === 'IN_TRANSACTION') {
          this.transactionOf.set(event.client, this.transaction(event.client) + 1);
        }
        this.endTransaction(event);
        break;
      default:
        this.addRequest(event);
    }
  }

  /** As its client was told; null: in doubt, for a fault, a timeout or a death came between. */
  endOfTransaction({ client, transaction }: BatchFacts): TransactionEnd | null {
    return this.transactionEnds.get(`${client}/${transaction}`) ?? null;
  }

  private endTransaction({ client, from, to }: EventOf<'transaction.moved'>): void {
    if (to !== 'READY' && to !== 'INITIALIZING') return;
    const key = `${client}/${this.transaction(client)}`;
    if (from === 'COMMITTING_TRANSACTION') this.transactionEnds.set(key, 'committed');
    else if (from === 'ABORTING_TRANSACTION') this.transactionEnds.set(key, 'aborted');
  }

  private addEnd(event: PipelineEvent): void {
    if (event.type === 'batch.completed') {
      const batch = this.get(event.batch);
      batch.hasOffset = event.baseOffset >= 0 || event.duplicate;
      this.end(batch, 'acked');
    } else if (event.type === 'batch.failed') {
      const batch = this.get(event.batch);
      batch.hasExpired = event.expired;
      this.end(batch, 'failed');
    }
    if (event.type === 'batch.split') this.end(this.get(event.batch), 'split');
  }

  private end(batch: BatchFacts, how: NonNullable<BatchFacts['end']>): void {
    batch.end ??= how;
    batch.ends++;
  }

  private create(id: BatchId, client: ClientId, tp: TpId, parentId: BatchId | null, capacity: number): void {
    const parent = parentId === null ? null : this.get(parentId);
    this.batches.set(id, {
      id,
      client,
      tp,
      parent,
      capacityBytes: capacity,
      root: parent === null ? id : parent.root,
      start: 0,
      records: 0,
      taken: 0,
      producerId: -1,
      producerEpoch: -1,
      retries: parent === null ? 0 : parent.retries + 1,
      end: null,
      ends: 0,
      hasOffset: false,
      isFreed: false,
      hasExpired: false,
      isMistaken: false,
      isLate: false,
      transaction: parent === null ? this.transaction(client) : parent.transaction,
      hasForeign: parent?.hasForeign ?? false,
    });
  }

  /** Parts are closed in the order of their records; a part may be closed again when it is drained. */
  private close(batch: BatchFacts, records: number): void {
    const { parent } = batch;
    if (parent !== null && batch.records === 0) {
      batch.start = parent.start + parent.taken;
      parent.taken += records;
    }
    batch.records = records;
  }
}
