/** The switch of a live run: it stops the producers of all applications, and starts those again that were stopped. */
import type { CommandBody, Scenario } from '#model/Scenario';
import { presentScenario } from './settings/presentScenario.ts';

type Doing = 'runs' | 'was stopped' | 'stands by';

/** By the last that was done to its producer. */
function doingOf({ applications, commands }: Scenario, application: number): Doing {
  const last = commands.findLast(
    (command) =>
      command.do.startsWith('producer.') &&
      command.do !== 'producer.flush' &&
      'application' in command &&
      command.application === application,
  );
  if (last === undefined) return applications[application]?.isStandby === true ? 'stands by' : 'runs';
  return last.do === 'producer.close' || last.do === 'producer.kill' ? 'was stopped' : 'runs';
}

const indexesOf = ({ applications }: Scenario): readonly number[] => applications.map((_, index) => index);

export const isAnyRunning = (scenario: Scenario): boolean =>
  indexesOf(scenario).some((application) => doingOf(scenario, application) === 'runs');

/** What it does now: closes what runs; where nothing does, a new producer with the same settings for each. */
export function switchCommands(scenario: Scenario): readonly CommandBody[] {
  const wanted: Doing = isAnyRunning(scenario) ? 'runs' : 'was stopped';
  const { applications } = presentScenario(scenario, Infinity);
  return indexesOf(scenario)
    .filter((application) => doingOf(scenario, application) === wanted)
    .map((application) =>
      wanted === 'runs'
        ? { do: 'producer.close', application, timeoutMs: null }
        : { do: 'producer.replace', application, producer: applications[application]?.producer ?? {} },
    );
}
