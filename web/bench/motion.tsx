/** The rival: as many elements of framer-motion, moved frame by frame along the same kind of way. For `npm run bench`. */
import { motion, motionValue, type MotionValue } from 'framer-motion';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { ease, lerp, levelCurveX, levelCurveY } from '../src/stage/motion.ts';

const GOLDEN = 0.618_033_988_75;
const WAY_FRAMES = 29;

interface Place {
  readonly x: MotionValue<number>;
  readonly y: MotionValue<number>;
}

const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));

/** Two straight legs and a curve into one of six lanes, as sceneSending.ts flies a record. */
function move(place: Place, record: number, frame: number): void {
  const u = (frame / WAY_FRAMES + record * GOLDEN) % 1;
  const laneY = 80 + (record % 6) * 90;
  if (u < 0.5) {
    place.x.set(lerp(60, 260, u * 2));
    place.y.set(360 + ((record * 7) % 5) * 3);
  } else {
    const v = ease((u - 0.5) * 2);
    place.x.set(levelCurveX(260, 420, v));
    place.y.set(levelCurveY(360, laneY, v));
  }
}

const root = createRoot(document.getElementById('root') ?? document.body);
let places: readonly Place[] = [];
let frame = 0;

/** So many elements, mounted and drawn once. */
async function mount(records: number): Promise<void> {
  places = Array.from({ length: records }, () => ({ x: motionValue(0), y: motionValue(0) }));
  flushSync(() => {
    root.render(places.map(({ x, y }, i) => <motion.div key={i} className="record" style={{ x, y }} />));
  });
  await nextFrame();
  await nextFrame();
}

async function run(frames: number): Promise<void> {
  for (let i = 0; i < frames; i++) {
    await nextFrame();
    frame++;
    places.forEach((place, record) => move(place, record, frame));
  }
  await nextFrame();
}

Object.assign(globalThis, { mount, run });
