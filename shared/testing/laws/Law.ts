/** A promise of Kafka's that can be held against a log, event by event. It knows no engine: only what the log says. */
import type { PipelineEvent } from '#events/catalogue';
import type { BatchBook } from './BatchBook.ts';
import type { ReplicaLogs } from './ReplicaLogs.ts';

export interface Violation {
  readonly law: string;
  readonly sentence: string;
  /** Number of the event at which it shows; the end of the log for what shows only there. */
  readonly seq: number;
  readonly at: number;
}

/** What the laws share: facts of the log so far, and where broken ones are written. */
export interface LawContext {
  readonly batches: BatchBook;
  readonly logs: ReplicaLogs;
  /** Notes a violation at the event that is being looked at. */
  broken(law: string, sentence: string): void;
}

export interface Law {
  /** After the shared facts have taken the event in. */
  add(event: PipelineEvent): void;
  /** The run has come to rest: what must be so by then. */
  end(): void;
}
