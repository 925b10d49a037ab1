/** What the scrubber draws: a histogram of what left when over the run, and the marks worth a jump. */
import type { EventLogView } from '#events/EventLogView';
import type { Mark } from '#projections/marks';
import type { Draw2d } from '../stage/drawStatic.ts';
import type { Session } from '../session/session.ts';
import type { Palette } from '../ui/palette.ts';

/** Width of a bucket; it doubles when there are too many. */
const FIRST_BUCKET_US = 1000;
const MAX_BUCKETS = 4096;
const EVENTS_A_CALL = 40_000;
/** A click this near to a mark means the mark. */
const SNAP_PX = 5;

export interface Activity {
  draw(ctx: Draw2d, session: Session, width: number, height: number, spanUs: number, colours: Palette): void;
  /** The mark next to a time if one is near, else the time itself. */
  nearMark(at: number, spanUs: number, widthPx: number): number;
}

export function createActivity(): Activity {
  let of: EventLogView | null = null;
  let read = 0;
  /** Where the buckets begin: with the line, or less than one of them before it. */
  let originUs = 0;
  let bucketUs = FIRST_BUCKET_US;
  let buckets = new Float32Array(MAX_BUCKETS);
  let marks: readonly Mark[] = [];

  const halve = (): void => {
    const next = new Float32Array(MAX_BUCKETS);
    for (let i = 0; i < MAX_BUCKETS; i++) next[i >> 1] = (next[i >> 1] ?? 0) + (buckets[i] ?? 0);
    buckets = next;
    bucketUs *= 2;
  };
  /** What was before `startAt` is not kept any more. */
  const letGo = (startAt: number): void => {
    const gone = Math.floor((startAt - originUs) / bucketUs);
    if (gone <= 0) return;
    buckets.copyWithin(0, gone);
    buckets.fill(0, Math.max(0, MAX_BUCKETS - gone));
    originUs += gone * bucketUs;
  };
  const extend = (log: EventLogView, startAt: number): void => {
    if (log !== of || log.endSeq < read) {
      of = log;
      originUs = startAt;
      read = log.startSeq;
      bucketUs = FIRST_BUCKET_US;
      buckets = new Float32Array(MAX_BUCKETS);
    }
    letGo(startAt);
    read = Math.max(read, log.startSeq);
    const to = Math.min(log.endSeq, read + EVENTS_A_CALL);
    if (read >= to) return;
    const reader = log.read(read);
    for (; read < to; read++) {
      const event = reader.next();
      while ((event.at - originUs) / bucketUs >= MAX_BUCKETS) halve();
      // Records that leave are what the eye looks for; a batch of one and a batch of forty differ.
      if (event.type === 'node.drained') {
        const bucket = Math.floor((event.at - originUs) / bucketUs);
        buckets[bucket] = (buckets[bucket] ?? 0) + event.records;
      }
    }
  };

  return {
    nearMark(at, spanUs, widthPx) {
      const slackUs = (SNAP_PX / Math.max(1, widthPx)) * spanUs;
      let best = at;
      let distance = slackUs;
      for (const mark of marks) {
        if (Math.abs(mark.at - at) > distance) continue;
        distance = Math.abs(mark.at - at);
        best = mark.at;
      }
      return best;
    },
    draw(ctx, session, width, height, spanUs, colours) {
      const { startAt } = session;
      extend(session.view.log, startAt);
      marks = session.projections.marks.all;
      ctx.clearRect(0, 0, width, height);
      const bars = Math.max(1, Math.floor(width / 4));
      const shownUs = Math.min(session.seenAt, session.completeAt);
      const values = new Float32Array(bars);
      for (let i = 0; i < MAX_BUCKETS; i++) {
        const bar = Math.max(0, Math.floor(((originUs + i * bucketUs - startAt) / spanUs) * bars));
        if (bar < bars) values[bar] = (values[bar] ?? 0) + (buckets[i] ?? 0);
      }
      const most = values.reduce((a, b) => Math.max(a, b), 1);
      for (let i = 0; i < bars; i++) {
        const value = values[i] ?? 0;
        const at = startAt + (i / bars) * spanUs;
        if (value === 0 || at > shownUs) continue;
        const h = Math.max(2, (value / most) * (height - 14));
        ctx.fillStyle = at <= session.playback.cursor.at ? colours.accent : colours.lineStrong;
        ctx.fillRect(i * 4 + 0.5, height - 2 - h, 2.6, h);
      }
      for (const mark of marks) {
        if (mark.at > shownUs) break;
        ctx.beginPath();
        ctx.arc(((mark.at - startAt) / spanUs) * width, 5, 3.6, 0, 6.2832);
        ctx.fillStyle =
          mark.kind === 'error' ? colours.bad : mark.kind === 'command' ? colours.accent : colours.warn;
        ctx.fill();
      }
    },
  };
}
