/** Every record has one outcome for the application; time never goes back. */
import type { BatchId, ClientId, RecordId } from '#base/ids';
import type { PipelineEvent } from '#events/catalogue';
import type { BatchFacts } from './BatchBook.ts';
import type { Law, LawContext } from './Law.ts';

const LAW = 'one outcome a record';

export class OutcomeLaw implements Law {
  private readonly context: LawContext;
  private at = 0;
  private readonly sent = new Map<
    RecordId,
    { readonly at: number; batch: BatchId | null; isRefused: boolean }
  >();
  private readonly dead = new Set<ClientId>();
  private lastDeathAt = -1;

  constructor(context: LawContext) {
    this.context = context;
  }

  add(event: PipelineEvent): void {
    if (event.at < this.at) this.context.broken('time', `${event.at} µs comes after ${this.at} µs`);
    this.at = event.at;
    switch (event.type) {
      case 'record.sent':
        this.sent.set(event.record, { at: event.at, batch: null, isRefused: false });
        break;
      case 'record.appended':
        this.appended(event.record, event.batch);
        break;
      case 'record.refused': {
        const record = this.sent.get(event.record);
        // What send() throws after the append does not take the record out of its batch.
        if (record?.batch === null) record.isRefused = true;
        break;
      }
      case 'batch.completed':
      case 'batch.failed':
      case 'batch.split': {
        const { ends } = this.context.batches.get(event.batch);
        if (ends > 1) this.context.broken(LAW, `batch ${event.batch} ends ${ends} times`);
        break;
      }
      case 'client.closed':
        if (event.how !== 'died') break;
        this.dead.add(event.client);
        this.lastDeathAt = event.at;
        break;
      default:
    }
  }

  private appended(id: RecordId, batch: BatchId): void {
    const record = this.sent.get(id);
    if (record === undefined || record.batch !== null || record.isRefused) {
      this.context.broken(LAW, `record ${id} is appended, which it already was, or was refused`);
    } else record.batch = batch;
  }

  /** Records without an outcome whose process lives: in a batch that is open, or with their thread in send(). */
  hasOpen(): boolean {
    for (const [id] of this.sent) if (this.isOpen(id)) return true;
    return false;
  }

  private isOpen(id: RecordId): boolean {
    const record = this.sent.get(id);
    if (record === undefined || record.isRefused) return false;
    // Its thread was in send() when the process died: nobody is left to be told.
    if (record.batch === null) return record.at > this.lastDeathAt;
    const batch = this.context.batches.get(record.batch);
    return !this.dead.has(batch.client) && !this.isOver(batch);
  }

  private isOver(batch: BatchFacts): boolean {
    return batch.end !== null && (batch.end !== 'split' || batch.taken === batch.records);
  }

  end(): void {
    for (const id of this.sent.keys()) {
      if (!this.isOpen(id)) continue;
      this.context.broken(LAW, `record ${id} has no outcome`);
      return;
    }
    for (const batch of this.context.batches.all()) {
      if (this.dead.has(batch.client) || this.isOver(batch)) continue;
      this.context.broken(LAW, `batch ${batch.id} has no end`);
      return;
    }
  }
}
