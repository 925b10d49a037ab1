/** The records behind a counter: which, where, and how it came to that. */
import type { ReactNode } from 'react';
import { tpNameOf } from '#explain/why/WhyContext';
import { recordsByOutcome, type ListedRecord } from '#projections/recordsByOutcome';
import type { Session } from '../session/session.ts';
import type { ListedOutcome } from '../store/appStore.ts';
import { useAppStore, useFrame } from '../store/useFrame.ts';
import { countText } from '../ui/format.ts';
import { OUTCOME_MEANINGS, OUTCOME_WORDS } from './outcomeWords.ts';
import { whyContext } from './whyOf.ts';

const MOST_RECORDS = 200;

/** Records of one partition that have the same cause. */
interface Group {
  readonly key: string;
  readonly where: string;
  readonly cause: string;
  readonly records: ListedRecord[];
}

interface Listed {
  readonly groups: readonly Group[];
  readonly count: number;
  readonly isCut: boolean;
}

function listed(session: Session, { kind, tp }: ListedOutcome): Listed {
  const { records, lifelines, outcomes } = session.projections;
  const { seq, at } = session.playback.cursor;
  const list = recordsByOutcome({ records, lifelines, outcomes }, kind, tp, seq, at, MOST_RECORDS);
  const context = whyContext(session);
  const groups = new Map<string, Group>();
  for (const record of list.records) {
    const where = record.tp < 0 ? 'in no partition yet' : tpNameOf(context, record.tp);
    const key = `${where}/${record.cause}`;
    const group = groups.get(key) ?? { key, where, cause: record.cause, records: [] };
    group.records.push(record);
    groups.set(key, group);
  }
  return { groups: [...groups.values()], count: list.records.length, isCut: list.isCut };
}

export function OutcomeList(props: { readonly listed: ListedOutcome }): ReactNode {
  const { kind, tp } = props.listed;
  const { list, title } = useFrame((session) => ({
    list: listed(session, props.listed),
    title: tp === null ? OUTCOME_WORDS[kind] : `${OUTCOME_WORDS[kind]}, ${tpNameOf(whyContext(session), tp)}`,
  }));
  return (
    <div className="inspector outcome-list" data-testid="outcome-list">
      <ListHead title={title} />
      <p className="dim">
        {OUTCOME_MEANINGS[kind]}{' '}
        {list.count === 0
          ? 'There are none at this moment.'
          : list.isCut
            ? `The latest ${countText(list.count)}:`
            : `${countText(list.count)} at this moment:`}
      </p>
      {list.groups.map((group) => (
        <section key={group.key}>
          <h3>
            {group.where} <span className="number">{countText(group.records.length)}</span>
          </h3>
          {group.cause === '' ? null : <p>{group.cause}</p>}
          <RecordLinks records={group.records.map(({ record }) => record)} />
        </section>
      ))}
    </div>
  );
}

export function ListHead(props: { readonly title: string }): ReactNode {
  const store = useAppStore();
  return (
    <div className="inspector-head">
      <h2>Records {props.title}</h2>
      <button
        type="button"
        className="reset"
        aria-label="Close the list"
        title="Close the list"
        onClick={() => store.getState().listOutcome(null)}
      >
        ✕
      </button>
    </div>
  );
}

/** Each can be gone to. */
export function RecordLinks(props: { readonly records: readonly number[] }): ReactNode {
  const store = useAppStore();
  return (
    <p className="record-links">
      {props.records.map((record) => (
        <button
          key={record}
          type="button"
          className="entity-link number"
          aria-label={`record ${record}`}
          onClick={() => store.getState().select({ kind: 'record', id: record })}
          onPointerEnter={() => store.getState().hover({ kind: 'record', id: record })}
          onPointerLeave={() => store.getState().hover(null)}
        >
          {record}
        </button>
      ))}
    </p>
  );
}
