/** What happened, or is about to happen, near the cursor, sorted by whom it concerns: once a frame, for all stations. */
import type { BatchId } from '#base/ids';
import type { EventOf } from '#events/catalogue';
import type { StageView } from '../session/view.ts';
import type { Effect } from './effects.ts';
import { ease, fractionAfter, landSpanUs } from './motion.ts';

export type LogEffect = EventOf<'log.appended'> | EventOf<'replica.fetched'>;

export interface Near {
  readonly effects: readonly Effect[];
  /** When a batch was, or shortly will be, appended to its leader's log. */
  readonly appendedAt: ReadonlyMap<number, number>;
  /** How long the records of a batch that is about to be appended fly from their request into the log. */
  readonly landUs: ReadonlyMap<number, number>;
  /** Appends and fetches of each partition, in order. */
  readonly logsOf: ReadonlyMap<number, readonly LogEffect[]>;
  /** Tails that were cut off, of each partition, in order. */
  readonly cutsOf: ReadonlyMap<number, readonly EventOf<'log.truncated'>[]>;
  /** How far the boxes of a deque still have to move up because older ones just left. */
  readonly laneShift: ReadonlyMap<number, number>;
  /** The same for the blocks of a rack, because older ones were just answered or lost. */
  readonly rackShift: ReadonlyMap<number, number>;
}

export const NOTHING: readonly LogEffect[] = [];

export function nearOf(view: StageView, effects: readonly Effect[], legUs: number): Near {
  const appendedAt = new Map<number, number>();
  const landUs = new Map<number, number>();
  const logsOf = new Map<number, LogEffect[]>();
  const cutsOf = new Map<number, EventOf<'log.truncated'>[]>();
  const laneShift = new Map<number, number>();
  const rackShift = new Map<number, number>();
  const { at, seq } = view.cursor;
  const shift = (of: Map<number, number>, key: number | undefined, since: number): void => {
    const rest = 1 - ease(fractionAfter(at, since, legUs));
    if (key !== undefined && rest > 0) of.set(key, (of.get(key) ?? 0) + rest);
  };
  for (const effect of effects) {
    if (effect.type === 'log.appended') {
      appendedAt.set(effect.batch, effect.at);
      if (legUs > 0 && effect.seq >= seq) landUs.set(effect.batch, landUsOf(view, effect.batch));
    }
    if (effect.type === 'log.appended' || effect.type === 'replica.fetched') keep(logsOf, effect);
    if (effect.type === 'log.truncated') cutsOf.set(effect.tp, [...(cutsOf.get(effect.tp) ?? []), effect]);
    if (effect.seq >= seq || at - effect.at >= legUs) continue;
    if (effect.type === 'batch.drained') {
      shift(laneShift, view.lifelines.tpOf(effect.batch), effect.at);
    } else if (effect.type === 'response.received' || effect.type === 'request.lost') {
      shift(rackShift, view.lifelines.request(effect.request)?.node, effect.at);
    }
  }
  return { effects, appendedAt, landUs, logsOf, cutsOf, laneShift, rackShift };
}

/** 0 for a batch that is not sent yet: nothing of it can be in the air. */
function landUsOf(view: StageView, batch: BatchId): number {
  const request = view.state.batches.get(batch)?.request;
  const line = request === null || request === undefined ? null : view.lifelines.request(request);
  return line === null ? 0 : landSpanUs(line.sentAt, line.arrivesAt, view.leadUs);
}

function keep(logsOf: Map<number, LogEffect[]>, effect: LogEffect): void {
  const known = logsOf.get(effect.tp);
  if (known === undefined) logsOf.set(effect.tp, [effect]);
  else known.push(effect);
}
