/** How a number on screen is known: the weakest of what went into it. */
import type { EventType } from '#events/catalogue';
import type { Capabilities, Provenance, Source } from '../sources/Source.ts';

/** From the strongest to the weakest. */
export const PROVENANCES: readonly Provenance[] = ['measured', 'derived', 'estimated', 'simulated'];

/** null: one of the types of events does not exist in this source, so the number cannot be known. */
export function provenanceOf({ events }: Capabilities, types: readonly EventType[]): Provenance | null {
  let weakest = 0;
  for (const type of types) {
    const of = events.get(type);
    if (of === undefined) return null;
    weakest = Math.max(weakest, PROVENANCES.indexOf(of));
  }
  return PROVENANCES[weakest] ?? null;
}

/** In a model all numbers are of one kind, which is said once; elsewhere, also in a recording, each has its mark. */
export const hasMarks = ({ kind, capabilities }: Pick<Source, 'kind' | 'capabilities'>): boolean =>
  kind === 'live' || [...capabilities.events.values()].some((how) => how !== 'simulated');

export const weaker = (a: Provenance, b: Provenance): Provenance =>
  PROVENANCES.indexOf(a) > PROVENANCES.indexOf(b) ? a : b;

export const PROVENANCE_WORDS: Readonly<Record<Provenance, string>> = {
  measured: 'measured',
  derived: 'derived',
  estimated: 'estimated',
  simulated: 'modelled',
};

export const PROVENANCE_MEANINGS: Readonly<Record<Provenance, string>> = {
  measured: 'read from a clock or from bytes',
  derived: 'computed exactly from what was measured',
  estimated: 'a guess by a stated rule',
  simulated: 'comes from the model of client and cluster',
};
