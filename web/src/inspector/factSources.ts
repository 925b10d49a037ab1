/**
 * From which events the facts of a card come, where they are not what the client itself sees: by these a live run knows
 * how good each number is, and leaves out what it cannot know.
 */
import type { EventType } from '#events/catalogue';
import type { Session } from '../session/session.ts';
import type { Provenance } from '../sources/Source.ts';
import { provenanceOf, weaker } from '../ui/provenance.ts';
import type { Card, Fact } from './Card.ts';

/** What the client sees itself: in a live run all of it is measured. */
const CLIENT: readonly EventType[] = ['record.sent'];
const IN_LOGS: readonly EventType[] = ['log.appended', 'log.truncated'];

/** By the name of a fact, or how it begins. */
const SOURCES: readonly (readonly [name: string, events: readonly EventType[]])[] = [
  ['state', ['broker.moved']],
  ['since', ['broker.moved']],
  ['leads', ['leader.elected']],
  ['follows', ['replica.fetched']],
  ['coordinat', ['coordinator.moved']],
  ['it has', ['coordinator.moved']],
  ['slowed by', ['link.changed']],
  ['link', ['link.changed']],
  ['leader', ['leader.elected']],
  ['topic', ['topic.changed']],
  ['in-sync replicas', ['isr.changed']],
  ['eligible leaders', ['isr.changed']],
  ['high watermark', ['highWatermark.advanced']],
  ['log end', ['log.appended']],
  ['last stable offset', ['highWatermark.advanced', 'log.marked']],
  ['a read_', ['log.marked']],
  ['duplicated', IN_LOGS],
  ['lost after ack', IN_LOGS],
  ['failed yet stored', IN_LOGS],
  ['reordered', IN_LOGS],
  ['arrived', ['request.arrived']],
  ['begun', ['request.begun']],
  ['answered', ['response.left']],
];

/** The facts that can be known, each with how. */
export function withProvenance(session: Session, card: Card): Card {
  const { capabilities } = session.source;
  const facts: Fact[] = [];
  for (const fact of card.facts) {
    const [, events] = SOURCES.find(([name]) => fact.name.startsWith(name)) ?? [];
    const source = fact.how ?? provenanceOf(capabilities, events ?? CLIENT);
    const how = source !== null && fact.isEstimate === true ? weaker(source, 'estimated') : source;
    if (how !== null) facts.push({ ...fact, how });
  }
  return { ...card, facts };
}

/** Those that occur, for the legend. */
export const provenancesOf = ({ facts }: Card): readonly Provenance[] => [
  ...new Set(facts.flatMap(({ how }) => (how === undefined ? [] : [how]))),
];
