/** A run of the model with its whole log in memory. */
import { known } from '#base/assert';
import { EventTape } from '#events/EventTape';
import { createModelRun, type ModelRun } from './ModelRun.ts';
import type { Scenario } from './Scenario.ts';

export interface LoggedRun {
  readonly model: ModelRun;
  readonly tape: EventTape;
}

/** At its beginning. The scenario must be valid. */
export function loggedRun(scenario: Scenario): LoggedRun {
  const tapes: EventTape[] = [];
  const model = createModelRun(scenario, (clock) => {
    const tape = new EventTape(clock);
    tapes.push(tape);
    return tape;
  });
  return { model, tape: known(tapes[0], 'the log of the run') };
}
