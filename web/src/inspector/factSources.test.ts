import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { JourneyPart, Stage } from '#projections/journey';
import type { Session } from '../session/session.ts';
import type { EventType } from '#events/catalogue';
import type { Capabilities, Provenance } from '../sources/Source.ts';
import { provenanceOf } from '../ui/provenance.ts';
import type { Card } from './Card.ts';
import { provenancesOf, withProvenance } from './factSources.ts';
import { JourneyBar } from './JourneyBar.tsx';

const events = new Map<never, Provenance>([
  ['record.sent', 'measured'],
  ['leader.elected', 'measured'],
  ['log.appended', 'derived'],
] as unknown as readonly (readonly [never, Provenance])[]);
const capabilities = { events, commands: new Set<never>(), commandsInThePast: false };
const session = { source: { capabilities } } as unknown as Session;

const stage = (name: Stage, fromUs: number, toUs: number): JourneyPart => ({
  stage: name,
  fromUs,
  toUs,
  attempt: 1,
});

describe('how a number is known', () => {
  it('is the weakest of what went into it, and nothing where a part cannot be known', () => {
    expect(provenanceOf(capabilities, ['record.sent', 'log.appended'])).toBe('derived');
    expect(provenanceOf(capabilities, ['record.sent', 'log.truncated'])).toBeNull();
  });

  it('stands on every fact of a card, and what cannot be known is left out', () => {
    const facts = [
      { name: 'leader', value: 'broker 1' },
      { name: 'log end, broker 1', value: '17' },
      { name: 'a read_committed reader', value: 'at offset 3' },
      { name: 'lost after ack', value: '2' },
      { name: 'size', value: '120 B' },
      { name: 'guessed', value: '1', how: 'estimated' as const },
      { name: 'size', value: '90 B', isEstimate: true },
    ];
    const card: Card = withProvenance(session, { title: 'Partition', what: '', facts });
    expect(card.facts.map(({ name, how }) => [name, how])).toEqual([
      ['leader', 'measured'],
      ['log end, broker 1', 'derived'],
      ['size', 'measured'],
      ['guessed', 'estimated'],
      ['size', 'estimated'],
    ]);
    expect(provenancesOf(card)).toEqual(['measured', 'derived', 'estimated']);
  });

  it('stands on every stage of a journey and on its sum, in a live run only', () => {
    const parts = [stage('accumulate', 0, 5000), stage('in flight', 5000, 8000), stage('broker', 8000, 9000)];
    const journey = { parts, isOver: true, totalUs: 9000 };
    const seen = {
      ...capabilities,
      events: new Map<EventType, Provenance>([
        ['record.sent', 'measured'],
        ['record.appended', 'measured'],
        ['batch.drained', 'measured'],
        ['response.received', 'derived'],
        ['batch.completed', 'measured'],
      ]),
    };
    const rows = (marks: Capabilities | null): readonly string[] =>
      renderToStaticMarkup(createElement(JourneyBar, { journey, marks }))
        .split(/<li>|<p/)
        .slice(1)
        .map((row) => `${/accumulate|in flight|broker|latency/.exec(row)?.[0]}: ${marksIn(row).join()}`);
    // What happens inside of a broker no client can see.
    expect(rows(seen)).toEqual(['accumulate: measured', 'in flight: derived', 'latency: measured']);
    expect(rows(null)).toEqual(['accumulate: ', 'in flight: ', 'broker: ', 'latency: ']);
  });
});

const marksIn = (html: string): string[] =>
  [...html.matchAll(/aria-label="(.*?)"/g)].map(([, how]) => how ?? '');
