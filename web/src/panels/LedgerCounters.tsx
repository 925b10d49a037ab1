/** What became of the records, read back from the log of a live run: of now, whatever moment the picture shows. */
import type { ReactNode } from 'react';
import type { LedgerListing, LedgerMessage } from '#wire/ledger';
import { LEDGER_MEANINGS, LEDGER_WORDS } from '../inspector/outcomeWords.ts';
import { How } from '../ui/How.tsx';
import { countText } from '../ui/format.ts';
import { badTone, Term } from './Term.tsx';

export function LedgerCounters(props: { readonly ledger: LedgerMessage }): ReactNode {
  const { all, trouble, topic, forgotten } = props.ledger;
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
      {/* What is wrong first: a narrow screen cuts off the end. */}
      <Count listing="duplicated" value={all.duplicated} tone={badTone(all.duplicated)} />
      <Count listing="missing" value={all.missing} tone={badTone(all.missing)} />
      <Count listing="out-of-order" value={all.outOfOrder} tone={badTone(all.outOfOrder)} />
      <Count listing="failed-but-present" value={all.failedButPresent} tone={badTone(all.failedButPresent)} />
      {all.gone === 0 ? null : <Count listing="gone" value={all.gone} tone="warn" />}
      <Note
        name="offsets gone"
        value={all.goneOffsets}
        tone="warn"
        title={`${countText(all.goneOffsets)} offsets were gone from the log before they were read (retention, or records deleted by somebody): what stood there is in no other count`}
      />
      <Note
        name="offsets gone for read_committed"
        value={all.goneCommittedOffsets}
        tone="warn"
        title="So many offsets were gone before the reader of committed records came to them: its count is too low by what was committed there"
      />
      <Note
        name="offsets cut off"
        value={all.cutOffsets}
        tone="warn"
        title="These offsets were read, and then cut off by a new leader that had less (unclean election): what stood there still counts as stored, and is not there any more"
      />
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
      <Note
        name="by offset only"
        value={all.byOffset}
        title="These records carry no number of their own: the log goes on behind their offsets, and that is all that is known"
      />
      <Note
        name="too old to tell"
        value={forgotten}
        tone="warn"
        title="Outcomes and copies of records that are too old to be told apart"
      />
    </p>
  );
}

/** Shown where there is something to say. */
function Note(props: {
  readonly name: string;
  readonly value: number;
  readonly title: string;
  readonly tone?: string;
}): ReactNode {
  const { name, value, title, tone = '' } = props;
  if (value === 0) return null;
  return (
    <span className={`term ${tone}`} title={title}>
      <span className="term-name">{name}</span> <span className="number">{countText(value)}</span>
    </span>
  );
}

function Count(props: {
  readonly listing: LedgerListing;
  readonly value: number;
  readonly tone?: string;
}): ReactNode {
  const { listing, ...rest } = props;
  const of = { ledger: listing, tp: null };
  return <Term name={LEDGER_WORDS[listing]} meaning={LEDGER_MEANINGS[listing]} of={of} {...rest} />;
}
