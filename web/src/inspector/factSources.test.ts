import { describe, expect, it } from 'vitest';
import type { Session } from '../session/session.ts';
import type { Provenance } from '../sources/Source.ts';
import { provenanceOf } from '../ui/provenance.ts';
import type { Card } from './Card.ts';
import { provenancesOf, withProvenance } from './factSources.ts';

const events = new Map<never, Provenance>([
  ['record.sent', 'measured'],
  ['leader.elected', 'measured'],
  ['log.appended', 'derived'],
] as unknown as readonly (readonly [never, Provenance])[]);
const capabilities = { events, commands: new Set<never>(), commandsInThePast: false };
const session = { source: { capabilities } } as unknown as Session;

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
});
