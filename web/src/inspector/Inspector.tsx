/** What is selected: why it is where it is, what it is, what happened to it, and the way to what belongs to it. */
import { lazy, Suspense, useMemo, type ReactNode } from 'react';
import type { RecordId } from '#base/ids';
import { FaultButton } from '../panels/faults/FaultButton.tsx';
import { faultsOf } from '../panels/ThingMenu.tsx';
import type { Entity } from '../stage/scene.ts';
import { useApp, useAppStore, useFrame, useSession } from '../store/useFrame.ts';
import { How, HowLegend, Moment } from '../ui/How.tsx';
import { hasMarks } from '../ui/provenance.ts';
import type { Fact, FactLink } from './Card.ts';
import { cardOf } from './cardOf.ts';
import { provenancesOf, withProvenance } from './factSources.ts';
import { JourneyBar } from './JourneyBar.tsx';
import { Legend } from './Legend.tsx';
import { OutcomeList } from './OutcomeList.tsx';
import { wordsOf } from './outcomeWords.ts';
import { createTimeline, type TimelineRow } from './timeline.ts';
import { whyOf } from './whyOf.ts';

const LedgerList = lazy(async () => ({ default: (await import('./LedgerList.tsx')).LedgerList }));

/** So many of the last events are shown at once. */
const MOST_ROWS = 12;

export function Inspector(): ReactNode {
  const selection = useApp((state) => state.selection);
  const outcome = useApp((state) => state.outcome);
  if (selection !== null) return <Selected key={`${selection.kind}-${selection.id}`} entity={selection} />;
  if (outcome === null) return <Legend />;
  if (!('ledger' in outcome)) return <OutcomeList listed={outcome} />;
  return (
    <Suspense fallback={null}>
      <LedgerList listed={outcome} />
    </Suspense>
  );
}

function Selected(props: { readonly entity: Entity }): ReactNode {
  const { entity } = props;
  const store = useAppStore();
  const timeline = useMemo(() => createTimeline(entity), [entity]);
  const { card, marks, sentence, rows, journey, faults } = useFrame((session) => ({
    card: withProvenance(session, cardOf(session, entity)),
    marks: hasMarks(session.source) ? session.source.capabilities : null,
    sentence: whyOf(session, entity),
    rows: timeline.rows(session),
    journey:
      entity.kind === 'record'
        ? session.projections.journey(entity.id as RecordId, session.playback.cursor.at)
        : null,
    faults: faultsOf(session, entity),
  }));
  const outcome = useApp((state) => state.outcome);
  return (
    <div className="inspector">
      {outcome === null ? null : (
        <button type="button" className="entity-link back" onClick={() => store.getState().select(null)}>
          ◂ {wordsOf(outcome)}: the list
        </button>
      )}
      <div className="inspector-head">
        <h2>{card.title}</h2>
        <button
          type="button"
          className="reset"
          aria-label="Select nothing"
          title="Select nothing (Esc)"
          onClick={() => store.getState().select(null)}
        >
          ✕
        </button>
      </div>
      <div className="why" data-testid="why">
        <h3>Why</h3>
        <p>{sentence}</p>
      </div>
      <dl className="facts">
        {card.facts.map((fact) => (
          <FactRow key={fact.name} fact={fact} isMarked={marks !== null} />
        ))}
      </dl>
      <HowLegend of={provenancesOf(card)} />
      {journey === null ? null : <JourneyBar journey={journey} marks={marks} />}
      {faults.length === 0 ? null : (
        <section className="inspector-faults" aria-label="What can be done to it">
          <h3>What can be done to it</h3>
          <div className="fault-buttons">
            {faults.map((fault) => (
              <FaultButton key={fault.id} fault={fault} />
            ))}
          </div>
        </section>
      )}
      <Happened rows={rows} isMarked={marks !== null} />
      <p className="dim what">{card.what}</p>
    </div>
  );
}

/** In a model all numbers are of one kind: the legend says it once. */
function FactRow(props: { readonly fact: Fact; readonly isMarked: boolean }): ReactNode {
  const { name, value, tone, how } = props.fact;
  const isLong = typeof value === 'string' ? value.length > 20 : value.length > 1;
  return (
    <div className={isLong ? 'long' : ''}>
      <dt>
        {name} {props.isMarked && how !== undefined ? <How of={how} /> : null}
      </dt>
      <dd className={`number ${tone ?? ''}`}>
        {typeof value === 'string' ? value : value.map((each) => <Link key={each.text} link={each} />)}
      </dd>
    </div>
  );
}

function Link(props: { readonly link: FactLink }): ReactNode {
  const store = useAppStore();
  const { text, to } = props.link;
  const entity = 'entity' in to ? to.entity : null;
  return (
    <button
      type="button"
      className="entity-link"
      onClick={() => {
        if ('entity' in to) store.getState().select(to.entity);
        else store.getState().listOutcome(to.outcome);
      }}
      onPointerEnter={() => store.getState().hover(entity)}
      onPointerLeave={() => store.getState().hover(null)}
    >
      {text}
    </button>
  );
}

function Happened(props: { readonly rows: readonly TimelineRow[]; readonly isMarked: boolean }): ReactNode {
  const session = useSession();
  const { rows, isMarked } = props;
  const shown = rows.slice(-MOST_ROWS);
  return (
    <section className="happened" aria-label="What happened to it">
      <h3>What happened to it</h3>
      {rows.length > shown.length ? <p className="dim">{rows.length - shown.length} earlier</p> : null}
      <ol>
        {shown.map((row) => (
          <li key={row.seq}>
            <button
              type="button"
              title="Move the playhead here"
              onClick={() => session.dispatch({ type: 'moveTo', seq: row.seq + 1 })}
            >
              <Moment at={row.at} how={isMarked ? row.how : null} />
              <span>{row.sentence}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
