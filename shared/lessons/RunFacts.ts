/** What is true in a run at a moment: the same projections as on the page, and the few sums that lessons ask for. */
import { known } from '#base/assert';
import type { EventType } from '#events/catalogue';
import type { EventTape } from '#events/EventTape';
import { loggedRun } from '#model/loggedRun';
import type { ModelRun } from '#model/ModelRun';
import type { Scenario } from '#model/Scenario';
import type { PipelineState } from '#projections/pipelineState';
import { RunProjections } from '#projections/RunProjections';
import type { Lesson, LessonFacts, LessonStep, Moment } from './Lesson.ts';

const US_PER_MS = 1000;
/** Further than this no lesson looks for an event. */
const LATEST_US = 10_000_000;
const SLICE_US = 5000;
/** Runs of lessons are over by then. */
const PREPARED_US = 150_000;

export interface DeliveredRecords {
  readonly readUncommitted: number;
  readonly readCommitted: number;
  /** Of those of the read_uncommitted reader: their transaction was aborted. */
  readonly aborted: number;
}

export interface RunFacts {
  readonly scenario: Scenario;
  /** Events [0, seq) have happened; µs of run time. */
  readonly seq: number;
  readonly atUs: number;
  /** Valid until facts of another moment of the same run are asked for. */
  readonly state: PipelineState;
  readonly produceRequests: number;
  readonly recordsSent: number;
  readonly recordsAcked: number;
  readonly failedRecords: number;
  /** What two readers of all partitions have been given so far. */
  readonly delivered: DeliveredRecords;
  /** Records of each batch that has left so far. */
  readonly batchRecords: readonly number[];
  /** From `send()` to the answer, of the records acked so far, in rising order. */
  readonly latenciesUs: readonly number[];
  /** The middle one, in ms with one decimal place; 0 without any. */
  readonly medianLatencyMs: number;
  /** Why batches were ready, in the order in which they were. */
  readonly readyReasons: readonly string[];
}

/** A run as far as it has been asked for. */
class Run {
  readonly scenario: Scenario;
  private readonly model: ModelRun;
  private readonly tape: EventTape;
  private readonly projections: RunProjections;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    const { model, tape } = loggedRun(scenario);
    this.model = model;
    this.tape = tape;
    this.projections = new RunProjections(this.tape);
  }

  at(moment: Moment): RunFacts {
    return 'ms' in moment ? this.atTime(moment.ms * US_PER_MS) : this.atEvent(moment.after, moment.nth);
  }

  /** Goes on by a little; false: it is far enough for any step. */
  prepare(): boolean {
    if (this.model.reachedUs >= PREPARED_US) return false;
    this.reach(this.model.reachedUs + SLICE_US);
    return true;
  }

  private reach(untilUs: number): void {
    this.model.runUntil(untilUs + 1);
    this.projections.extend();
  }

  private atTime(us: number): RunFacts {
    this.reach(us);
    return this.facts(this.tape.seqAfter(us), us);
  }

  private atEvent(type: EventType, nth: number): RunFacts {
    let seen = 0;
    let from = this.tape.startSeq;
    for (let until = SLICE_US; until <= LATEST_US; until += SLICE_US) {
      this.reach(until);
      const reader = this.tape.read(from);
      for (; from < this.tape.endSeq; from++) {
        const event = reader.next();
        if (event.type === type && ++seen === nth) return this.facts(from + 1, event.at);
      }
    }
    return this.facts(this.tape.endSeq, LATEST_US);
  }

  private facts(seq: number, atUs: number): RunFacts {
    const { projections, scenario } = this;
    const state = projections.moveTo(seq);
    const { batches } = projections.lifelines;
    const batchRecords: number[] = [];
    const latenciesUs: number[] = [];
    const ready: { readonly at: number; readonly reason: string }[] = [];
    for (let id = 0; id < batches.count; id++) {
      const batch = batches.get(id);
      if (batch === null || batch.createdAt > atUs) continue;
      if (batch.readyAt >= 0 && batch.readyAt <= atUs)
        ready.push({ at: batch.readyAt, reason: batch.readyReason ?? '' });
      if (batch.attempts.some(({ drainedAt }) => drainedAt <= atUs)) batchRecords.push(batch.recordCount);
      if (batch.completedAt < 0 || batch.completedAt > atUs) continue;
      for (const record of batches.recordsOf(id)) {
        latenciesUs.push(batch.completedAt - projections.records.sentAt(record));
      }
    }
    latenciesUs.sort((a, b) => a - b);
    const median = latenciesUs[Math.floor(latenciesUs.length / 2)] ?? 0;
    const { counters } = state;
    return {
      scenario,
      seq,
      atUs,
      state,
      produceRequests: counters.produceRequestsSent,
      recordsSent: counters.recordsSent,
      recordsAcked: counters.recordsAcked,
      failedRecords: counters.recordsFailed,
      delivered: deliveredIn(projections, state, seq),
      batchRecords,
      latenciesUs,
      medianLatencyMs: Math.floor(median / 100 + 0.5) / 10,
      readyReasons: ready.toSorted((a, b) => a.at - b.at).map(({ reason }) => reason),
    };
  }
}

function deliveredIn(projections: RunProjections, state: PipelineState, seq: number): DeliveredRecords {
  const sum = { readUncommitted: 0, readCommitted: 0, aborted: 0 };
  for (const tp of state.partitions.keys()) {
    const readers = projections.readers.at(tp, seq);
    sum.readUncommitted += readers?.uncommitted.delivered ?? 0;
    sum.readCommitted += readers?.committed.delivered ?? 0;
    sum.aborted += readers?.uncommitted.aborted ?? 0;
  }
  return sum;
}

export interface LessonRuns {
  /** What is true at a step. */
  at(step: LessonStep): LessonFacts;
  /** A little of the work ahead of time, some ms of it; true: nothing is left to do. */
  prepare(): boolean;
}

/** Makes the runs of a lesson when they are asked for, each once. */
export function createLessonRuns(lesson: Lesson): LessonRuns {
  const runs = new Map<string, Run>();
  const open = (name: string): Run => {
    let made = runs.get(name);
    if (made === undefined) {
      made = new Run(known(lesson.runs[name], `run ${name} of lesson ${lesson.id}`));
      runs.set(name, made);
    }
    return made;
  };
  const run = (name: string, at: Moment): RunFacts => open(name).at(at);
  return {
    prepare: () => !Object.keys(lesson.runs).some((name) => open(name).prepare()),
    at: (step) => ({
      // Asked anew each time: another moment of the same run may have been looked at meanwhile.
      get here() {
        return run(step.run, step.at);
      },
      run,
    }),
  };
}
