/** The picture of one moment as nested lists: stations, and in them what stands there. */
import { tpNameOf } from '#explain/why/WhyContext';
import type { Session } from '../session/session.ts';
import type { Entity } from '../stage/scene.ts';
import { countText } from '../ui/format.ts';
import { whyContext, whyOf } from '../inspector/whyOf.ts';

export interface TwinItem {
  readonly entity: Entity;
  readonly name: string;
  /** Why it is where it is. */
  readonly sentence: string;
  readonly inside: readonly TwinItem[];
}
export interface TwinStation {
  readonly name: string;
  /** When nothing stands there. */
  readonly empty: string;
  readonly items: readonly TwinItem[];
}

/** More of one kind are counted, not listed. */
const MOST_ITEMS = 60;

export function twinOf(session: Session): readonly TwinStation[] {
  const context = whyContext(session);
  const { state } = context;
  const item = (
    kind: Entity['kind'],
    id: number,
    name: string,
    inside: readonly TwinItem[] = [],
  ): TwinItem => {
    const entity: Entity = { kind, id };
    return { entity, name, sentence: whyOf(session, entity), inside };
  };
  const batch = (id: number): TwinItem => {
    const open = state.batches.get(id as never);
    return item('batch', id, `batch ${countText(id)}, ${countText(open?.records ?? 0)} records`);
  };
  const sending = [...state.threads.values()].filter(({ sending: record }) => record !== null);
  const lanes = [...state.partitions.values()].filter(({ deque }) => deque.length > 0);
  const requests = [...state.requests.values()].slice(0, MOST_ITEMS);
  return [
    {
      name: 'send()',
      empty: 'No record is in send() at this moment.',
      items: [
        ...[...state.clients.values()]
          .filter(({ closed, transaction }) => closed === null || transaction === 'FATAL_ERROR')
          .map(({ id, name, transaction }) =>
            item('client', id, transaction === null ? name : `${name}, ${transaction}`),
          ),
        ...sending.map(({ sending: record, name }) =>
          item('record', record ?? 0, `record ${countText(record ?? 0)} on thread ${name}`),
        ),
      ],
    },
    {
      name: 'record accumulator',
      empty: 'No batch waits.',
      items: lanes.map(({ tp, deque }) =>
        item('partition', tp, tpNameOf(context, tp), deque.slice(0, MOST_ITEMS).map(batch)),
      ),
    },
    {
      name: 'network',
      empty: 'No request is in flight.',
      items: requests.map(({ id, api, node, batches }) =>
        item(
          'request',
          id,
          `${api} request ${countText(id)} to ${node < 0 ? 'a bootstrap address' : `broker ${node}`}`,
          batches.map(batch),
        ),
      ),
    },
    {
      name: 'brokers',
      empty: 'There is no broker.',
      items: [...state.brokers.values()]
        .filter(({ node }) => node >= 0)
        .map(({ node, state: is }) =>
          item(
            'broker',
            node,
            `broker ${node}, ${is}`,
            [...state.partitions.values()]
              .filter(({ leader }) => leader === node)
              .map(({ tp, highWatermark, lastStableOffset }) => {
                const held =
                  lastStableOffset < highWatermark
                    ? `, last stable offset ${countText(lastStableOffset)}`
                    : '';
                const marks = `high watermark ${countText(highWatermark)}${held}`;
                return item('partition', tp, `${tpNameOf(context, tp)}, ${marks}`);
              }),
          ),
        ),
    },
  ];
}
