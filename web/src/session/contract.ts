/** What a session offers to the stage, the panels and whoever owns the frames; and what it asks of a source. */
import type { CommandBody, Scenario } from '#model/Scenario';
import type { RunProjections } from '#projections/RunProjections';
import type { Source } from '../sources/Source.ts';
import type { StageSource } from '../sources/stageSource.ts';
import type { Playback } from './playback.ts';
import type { StageView } from './view.ts';

/** A source whose run can be made anew: the model. */
export interface RestartableSource extends Source {
  /**
   * Makes the run anew from another scenario and counts as rerunning until it has reached `untilUs`. `log` is the new
   * one at once. null: done, else a sentence.
   */
  restart(scenario: Scenario, untilUs: number): string | null;
}

export interface CutNotice {
  readonly cutUs: number;
  readonly cutEvents: number;
}

export interface Session {
  readonly source: StageSource;
  /** Filled anew each frame: keep no parts of it. */
  readonly view: StageView;
  /** All that is derived from the log: indexes, outcomes, metrics, marks. Another one after a run was made anew. */
  readonly projections: RunProjections;
  readonly playback: Playback;
  /** How far the log is complete, µs. */
  readonly completeAt: number;
  /** The latest moment that was ever shown; beyond it nobody knows the future that a command cuts. */
  readonly seenAt: number;
  /** µs: nothing before it can be shown. 0, but in a live run that was joined late. */
  readonly startAt: number;
  /** Live only: the picture keeps up with what happens now, until something else is done to time. */
  readonly isFollowing: boolean;
  /** Live only: to what happens now, and on with it. */
  follow(): void;
  /** Rises with every slow copy: what panels subscribe to. */
  readonly version: number;
  /** Share of the wished speed that was reached lately; below 1 the model cannot keep up. */
  readonly keptUp: number;
  dispatch(action: SessionAction): void;
  /** After a seek that is still under way: stop between the events of that instant, at this seq. */
  arriveAt(seq: number): void;
  /** The same picture in steps from event to event, nothing in the air: for people whom motion disturbs. */
  setReducedMotion(isReduced: boolean): void;
  /** Whether following shows what has come at once, without flights, instead of as far behind as a flight is long. */
  setAtOnce(isAtOnce: boolean): void;
  readonly isAtOnce: boolean;
  /** At the cursor. null: done; else a sentence. A command in the past cuts the future: `onCut` tells how much. */
  command(body: CommandBody): string | null;
  /** The whole run anew with another scenario, at the same moment. null: done; else a sentence. */
  restart(scenario: Scenario): string | null;
  /** Takes the last command or restart back; false: there is none. */
  undo(): boolean;
  readonly canUndo: boolean;
  /** 16 hexadecimal digits over the log up to `seq`; null: the source has no digest. */
  digest(seq: number): string | null;
  /** One frame at wall time `nowMs`; true: another one is wanted. */
  frame(nowMs: number): boolean;
  /** After each drawn frame. */
  onDraw(draw: (view: StageView) => void): () => void;
  readonly subscribe: (listener: () => void) => () => void;
  /** Told where the kept part of the run begins, when what was before it is wanted, or was on show when it was let go. */
  onGone(listener: (startAt: number) => void): () => void;
  /** Told once for each command that cut a future that had been seen. */
  onCut(listener: (cut: CutNotice) => void): () => void;
  /** Asks the loop for a frame; set by whoever owns the loop. */
  wake: () => void;
}

export type SessionAction =
  | { readonly type: 'play' }
  | { readonly type: 'pause' }
  | { readonly type: 'toggle' }
  | { readonly type: 'setSpeed'; readonly speed: number }
  | { readonly type: 'setAuto'; readonly auto: boolean }
  | { readonly type: 'seek'; readonly at: number }
  | { readonly type: 'step'; readonly by: 'event' | 'batch'; readonly back: boolean }
  | { readonly type: 'moveTo'; readonly seq: number };
