/** The page's own stage over the page's own model, with as many records in the air as asked for. For `npm run bench`. */
import { known } from '#base/assert';
import { DEFAULT_APPLICATION, DEFAULT_SCENARIO, DEFAULT_WORKLOAD } from '#model/defaultScenario';
import { placesOf } from '../src/firstRecord.ts';
import { createSession, type Session } from '../src/session/session.ts';
import { createModelSource } from '../src/sources/modelSource.ts';
import { MAX_LEAD_US } from '../src/stage/motion.ts';
import { createStage } from '../src/stage/stage.ts';

const WIDTH = 1280;
const HEIGHT = 720;
/** At this speed drawing looks as far ahead as it ever does: 250 ms of the run. */
const SPEED = 0.53;
/** Records a second for each one that moves: a record is in the air for 170 to 250 ms of the run. */
const RECORDS_PER_S = 4.9;
const FROM_US = 400_000;
const COMPUTED_US = 1_500_000;

export interface SceneRound {
  /** Records in the air, on average. */
  readonly moving: number;
  /** Script of scene and draw, each frame. */
  readonly scriptMs: readonly number[];
}

const canvas = (id: string): HTMLCanvasElement => {
  const element = document.getElementById(id);
  if (!(element instanceof HTMLCanvasElement)) throw new TypeError(`no canvas ${id}`);
  return element;
};

const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));

/** Computed ahead, so that the frames that are measured only draw. */
async function sessionWith(moving: number): Promise<Session> {
  const workload = { ...DEFAULT_WORKLOAD, recordsPerS: Math.round(moving * RECORDS_PER_S) };
  const applications = [{ ...DEFAULT_APPLICATION, workload }];
  const session = createSession(createModelSource({ ...DEFAULT_SCENARIO, applications }));
  session.dispatch({ type: 'setSpeed', speed: SPEED });
  session.dispatch({ type: 'seek', at: COMPUTED_US });
  while (session.playback.seekingTo !== null) session.frame(await nextFrame());
  return session;
}

const sessions = new Map<number, Session>();

async function run(moving: number, frames: number): Promise<SceneRound> {
  const session = sessions.get(moving) ?? (await sessionWith(moving));
  sessions.set(moving, session);
  session.dispatch({ type: 'seek', at: FROM_US });
  session.dispatch({ type: 'play' });
  const stage = createStage(canvas('still'), canvas('moving'));
  stage.resize(WIDTH, HEIGHT, 1);
  const scriptMs: number[] = [];
  let inTheAir = 0;
  const stop = session.onDraw((view) => {
    const startMs = performance.now();
    stage.draw(view);
    const tookMs = performance.now() - startMs;
    // From standing still, the picture takes some frames to look as far ahead as it does in the end.
    if (view.leadUs < MAX_LEAD_US) return;
    scriptMs.push(tookMs);
    for (const record of placesOf(stage.scene.sprites).keys())
      if (view.records.appendedAt(record) > view.cursor.at) inTheAir++;
  });
  while (scriptMs.length <= frames) session.frame(await nextFrame());
  stop();
  known(stage.layout, 'a picture');
  return { moving: inTheAir / scriptMs.length, scriptMs: scriptMs.slice(1) };
}

Object.assign(globalThis, { run });
