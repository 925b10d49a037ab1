/** Logs of the model as the page has them, for what is measured on logs. */
import { assert } from '#base/assert';
import type { EventTape } from '#events/EventTape';
import { DEFAULT_APPLICATION, DEFAULT_SCENARIO, DEFAULT_WORKLOAD } from '#model/defaultScenario';
import { loggedRun, type LoggedRun } from '#model/loggedRun';
import type { Scenario, WorkloadSpec } from '#model/Scenario';

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
export function modelLog(scenario: Scenario, enough: (tape: EventTape) => boolean): LoggedRun {
  const { model, tape } = loggedRun(scenario);
  for (let until = SLICE_US; !enough(tape); until += SLICE_US) {
    model.runUntil(until);
    assert(model.failure === null, model.failure ?? '');
  }
  return { tape, model };
}
