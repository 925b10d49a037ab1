/** What became of the records, as the application was told. The sum is always shown, and it always adds up. */
import type { ReactNode } from 'react';
import type { OutcomeKind } from '#projections/recordsByOutcome';
import { useAppStore, useFrame } from '../store/useFrame.ts';
import type { StageView } from '../session/view.ts';
import { countText } from '../ui/format.ts';

interface Counts {
  readonly sent: number;
  readonly acked: number;
  readonly failed: number;
  readonly failedBy: readonly (readonly [string, number])[];
  readonly requests: number;
  readonly retried: number;
  readonly stored: number;
  readonly duplicated: number;
  readonly lost: number;
  readonly reordered: number;
  readonly failedYetStored: number;
  /** Records that two consumers of everything would have got; null: nobody has transactions. */
  readonly readers: { readonly uncommitted: number; readonly committed: number } | null;
}

function readersOf(view: StageView): Counts['readers'] {
  if (view.state.coordinators.size === 0) return null;
  let uncommitted = 0;
  let committed = 0;
  for (const { tp, highWatermark } of view.state.partitions.values()) {
    const readers = view.readers.at(tp, view.cursor.seq);
    uncommitted += readers?.uncommitted.delivered ?? highWatermark;
    committed += readers?.committed.delivered ?? highWatermark;
  }
  return { uncommitted, committed };
}

export function Counters(): ReactNode {
  const counts = useFrame(({ view }): Counts => {
    const c = view.state.counters;
    return {
      sent: c.recordsSent,
      acked: c.recordsAcked,
      failed: c.recordsFailed,
      failedBy: [...c.failedBy],
      requests: c.produceRequestsSent,
      retried: c.recordsRetried,
      stored: c.recordsStored,
      duplicated: c.recordsDuplicated,
      lost: c.recordsLostAfterAck,
      reordered: c.recordsReordered,
      failedYetStored: c.recordsFailedYetStored,
      readers: readersOf(view),
    };
  });
  const waiting = counts.sent - counts.acked - counts.failed;
  const bad = (value: number): string => (value > 0 ? 'bad' : 'zero');
  return (
    <footer className="counters" aria-label="Outcome of the records" data-testid="counters">
      <p>
        <Term name="sent" value={counts.sent} /> <span className="dim">=</span>{' '}
        <Term name="waiting" value={waiting} kind="waiting" /> <span className="dim">+</span>{' '}
        <Term name="acked" value={counts.acked} tone="good" kind="acked" /> <span className="dim">+</span>{' '}
        <Term name="failed" value={counts.failed} tone={counts.failed > 0 ? 'bad' : 'dim'} kind="failed" />
        {counts.failedBy.map(([exception, count]) => (
          <span key={exception} className="bad small">
            {' '}
            {exception} {countText(count)}
          </span>
        ))}
      </p>
      <p>
        <span className="dim">in the logs</span> <Term name="stored" value={counts.stored} />
        {counts.readers === null ? null : (
          <span
            className="term"
            title={`A read_uncommitted reader got ${countText(counts.readers.uncommitted)} records, a read_committed one ${countText(counts.readers.committed)}`}
          >
            <span className="term-name">readers got</span>{' '}
            <span className="number">
              {countText(counts.readers.uncommitted)} / {countText(counts.readers.committed)}
            </span>
          </span>
        )}
        <Term name="duplicated" value={counts.duplicated} tone={bad(counts.duplicated)} kind="duplicated" />
        <Term name="lost after ack" value={counts.lost} tone={bad(counts.lost)} kind="lost-after-ack" />
        <Term name="reordered" value={counts.reordered} tone={bad(counts.reordered)} kind="reordered" />
        <Term
          name="failed yet stored"
          value={counts.failedYetStored}
          tone={bad(counts.failedYetStored)}
          kind="failed-yet-stored"
        />
      </p>
      <p>
        <Term name="requests" value={counts.requests} />
        <Term name="records retried" value={counts.retried} tone={counts.retried > 0 ? 'warn' : 'zero'} />
      </p>
    </footer>
  );
}

interface TermProps {
  readonly name: string;
  readonly value: number;
  readonly tone?: string;
  /** Of which records it counts: a click lists them. */
  readonly kind?: OutcomeKind;
}

function Term({ name, value, tone, kind }: TermProps): ReactNode {
  const store = useAppStore();
  const inside = (
    <>
      <span className="term-name">{name}</span> <span className="number">{countText(value)}</span>
    </>
  );
  const className = `term ${tone ?? ''}`;
  if (kind === undefined || value === 0) return <span className={className}>{inside}</span>;
  return (
    <button
      type="button"
      className={className}
      title="List these records"
      onClick={() => store.getState().listOutcome({ kind, tp: null })}
    >
      {inside}
    </button>
  );
}
