/**
 * Copies and order. With idempotence no record is stored twice within one producer epoch, and order holds; a second copy
 * needs an epoch bump, an expired producer state or an unclean election (S22). Without, it needs a retry.
 */
import type { TpId } from '#base/ids';
import type { EventOf, PipelineEvent } from '#events/catalogue';
import type { BatchFacts } from './BatchBook.ts';
import type { Law, LawContext } from './Law.ts';
import type { Entry, ReplicaLog } from './ReplicaLogs.ts';

const LAW = 'copies';

export class CopiesLaw implements Law {
  private readonly context: LawContext;
  /** Numbers of the events after which a broker may not recognise what it has: by partition, and by producer id. */
  private readonly uncleanAt = new Map<TpId, number>();
  private readonly expiredAt = new Map<string, number>();
  /** Every copy of a record that has been written to a leader's log, by the batch it was born in. */
  private readonly writtenOf = new Map<number, Entry[]>();

  constructor(context: LawContext) {
    this.context = context;
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'leader.elected':
        if (event.unclean) this.uncleanAt.set(event.tp, event.seq);
        break;
      case 'producerState.expired':
        this.expiredAt.set(`${event.tp}/${event.producerId}`, event.seq);
        break;
      case 'log.appended':
        this.appended(event);
        break;
      default:
    }
  }

  private appended({ tp, node, batch: id }: EventOf<'log.appended'>): void {
    const batch = this.context.batches.get(id);
    const log = this.context.logs.of(tp, node);
    const entry = log.entries.at(-1);
    if (entry === undefined) return;
    const written = this.writtenOf.get(batch.root) ?? [];
    for (const other of written) {
      // A copy that an election has cut off is none.
      if (overlaps(other.batch, batch) && log.entries.includes(other)) this.second(tp, other, entry);
    }
    this.writtenOf.set(batch.root, [...written, entry]);
    if (batch.producerId >= 0) this.order(tp, log, entry);
  }

  private second(tp: TpId, first: Entry, second: Entry): void {
    const { batch } = second;
    if (batch === null) return;
    if (second.producerId < 0) {
      if (batch.retries === 0) this.context.broken(LAW, `batch ${batch.id} is stored twice without a retry`);
      return;
    }
    const isSameEpoch =
      first.producerId === second.producerId && first.producerEpoch === second.producerEpoch;
    if (isSameEpoch && !this.hasForgotten(tp, second.producerId, first.seq)) {
      this.context.broken(
        LAW,
        `batch ${batch.id} is stored twice by producer ${second.producerId} in its epoch ${second.producerEpoch}`,
      );
    }
  }

  /** Whether the partition may have lost what it knew of the producer since `seq`. */
  private hasForgotten(tp: TpId, producerId: number, seq: number): boolean {
    return (this.uncleanAt.get(tp) ?? -1) > seq || (this.expiredAt.get(`${tp}/${producerId}`) ?? -1) > seq;
  }

  private order(tp: TpId, log: ReplicaLog, entry: Entry): void {
    const { batch, producerId, producerEpoch } = entry;
    for (let i = log.entries.length - 2; i >= 0 && batch !== null; i--) {
      const before = log.entries[i];
      if (before?.batch == null || before.producerId !== producerId) continue;
      const isLater =
        before.producerEpoch !== producerEpoch ||
        before.batch.root < batch.root ||
        (before.batch.root === batch.root && before.batch.start < batch.start);
      if (!isLater && !this.hasForgotten(tp, producerId, before.seq)) {
        this.context.broken(
          'order',
          `partition ${tp}: batch ${batch.id} stands behind batch ${before.batch.id}, which was made after it, in one epoch`,
        );
      }
      return;
    }
  }

  end(): void {
    // That each copy is counted is held against the outcomes.
  }
}

/** Whether two batches hold a record in common. */
export function overlaps(a: BatchFacts | null, b: BatchFacts | null): boolean {
  if (a === null || b === null || a.root !== b.root) return false;
  return a.start < b.start + b.records && b.start < a.start + a.records;
}
