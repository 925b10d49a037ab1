/** The text twin of what happens: a sentence for each event, around the playhead. A click goes there. */
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode, type UIEvent } from 'react';
import { subjectOf } from '../inspector/touches.ts';
import { useApp, useAppStore, useFrame, useSession } from '../store/useFrame.ts';
import { HowLegend, Moment } from '../ui/How.tsx';
import { hasMarks, PROVENANCES } from '../ui/provenance.ts';
import { EVENT_GROUPS, eventsAround, ROWS_BACK, type EventGroup, type EventRow } from './eventWindow.ts';
import { useRested } from './useRested.ts';

/** While time runs the list follows twice a second. */
const FOLLOW_MS = 500;
const MOST_BACK = 2000;

export function EventList(): ReactNode {
  const session = useSession();
  const store = useAppStore();
  const selection = useApp((state) => state.selection);
  const [group, setGroup] = useState<EventGroup | null>(null);
  const [text, setText] = useState('');
  const [onlySelected, setOnlySelected] = useState(false);
  const [back, setBack] = useState(ROWS_BACK);
  const list = useRef<HTMLOListElement>(null);
  const current = useRef<HTMLLIElement>(null);
  const grownFrom = useRef<number | null>(null);
  const filter = { group, text, entity: onlySelected ? selection : null };
  const version = useFrame((s) => s.version);
  const key = `${group}|${text}|${onlySelected ? `${selection?.kind}${selection?.id}` : ''}|${back}`;
  const { before, after } = useRested(version, session.playback.playing ? FOLLOW_MS : 0, key, () =>
    eventsAround(session, filter, back),
  );
  const isMarked = hasMarks(session.source);
  const occurring = new Set([...before, ...after].flatMap(({ how }) => how ?? []));
  const lastSeq = before.at(-1)?.seq ?? -1;
  const place = `${lastSeq}|${group}|${text}|${onlySelected}`;
  useEffect(() => {
    if (place !== '') current.current?.scrollIntoView({ block: 'nearest' });
  }, [place]);
  const rowsBefore = before.length;
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null || grownFrom.current === null || rowsBefore === 0) return;
    // What was at the top stays where the eye has it.
    element.scrollTop += element.scrollHeight - grownFrom.current;
    grownFrom.current = null;
  }, [rowsBefore]);

  const go = (row: EventRow): void => {
    const { log } = session.view;
    const subject = row.seq < log.endSeq ? subjectOf(log.at(row.seq)) : null;
    session.dispatch({ type: 'moveTo', seq: row.seq + 1 });
    if (subject !== null) store.getState().select(subject);
  };
  const scrolled = (event: UIEvent<HTMLElement>): void => {
    if (event.currentTarget.scrollTop > 40 || before.length < back || session.playback.playing) return;
    grownFrom.current = event.currentTarget.scrollHeight;
    setBack(Math.min(MOST_BACK, back + ROWS_BACK));
  };
  const row = (each: EventRow, isLater: boolean): ReactNode => {
    const isCurrent = each.seq === lastSeq;
    return (
      <li
        key={each.seq}
        ref={isCurrent ? current : null}
        className={isLater ? 'later' : isCurrent ? 'current' : ''}
      >
        <button
          type="button"
          aria-current={isCurrent}
          title={`${each.type}: move the playhead here`}
          onClick={() => go(each)}
        >
          <Moment at={each.at} how={isMarked ? each.how : null} />
          <span>{each.sentence}</span>
        </button>
      </li>
    );
  };
  return (
    <div className="event-list">
      <div className="event-filter">
        <select
          aria-label="Kind of event"
          value={group ?? ''}
          onChange={(event) =>
            setGroup(event.target.value === '' ? null : (event.target.value as EventGroup))
          }
        >
          <option value="">all events</option>
          {Object.keys(EVENT_GROUPS).map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
        <input
          type="search"
          placeholder="search"
          aria-label="Search in the events"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={onlySelected}
            disabled={selection === null}
            onChange={(event) => setOnlySelected(event.target.checked)}
          />{' '}
          only what is selected
        </label>
        {isMarked ? <HowLegend of={PROVENANCES.filter((each) => occurring.has(each))} /> : null}
      </div>
      <ol ref={list} onScroll={scrolled} tabIndex={0} aria-label="Events around the playhead">
        {before.length + after.length === 0 ? (
          <li className="dim none">No such event near the playhead.</li>
        ) : null}
        {before.map((each) => row(each, false))}
        {after.map((each) => row(each, true))}
      </ol>
    </div>
  );
}
