import { expect, it } from 'vitest';
import { micros } from '#base/time';
import { pipelineProjection } from '#projections/pipelineProjection';
import { createFakeSource } from '../testing/fakeSource.ts';
import { jumpToShare } from './jumps.ts';
import { createSession } from './session.ts';

it('goes to a share of what has been seen, from where the run was joined', () => {
  const joinedAt = 20_000;
  const base = { ...pipelineProjection.initial(), at: micros(joinedAt) };
  const session = createSession(Object.assign(createFakeSource(), { base }));
  session.dispatch({ type: 'seek', at: 100_000 });
  for (let ms = 0; ms < 500 && session.seenAt < 100_000; ms += 16) session.frame(ms);
  jumpToShare(session, 0.5);
  expect(session.playback.cursor.at).toBe(60_000);
  jumpToShare(session, 0);
  expect(session.playback.cursor.at).toBe(joinedAt);
});
