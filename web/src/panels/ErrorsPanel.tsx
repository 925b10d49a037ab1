/** Every error: what it means, what the producer does and did in this run, what is left to the application, and a try. */
import { useMemo, useState, type ReactNode } from 'react';
import { useFrame, useSession } from '../store/useFrame.ts';
import {
  answerRule,
  answerSentence,
  hasPartitions,
  NEXT_REQUEST,
  ordinal,
  type Target,
} from './faults/answers.ts';
import { AnswerTarget } from './faults/AnswerTarget.tsx';
import { useStrike } from './faults/FaultButton.tsx';
import {
  countsSentence,
  errorRows,
  isWanted,
  kindOf,
  PRODUCER_KINDS,
  type ErrorRow,
  type ErrorWay,
  type ProducerKind,
} from './errors/errorRows.ts';
import { usePresent } from './settings/usePresent.ts';
import './errors/errors.css';

interface CountedRow {
  readonly row: ErrorRow;
  readonly answered: number;
  /** What has happened with it up to the playhead; null: nothing. */
  readonly counts: string | null;
}

/** Those that this run has met by now first. */
function useCountedRows(kind: ProducerKind, text: string): readonly CountedRow[] {
  const rows = useMemo(() => errorRows(kind).filter((row) => isWanted(row, text)), [kind, text]);
  return useFrame(({ projections, view }) => {
    const { seq } = view.cursor;
    const counted = rows.map((row) => {
      const counts = projections.errors.counts(row.error, seq);
      return { row, answered: counts.answered, counts: countsSentence(counts) };
    });
    return counted.toSorted((a, b) => b.answered - a.answered);
  });
}

export function ErrorsPanel(): ReactNode {
  const ofRun = kindOf(usePresent().applications[0]);
  const [chosen, setChosen] = useState<ProducerKind | null>(null);
  const [text, setText] = useState('');
  const [target, setTarget] = useState(NEXT_REQUEST);
  const canInject = useSession().source.capabilities.commands.has('answer.set');
  const kind = chosen ?? ofRun;
  const rows = useCountedRows(kind, text);
  return (
    <div className="errors">
      <div className="errors-filter">
        <input
          type="search"
          aria-label="Find an error"
          placeholder="Find an error"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <label className="dim">
          To a producer that is{' '}
          <select value={kind} onChange={(event) => setChosen(event.target.value as ProducerKind)}>
            {PRODUCER_KINDS.map((each) => (
              <option key={each} value={each}>
                {each}
                {each === ofRun ? ', as in this run' : ''}
              </option>
            ))}
          </select>
        </label>
        {canInject ? (
          <div className="dim">
            A try answers the request <AnswerTarget target={target} onChange={setTarget} />
          </div>
        ) : null}
      </div>
      <ul>
        {rows.map((counted) => (
          <li key={counted.row.error}>
            <ErrorItem counted={counted} kind={kind} target={canInject ? target : null} />
          </li>
        ))}
      </ul>
      {rows.length === 0 ? <p className="dim errors-none">No error of this name.</p> : null}
    </div>
  );
}

interface Trial {
  readonly kind: ProducerKind;
  /** null: nothing can be injected into this run. */
  readonly target: Target | null;
}

function ErrorItem({ counted, kind, target }: Trial & { readonly counted: CountedRow }): ReactNode {
  const { row, answered, counts } = counted;
  return (
    <details className={answered > 0 ? 'error met' : 'error'}>
      <summary>
        <code>{row.error}</code>
        <span className="error-mark">{row.isRetriable ? 'retriable' : 'not retriable'}</span>
        {answered > 0 ? (
          <span className="error-count" title={counts ?? undefined}>
            {answered}×
          </span>
        ) : null}
      </summary>
      <p>{row.meaning}</p>
      <p className="dim">
        {row.exception}, code {row.code}
      </p>
      {counts === null ? null : <p className="error-counts">{counts}</p>}
      {row.ways.map((way) => (
        <ErrorWayView key={way.api} row={row} way={way} kind={kind} target={target} />
      ))}
    </details>
  );
}

function ErrorWayView(props: Trial & { readonly row: ErrorRow; readonly way: ErrorWay }): ReactNode {
  const { row, way, kind, target } = props;
  return (
    <div className="error-way">
      <dl>
        <div>
          <dt>{way.label}</dt>
          <dd>{way.does}</dd>
        </div>
        <div>
          <dt>You</dt>
          <dd>{way.application}</dd>
        </div>
      </dl>
      {target === null ? null : <TryButton row={row} way={way} kind={kind} target={target} />}
    </div>
  );
}

function TryButton(props: {
  readonly row: ErrorRow;
  readonly way: ErrorWay;
  readonly kind: ProducerKind;
  readonly target: Target;
}): ReactNode {
  const strike = useStrike();
  const { row, way, kind, target } = props;
  const { node, place } = target;
  const rule = answerRule(way.api, row.error, target);
  const of = node === null ? '' : ` to broker ${node}`;
  const about = place === null || !hasPartitions(way.api) ? '' : ` with ${place.topic}-${place.partition}`;
  return (
    <button
      type="button"
      className="fault bad"
      title={answerSentence(rule, kind)}
      onClick={() => strike({ command: { do: 'answer.set', rule } })}
    >
      Answer the {ordinal(target.nth)} {way.label}
      {of}
      {about} so
    </button>
  );
}
