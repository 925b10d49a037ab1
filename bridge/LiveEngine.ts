/** What a live run drives: a producer with something behind it, on a clock that follows the wall. */
import type { RecordId } from '#base/ids';
import type { EventType } from '#events/catalogue';
import type { CommandBody, Scenario } from '#model/Scenario';

export interface EngineContent {
  readonly topic: string;
  readonly partition: number | null;
  readonly key: string | null;
  readonly value: string;
  readonly timestampMs: number;
  readonly headers: readonly { readonly key: string; readonly value: string }[];
}

export interface LiveEngine {
  /** How each type of event is known; what is not here does not exist in this run. */
  readonly provenance: ReadonlyMap<EventType, 'simulated' | 'measured' | 'derived' | 'estimated'>;
  readonly commands: ReadonlySet<CommandBody['do']>;
  /** Settings that cannot be honoured, by name or `name=value`, each with a sentence; absent: all can. */
  readonly refusals?: ReadonlyMap<string, string>;
  /** With all commands that were given. */
  readonly scenario: Scenario;
  /** µs of run time before which everything has happened. */
  readonly reachedUs: number;
  /** When something is to be done by itself; absent: only time tells. */
  readonly nextDueUs?: number;
  /** Something has come from outside, between two calls of `runUntil`: told by calling `wake`. */
  onWake?(wake: () => void): void;
  /** What is wrong while the run goes on, as a sentence; null or absent: nothing. */
  readonly warning?: string | null;
  /** What has stopped the run for good, as a sentence. */
  readonly failure: string | null;
  /** Everything before `atUs`, as far as `maxSteps` carry; the next call goes on there. */
  runUntil(atUs: number, maxSteps: number): void;
  /** Now. null: done, else a sentence. */
  execute(command: CommandBody): string | null;
  /** null: not known any more. */
  content(record: RecordId): EngineContent | null;
  /** Ends what the engine has open outside of this process. */
  close(): Promise<void>;
}
