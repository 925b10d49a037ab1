/**
 * Keeps a prediction beside a live run: measures the latest stretch, runs the model with its round trips, and does so
 * again when the settings change or some time has passed. Called with the frames of a panel that is looked at.
 */
import type { Scenario } from '#model/Scenario';
import type { LifelineTables } from '#projections/lifelines/LifelineTables';
import type { MetricSeries, MetricValues } from '#projections/metricSeries';
import { presentScenario } from '../../panels/settings/presentScenario.ts';
import { measure, measuredWindow, type Measured } from './measured.ts';
import { predictionScenario } from './predictionScenario.ts';
import { PredictionRun } from './PredictionRun.ts';

export interface Comparison {
  readonly measured: Measured;
  readonly predicted: MetricValues;
  /** Run time that the model was run for, µs. */
  readonly predictedUs: number;
}

/** What of a session is needed. */
export interface LiveLook {
  readonly source: { readonly scenario: Scenario };
  readonly projections: { readonly metrics: MetricSeries; readonly lifelines: LifelineTables };
  readonly completeAt: number;
  readonly startAt: number;
}

/** Run time after which the same settings are compared anew. */
const AGAIN_US = 5_000_000;

interface Work {
  readonly measured: Measured;
  readonly run: PredictionRun;
}

export class Predictor {
  /** The last that was finished, of the settings that hold now; null: there is none yet. */
  comparison: Comparison | null = null;
  private readonly nowMs: () => number;
  private settings: Scenario | null = null;
  private work: Work | null = null;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  /** How far the model is, 0 … 1; null: it does not run. */
  get progress(): number | null {
    return this.work?.run.progress ?? null;
  }

  /** Goes on for `budgetMs`. Returns whether there is more to do at once. */
  look(live: LiveLook, budgetMs: number): boolean {
    const { scenario } = live.source;
    if (scenario !== this.settings) {
      // Another run, or a command: what was compared is of the past.
      this.settings = scenario;
      this.comparison = null;
      this.work = null;
    }
    this.work ??= this.begin(live);
    if (this.work === null) return false;
    const { measured, run } = this.work;
    const predicted = run.work(budgetMs, this.nowMs);
    if (predicted === null) return true;
    this.comparison = { measured, predicted, predictedUs: run.lengthUs };
    this.work = null;
    return false;
  }

  private begin({ source, projections, completeAt, startAt }: LiveLook): Work | null {
    const { scenario } = source;
    const window = measuredWindow(scenario, startAt, completeAt, projections.metrics.bucketUs);
    if (window === null) return null;
    const last = this.comparison?.measured.window.toUs ?? -Infinity;
    if (window.toUs < last + AGAIN_US) return null;
    const measured = measure(window, projections);
    const present = presentScenario(scenario, Infinity);
    return { measured, run: new PredictionRun(predictionScenario(present, measured.roundTrips)) };
  }
}

/** By how much the prediction is off, in percent of what was measured; null: there is nothing to compare. */
export const differencePercent = (predicted: number | null, measured: number | null): number | null =>
  predicted === null || measured === null || measured === 0
    ? null
    : ((predicted - measured) / measured) * 100;
