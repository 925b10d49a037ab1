/** A log with all that is derived from it, taken in within a budget of wall time. */
import type { EventLogView } from '#events/EventLogView';
import type { PipelineState } from '#projections/pipelineState';
import { RunProjections } from '#projections/RunProjections';

/** Events between two looks at the clock. */
const SLICE_EVENTS = 2000;

export interface Picture {
  readonly log: EventLogView;
  /** µs: nothing before it can be shown. */
  readonly startAt: number;
  readonly projections: RunProjections;
  /** At the seq of the last `moveTo`. */
  readonly state: PipelineState;
  /** Time up to which the indexes are complete; infinite when they have caught up with the log. */
  readonly extendedAt: number;
  /** Takes in new events for at most about `budgetMs`. Returns whether all are in. */
  extend(budgetMs: number): boolean;
  moveTo(seq: number): void;
  /** Another one of the same log that begins at `seq`, with nothing of what was before but the state. */
  from(seq: number): Picture;
  /** The state that it begins with; null: it begins with the run. */
  readonly base: PipelineState | null;
}

/** `base`: the state before the first event that it shows, where that is not the beginning of the run. */
export function createPicture(
  log: EventLogView,
  base: PipelineState | null = null,
  nowMs: () => number = () => performance.now(),
): Picture {
  const projections = new RunProjections(log, base);
  let state = projections.moveTo(base?.seq ?? log.startSeq);
  return {
    log,
    startAt: base?.at ?? 0,
    projections,
    get state() {
      return state;
    },
    get extendedAt() {
      const seq = projections.extendedSeq;
      return seq >= log.endSeq ? Number.POSITIVE_INFINITY : log.timeOf(seq) - 1;
    },
    extend(budgetMs) {
      const until = nowMs() + budgetMs;
      let isDone = projections.extend(SLICE_EVENTS);
      while (!isDone && nowMs() < until) isDone = projections.extend(SLICE_EVENTS);
      return isDone;
    },
    moveTo(seq) {
      state = projections.moveTo(seq);
    },
    from: (seq) => createPicture(log, projections.stateAt(seq), nowMs),
    base,
  };
}
