/** Where a run comes from: the model in the page, or a live run over the bridge. The page knows nothing else. */
import type { RecordId } from '#base/ids';
import type { Micros } from '#base/time';
import type { EventType } from '#events/catalogue';
import type { EventLogView } from '#events/EventLogView';
import type { CommandBody, Scenario } from '#model/Scenario';
import type { PipelineState } from '#projections/pipelineState';
import type { LedgerListing, LedgerMessage } from '#wire/ledger';

/** How a number is known. A number on screen has the weakest provenance of what went into it. */
export type Provenance = 'simulated' | 'measured' | 'derived' | 'estimated';

export interface Capabilities {
  /** What is not in the map does not exist in this source, and the page hides it. */
  readonly events: ReadonlyMap<EventType, Provenance>;
  readonly commands: ReadonlySet<CommandBody['do']>;
  readonly commandsInThePast: boolean;
  /** Live only: what holds from the start of a run is had by beginning another one. */
  readonly canBegin?: boolean;
  /** Settings that it cannot honour, by name or `name=value`, each with why. Absent: it honours all. */
  readonly refusals?: ReadonlyMap<string, string>;
}

export interface RecordContent {
  readonly topic: string;
  readonly partition: number | null;
  readonly key: string | null;
  readonly value: string;
  readonly timestampMs: number;
  readonly headers: readonly { readonly key: string; readonly value: string }[];
}

export type SourceStatus =
  | { readonly kind: 'running' }
  /** A long re-run: how far it is, 0 … 1. */
  | { readonly kind: 'rerunning'; readonly progress: number }
  /** The run is as long as it may get (5 million events). */
  | { readonly kind: 'full'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly sentence: string }
  /** Live only: the picture stays, and says so. */
  | { readonly kind: 'disconnected'; readonly sentence: string };

export type LogChange =
  | { readonly kind: 'grown' }
  | { readonly kind: 'cut'; readonly endSeq: number }
  /** Another run stands here now. `at`: the moment to be shown; null: what happens now. */
  | { readonly kind: 'switched'; readonly at: Micros | null };

export interface Source {
  readonly kind: 'model' | 'live' | 'recording';
  readonly capabilities: Capabilities;
  /** Why nothing can be changed here, as a sentence; null or absent: it can. */
  readonly lookOnly?: string | null;
  /** A run that is over has nothing after it; null or absent: it goes on. */
  readonly endsAt?: Micros | null;
  readonly log: EventLogView;
  readonly status: SourceStatus;
  /** The state before the first event of `log`, where the log does not begin with the run; else null. */
  readonly base?: PipelineState | null;
  readonly scenario: Scenario;
  /** Makes the log complete up to `at` if it can within `budgetMs`; returns how far it is complete. */
  ensure(at: Micros, budgetMs: number): Micros;
  /** The model accepts a past `at` and makes the rest anew; live accepts only its own now. null: done, else a sentence. */
  execute(command: CommandBody, at: Micros): string | null;
  content(record: RecordId): RecordContent | 'asked' | 'gone';
  /** Contents that are at hand and cannot be made again. */
  readonly contents?: ReadonlyMap<number, RecordContent | 'asked' | 'gone'>;
  subscribe(listener: (change: LogChange) => void): () => void;
  /** Live only: so many events are kept; of more, those before a state are let go. */
  readonly mostEvents?: number;
  /** What is before this state, which begins a block of the log, is needed no more. */
  letGo?(base: PipelineState): void;
  /** Live only: what was read back from the log, as of now; null or absent: nobody reads it back. */
  readonly ledger?: LedgerMessage | null;
  /** The newest records behind one of its counts, as they were when they were last asked for; this asks anew. */
  ledgerRecords?(listing: LedgerListing, tp: number | null): readonly number[] | 'asked';
}
