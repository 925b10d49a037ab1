/** What became of the records, read back from the log of a live run: of now, whatever moment the picture shows. */
import type { ReactNode } from 'react';
import type { LedgerListing, LedgerMessage } from '#wire/ledger';
import { LEDGER_MEANINGS, LEDGER_WORDS } from '../inspector/outcomeWords.ts';
import { useAppStore } from '../store/useFrame.ts';
import { How } from '../ui/How.tsx';
import { countText } from '../ui/format.ts';

export function LedgerCounters(props: { readonly ledger: LedgerMessage }): ReactNode {
  const { all, trouble, topic, forgotten } = props.ledger;
  const bad = (value: number): string => (value > 0 ? 'bad' : 'zero');
  return (
    <p className="ledger-line" data-testid="ledger">
      <span
        className={trouble === null ? 'dim' : 'warn'}
        title={
          trouble ??
          `Read back from the log of ${topic}: a reader keeps account of every record of this run, up to now`
        }
      >
        read back
      </span>{' '}
      <How of="measured" /> <Count listing="present" value={all.present} />
      {all.committed === null ? null : (
        <>
          <span className="term" title="What a reader of everything got">
            <span className="term-name">read_uncommitted</span>{' '}
            <span className="number">{countText(all.present + all.duplicated)}</span>
          </span>
          <Count listing="committed" value={all.committed} />
          <Count listing="not-committed" value={all.present - all.committed} tone="zero" />
        </>
      )}
      <Count listing="awaited" value={all.awaited} />
      <Count listing="duplicated" value={all.duplicated} tone={bad(all.duplicated)} />
      <Count listing="missing" value={all.missing} tone={bad(all.missing)} />
      <Count listing="out-of-order" value={all.outOfOrder} tone={bad(all.outOfOrder)} />
      <Count listing="failed-but-present" value={all.failedButPresent} tone={bad(all.failedButPresent)} />
      {all.byOffset === 0 ? null : (
        <span
          className="term"
          title="These records carry no number of their own: the log goes on behind their offsets, and that is all that is known"
        >
          <span className="term-name">by offset only</span>{' '}
          <span className="number">{countText(all.byOffset)}</span>
        </span>
      )}
      {forgotten === 0 ? null : (
        <span className="term warn" title="Outcomes and copies of records that are too old to be told apart">
          <span className="term-name">too old to tell</span>{' '}
          <span className="number">{countText(forgotten)}</span>
        </span>
      )}
    </p>
  );
}

function Count(props: {
  readonly listing: LedgerListing;
  readonly value: number;
  readonly tone?: string;
}): ReactNode {
  const { listing, value, tone = '' } = props;
  const store = useAppStore();
  const inside = (
    <>
      <span className="term-name">{LEDGER_WORDS[listing]}</span>{' '}
      <span className="number">{countText(value)}</span>
    </>
  );
  if (value === 0) return <span className={`term ${tone}`}>{inside}</span>;
  return (
    <button
      type="button"
      className={`term ${tone}`}
      title={`${LEDGER_MEANINGS[listing]} List these records`}
      onClick={() => store.getState().listOutcome({ ledger: listing, tp: null })}
    >
      {inside}
    </button>
  );
}
