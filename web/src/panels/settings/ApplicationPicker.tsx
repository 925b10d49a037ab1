/** Which of several applications the panel sets; adding one, taking one away. */
import type { ReactNode } from 'react';
import type { ApplicationSpec, Scenario } from '#model/Scenario';
import { MOST_APPLICATIONS } from '#model/validateScenario';
import { presentScenario } from './presentScenario.ts';
import type { Source } from '../../sources/Source.ts';
import { Touchable } from '../Touchable.tsx';
import { useAppStore, useSession } from '../../store/useFrame.ts';

/** Another one like `first`, under a name of its own. */
function anotherLike(first: ApplicationSpec, others: readonly ApplicationSpec[]): ApplicationSpec {
  let number = others.length + 1;
  while (others.some(({ name }) => name === `${first.name}-${number}`)) number++;
  // With the transactional.id of the first it would fence it at once: it waits to be started.
  return { ...first, name: `${first.name}-${number}`, isStandby: first.pattern === 'transaction-loop' };
}

function without(scenario: Scenario, index: number): Scenario {
  const commands = scenario.commands.flatMap((command) => {
    if (!('application' in command) || command.application < index) return [command];
    return command.application === index ? [] : [{ ...command, application: command.application - 1 }];
  });
  return { ...scenario, applications: scenario.applications.filter((_, i) => i !== index), commands };
}

/** What another run begins with: in the model all that is to come, live what holds now. */
const wholeOf = ({ kind, scenario }: Source): Scenario =>
  kind === 'live' ? presentScenario(scenario, Infinity) : scenario;

export function ApplicationPicker(props: {
  readonly present: Scenario;
  readonly chosen: number;
  readonly onChoose: (application: number) => void;
}): ReactNode {
  const { present, chosen, onChoose } = props;
  const session = useSession();
  const store = useAppStore();
  const { applications } = present;
  const { capabilities } = session.source;
  const canChange = capabilities.commandsInThePast || capabilities.canBegin === true;
  const restart = (scenario: Scenario, choose: number): void => {
    const refusal = session.restart(scenario);
    if (refusal === null) onChoose(choose);
    else store.getState().notify(refusal, 'warn');
  };
  const add = (): void => {
    const scenario = wholeOf(session.source);
    const first = scenario.applications[chosen];
    if (first === undefined) return;
    const another = anotherLike(first, scenario.applications);
    restart({ ...scenario, applications: [...scenario.applications, another] }, scenario.applications.length);
  };
  return (
    <div className="applications">
      <span className="dim">Application</span>
      <div className="segments" role="radiogroup" aria-label="Application that the panel sets">
        {applications.map(({ name }, index) => (
          <button
            key={name}
            type="button"
            role="radio"
            aria-checked={index === chosen}
            onClick={() => onChoose(index)}
          >
            {name}
          </button>
        ))}
      </div>
      <Touchable>
        {canChange && applications.length < MOST_APPLICATIONS ? (
          <button
            type="button"
            className="small-button"
            title="One more application like this one; the whole run is made anew"
            aria-label="Add an application"
            onClick={add}
          >
            +
          </button>
        ) : null}
        {canChange && applications.length > 1 ? (
          <button
            type="button"
            className="small-button"
            title="Take this application away; the whole run is made anew"
            aria-label="Take this application away"
            onClick={() => restart(without(wholeOf(session.source), chosen), 0)}
          >
            −
          </button>
        ) : null}
      </Touchable>
    </div>
  );
}
