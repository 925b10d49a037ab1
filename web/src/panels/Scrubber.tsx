/** The run as a line: how much happened when, marks, where we are; dragging moves the playhead. */
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import type { Session } from '../session/session.ts';
import { useApp, useFrame, useSession } from '../store/useFrame.ts';
import { paletteOf } from '../ui/palette.ts';
import { momentText } from '../ui/format.ts';
import { createActivity } from './activity.ts';
import './scrubber.css';

/** The line is never shorter than this, so that the first second does not race by. */
const LEAST_SPAN_US = 100_000;

/** From where on: what was computed or shown, rounded up so that it does not creep. */
export function lineSpanUs(session: Pick<Session, 'seenAt' | 'playback' | 'startAt'>): number {
  const end = (Math.max(session.seenAt, session.playback.headAt) - session.startAt) * 1.04;
  let span = LEAST_SPAN_US;
  while (span < end) span *= 1.25;
  return span;
}

export function Scrubber(): ReactNode {
  const session = useSession();
  const theme = useApp((state) => state.theme);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [activity] = useState(createActivity);
  const [hoverAt, setHoverAt] = useState<number | null>(null);
  const now = useFrame((s) => ({
    at: s.playback.cursor.at,
    start: s.startAt,
    span: lineSpanUs(s),
    version: s.version,
  }));

  useEffect(() => {
    const element = canvas.current;
    const ctx = element?.getContext('2d') ?? null;
    if (element === null || ctx === null) return;
    const ratio = Math.min(2, globalThis.devicePixelRatio);
    const { clientWidth, clientHeight } = element;
    if (element.width !== Math.round(clientWidth * ratio)) element.width = Math.round(clientWidth * ratio);
    if (element.height !== Math.round(clientHeight * ratio))
      element.height = Math.round(clientHeight * ratio);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    activity.draw(ctx, session, clientWidth, clientHeight, now.span, paletteOf(theme));
  });

  const timeAt = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientX - box.left) / Math.max(1, box.width)));
    return now.start + share * now.span;
  };
  const pressed = (event: PointerEvent<HTMLElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    session.dispatch({ type: 'pause' });
    session.dispatch({
      type: 'seek',
      at: activity.nearMark(timeAt(event), now.span, event.currentTarget.clientWidth),
    });
  };
  const moved = (event: PointerEvent<HTMLElement>): void => {
    const at = timeAt(event);
    setHoverAt(at);
    if (event.currentTarget.hasPointerCapture(event.pointerId)) session.dispatch({ type: 'seek', at });
  };
  const keyed = (event: KeyboardEvent): void => {
    const share = event.key === 'PageUp' ? 0.1 : event.key === 'PageDown' ? -0.1 : 0;
    if (event.key === 'Home') session.dispatch({ type: 'seek', at: 0 });
    else if (event.key === 'End') session.dispatch({ type: 'seek', at: session.seenAt });
    else if (share !== 0) session.dispatch({ type: 'seek', at: now.at + share * now.span });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const percent = (at: number): string => `${(Math.min(1, (at - now.start) / now.span) * 100).toFixed(3)}%`;
  return (
    <div
      className="scrubber"
      role="slider"
      tabIndex={0}
      aria-label="Playhead"
      aria-valuemin={Math.round(now.start)}
      aria-valuemax={Math.round(now.start + now.span)}
      aria-valuenow={Math.round(now.at)}
      aria-valuetext={momentText(now.at)}
      onPointerDown={pressed}
      onPointerMove={moved}
      onPointerLeave={() => setHoverAt(null)}
      onKeyDown={keyed}
    >
      <canvas ref={canvas} aria-hidden="true" />
      <span className="playhead" style={{ left: percent(now.at) }} />
      {now.start === 0 ? null : (
        <span className="kept-from" title="What was before that is not held by this page.">
          kept from {momentText(now.start)}
        </span>
      )}
      {hoverAt === null ? null : (
        <span className="scrub-tip number" style={{ left: percent(hoverAt) }}>
          {momentText(hoverAt)}
        </span>
      )}
    </div>
  );
}
