/** What differs from the defaults, as properties: the configuration of the moment at one glance. */
import type { ReactNode } from 'react';
import type { Scenario } from '#model/Scenario';
import { useAppStore, useSession } from '../../store/useFrame.ts';
import { applyChange, textOfValue } from './change.ts';
import { isChanged, type Control, type ControlGroup } from './Control.ts';

export function ChangedBox(props: {
  readonly groups: readonly ControlGroup[];
  readonly present: Scenario;
  readonly fromStart: boolean;
}): ReactNode {
  const { present, fromStart } = props;
  const session = useSession();
  const store = useAppStore();
  const changed = props.groups
    .flatMap(({ controls }) => controls)
    .filter((control) => isChanged(control, present));
  const back = (control: Control): void => {
    const refusal = applyChange(session, control, control.defaultValue, fromStart);
    if (refusal !== null) store.getState().notify(refusal, 'warn');
  };
  const isProducer = (control: Control): boolean => control.isKafkaName && control.application !== null;
  const line = (control: Control): ReactNode => (
    <li key={control.id}>
      <code>
        {isProducer(control)
          ? `${control.label}=${control.read(present)}`
          : `${control.label}: ${textOfValue(control, control.read(present))}`}
      </code>
      <button
        type="button"
        className="reset"
        aria-label={`${control.label}: back to the default`}
        title={`Back to the default, ${textOfValue(control, control.defaultValue)}`}
        onClick={() => back(control)}
      >
        ↺
      </button>
    </li>
  );
  return (
    <section className="changed-box" aria-label="Changed from default">
      <h2>Changed from default</h2>
      {changed.length === 0 ? (
        <p className="dim">Nothing: this is what Kafka 4.3 does by itself.</p>
      ) : (
        <ul>
          {changed.filter(isProducer).map(line)}
          {changed.filter((control) => !isProducer(control)).map(line)}
        </ul>
      )}
    </section>
  );
}
