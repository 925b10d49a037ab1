/** Whoever wants to be told of something; `add` returns how to leave. */
export interface Listeners<T> {
  readonly add: (listener: (what: T) => void) => () => void;
  readonly tell: (what: T) => void;
}

export function createListeners<T>(): Listeners<T> {
  const listeners = new Set<(what: T) => void>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(what) {
      for (const listener of listeners) listener(what);
    },
  };
}
