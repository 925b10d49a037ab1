/**
 * The few events around the cursor that motion needs: what was just drained, appended, fetched, acked, requeued. A
 * memo of the log and nothing else: asked twice for the same range it answers the same, forwards and backwards.
 */
import type { EventOf, EventType } from '#events/catalogue';
import type { EventLogView } from '#events/EventLogView';

const WANTED = [
  'batch.drained',
  'batch.requeued',
  'batch.completed',
  'batch.failed',
  'request.lost',
  'response.received',
  'log.appended',
  'replica.fetched',
  'log.truncated',
  'node.drained',
  'leader.elected',
  'fault.struck',
  'record.refused',
] as const satisfies readonly EventType[];
export type Effect = EventOf<(typeof WANTED)[number]>;

/** A jump over more events than this draws no effects before it: they were not seen either. */
const MAX_SCAN = 6000;

export interface Effects {
  /** Events of the kinds above with `fromUs` < at ≤ `toUs`, in order. The array is reused by the next call. */
  window(log: EventLogView, fromUs: number, toUs: number): readonly Effect[];
}

const wanted: ReadonlySet<string> = new Set(WANTED);

export function createEffects(): Effects {
  let kept: Effect[] = [];
  let of: EventLogView | null = null;
  // Events [scannedFrom, scannedTo) of `of` were looked at; endSeq when that was, to see that a log was cut.
  let scannedFrom = 0;
  let scannedTo = 0;
  const out: Effect[] = [];

  const scan = (log: EventLogView, from: number, to: number): Effect[] => {
    const found: Effect[] = [];
    if (from >= to) return found;
    const reader = log.read(from);
    for (let seq = from; seq < to; seq++) {
      const event = reader.next();
      if (wanted.has(event.type)) found.push(event as Effect);
    }
    return found;
  };

  return {
    window(log, fromUs, toUs) {
      let from = Math.max(log.startSeq, log.seqAfter(fromUs));
      const to = log.seqAfter(toUs);
      if (to - from > MAX_SCAN) from = to - MAX_SCAN;
      const isUsable = of === log && from >= scannedFrom && from <= scannedTo && scannedTo <= log.endSeq;
      if (!isUsable) {
        kept = scan(log, from, to);
        scannedFrom = from;
        scannedTo = Math.max(from, to);
        of = log;
      } else if (to > scannedTo) {
        kept = kept.filter((effect) => effect.seq >= from);
        kept.push(...scan(log, scannedTo, to));
        scannedFrom = from;
        scannedTo = to;
      }
      out.length = 0;
      for (const effect of kept) if (effect.seq >= from && effect.seq < to) out.push(effect);
      return out;
    },
  };
}
