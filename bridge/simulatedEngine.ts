/** `--simulated`: the model as a live engine. Its virtual time follows the wall; nothing else is different. */
import { known } from '#base/assert';
import { micros } from '#base/time';
import { catalogue, type EventType } from '#events/catalogue';
import type { EventTape } from '#events/EventTape';
import { SIMULATED_COMMANDS } from '#model/commandNames';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { createModelRun } from '#model/ModelRun';
import type { Scenario } from '#model/Scenario';
import { commandSentence, MOST_COMMANDS } from '#model/validateScenario';
import { sentEvent } from '#projections/sentEvent';
import type { LiveEngine } from './LiveEngine.ts';
import type { OpenLog } from './LiveRun.ts';

/** In real time the eye follows less than in slow motion. */
const RECORDS_PER_S = 200;

/** What the simulated live run begins with. */
export const simulatedScenario = (seed: number): Scenario => ({
  ...DEFAULT_SCENARIO,
  seed,
  applications: DEFAULT_SCENARIO.applications.map((application) => ({
    ...application,
    workload: { ...application.workload, recordsPerS: RECORDS_PER_S },
  })),
});

/** `openLog`: the log of the run, given its clock; every record is told. */
export function createSimulatedEngine(scenario: Scenario, openLog: OpenLog): LiveEngine {
  let opened: EventTape | null = null;
  const run = createModelRun(scenario, (clock) => (opened = openLog(clock).told));
  const tape = known<EventTape>(opened, 'the log of the run');
  return {
    provenance: new Map((Object.keys(catalogue) as EventType[]).map((type) => [type, 'simulated'] as const)),
    commands: new Set(SIMULATED_COMMANDS),
    get scenario() {
      return run.scenario;
    },
    get reachedUs() {
      return run.reachedUs;
    },
    get failure() {
      return run.failure;
    },
    runUntil: (atUs, maxSteps) => void run.runUntil(atUs, maxSteps),
    execute(body) {
      if (run.scenario.commands.length >= MOST_COMMANDS)
        return 'This run has had too many commands: start it anew.';
      const command = { ...body, at: run.reachedUs };
      const sentence = commandSentence(command, run.scenario);
      if (sentence !== null) return sentence;
      // An instant that has begun is over for commands: then the next one.
      if (!run.give(command)) run.give({ ...command, at: micros(run.reachedUs + 1) });
      return null;
    },
    content(record) {
      const sent = sentEvent(tape, record);
      return sent === null ? null : run.content(sent);
    },
    close: () => Promise.resolve(),
  };
}
