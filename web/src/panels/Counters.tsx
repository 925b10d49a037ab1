/** What became of the records, as the application was told. The sum is always shown, and it always adds up. */
import { lazy, Suspense, type ReactNode } from 'react';
import { useFrame } from '../store/useFrame.ts';
import type { StageView } from '../session/view.ts';
import type { LedgerMessage } from '#wire/ledger';
import { How } from '../ui/How.tsx';
import { countText } from '../ui/format.ts';
import { provenanceOf } from '../ui/provenance.ts';
import type { Provenance } from '../sources/Source.ts';
import { badTone, Term } from './Term.tsx';
import './counters.css';

const LedgerCounters = lazy(async () => ({
  default: (await import('./LedgerCounters.tsx')).LedgerCounters,
}));

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
  /** What was read back from the log of a live run: then it stands for what follows from the events. */
  readonly ledger: LedgerMessage | null;
  readonly told: Provenance | null;
  readonly stands: Provenance | null;
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
  const counts = useFrame(({ view, source }): Counts => {
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
      ledger: source.ledger ?? null,
      told: provenanceOf(source.capabilities, ['record.sent', 'batch.completed']),
      stands: provenanceOf(source.capabilities, ['log.appended', 'log.truncated']),
    };
  });
  const waiting = counts.sent - counts.acked - counts.failed;
  return (
    <footer className="counters" aria-label="Outcome of the records" data-testid="counters">
      <p>
        {counts.told === null ? null : <How of={counts.told} />} <Term name="sent" value={counts.sent} />{' '}
        <span className="dim">=</span>{' '}
        <Term name="waiting" value={waiting} of={{ kind: 'waiting', tp: null }} />{' '}
        <span className="dim">+</span>{' '}
        <Term name="acked" value={counts.acked} tone="good" of={{ kind: 'acked', tp: null }} />{' '}
        <span className="dim">+</span>{' '}
        <Term
          name="failed"
          value={counts.failed}
          tone={counts.failed > 0 ? 'bad' : 'dim'}
          of={{ kind: 'failed', tp: null }}
        />
        {counts.failedBy.map(([exception, count]) => (
          <span key={exception} className="bad small">
            {' '}
            {exception} {countText(count)}
          </span>
        ))}
      </p>
      {counts.ledger !== null ? (
        <Suspense fallback={null}>
          <LedgerCounters ledger={counts.ledger} />
        </Suspense>
      ) : counts.stands === null ? null : (
        <InTheLogs counts={counts} how={counts.stands} />
      )}
      <p>
        {counts.told === null ? null : <How of={counts.told} />}{' '}
        <Term name="requests" value={counts.requests} />
        <Term name="records retried" value={counts.retried} tone={counts.retried > 0 ? 'warn' : 'zero'} />
      </p>
    </footer>
  );
}

const wrongOf = (counts: Counts) =>
  [
    ['duplicated', counts.duplicated, 'duplicated'],
    ['lost after ack', counts.lost, 'lost-after-ack'],
    ['reordered', counts.reordered, 'reordered'],
    ['failed yet stored', counts.failedYetStored, 'failed-yet-stored'],
  ] as const;

/** As the events of the brokers tell it. */
function InTheLogs(props: { readonly counts: Counts; readonly how: Provenance }): ReactNode {
  const { counts, how } = props;
  return (
    <p>
      <span className="dim">in the logs</span> <How of={how} /> <Term name="stored" value={counts.stored} />
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
      {wrongOf(counts).map(([name, value, kind]) => (
        <Term key={kind} name={name} value={value} tone={badTone(value)} of={{ kind, tp: null }} />
      ))}
    </p>
  );
}
