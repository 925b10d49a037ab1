import { describe, expect, it } from 'vitest';
import { createSession, type Session } from '../session/session.ts';
import { createFakeSource, fakeSpec } from '../testing/fakeSource.ts';
import { createCountingContext } from '../testing/fakeCanvas.ts';
import { paletteOf } from '../ui/palette.ts';
import { createActivity, type Activity } from './activity.ts';
import { lineSpanUs } from './Scrubber.tsx';

const WIDTH = 800;

function standAt(at: number, failEvery = 0): { session: Session; activity: Activity; draw: () => void } {
  const session = createSession(createFakeSource({ ...fakeSpec, failEvery }));
  session.dispatch({ type: 'seek', at });
  for (let now = 0; now < 2000 && session.playback.seekingTo !== null; now += 16) session.frame(now);
  const activity = createActivity();
  const { ctx } = createCountingContext();
  return {
    session,
    activity,
    draw: () => activity.draw(ctx, session, WIDTH, 40, lineSpanUs(session), paletteOf('dark')),
  };
}

describe('the line of time', () => {
  it('has room for all that was seen, with little to spare, and does not creep', () => {
    let last = 0;
    const spans = new Set<number>();
    for (let seenAt = 0; seenAt <= 10_000_000; seenAt += 10_000) {
      const span = lineSpanUs({ seenAt, startAt: 0, playback: { headAt: seenAt } as Session['playback'] });
      expect(span).toBeGreaterThanOrEqual(seenAt);
      if (seenAt > 100_000) expect(span).toBeLessThan(seenAt * 1.31);
      expect(span).toBeGreaterThanOrEqual(last);
      last = span;
      spans.add(span);
    }
    expect(spans.size).toBeLessThan(30);
  });

  it('begins where a run that was joined late begins', () => {
    const playback = { headAt: 9_000_000 } as Session['playback'];
    expect(lineSpanUs({ seenAt: 9_000_000, startAt: 8_950_000, playback })).toBe(100_000);
  });

  it('takes a click near a mark for the mark, and any other for the time', () => {
    const { session, activity, draw } = standAt(150_000, 3);
    draw();
    const mark = session.projections.marks.all.find(({ kind }) => kind === 'error');
    expect(mark).toBeDefined();
    const span = lineSpanUs(session);
    const pixelUs = span / WIDTH;
    const at = mark?.at ?? 0;
    expect(activity.nearMark(at + 2 * pixelUs, span, WIDTH)).not.toBe(at + 2 * pixelUs);
    const quiet = span - pixelUs;
    expect(activity.nearMark(quiet, span, WIDTH)).toBe(quiet);
  });
});
