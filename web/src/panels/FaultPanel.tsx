/** Faults as buttons: choose a broker, read what will happen, do it. The same stands in the menu of each thing. */
import { useState, type ReactNode } from 'react';
import { useFrame } from '../store/useFrame.ts';
import { AnswerForm } from './faults/AnswerForm.tsx';
import { FaultButton } from './faults/FaultButton.tsx';
import { applicationFacts } from './faults/applicationFacts.ts';
import { applicationFaults } from './faults/applicationFaults.ts';
import { brokerFaults, linkFaults, lossFaults, possibleFaults, type Fault } from './faults/faults.ts';
import { brokerFacts } from './faults/brokerFacts.ts';

const NOT_OURS = 'The bridge did not start these brokers, so it does nothing to them.';

export function FaultPanel(props: {
  /** The application whose settings stand above. */
  readonly application: number;
}): ReactNode {
  const { application } = props;
  const [chosen, setChosen] = useState<number | null>(null);
  const [pointed, setPointed] = useState<Fault | null>(null);
  const { nodes, facts, app, commands } = useFrame((session) => {
    const nodes = [...session.view.state.brokers.keys()]
      .filter((node) => node >= 0)
      .toSorted((a, b) => a - b);
    const node = chosen !== null && nodes.some((each) => each === chosen) ? chosen : null;
    return {
      nodes,
      facts: node === null ? null : brokerFacts(session, node),
      app: applicationFacts(session, application),
      commands: session.source.capabilities.commands,
    };
  });
  const ofBrokers = facts === null ? lossFaults(null) : [...brokerFaults(facts), ...linkFaults(facts)];
  const faults = possibleFaults(ofBrokers, commands);
  const hasBrokers = commands.has('broker.kill');
  const node = facts?.node ?? null;
  return (
    <section className="faults" aria-label="Faults">
      <h2>Faults</h2>
      {hasBrokers ? (
        <div className="fault-target">
          <span className="dim">Broker</span>
          <div className="segments wide" role="radiogroup" aria-label="Broker that the faults hit">
            <button type="button" role="radio" aria-checked={node === null} onClick={() => setChosen(null)}>
              any
            </button>
            {nodes.map((each) => (
              <button
                key={each}
                type="button"
                role="radio"
                aria-checked={node === each}
                aria-label={`broker ${each}`}
                onClick={() => setChosen(each)}
              >
                {each}
              </button>
            ))}
          </div>
        </div>
      ) : (
        <p className="fault-sentence dim">{NOT_OURS}</p>
      )}
      <div className="fault-buttons">
        {faults.map((fault) => (
          <FaultButton key={fault.id} fault={fault} onPoint={setPointed} />
        ))}
      </div>
      {app === null ? null : (
        <>
          <div className="fault-target dim">Application {app.name}</div>
          <div className="fault-buttons">
            {possibleFaults(applicationFaults(app), commands).map((fault) => (
              <FaultButton key={fault.id} fault={fault} onPoint={setPointed} />
            ))}
          </div>
        </>
      )}
      <p className="fault-sentence dim">
        {pointed?.sentence ??
          (node === null && hasBrokers
            ? 'Choose a broker to stop, freeze, slow or cut it off.'
            : 'Point at one to read what it will do.')}
      </p>
      {commands.has('answer.set') ? (
        <details className="more">
          <summary>Answer with an error</summary>
          <AnswerForm node={node} />
        </details>
      ) : null}
    </section>
  );
}
