/**
 * A read_committed reader: below the last stable offset, without what was aborted. It never shows a record of an open or
 * aborted transaction, shows all or none of a committed one, and nothing that was written after its producer was fenced.
 */
import type { ClientId, TpId } from '#base/ids';
import type { EventOf, PipelineEvent } from '#events/catalogue';
import { isUnsafeInVersion1, type BatchFacts, type TransactionEnd } from './BatchBook.ts';
import type { Law, LawContext } from './Law.ts';
import type { Entry, ReplicaLog } from './ReplicaLogs.ts';

const LAW = 'read_committed';

/** One transaction as its client sees it. */
interface ClientTransaction {
  batches: BatchFacts[];
  readonly end: TransactionEnd | null;
}

export class ReadCommittedLaw implements Law {
  private readonly context: LawContext;
  private readonly positions = new Map<TpId, number>();
  private readonly visible = new Set<BatchFacts>();
  /** By producer id: from which event on which epoch is the least that may write. */
  private readonly fences = new Map<number, { readonly seq: number; readonly producerEpoch: number }[]>();
  /** States of transactional ids at their coordinator that are not over. */
  private readonly open = new Set<string>();
  private readonly lossy = new Set<TpId>();

  private readonly transactionVersion: 1 | 2;

  constructor(context: LawContext, transactionVersion: 1 | 2) {
    this.context = context;
    this.transactionVersion = transactionVersion;
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'coordinator.moved':
        this.coordinatorMoved(event);
        break;
      case 'leader.elected':
        if (event.unclean) this.lossy.add(event.tp);
        break;
      case 'highWatermark.advanced':
        this.read(event);
        break;
      default:
    }
  }

  /** Ongoing, or its end is on its way: somebody still waits for a marker. */
  hasOpen(): boolean {
    return this.open.size > 0;
  }

  private coordinatorMoved(event: EventOf<'coordinator.moved'>): void {
    const { transactionalId, to, producerId, producerEpoch, seq } = event;
    if (to === 'Empty' || to === 'CompleteCommit' || to === 'CompleteAbort')
      this.open.delete(transactionalId);
    else this.open.add(transactionalId);
    // A fence that is not in the coordinator's log yet is gone when another broker takes over.
    if (to === 'PrepareEpochFence') return;
    const fences = this.fences.get(producerId) ?? [];
    const last = fences.at(-1)?.producerEpoch ?? -1;
    if (producerEpoch > last) this.fences.set(producerId, [...fences, { seq, producerEpoch }]);
  }

  // ---- the reader

  private read({ tp, lastStableOffset, leaderEpoch }: EventOf<'highWatermark.advanced'>): void {
    const log = this.context.logs.logInEpoch(tp, leaderEpoch);
    if (log === null) return;
    const from = this.positions.get(tp) ?? 0;
    for (let i = log.indexAt(from); i < log.entries.length; i++) {
      const entry = log.entries[i];
      if (entry === undefined || entry.endOffset > lastStableOffset) break;
      this.positions.set(tp, entry.endOffset);
      if (entry.batch !== null && entry.batch.transaction > 0) this.readBatch(tp, log, i, entry);
    }
  }

  private readBatch(tp: TpId, log: ReplicaLog, index: number, entry: Entry): void {
    const marker = log.entries.find(
      (other, i) => i > index && other.batch === null && other.producerId === entry.producerId,
    );
    if (marker === undefined) {
      this.context.broken(
        LAW,
        `partition ${tp}: offset ${entry.baseOffset} of an open transaction is readable`,
      );
      return;
    }
    if (!marker.isCommit || entry.batch === null) return;
    this.visible.add(entry.batch);
    const fence = this.fences
      .get(entry.producerId)
      ?.find(({ seq, producerEpoch }) => producerEpoch > entry.producerEpoch && seq < entry.seq);
    if (fence !== undefined) {
      this.context.broken(
        LAW,
        `partition ${tp}: offset ${entry.baseOffset} was written in epoch ${entry.producerEpoch} after the fence ${fence.producerEpoch}`,
      );
    }
  }

  end(): void {
    for (const [key, { batches, end }] of this.transactions()) {
      if (batches.some((batch) => this.isExcused(batch))) continue;
      const seen = batches.filter((batch) => this.visible.has(batch)).length;
      if (seen > 0 && seen < batches.length) {
        this.context.broken(LAW, `${seen} of ${batches.length} batches of transaction ${key} are readable`);
      } else if (end === 'aborted' && seen > 0) {
        this.context.broken(LAW, `transaction ${key} was aborted and is readable`);
      } else if (end === 'committed' && seen < batches.length) {
        this.context.broken(LAW, `transaction ${key} was committed and is not readable`);
      }
    }
  }

  /** Kafka promises nothing of its transaction. */
  private isExcused(batch: BatchFacts): boolean {
    const { tp } = batch;
    const isGone = this.lossy.has(tp) || this.context.logs.isGone(tp);
    return isGone || isUnsafeInVersion1(batch, this.transactionVersion);
  }

  /** By client and number, with every batch that was not split. */
  private transactions(): Map<string, ClientTransaction> {
    const found = new Map<string, ClientTransaction>();
    for (const batch of this.context.batches.all()) {
      if (batch.transaction === 0 || batch.end === 'split' || batch.hasForeign) continue;
      const key = keyOf(batch.client, batch.transaction);
      const end = this.context.batches.endOfTransaction(batch);
      const transaction = found.get(key) ?? { batches: [], end };
      transaction.batches.push(batch);
      found.set(key, transaction);
    }
    return found;
  }
}

const keyOf = (client: ClientId, transaction: number): string => `${client}/${transaction}`;
