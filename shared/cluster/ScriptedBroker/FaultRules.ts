/** Finds the first rule of a case that applies to a request, or to one partition or topic of it (FORMAT.md §6). */
import type { ApiName } from '#engine/requests';
import type { FaultAnswer, FaultMatch, FaultRule } from './spec.ts';

/** A request, and of Produce and Metadata requests one partition or topic. */
export interface FaultSubject {
  readonly api: ApiName;
  /** n-th request of this API in the whole cluster, from 1. */
  readonly number: number;
  readonly node: number;
  readonly topic: string | null;
  readonly partition: number | null;
  /** Case time in ms. */
  readonly atMs: number;
}

const matches = (match: FaultMatch, subject: FaultSubject): boolean =>
  match.api === subject.api &&
  (match.nth === null || (subject.number >= match.nth[0] && subject.number <= match.nth[1])) &&
  (match.node === null || match.node === subject.node) &&
  (match.topic === null || match.topic === subject.topic) &&
  (match.partition === null || match.partition === subject.partition) &&
  subject.atMs >= match.from &&
  subject.atMs <= match.to;

export class FaultRules {
  private readonly rules: readonly { readonly rule: FaultRule; uses: number }[];

  constructor(rules: readonly FaultRule[]) {
    this.rules = rules.map((rule) => ({ rule, uses: 0 }));
  }

  /** The number of the rule and what it answers; each call uses the rule up by one. */
  find(subject: FaultSubject): { readonly index: number; readonly answer: FaultAnswer } | null {
    const index = this.rules.findIndex(
      ({ rule, uses }) => uses < rule.match.times && matches(rule.match, subject),
    );
    const found = this.rules[index];
    if (found === undefined) return null;
    found.uses++;
    return { index, answer: found.rule.answer };
  }
}
