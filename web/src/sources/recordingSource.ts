/** A saved run as a source: its log is all there is, and nothing in it can be changed. */
import type { RecordId } from '#base/ids';
import { micros, type Micros } from '#base/time';
import type { EventType } from '#events/catalogue';
import type { EventTape } from '#events/EventTape';
import type { Scenario } from '#model/Scenario';
import type { PipelineState } from '#projections/pipelineState';
import type { RecordingHeader } from '#wire/recording';
import type { RestartableSource } from '../session/contract.ts';
import type { LogChange, Provenance, RecordContent, Source } from './Source.ts';

const LOOK_ONLY = 'This is a recording: what it shows has happened, and nothing in it can be changed.';

export interface RecordingParts {
  readonly header: RecordingHeader;
  readonly log: EventTape;
  readonly base: PipelineState | null;
  readonly scenario: Scenario;
  /** Makes the same run again, if it can be made: its records then have contents. Asked at most once. */
  readonly remake?: (() => Promise<Pick<Source, 'content'> | null>) | undefined;
}

export interface RecordingSource extends RestartableSource {
  readonly kind: 'recording';
  readonly log: EventTape;
  /** What was recorded. */
  readonly of: 'model' | 'live';
  /** What the live run ran against. */
  readonly target: string | null;
  /** The moment that was shown when it was saved; the beginning, where that was the end. */
  readonly opensAt: Micros;
  readonly endsAt: Micros;
}

/** The recording on the stage; null: another kind of run is there. */
export const asRecording = (source: RestartableSource): RecordingSource | null =>
  source.kind === 'recording' ? (source as RecordingSource) : null;

export function createRecordingSource(parts: RecordingParts): RecordingSource {
  const { header, log, base, scenario, remake } = parts;
  const endsAt = micros(header.completeAt);
  const contents = new Map<number, RecordContent>(header.contents);
  const listeners = new Set<(change: LogChange) => void>();
  let remade: Pick<Source, 'content'> | 'asked' | null = null;
  const ask = (): void => {
    remade = 'asked';
    const take = (made: Pick<Source, 'content'> | null): void => {
      remade = made ?? { content: () => 'gone' };
      for (const listener of listeners) listener({ kind: 'grown' });
    };
    remake?.().then(take, () => take(null));
  };
  return {
    kind: 'recording',
    of: header.of,
    target: header.target,
    capabilities: {
      events: new Map(Object.entries(header.events) as [EventType, Provenance][]),
      commands: new Set(),
      commandsInThePast: false,
      refusals: new Map(Object.entries(header.refusals)),
    },
    lookOnly: LOOK_ONLY,
    endsAt,
    opensAt: micros(header.shownAt < header.completeAt ? header.shownAt : (base?.at ?? 0)),
    log,
    base,
    scenario,
    status: { kind: 'running' },
    ensure: () => endsAt,
    execute: () => LOOK_ONLY,
    restart: () => LOOK_ONLY,
    content(record: RecordId) {
      const kept = contents.get(record);
      if (kept !== undefined || remake === undefined) return kept ?? 'gone';
      if (remade === null) ask();
      return remade === null || remade === 'asked' ? 'asked' : remade.content(record);
    },
    contents,
    ledger: header.ledger,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
