/** Records behind the counts of the ledger: asked for when somebody looks, and again when the ledger has moved on. */
import type { LedgerListing, LedgerMessage } from '#wire/ledger';
import type { BridgeMessage, PageMessage } from '#wire/messages';

type Answer = Extract<BridgeMessage, { readonly kind: 'ledgerRecords' }>;

interface List {
  records: readonly number[] | 'asked';
  /** The state of the ledger for which it was asked. */
  readonly of: LedgerMessage | null;
}

export class LedgerLists {
  private readonly lists = new Map<string, List>();
  private readonly ask: (question: PageMessage) => boolean;

  /** `ask`: false when there is nobody to ask. */
  constructor(ask: (question: PageMessage) => boolean) {
    this.ask = ask;
  }

  records(listing: LedgerListing, tp: number | null, now: LedgerMessage | null): readonly number[] | 'asked' {
    const key = keyOf(listing, tp);
    const known = this.lists.get(key);
    if (known !== undefined && known.of === now) return known.records;
    const records = known?.records ?? 'asked';
    if (this.ask({ kind: 'ledgerRecords', listing, tp })) this.lists.set(key, { records, of: now });
    return records;
  }

  take({ listing, tp, records }: Answer): void {
    const known = this.lists.get(keyOf(listing, tp));
    if (known !== undefined) known.records = records;
  }

  clear(): void {
    this.lists.clear();
  }
}

const keyOf = (listing: LedgerListing, tp: number | null): string => `${listing}/${tp ?? 'all'}`;
