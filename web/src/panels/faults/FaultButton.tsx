/** A fault as a button that says what it will do. */
import type { ReactNode } from 'react';
import { useAppStore, useSession } from '../../store/useFrame.ts';
import type { Fault } from './faults.ts';
import './faults.css';

/** Gives a fault's command at the playhead; what is refused becomes a notice. */
export function useStrike(): (fault: Pick<Fault, 'command'>) => void {
  const session = useSession();
  const store = useAppStore();
  return ({ command }) => {
    const refusal = session.command(command);
    if (refusal !== null) store.getState().notify(refusal, 'warn');
  };
}

export function FaultButton(props: {
  readonly fault: Fault;
  /** With its sentence below its name. */
  readonly isWordy?: boolean;
  readonly onPoint?: (fault: Fault | null) => void;
  readonly onDone?: () => void;
}): ReactNode {
  const { fault, onPoint } = props;
  const strike = useStrike();
  const sentence = fault.unavailable ?? fault.sentence;
  return (
    <button
      type="button"
      className={`fault ${fault.tone}${props.isWordy === true ? ' wordy' : ''}`}
      title={props.isWordy === true ? undefined : sentence}
      aria-disabled={fault.unavailable === undefined ? undefined : true}
      onPointerEnter={() => onPoint?.(fault)}
      onPointerLeave={() => onPoint?.(null)}
      onFocus={() => onPoint?.(fault)}
      onBlur={() => onPoint?.(null)}
      onClick={() => {
        if (fault.unavailable !== undefined) return;
        strike(fault);
        props.onDone?.();
      }}
    >
      <span>{fault.label}</span>
      {props.isWordy === true ? <span className="dim">{sentence}</span> : null}
    </button>
  );
}
