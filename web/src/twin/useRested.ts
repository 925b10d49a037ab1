/** A value that is costly to make: made anew at most so often, and at once when its key changes. */
import { useState } from 'react';

interface Rested {
  of<T>(version: number, everyMs: number, key: string, make: () => T): T;
}

export function createRested(nowMs: () => number = () => performance.now()): Rested {
  let kept: { version: number; key: string; madeMs: number; value: unknown } | null = null;
  return {
    of<T>(version: number, everyMs: number, key: string, make: () => T): T {
      const now = nowMs();
      if (kept !== null && kept.key === key) {
        if (kept.version === version) return kept.value as T;
        if (everyMs > 0 && now - kept.madeMs < everyMs) return kept.value as T;
      }
      const value = make();
      kept = { version, key, madeMs: now, value };
      return value;
    },
  };
}

/** `everyMs` 0: with every version. */
export function useRested<T>(version: number, everyMs: number, key: string, make: () => T): T {
  const [rested] = useState(createRested);
  return rested.of(version, everyMs, key, make);
}
