/** The model in the page, beside a live run: in small pieces of work, until it has run for as long as is compared. */
import { loggedRun } from '#model/loggedRun';
import type { ModelRun } from '#model/ModelRun';
import type { Scenario } from '#model/Scenario';
import type { MetricValues } from '#projections/metricSeries';
import { RunProjections } from '#projections/RunProjections';

/** Until the model has found its pace: connections, partitions, the ratio of the codec. */
const WARM_UP_US = 1_000_000;
const LONGEST_US = 5_000_000;
const SHORTEST_US = 500_000;
/** Enough for steady means, and done in less than a second. */
const RECORDS = 4000;
const STEPS_PER_LOOK = 256;
const US_PER_S = 1_000_000;

export class PredictionRun {
  private readonly model: ModelRun;
  private readonly projections: RunProjections;
  private readonly untilUs: number;

  constructor(scenario: Scenario) {
    const { model, tape } = loggedRun(scenario);
    this.model = model;
    this.projections = new RunProjections(tape);
    const recordsPerS = scenario.applications.reduce((sum, { workload }) => sum + workload.recordsPerS, 0);
    const wishedUs = Math.floor((RECORDS * US_PER_S) / Math.max(1, recordsPerS));
    this.untilUs = WARM_UP_US + Math.min(LONGEST_US, Math.max(SHORTEST_US, wishedUs));
  }

  /** How long the compared part is, µs of run time. */
  get lengthUs(): number {
    return this.untilUs - WARM_UP_US;
  }

  /** 0 … 1. */
  get progress(): number {
    return this.model.reachedUs / this.untilUs;
  }

  /** Works for so long; `nowMs` is any clock. null: not done yet. */
  work(budgetMs: number, nowMs: () => number): MetricValues | null {
    const endMs = nowMs() + budgetMs;
    while (nowMs() < endMs) {
      this.model.runUntil(this.untilUs, STEPS_PER_LOOK);
      this.projections.extend();
      if (this.model.failure !== null || this.model.reachedUs >= this.untilUs)
        return this.projections.metrics.summary(WARM_UP_US, this.untilUs);
    }
    return null;
  }
}
