/** Every key the page knows, once: the handler and the list under `?` are made from this table. */
import type { SessionAction } from '../session/session.ts';

export interface KeyPress {
  readonly key: string;
  readonly shift: boolean;
}

export type KeyAct =
  | { readonly do: 'session'; readonly action: SessionAction }
  /** Moves the playhead by wall seconds at the present speed. */
  | { readonly do: 'nudge'; readonly wallS: number }
  /** Moves the playhead to a share of the run. */
  | { readonly do: 'share'; readonly share: number }
  | { readonly do: 'mark'; readonly back: boolean }
  | { readonly do: 'faster' | 'slower' | 'auto' | 'undo' | 'help' | 'theme' | 'deselect' | 'link' };

interface KeyRow {
  readonly keys: string;
  readonly meaning: string;
  act(press: KeyPress): KeyAct | null;
}

const on =
  (key: string, act: KeyAct, shift: boolean | null = null) =>
  (press: KeyPress): KeyAct | null =>
    press.key === key && (shift === null || shift === press.shift) ? act : null;

const session = (action: SessionAction): KeyAct => ({ do: 'session', action });

export const KEY_TABLE: readonly KeyRow[] = [
  { keys: 'Space', meaning: 'play or pause', act: on(' ', session({ type: 'toggle' })) },
  {
    keys: '→',
    meaning: 'to the next event',
    act: on('ArrowRight', session({ type: 'step', by: 'event', back: false }), false),
  },
  {
    keys: '←',
    meaning: 'to the event before',
    act: on('ArrowLeft', session({ type: 'step', by: 'event', back: true }), false),
  },
  {
    keys: 'Shift + →',
    meaning: 'to the next batch that leaves',
    act: on('ArrowRight', session({ type: 'step', by: 'batch', back: false }), true),
  },
  {
    keys: 'Shift + ←',
    meaning: 'to the batch that left before',
    act: on('ArrowLeft', session({ type: 'step', by: 'batch', back: true }), true),
  },
  { keys: '.', meaning: 'one second forward', act: on('.', { do: 'nudge', wallS: 1 }) },
  { keys: ',', meaning: 'one second back', act: on(',', { do: 'nudge', wallS: -1 }) },
  { keys: 'M', meaning: 'to the next mark', act: on('m', { do: 'mark', back: false }) },
  { keys: 'Shift + M', meaning: 'to the mark before', act: on('M', { do: 'mark', back: true }) },
  {
    keys: '↑ or +',
    meaning: 'faster',
    act: (p) => (p.key === 'ArrowUp' || p.key === '+' ? { do: 'faster' } : null),
  },
  {
    keys: '↓ or −',
    meaning: 'slower',
    act: (p) => (p.key === 'ArrowDown' || p.key === '-' ? { do: 'slower' } : null),
  },
  { keys: 'A', meaning: 'automatic speed on or off', act: on('a', { do: 'auto' }) },
  {
    keys: '0 … 9',
    meaning: 'to 0 % … 90 % of the run so far',
    act: (p) => (/^\d$/.test(p.key) ? { do: 'share', share: Number(p.key) / 10 } : null),
  },
  { keys: 'U', meaning: 'take the last change back', act: on('u', { do: 'undo' }) },
  { keys: 'L', meaning: 'copy the link to this moment', act: on('l', { do: 'link' }) },
  { keys: 'T', meaning: 'dark or light', act: on('t', { do: 'theme' }) },
  { keys: 'Esc', meaning: 'select nothing', act: on('Escape', { do: 'deselect' }) },
  { keys: '?', meaning: 'this list', act: on('?', { do: 'help' }) },
];

/** What a key does; null: nothing here. */
export function keyAct(press: KeyPress): KeyAct | null {
  for (const row of KEY_TABLE) {
    const act = row.act(press);
    if (act !== null) return act;
  }
  return null;
}

/** Fields and sliders keep their own keys; buttons keep Space and Enter. */
export function isForField(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === 'TEXTAREA' || target.tagName === 'SELECT') return true;
  if (target instanceof HTMLInputElement) {
    if (target.type === 'range') return key.startsWith('Arrow') || key === 'Home' || key === 'End';
    return target.type !== 'checkbox' && target.type !== 'radio' && target.type !== 'button';
  }
  if (target.getAttribute('role') === 'slider')
    return key.startsWith('Arrow') || key === 'Home' || key === 'End';
  return (target.tagName === 'BUTTON' || target.tagName === 'SUMMARY') && (key === ' ' || key === 'Enter');
}
