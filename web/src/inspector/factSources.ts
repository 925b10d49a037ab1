/**
 * From which events the facts of a card and the stages of a journey come, where they are not what the client itself sees: by these a live run knows
 * how good each number is, and leaves out what it cannot know.
 */
import type { EventType } from '#events/catalogue';
import type { Stage } from '#projections/journey';
import type { Session } from '../session/session.ts';
import type { Capabilities, Provenance } from '../sources/Source.ts';
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

/**
 * Where a stage of a journey begins and ends. In a live run the stages inside of the broker are not there, and what is
 * in flight is on its way, at the broker and on its way back.
 */
const STAGE_ENDS: Readonly<Record<Stage, readonly EventType[]>> = {
  blocked: ['thread.blocked', 'thread.resumed'],
  serialize: ['record.sent', 'record.serialized'],
  partition: ['record.serialized', 'record.appended'],
  accumulate: ['record.appended', 'batch.drained'],
  'back-off': ['batch.requeued', 'batch.drained'],
  'in flight': ['batch.drained', 'response.received'],
  broker: ['request.begun', 'log.appended'],
  replicate: ['log.appended', 'response.left'],
  respond: ['response.left', 'response.received'],
  callback: ['batch.completed', 'callbacks.ran'],
};

/** How the length of a stage is known; null: it cannot be. */
export const stageProvenance = (capabilities: Capabilities, stage: Stage): Provenance | null =>
  provenanceOf(capabilities, STAGE_ENDS[stage]);

/** Of the whole journey: from `send()` to what the application was told. */
export const journeyProvenance = (capabilities: Capabilities): Provenance | null =>
  provenanceOf(capabilities, ['record.sent', 'batch.completed']);

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
