/** Stations 1 to 3: records on their way from send() into their lane. The only loop of a frame over thousands. */
import type { BatchId, TpId } from '#base/ids';
import { gridFor } from './grid.ts';
import { centreX, centreY, type Rect } from './layout.ts';
import { clamp01, ease, levelCurveX, levelCurveY, lerp } from './motion.ts';
import type { Scene, SceneInput } from './scene.ts';
import { boxSlot, boxX, laneShift } from './sceneLanes.ts';

export const RECORD_SIDE = 9;
export const SIDES = [0.72, 0.88, 1.1] as const;
const GOLDEN = 0.618_033_988_75;

/** Where a flying record lands. */
interface Target {
  x: number;
  y: number;
  cell: number;
  columns: number;
}

/** The box of the application that a thread belongs to. */
export type AppOf = (thread: number) => Rect;

/**
 * Draws records while they are in the air, during [appendedAt − lead, appendedAt]: two straight legs and a curve, each
 * wide enough to be seen. One is made for each frame: what is the same for all records is looked up once.
 */
export function createFlight(scene: Scene, input: SceneInput, appOf: AppOf): (record: number) => void {
  const { view, layout } = input;
  const { records, leadUs } = view;
  const { at } = view.cursor;
  const { sprites } = scene;
  const { flowY } = layout;
  const splitX = centreX(layout.partitioner);
  const meetX = layout.serializer.x + 10;
  const targets = new Map<number, Target | null>();

  const targetOf = (record: number): Target | null => {
    const batch = records.batchId(record);
    let target = targets.get(batch);
    if (target === undefined) {
      target = landing(input, record, batch);
      targets.set(batch, target);
    }
    return target;
  };

  return (record) => {
    const appendedAt = records.appendedAt(record);
    if (appendedAt < 0) return;
    // Records of one instant start one after the other, so that a burst is a stream and not one square.
    const ownLeadUs = leadUs * (1 - 0.3 * ((record * GOLDEN) % 1));
    const u = 1 - (appendedAt - at) / ownLeadUs;
    if (u <= 0 || u > 1) return;
    const side = RECORD_SIDE * (SIDES[records.sizeClass(record)] ?? 1);
    const wobble = (((record * 7) % 5) - 2) * 3;
    if (u < 0.5) {
      const app = appOf(records.thread(record));
      const appX = app.x + app.w - 6;
      // Where there are several applications, their ways meet at the serializer.
      const meetU = clamp01((u * 2 * (splitX - appX)) / Math.max(1, meetX - appX));
      const y = lerp(centreY(app), flowY, ease(meetU)) + wobble * (1 - u) - side / 2;
      sprites.add(records.colour(record), lerp(appX, splitX, u * 2) - side / 2, y, side, record);
      return;
    }
    const target = targetOf(record);
    if (target === null) return;
    const { cell, columns } = target;
    const index = columns === 0 ? 0 : records.indexInBatch(record);
    const column = columns === 0 ? 0 : index % columns;
    const row = columns === 0 ? 0 : (index - column) / columns;
    const v = ease((u - 0.5) * 2);
    const outside = (side / 2) * (1 - v);
    const x = levelCurveX(splitX, target.x + column * cell, v) - outside;
    const y = levelCurveY(flowY + wobble / 2, target.y + row * cell, v) - outside;
    sprites.add(records.colour(record), x, y, lerp(side, Math.min(side, cell - 1.2), v), record);
  };
}

/** Its cell in its batch's box; the middle of the box where records are a bar; null: a lane that is not shown. */
function landing(input: SceneInput, record: number, batch: number): Target | null {
  const { view, layout } = input;
  const tp = view.records.tp(record);
  const lane = layout.laneOf.get(tp);
  if (lane === undefined) {
    if (layout.hiddenLanes === 0) return null;
    const place = layout.hiddenLanesAt;
    return { x: place.x + 4, y: place.y + 4, cell: 0, columns: 0 };
  }
  const deque = view.state.partitions.get(tp as TpId)?.deque ?? [];
  let { length } = deque;
  // The newest are at the end, and that is where records go.
  let index = deque.lastIndexOf(batch as BatchId);
  if (index < 0) index = length++;
  const slot = boxSlot(index, length, lane.boxRoom) + laneShift(input, tp, length, lane.boxRoom);
  const left = boxX(lane, slot);
  const landed = view.state.batches.get(batch as BatchId)?.records ?? 0;
  const grid = gridFor(
    Math.max(landed, view.records.indexInBatch(record) + 1),
    lane.boxWidth - 8,
    lane.boxes.h - 11,
  );
  return grid === null
    ? { x: left + lane.boxWidth / 2, y: lane.boxes.y + lane.boxes.h / 2, cell: 0, columns: 0 }
    : { x: left + 4, y: lane.boxes.y + 5, cell: grid.cell, columns: grid.columns };
}
