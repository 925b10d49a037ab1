/**
 * A lesson is data: runs that can be repeated, and steps through them. What a step says must be true there; the page
 * shows it, the tests check it on the engine. A lesson knows no page.
 */
import type { EventType } from '#events/catalogue';
import type { Scenario } from '#model/Scenario';
import type { RunFacts } from './RunFacts.ts';

/** A moment of a run: a time, or just after the n-th event of a type (from 1). */
export type Moment = { readonly ms: number } | { readonly after: EventType; readonly nth: number };

/** What a text may be computed from: the run at the step, and the other runs of the lesson. */
export interface LessonFacts {
  readonly here: RunFacts;
  /** Another run of the lesson at a moment. */
  run(name: string, at: Moment): RunFacts;
}

export interface Question {
  readonly ask: string;
  readonly choices: readonly string[];
  /** One of the choices, computed from the runs: never written down. */
  readonly answer: (facts: LessonFacts) => string;
  /** Said once the guess is made, right or wrong. */
  readonly reveal: (facts: LessonFacts) => string;
}

export interface LessonStep {
  readonly title: string;
  /** Name of the run that stands on the stage. */
  readonly run: string;
  readonly at: Moment;
  /** Short, in plain words; Kafka's terms between backquotes. A number in it is computed. */
  readonly text: string | ((facts: LessonFacts) => string);
  /** What to point at: a station, or an entity by its Kafka name ("orders-2", "broker 1"). */
  readonly look: readonly string[];
  readonly question?: Question;
  /** What must be true here, each with a name that says it. */
  readonly holds: Readonly<Record<string, (facts: LessonFacts) => boolean>>;
}

export interface Lesson {
  readonly id: string;
  readonly title: string;
  /** Rows of the table of concepts. */
  readonly concepts: readonly number[];
  /** By name. Small enough that one can be run in a moment. */
  readonly runs: Readonly<Record<string, Scenario>>;
  readonly steps: readonly LessonStep[];
}

export const textOf = (step: LessonStep, facts: LessonFacts): string =>
  typeof step.text === 'string' ? step.text : step.text(facts);
