/** Sets of settings by name, each with the one line that says whom it is for. */
import { useRef, type ReactNode } from 'react';
import { PRESETS, presetProperties, type Preset } from '#model/presets';
import type { Scenario } from '#model/Scenario';
import { useAppStore, useSession } from '../../store/useFrame.ts';
import { applyProducer } from './change.ts';

type Properties = Readonly<Record<string, string>>;

const isSame = (a: Properties, b: Properties): boolean => {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
};

export function PresetMenu(props: {
  readonly application: number;
  readonly present: Scenario;
  readonly fromStart: boolean;
}): ReactNode {
  const session = useSession();
  const store = useAppStore();
  const menu = useRef<HTMLDetailsElement>(null);
  const producer = props.present.applications[props.application]?.producer ?? {};
  const now = PRESETS.find((preset) => isSame(presetProperties(preset), producer));
  const choose = (preset: Preset): void => {
    const refusal = applyProducer(session, props.application, presetProperties(preset), props.fromStart);
    if (refusal !== null) store.getState().notify(refusal, 'warn');
    if (menu.current !== null) menu.current.open = false;
  };
  return (
    <details
      className="presets"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || menu.current?.open !== true) return;
        menu.current.open = false;
        menu.current.querySelector('summary')?.focus();
        event.stopPropagation();
      }}
    >
      <summary>
        <span className="dim">Preset</span> <span>{now?.name ?? 'your own'}</span>
      </summary>
      <ul>
        {PRESETS.map((preset) => (
          <li key={preset.id}>
            <button
              type="button"
              aria-current={preset === now}
              title={preset.settings.map(({ key, value, why }) => `${key}=${value}: ${why}`).join('\n')}
              onClick={() => choose(preset)}
            >
              <strong>{preset.name}</strong>
              <span className="dim">{preset.reason}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
