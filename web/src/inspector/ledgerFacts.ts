/** What the ledger of a live run has to say: of a partition, and of a record that carries its number. */
import type { LedgerCounts, LedgerListing } from '#wire/ledger';
import type { RecordContent } from '../sources/Source.ts';
import type { Session } from '../session/session.ts';
import { countText } from '../ui/format.ts';
import { ledgerLink, type Fact } from './Card.ts';
import { LEDGER_WORDS } from './outcomeWords.ts';

const BAD: readonly (readonly [LedgerListing, keyof LedgerCounts])[] = [
  ['duplicated', 'duplicated'],
  ['missing', 'missing'],
  ['out-of-order', 'outOfOrder'],
  ['failed-but-present', 'failedButPresent'],
];

/** Follow from where the reader is; the others were seen. */
const DERIVED: ReadonlySet<LedgerListing> = new Set<LedgerListing>([
  'missing',
  'awaited',
  'gone',
  'not-committed',
]);

/** Each count of the partition, as it was read back up to now. */
export function ledgerFacts({ source }: Session, tp: number): readonly Fact[] {
  const [, counts] = source.ledger?.partitions.find(([of]) => of === tp) ?? [];
  if (counts === undefined) return [];
  const fact = (listing: LedgerListing, value: number, tone?: Fact['tone']): Fact => ({
    name: `read back: ${LEDGER_WORDS[listing]}`,
    value: value === 0 ? '0' : [ledgerLink(countText(value), listing, tp)],
    how: DERIVED.has(listing) ? 'derived' : 'measured',
    ...(tone === undefined ? {} : { tone }),
  });
  const facts = [fact('present', counts.present)];
  if (counts.committed !== null) {
    facts.push(fact('committed', counts.committed));
    facts.push(fact('not-committed', counts.present - counts.committed));
  }
  if (counts.awaited > 0) facts.push(fact('awaited', counts.awaited));
  if (counts.gone > 0) facts.push(fact('gone', counts.gone, 'warn'));
  for (const [name, value] of [
    ['read back: offsets gone unread', counts.goneOffsets],
    ['read back: offsets cut off', counts.cutOffsets],
  ] as const)
    if (value > 0) facts.push({ name, value: countText(value), how: 'measured', tone: 'warn' });
  for (const [listing, name] of BAD) {
    const value = counts[name] ?? 0;
    if (value > 0) facts.push(fact(listing, value, 'bad'));
  }
  return facts;
}

/** Run and record, four bytes each, in hexadecimal digits. */
const LEDGER_VALUE = /^[0-9a-f]{16}$/;

/** The headers of a record; the one by which the ledger knows it says so. */
export function headerFacts({ source }: Session, { headers }: RecordContent): readonly Fact[] {
  return headers.map(({ key, value }) => {
    if (source.kind === 'model' || !LEDGER_VALUE.test(value)) return { name: 'header', value: key };
    const run = value.slice(0, 8);
    return {
      name: 'header of the ledger',
      value: `${key}: run ${run}, record ${countText(Number.parseInt(value.slice(8), 16))}`,
    };
  });
}
