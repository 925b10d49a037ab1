/** What the page remembers on this machine: theme and which panels are open. Versioned; what does not fit is dropped. */
import type { Theme } from '../ui/palette.ts';

const KEY = 'linger';
const VERSION = 1;

export interface Memory {
  readonly theme: Theme;
  readonly panels: Panels;
}
export interface Panels {
  readonly settings: boolean;
  readonly inspector: boolean;
  readonly charts: boolean;
  readonly events: boolean;
}

export const defaultMemory: Memory = {
  theme: 'dark',
  panels: { settings: true, inspector: true, charts: true, events: false },
};

export interface Remembered {
  readonly memory: Memory;
  /** A sentence when something stored had to be dropped. */
  readonly notice: string | null;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Reads what was stored; never throws. */
export function readMemory(store: Store | null): Remembered {
  const fresh = { memory: defaultMemory, notice: null };
  if (store === null) return fresh;
  let text: string | null;
  try {
    text = store.getItem(KEY);
  } catch {
    return fresh;
  }
  if (text === null) return fresh;
  const memory = parse(text);
  if (memory !== null) return { memory, notice: null };
  try {
    store.removeItem(KEY);
  } catch {
    // Nothing can be written here; the notice is true all the same.
  }
  return {
    memory: defaultMemory,
    notice:
      'The stored theme and panels come from another version of this page; they are back to their defaults.',
  };
}

/** False when this browser keeps nothing (private windows, blocked storage). */
export function writeMemory(store: Store | null, memory: Memory): boolean {
  if (store === null) return false;
  try {
    store.setItem(KEY, JSON.stringify({ version: VERSION, ...memory }));
    return true;
  } catch {
    return false;
  }
}

function parse(text: string): Memory | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || value['version'] !== VERSION) return null;
  const { theme, panels } = value;
  if (theme !== 'dark' && theme !== 'light') return null;
  if (!isObject(panels)) return null;
  const read = (name: keyof Panels): boolean | null => {
    const open = panels[name];
    return typeof open === 'boolean' ? open : null;
  };
  const [settings, inspector, charts, events] = [
    read('settings'),
    read('inspector'),
    read('charts'),
    read('events'),
  ];
  if (settings === null || inspector === null || charts === null || events === null) return null;
  return { theme, panels: { settings, inspector, charts, events } };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** localStorage where the browser allows it. */
export function browserStore(): Store | null {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}
