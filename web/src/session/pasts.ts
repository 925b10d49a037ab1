/** What each run that was on the stage was before every change: undoing one never brings back another's. */
import type { Scenario } from '#model/Scenario';
import type { RestartableSource } from './contract.ts';

export interface Pasts {
  remember(run: RestartableSource, before: Scenario): void;
  /** The last one, which is then forgotten; undefined: there is none. */
  takeBack(run: RestartableSource): Scenario | undefined;
  has(run: RestartableSource): boolean;
}

export function createPasts(): Pasts {
  const pasts = new WeakMap<RestartableSource, Scenario[]>();
  return {
    remember(run, before) {
      const past = pasts.get(run);
      if (past === undefined) pasts.set(run, [before]);
      else past.push(before);
    },
    takeBack: (run) => pasts.get(run)?.pop(),
    has: (run) => (pasts.get(run)?.length ?? 0) > 0,
  };
}
