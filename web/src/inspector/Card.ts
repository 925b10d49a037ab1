/** What the inspector shows of a thing: a title and facts. A copy, because the session's state is filled anew. */
import type { Entity } from '../stage/scene.ts';

/** Text, or things that can be gone to. */
export type FactValue = string | readonly FactLink[];
export interface FactLink {
  readonly text: string;
  readonly entity: Entity;
}
export interface Fact {
  readonly name: string;
  readonly value: FactValue;
  readonly tone?: 'good' | 'warn' | 'bad';
}

export interface Card {
  readonly title: string;
  /** One line: what such a thing is. */
  readonly what: string;
  readonly facts: readonly Fact[];
}

export const link = (text: string, kind: Entity['kind'], id: number): FactLink => ({
  text,
  entity: { kind, id },
});
