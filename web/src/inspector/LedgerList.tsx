/** The records behind a count of the ledger: the bridge knows which, and those that the page still holds can be gone to. */
import type { ReactNode } from 'react';
import { tpNameOf } from '#explain/why/WhyContext';
import { MOST_LISTED_RECORDS } from '#wire/ledger';
import type { Session } from '../session/session.ts';
import type { ListedLedger } from '../store/appStore.ts';
import { useFrame } from '../store/useFrame.ts';
import { countText } from '../ui/format.ts';
import { ListHead, RecordLinks } from './OutcomeList.tsx';
import { LEDGER_MEANINGS, LEDGER_WORDS } from './outcomeWords.ts';
import { whyContext } from './whyOf.ts';

interface Group {
  readonly where: string;
  readonly records: number[];
}

interface Found {
  readonly isAsked: boolean;
  readonly count: number;
  readonly groups: readonly Group[];
  /** Listed, and not among the records that this page holds. */
  readonly gone: number;
}

function found(session: Session, { ledger, tp }: ListedLedger): Found {
  const { records } = session.projections;
  const list = session.source.ledgerRecords?.(ledger, tp) ?? [];
  if (list === 'asked') return { isAsked: true, count: 0, groups: [], gone: 0 };
  const context = whyContext(session);
  const groups = new Map<string, Group>();
  let gone = 0;
  for (const record of list) {
    if (records.sentAt(record) < 0) gone++;
    else {
      const of = records.tp(record);
      const where = of < 0 ? 'in no partition yet' : tpNameOf(context, of);
      const group = groups.get(where) ?? { where, records: [] };
      group.records.push(record);
      groups.set(where, group);
    }
  }
  return { isAsked: false, count: list.length, groups: [...groups.values()], gone };
}

export function LedgerList(props: { readonly listed: ListedLedger }): ReactNode {
  const { ledger, tp } = props.listed;
  const { list, title } = useFrame((session) => ({
    list: found(session, props.listed),
    title:
      tp === null ? LEDGER_WORDS[ledger] : `${LEDGER_WORDS[ledger]}, ${tpNameOf(whyContext(session), tp)}`,
  }));
  return (
    <div className="inspector outcome-list" data-testid="ledger-list">
      <ListHead title={title} />
      <p className="dim">
        {LEDGER_MEANINGS[ledger]}{' '}
        {list.isAsked
          ? 'Asking the bridge for them.'
          : list.count === 0
            ? 'There are none now.'
            : list.count === MOST_LISTED_RECORDS
              ? `The latest ${countText(list.count)}:`
              : `${countText(list.count)} now:`}
      </p>
      {list.groups.map(({ where, records }) => (
        <section key={where}>
          <h3>
            {where} <span className="number">{countText(records.length)}</span>
          </h3>
          <RecordLinks records={records} />
        </section>
      ))}
      {list.gone === 0 ? null : (
        <p className="dim">
          {countText(list.gone)} of them are not on this page: they were sent before what it holds, or came
          too fast to be told one by one.
        </p>
      )}
    </div>
  );
}
