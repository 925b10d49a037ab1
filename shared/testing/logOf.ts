/** What the model writes, for tests that look at it from outside. */
import { assert } from '#base/assert';
import type { EventOf, EventType, PipelineEvent } from '#events/catalogue';
import type { EventTape } from '#events/EventTape';
import { loggedRun } from '#model/loggedRun';
import type { Scenario } from '#model/Scenario';

/** The log of the first `untilUs` of a run. @throws BugError when the model fails. */
export function logOf(scenario: Scenario, untilUs: number): EventTape {
  const { model, tape } = loggedRun(scenario);
  model.runUntil(untilUs);
  assert(model.failure === null, model.failure ?? '');
  return tape;
}

/** All that a log holds. */
export function eventsOf(tape: EventTape): PipelineEvent[] {
  const reader = tape.read(tape.startSeq);
  return Array.from({ length: tape.endSeq - tape.startSeq }, () => reader.next());
}

export const ofType = <T extends EventType>(events: readonly PipelineEvent[], type: T): EventOf<T>[] =>
  events.filter((event): event is PipelineEvent & EventOf<T> => event.type === type);
