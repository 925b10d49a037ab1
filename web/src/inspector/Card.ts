/** What the inspector shows of a thing: a title and facts. A copy, because the session's state is filled anew. */
import type { OutcomeKind } from '#projections/recordsByOutcome';
import type { LedgerListing } from '#wire/ledger';
import type { Provenance } from '../sources/Source.ts';
import type { Listed } from '../store/appStore.ts';
import type { Entity } from '../stage/scene.ts';

/** Text, or things that can be gone to. */
export type FactValue = string | readonly FactLink[];
export interface FactLink {
  readonly text: string;
  /** A thing to select, or records to list. */
  readonly to: { readonly entity: Entity } | { readonly outcome: Listed };
}
export interface Fact {
  readonly name: string;
  readonly value: FactValue;
  readonly tone?: 'good' | 'warn' | 'bad';
  /** Absent: as its source is known (factSources.ts). */
  readonly how?: Provenance;
  /** The producer itself guesses it: no better than that, however well the guess is known. */
  readonly isEstimate?: boolean;
}

export interface Card {
  readonly title: string;
  /** One line: what such a thing is. */
  readonly what: string;
  readonly facts: readonly Fact[];
}

export const link = (text: string, kind: Entity['kind'], id: number): FactLink => ({
  text,
  to: { entity: { kind, id } },
});

/** The records behind a counter, of one partition. */
export const listLink = (text: string, kind: OutcomeKind, tp: number): FactLink => ({
  text,
  to: { outcome: { kind, tp } },
});

/** The records behind a count of the ledger, of one partition. */
export const ledgerLink = (text: string, ledger: LedgerListing, tp: number): FactLink => ({
  text,
  to: { outcome: { ledger, tp } },
});
