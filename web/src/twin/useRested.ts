/** A value that is costly to make: made anew at most so often, and at once when its key changes. */
import { useRef } from 'react';

interface Kept<T> {
  readonly version: number;
  readonly key: string;
  readonly madeMs: number;
  readonly value: T;
}

/** `everyMs` 0: with every version. */
export function useRested<T>(version: number, everyMs: number, key: string, make: () => T): T {
  const kept = useRef<Kept<T> | null>(null);
  const now = performance.now();
  const before = kept.current;
  if (before !== null && before.key === key) {
    if (before.version === version) return before.value;
    if (everyMs > 0 && now - before.madeMs < everyMs) return before.value;
  }
  const value = make();
  kept.current = { version, key, madeMs: now, value };
  return value;
}
