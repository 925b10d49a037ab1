/** What the session hands to the stage and the panels each frame. One object, filled anew; nobody keeps parts of it. */
import type { EventLogView } from '#events/EventLogView';
import type { Lifelines } from '#projections/lifelines';
import type { LogTails } from '#projections/logTails';
import type { PipelineState } from '#projections/pipelineState';
import type { Readers } from '#projections/readers';
import type { RecordColumns } from '#projections/RecordColumns';

/** Where the picture is: events [0, seq) are applied, and motion is drawn for time `at` (µs). */
export interface Cursor {
  readonly seq: number;
  readonly at: number;
}

export interface StageView {
  readonly log: EventLogView;
  readonly state: PipelineState;
  readonly records: RecordColumns;
  readonly lifelines: Lifelines;
  readonly tails: LogTails;
  readonly readers: Readers;
  readonly cursor: Cursor;
  /**
   * µs of run time by which geometry looks ahead, so that ways of a few µs can be seen: a record that is appended
   * at A is drawn flying during [A − leadUs, A]. 0 when time stands still: then the picture is the facts.
   */
  readonly leadUs: number;
  /** µs of run time per µs of wall time. */
  readonly speed: number;
  readonly playing: boolean;
}
