/** Logs of the model as the page has them, for what is measured on logs. */
import { assert } from '#base/assert';
import { EventTape } from '#events/EventTape';
import { DEFAULT_APPLICATION, DEFAULT_SCENARIO, DEFAULT_WORKLOAD } from '#model/defaultScenario';
import { ModelRun } from '#model/ModelRun';
import type { Scenario, WorkloadSpec } from '#model/Scenario';

export interface ModelLog {
  readonly tape: EventTape;
  readonly model: ModelRun;
}

/** The page's own run with another workload and other settings of its producer. */
export const scenarioWith = (
  workload: Partial<WorkloadSpec>,
  producer: Readonly<Record<string, string>> = {},
): Scenario => ({
  ...DEFAULT_SCENARIO,
  applications: [{ ...DEFAULT_APPLICATION, producer, workload: { ...DEFAULT_WORKLOAD, ...workload } }],
});

const SLICE_US = 10_000;

/** Runs until `enough`. */
export function modelLog(scenario: Scenario, enough: (tape: EventTape) => boolean): ModelLog {
  let tape = new EventTape();
  const model = new ModelRun(scenario, (clock) => (tape = new EventTape(clock)));
  for (let until = SLICE_US; !enough(tape); until += SLICE_US) {
    model.runUntil(until);
    assert(model.failure === null, model.failure ?? '');
  }
  return { tape, model };
}
