/** What a person changes in the run: a command at the cursor, another scenario, and the way back from both. */
import { micros, type Micros } from '#base/time';
import type { CommandBody, Scenario } from '#model/Scenario';
import type { StageSource } from '../sources/stageSource.ts';
import { createPasts } from './pasts.ts';

export interface Changes {
  readonly command: (body: CommandBody) => string | null;
  readonly restart: (scenario: Scenario) => string | null;
  readonly undo: () => boolean;
  readonly canUndo: () => boolean;
}

/** The session's time, as far as a change touches it. */
export interface ChangedTime {
  /** µs: how far the run is known. */
  readonly completeAt: () => number;
  readonly cursorAt: () => Micros;
  /** Whole µs, and nothing in the air; returns where that is. */
  readonly rest: () => number;
  /** The future of this moment is another one now. */
  readonly cut: (at: Micros) => void;
  readonly touch: () => void;
}

export function createChanges(source: StageSource, time: ChangedTime): Changes {
  const pasts = createPasts();
  return {
    command(body) {
      if (source.lookOnly !== null) return source.lookOnly;
      // A live run has no past that could be changed: it happens now, and there is no way back.
      if (!source.capabilities.commandsInThePast)
        return source.execute(body, micros(Math.floor(time.completeAt())));
      const at = time.cursorAt();
      const before = source.scenario;
      const refusal = source.execute(body, at);
      if (refusal !== null) return refusal;
      pasts.remember(source.shown, before);
      time.cut(at);
      time.rest();
      time.touch();
      return null;
    },
    restart(scenario) {
      if (source.lookOnly !== null) return source.lookOnly;
      // Another run takes its place: there is no moment to rest at, and no way back.
      if (source.kind === 'live') return source.restart(scenario, 0);
      const before = source.scenario;
      const refusal = source.restart(scenario, time.rest());
      if (refusal !== null) return refusal;
      pasts.remember(source.shown, before);
      time.touch();
      return null;
    },
    undo() {
      const scenario = source.lookOnly === null ? pasts.takeBack(source.shown) : undefined;
      if (scenario === undefined) return false;
      source.restart(scenario, time.rest());
      time.touch();
      return true;
    },
    canUndo: () => pasts.has(source.shown),
  };
}
