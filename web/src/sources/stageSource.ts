/** What stands on the stage: the page's own run, or another one in its place. To the session they are one source. */
import type { Micros } from '#base/time';
import type { RecordId } from '#base/ids';
import type { CommandBody, Scenario } from '#model/Scenario';
import type { PipelineState } from '#projections/pipelineState';
import type { LedgerListing } from '#wire/ledger';
import type { RestartableSource } from '../session/contract.ts';
import type { LogChange } from './Source.ts';

export class StageSource implements RestartableSource {
  /** The page's own run: comes back when another one is closed. */
  own: RestartableSource;
  /** The source that all questions go to. */
  shown: RestartableSource;
  /** Where the own run stood when it left the stage. */
  private ownAt: Micros | null = null;
  private readonly listeners = new Set<(change: LogChange) => void>();
  private unsubscribe: () => void;

  constructor(own: RestartableSource) {
    this.own = this.shown = own;
    this.unsubscribe = own.subscribe((change) => this.tell(change));
  }

  /** Takes the place of the own run, which stands at `ownAt`, until it is closed. */
  show(source: RestartableSource, at: Micros, ownAt: Micros): void {
    if (this.shown === this.own) this.ownAt = ownAt;
    this.put(source, at);
  }

  /** Back to the own run, where it stood; a live one goes on at what happens now. */
  showOwn(): void {
    this.put(this.own, this.own.kind === 'live' ? null : this.ownAt);
  }

  /** From now on this is the own run. Returns the way back. */
  adopt(source: RestartableSource, at: Micros): () => void {
    const { own, ownAt } = this;
    this.own = source;
    this.put(source, at);
    return () => {
      this.own = own;
      this.ownAt = ownAt;
      this.showOwn();
    };
  }

  private put(source: RestartableSource, at: Micros | null): void {
    this.unsubscribe();
    this.shown = source;
    this.unsubscribe = source.subscribe((change) => this.tell(change));
    this.tell({ kind: 'switched', at });
  }

  get kind(): RestartableSource['kind'] {
    return this.shown.kind;
  }
  get capabilities(): RestartableSource['capabilities'] {
    return this.shown.capabilities;
  }
  get lookOnly(): string | null {
    return this.shown.lookOnly ?? null;
  }
  get endsAt(): Micros | null {
    return this.shown.endsAt ?? null;
  }
  get log(): RestartableSource['log'] {
    return this.shown.log;
  }
  get status(): RestartableSource['status'] {
    return this.shown.status;
  }
  get base(): NonNullable<RestartableSource['base']> | null {
    return this.shown.base ?? null;
  }
  get scenario(): Scenario {
    return this.shown.scenario;
  }
  ensure(at: Micros, budgetMs: number): Micros {
    return this.shown.ensure(at, budgetMs);
  }
  execute(command: CommandBody, at: Micros): string | null {
    return this.shown.execute(command, at);
  }
  restart(scenario: Scenario, untilUs: number): string | null {
    return this.shown.restart(scenario, untilUs);
  }
  content(record: RecordId): ReturnType<RestartableSource['content']> {
    return this.shown.content(record);
  }
  get contents(): NonNullable<RestartableSource['contents']> {
    return this.shown.contents ?? new Map();
  }
  get ledger(): NonNullable<RestartableSource['ledger']> | null {
    return this.shown.ledger ?? null;
  }
  ledgerRecords(listing: LedgerListing, tp: number | null): readonly number[] | 'asked' {
    return this.shown.ledgerRecords?.(listing, tp) ?? [];
  }
  get mostEvents(): number {
    return this.shown.mostEvents ?? Infinity;
  }
  letGo(base: PipelineState): void {
    this.shown.letGo?.(base);
  }
  subscribe(listener: (change: LogChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(change: LogChange): void {
    for (const listener of this.listeners) listener(change);
  }
}
