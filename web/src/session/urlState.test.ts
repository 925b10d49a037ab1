import { describe, expect, it } from 'vitest';
import { micros } from '#base/time';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { createModelSource } from '../sources/modelSource.ts';
import { createSession, type Session } from './session.ts';
import { linkOf, readAddress } from './urlState.ts';

function at(us: number, link = ''): Session {
  const session = createSession(
    createModelSource(link === '' ? DEFAULT_SCENARIO : readAddress(new URL(link, PAGE).search).scenario),
  );
  session.dispatch({ type: 'seek', at: us });
  for (let now = 0; now < 3000 && session.frame(now); now += 16);
  return session;
}
const PAGE = 'http://127.0.0.1:4173/some/place/index.html?old=1#top';

describe('a link', () => {
  it('opens the same picture, also between two events of one instant', () => {
    const session = at(60_000, '?seed=7&linger.ms=20');
    for (let i = 0; i < 5; i++) session.dispatch({ type: 'step', by: 'event', back: false });
    const link = linkOf(session, PAGE);
    expect(link.fits).toBe(true);
    expect(link.url.startsWith('http://127.0.0.1:4173/some/place/index.html?')).toBe(true);
    const read = readAddress(new URL(link.url).search);
    expect(read.notices).toEqual([]);
    expect(read.playhead?.paused).toBe(true);
    const other = createSession(createModelSource(read.scenario));
    other.dispatch({ type: 'seek', at: read.playhead?.at ?? 0 });
    if (read.playhead?.seq !== null && read.playhead !== null) other.arriveAt(read.playhead.seq);
    for (let now = 0; now < 3000 && other.frame(now); now += 16);
    const { seq, at: time } = session.playback.cursor;
    expect(other.playback.cursor).toEqual({ seq, at: time });
    expect(other.digest(seq)).toBe(session.digest(seq));
  });

  it('carries commands with their times', () => {
    const session = at(90_000);
    session.command({ node: 2, do: 'broker.freeze' });
    const read = readAddress(new URL(linkOf(session, PAGE).url).search);
    expect(read.scenario.commands).toEqual([{ do: 'broker.freeze', node: 2, at: micros(90_000) }]);
    const there = at(150_000, linkOf(session, PAGE).url);
    session.dispatch({ type: 'seek', at: 150_000 });
    for (let now = 0; now < 3000 && session.frame(now); now += 16);
    expect(there.digest(there.playback.cursor.seq)).toBe(session.digest(session.playback.cursor.seq));
  });

  it('is read as far as it can be, and says what it leaves out', () => {
    const read = readAddress('?seed=7&linger.ms=banana&nonsense=1&at=5000');
    expect(read.scenario.seed).toBe(7);
    expect(read.playhead?.at).toBe(5000);
    expect(read.notices.length).toBeGreaterThanOrEqual(2);
  });
});
