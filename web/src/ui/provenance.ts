/** How a number on screen is known: the weakest of what went into it. */
import type { EventType } from '#events/catalogue';
import type { Capabilities, Provenance } from '../sources/Source.ts';

/** From the strongest to the weakest. */
const STRENGTHS: readonly Provenance[] = ['measured', 'derived', 'estimated', 'simulated'];

/** null: one of the types of events does not exist in this source, so the number cannot be known. */
export function provenanceOf({ events }: Capabilities, types: readonly EventType[]): Provenance | null {
  let weakest = 0;
  for (const type of types) {
    const of = events.get(type);
    if (of === undefined) return null;
    weakest = Math.max(weakest, STRENGTHS.indexOf(of));
  }
  return STRENGTHS[weakest] ?? null;
}

export const weaker = (a: Provenance, b: Provenance): Provenance =>
  STRENGTHS.indexOf(a) > STRENGTHS.indexOf(b) ? a : b;

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
