/** A control under the hand: what it shows, what is dragged or typed and not yet given to the run, why it was refused. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Scenario } from '#model/Scenario';
import { useApp, useAppStore, useSession } from '../../store/useFrame.ts';
import { applyChange, refusalOf, textOfValue, valueOfText } from './change.ts';
import type { Control } from './Control.ts';

/** Presses of an arrow key within this time are one change. */
const KEYS_REST_MS = 450;
/** While dragging with Alt the run is made anew at most so often. */
const REMAKE_MS = 200;

export interface ControlHandle {
  /** Of the run at the playhead. */
  readonly value: string;
  /** What the control shows: dragged, typed or of the run. */
  readonly shown: string;
  readonly text: string;
  readonly refusal: string | null;
  type(text: string): void;
  commitTyped(): void;
  forget(): void;
  /** While a slider moves. `alt`: the whole run is made anew as it moves. */
  drag(value: string, alt: boolean): void;
  /** The slider is let go. */
  drop(alt: boolean): void;
  /** By key: given to the run when the keys rest. */
  press(value: string): void;
  set(value: string, alt?: boolean): void;
}

export function useControl(control: Control, present: Scenario, fromStart: boolean): ControlHandle {
  const session = useSession();
  const store = useAppStore();
  const typed = useApp((state) => state.drafts[control.id] ?? null);
  const [dragged, setDragged] = useState<string | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [isEditing, setEditing] = useState(false);
  const rest = useRef<ReturnType<typeof setTimeout> | null>(null);
  const remadeMs = useRef(0);
  const isRemaking = useRef(false);
  useEffect(() => () => clearTimeout(rest.current ?? undefined), []);

  const value = control.read(present);
  const set = useCallback(
    (next: string, alt = false): void => {
      const sentence = applyChange(session, control, next, fromStart || alt);
      setRefused(sentence);
      // A refused value stays as typed: nothing of it is lost.
      store.getState().setDraft(control.id, sentence === null ? null : textOfValue(control, next));
    },
    [session, store, control, fromStart],
  );

  const handle: ControlHandle = {
    value,
    shown: dragged ?? value,
    text: typed ?? textOfValue(control, dragged ?? value),
    refusal:
      typed === null || isEditing
        ? null
        : (refused ?? refusalOf(control, present, valueOfText(control, typed))),
    type(text) {
      setEditing(true);
      store.getState().setDraft(control.id, text);
    },
    commitTyped() {
      setEditing(false);
      if (typed === null) return;
      const sentence = applyChange(session, control, valueOfText(control, typed), fromStart);
      setRefused(sentence);
      if (sentence === null) store.getState().setDraft(control.id, null);
    },
    forget() {
      setEditing(false);
      setRefused(null);
      setDragged(null);
      store.getState().setDraft(control.id, null);
    },
    drag(next, alt) {
      setDragged(next);
      store.getState().setDraft(control.id, null);
      const now = performance.now();
      if (!alt || now - remadeMs.current < REMAKE_MS) return;
      remadeMs.current = now;
      // One drag is one change to take back.
      if (isRemaking.current) session.undo();
      isRemaking.current = applyChange(session, control, next, true) === null;
    },
    drop(alt) {
      if (isRemaking.current && alt) session.undo();
      isRemaking.current = false;
      setDragged(null);
      if (dragged !== null) set(dragged, alt);
    },
    press(next) {
      setDragged(next);
      clearTimeout(rest.current ?? undefined);
      rest.current = setTimeout(() => {
        setDragged(null);
        set(next);
      }, KEYS_REST_MS);
    },
    set,
  };
  return handle;
}
