/** One control: name, value that can be typed, slider with Kafka's default as a tick, the way back to it. */
import { Fragment, memo, useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { Scenario } from '#model/Scenario';
import { effectiveText } from './effective.ts';
import { textOfValue } from './change.ts';
import type { Control } from './Control.ts';
import { choiceRefusal, refusedOf, type Refused } from './liveSettings.ts';
import { useSession } from '../../store/useFrame.ts';
import { nextStop, placeOf } from './stops.ts';
import { useControl, type ControlHandle } from './useControl.ts';

/** What a setting does that only holds from the start of a run. */
const MADE_ANEW = {
  model: ' A change makes the whole run anew.',
  live: ' A change begins another run in the place of this one.',
  recording: '',
} as const;

export const ControlRow = memo(function ControlRow(props: {
  readonly control: Control;
  /** Of the run at the playhead. */
  readonly present: Scenario;
  readonly fromStart: boolean;
}): ReactNode {
  const { control, present, fromStart } = props;
  const { capabilities, kind, lookOnly } = useSession().source;
  const refused = refusedOf(control, present, capabilities, lookOnly);
  const handle = useControl(control, present, fromStart);
  const id = useId();
  const isChanged = handle.value !== control.defaultValue;
  const defaultText = textOfValue(control, control.defaultValue);
  const onlyFromStart = !fromStart && control.command(present, handle.value) === null;
  const effective = effectiveText(control, present);
  if (refused !== null) {
    return <RefusedRow control={control} refused={refused} value={handle.text} />;
  }
  return (
    <div className={isChanged ? 'control changed' : 'control'} data-control={control.label}>
      <div className="control-head">
        <span className={control.isKafkaName ? 'control-name kafka' : 'control-name'}>
          <Broken text={control.label} />
        </span>
        {isChanged ? (
          <button
            type="button"
            className="reset"
            title={`Back to the default, ${defaultText}`}
            aria-label={`${control.label}: back to the default, ${defaultText}`}
            onClick={() => handle.set(control.defaultValue)}
          >
            ↺
          </button>
        ) : null}
        <Value id={id} control={control} handle={handle} />
      </div>
      {control.shape.kind === 'number' ? <Slider id={id} control={control} handle={handle} /> : null}
      {effective === null ? null : <p className="effective">{effective}</p>}
      {handle.refusal === null ? null : (
        <p className="refusal" role="alert">
          {handle.refusal}
          <span>The run keeps {textOfValue(control, handle.value)}.</span>
        </p>
      )}
      <p className="meaning" id={`${id}-meaning`}>
        {control.meaning} Default: {defaultText}.{onlyFromStart ? MADE_ANEW[kind] : ''}
      </p>
    </div>
  );
});

/** A setting that this run cannot change: its value where it is known, and why. */
function RefusedRow(props: {
  readonly control: Control;
  readonly refused: Refused;
  readonly value: string;
}): ReactNode {
  const { control, refused, value } = props;
  return (
    <div
      className="control refused"
      data-control={control.label}
      aria-disabled="true"
      title={refused.sentence}
    >
      <div className="control-head">
        <span className={control.isKafkaName ? 'control-name kafka' : 'control-name'}>
          <Broken text={control.label} />
        </span>
        <span className="control-value number">{refused.isKnown ? value : '—'}</span>
      </div>
      <p className="meaning">{refused.sentence}</p>
    </div>
  );
}

/** Long names break behind their dots. */
function Broken(props: { readonly text: string }): ReactNode {
  return props.text.split('.').map((part, i) => (
    <Fragment key={part + String(i)}>
      {i === 0 ? null : (
        <>
          .<wbr />
        </>
      )}
      {part}
    </Fragment>
  ));
}

interface PartProps {
  readonly id: string;
  readonly control: Control;
  readonly handle: ControlHandle;
}

/** At most so many letters side by side. */
const SEGMENT_LETTERS = 12;

function Value({ id, control, handle }: PartProps): ReactNode {
  const { shape } = control;
  const { capabilities } = useSession().source;
  const common = { 'aria-label': control.label, 'aria-describedby': `${id}-meaning` };
  switch (shape.kind) {
    case 'number':
      return (
        <input
          {...common}
          className="control-value number"
          type="text"
          inputMode="text"
          autoComplete="off"
          spellCheck={false}
          value={handle.text}
          style={{ width: `${Math.max(4, handle.text.length) + 2}ch` }}
          aria-invalid={handle.refusal !== null}
          onChange={(event) => handle.type(event.target.value)}
          onFocus={(event) => event.target.select()}
          onBlur={() => handle.commitTyped()}
          onKeyDown={(event) => {
            if (event.key === 'Enter') handle.commitTyped();
            else if (event.key === 'Escape') handle.forget();
            else return;
            event.stopPropagation();
          }}
        />
      );
    case 'flag':
      return (
        <button
          {...common}
          type="button"
          role="switch"
          className="switch"
          aria-checked={handle.shown === 'true'}
          onClick={(event) => handle.set(handle.shown === 'true' ? 'false' : 'true', event.altKey)}
        >
          <span />
        </button>
      );
    case 'choice': {
      const letters = shape.choices.reduce((sum, choice) => sum + choice.label.length + 1, 0);
      if (letters > SEGMENT_LETTERS) {
        return (
          <select
            {...common}
            className="control-value"
            value={handle.shown}
            onChange={(event) => handle.set(event.target.value)}
          >
            {shape.choices.map((choice) => (
              <option
                key={choice.value}
                value={choice.value}
                disabled={choiceRefusal(control, choice.value, capabilities) !== null}
                title={choiceRefusal(control, choice.value, capabilities) ?? undefined}
              >
                {choice.label}
                {choiceRefusal(control, choice.value, capabilities) === null ? '' : ' (not here)'}
                {choice.value === control.defaultValue && choice.value !== handle.shown ? ' (default)' : ''}
              </option>
            ))}
          </select>
        );
      }
      return (
        <div role="radiogroup" className="segments" {...common}>
          {shape.choices.map((choice) => (
            <button
              key={choice.value}
              type="button"
              role="radio"
              aria-checked={choice.value === handle.shown}
              className={choice.value === control.defaultValue ? 'is-default' : ''}
              onClick={(event) => handle.set(choice.value, event.altKey)}
            >
              {choice.label}
            </button>
          ))}
        </div>
      );
    }
  }
}

function Slider({ id, control, handle }: PartProps): ReactNode {
  const alt = useRef(false);
  if (control.shape.kind !== 'number') return null;
  const { stops } = control.shape;
  const last = stops.length - 1;
  const place = (value: string): number => placeOf(stops, Number(value));
  const share = (value: string): string => ((place(value) / Math.max(1, last)) * 100).toFixed(2);
  const keyed = (event: KeyboardEvent<HTMLInputElement>): void => {
    const isUp = event.key === 'ArrowUp' || event.key === 'ArrowRight';
    const isDown = event.key === 'ArrowDown' || event.key === 'ArrowLeft';
    const ends: Readonly<Record<string, number | undefined>> = { Home: stops[0], End: stops[last] };
    const next = isUp || isDown ? nextStop(stops, Number(handle.shown), isUp) : ends[event.key];
    if (next === undefined) return;
    event.preventDefault();
    handle.press(String(next));
  };
  return (
    <div className="slider" style={{ ['--fill' as string]: `${share(handle.shown)}%` }}>
      <span className="default-tick" style={{ ['--at' as string]: share(control.defaultValue) }} />
      <input
        type="range"
        min={0}
        max={last}
        step={1}
        value={Math.round(place(handle.shown))}
        aria-label={control.label}
        aria-describedby={`${id}-meaning`}
        aria-valuetext={textOfValue(control, handle.shown)}
        onPointerDown={(event) => (alt.current = event.altKey)}
        onPointerMove={(event) => (alt.current = event.altKey)}
        onChange={(event) => handle.drag(String(stops[Number(event.target.value)] ?? 0), alt.current)}
        onPointerUp={(event) => handle.drop(event.altKey)}
        onPointerCancel={() => handle.drop(alt.current)}
        onKeyDown={keyed}
      />
    </div>
  );
}
