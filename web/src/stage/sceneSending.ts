/** Stations 1 to 3: records on their way from send() into their lane, and callers that send() holds back. */
import type { BatchId, ThreadId, TpId } from '#base/ids';
import type { RecordColumns } from '#projections/RecordColumns';
import type { ThreadState } from '#projections/pipelineState';
import { countText, msText } from '../ui/format.ts';
import { gridFor } from './grid.ts';
import { centreX, centreY, type Layout, type Rect } from './layout.ts';
import { clamp01, ease, levelCurveX, levelCurveY, lerp } from './motion.ts';
import { addLabel, type Scene, type SceneInput } from './scene.ts';
import { boxSlot, boxX } from './sceneLanes.ts';

const RECORD_SIDE = 9;
const SIDES = [0.72, 0.88, 1.1] as const;
const GOLDEN = 0.618_033_988_75;
/** How many waiting callers are listed one by one. */
const MAX_CALLERS = 4;

/** Where a flying record lands. */
interface Target {
  x: number;
  y: number;
  cell: number;
  columns: number;
}

/** The first record sent later than `at`. */
export function firstSentAfter(records: RecordColumns, at: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records.sentAt(middle) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function fillSending(scene: Scene, input: SceneInput): void {
  const { view, layout } = input;
  fillWords(scene, input);
  fillCallers(scene, input);
  if (view.leadUs <= 0) return;
  const targets = new Map<number, Target>();
  const { records, cursor, leadUs } = view;
  const until = cursor.at + leadUs;
  for (const thread of view.state.threads.values()) {
    if (thread.sending !== null) flyRecord(scene, input, thread.sending, targets);
  }
  for (let record = firstSentAfter(records, cursor.at); record < records.length; record++) {
    if (records.sentAt(record) > until) break;
    flyRecord(scene, input, record, targets);
  }
  // Refused records never reach a lane: they fall down where they were turned away.
  for (const effect of input.near.effects) {
    if (effect.type !== 'record.refused' || effect.at > cursor.at) continue;
    const u = (cursor.at - effect.at) / leadUs;
    if (u >= 1) continue;
    const x = centreX(
      effect.stage === 'size' || effect.stage === 'memory' ? layout.partitioner : layout.serializer,
    );
    scene.sprites.add(
      records.colour(effect.record),
      x,
      lerp(layout.flowY, layout.ackY - 14, u * u),
      7,
      effect.record,
    );
  }
}

/** One record during [appendedAt − lead, appendedAt]: two straight legs and a curve, each wide enough to be seen. */
function flyRecord(scene: Scene, input: SceneInput, record: number, targets: Map<number, Target>): void {
  const { view, layout } = input;
  const { records } = view;
  const appendedAt = records.appendedAt(record);
  if (appendedAt < 0) return;
  // Records of one instant start one after the other, so that a burst is a stream and not one square.
  const ownLeadUs = view.leadUs * (1 - 0.3 * ((record * GOLDEN) % 1));
  const u = 1 - (appendedAt - view.cursor.at) / ownLeadUs;
  if (u <= 0 || u > 1) return;
  const side = RECORD_SIDE * (SIDES[records.sizeClass(record)] ?? 1);
  const app = appOf(input, records.thread(record));
  const appX = app.x + app.w - 6;
  const splitX = centreX(layout.partitioner);
  const wobble = (((record * 7) % 5) - 2) * 3;
  if (u < 0.5) {
    // Where there are several applications, their ways meet at the serializer.
    const meetU = clamp01((u * 2 * (splitX - appX)) / Math.max(1, layout.serializer.x + 10 - appX));
    const y = lerp(centreY(app), layout.flowY, ease(meetU)) + wobble * (1 - u);
    scene.sprites.add(
      records.colour(record),
      lerp(appX, splitX, u * 2) - side / 2,
      y - side / 2,
      side,
      record,
    );
    return;
  }
  const target = targetOf(input, record, targets);
  if (target === null) return;
  const index = records.indexInBatch(record);
  const column = target.columns === 0 ? 0 : index % target.columns;
  const row = target.columns === 0 ? 0 : (index - column) / target.columns;
  const v = ease((u - 0.5) * 2);
  const x = levelCurveX(splitX, target.x + column * target.cell, v);
  const y = levelCurveY(layout.flowY + wobble / 2, target.y + row * target.cell, v);
  const shown = lerp(side, Math.min(side, target.cell - 1.2), v);
  scene.sprites.add(
    records.colour(record),
    x - (side / 2) * (1 - v),
    y - (side / 2) * (1 - v),
    shown,
    record,
  );
}

/** Its cell in its batch's box; the middle of the box where records are a bar; null: a lane that is not shown. */
function targetOf(input: SceneInput, record: number, targets: Map<number, Target>): Target | null {
  const { view, layout } = input;
  const batch = view.records.batchId(record);
  const known = targets.get(batch);
  if (known !== undefined) return known;
  const tp = view.records.tp(record);
  const lane = layout.laneOf.get(tp);
  if (lane === undefined) {
    const place = layout.hiddenLanesAt;
    const target = { x: place.x + 4, y: place.y + 4, cell: 0, columns: 0 };
    targets.set(batch, target);
    return layout.hiddenLanes > 0 ? target : null;
  }
  const deque = view.state.partitions.get(tp as TpId)?.deque ?? [];
  let { length } = deque;
  // The newest are at the end, and that is where records go.
  let index = deque.lastIndexOf(batch as BatchId);
  if (index < 0) index = length++;
  const slot = boxSlot(index, length, lane.boxRoom) + (input.near.laneShift.get(tp) ?? 0);
  const left = boxX(lane, slot);
  const landed = view.state.batches.get(batch as BatchId)?.records ?? 0;
  const grid = gridFor(
    Math.max(landed, view.records.indexInBatch(record) + 1),
    lane.boxWidth - 8,
    lane.boxes.h - 11,
  );
  const target =
    grid === null
      ? { x: left + lane.boxWidth / 2, y: lane.boxes.y + lane.boxes.h / 2, cell: 0, columns: 0 }
      : { x: left + 4, y: lane.boxes.y + 5, cell: grid.cell, columns: grid.columns };
  targets.set(batch, target);
  return target;
}

function fillWords(scene: Scene, input: SceneInput): void {
  const { layout, view } = input;
  const y = layout.flowY;
  addLabel(scene, centreX(layout.serializer), layout.serializer.y + 20, 'String', 'plain', 'center');
  addLabel(
    scene,
    centreX(layout.serializer),
    layout.serializer.y + layout.serializer.h - 10,
    '→ bytes',
    'dim',
    'center',
  );
  const [first, second] = partitionerWords(view);
  addLabel(scene, centreX(layout.partitioner), y - 22, first, 'plain', 'center');
  addLabel(scene, centreX(layout.partitioner), y + 32, second, 'dim', 'center');
}

/** How the last record found its partition: by its key's hash, or without a key by the sticky one. */
function partitionerWords(view: SceneInput['view']): readonly [string, string] {
  const { state } = view;
  let config: Readonly<Record<string, string>> = {};
  let sticky: ReadonlyMap<string, number> = new Map();
  for (const client of state.clients.values()) {
    config = client.config;
    sticky = client.stickyOf;
  }
  const custom = config['partitioner.class'];
  if (custom !== undefined && custom !== '' && custom !== 'null') {
    const name = custom.slice(custom.lastIndexOf('.') + 1).replace(/Partitioner$/, '');
    return [name === 'RoundRobin' ? 'round' : name.slice(0, 9), name === 'RoundRobin' ? 'robin' : ''];
  }
  const latest = firstSentAfter(view.records, view.cursor.at) - 1;
  if (latest >= 0 && view.records.colour(latest) === 0) {
    for (const [topic, tp] of sticky) {
      const partition = state.partitions.get(tp as TpId);
      if (partition?.topic === topic) return ['sticky', `→ ${partition.partition}`];
    }
    return ['sticky', ''];
  }
  return ['murmur2', `% ${state.partitions.size}`];
}

/** Threads inside send(): where their record is when time stands still, and how long they may wait when it blocks. */
function fillCallers(scene: Scene, input: SceneInput): void {
  const { view, layout } = input;
  let blocked = 0;
  for (const thread of view.state.threads.values()) {
    if (thread.sending === null) continue;
    if (thread.blockedOn === 'buffer-memory' || thread.blockedOn === 'metadata') {
      if (blocked++ < MAX_CALLERS) fillBlockedCaller(scene, input, thread, blocked);
      continue;
    }
    if (view.leadUs > 0) continue;
    const place = stationOf(input, thread, layout);
    const side = RECORD_SIDE * (SIDES[view.records.sizeClass(thread.sending)] ?? 1);
    const colour = view.records.colour(thread.sending);
    const y = place < layout.serializer.x ? centreY(appOf(input, thread.id)) : layout.flowY;
    scene.sprites.add(colour, place - side / 2, y - side / 2, side, thread.sending);
  }
  if (blocked > MAX_CALLERS) {
    const y = layout.app.y + layout.app.h + 24 + MAX_CALLERS * 20;
    addLabel(scene, layout.app.x, y, `+ ${countText(blocked - MAX_CALLERS)} more threads`, 'warn');
  }
  if (blocked > 0) {
    addLabel(
      scene,
      layout.app.x,
      layout.app.y - 10,
      `${countText(blocked)} blocked in send()`,
      'warn',
      'left',
      true,
    );
  }
}

/** The box of the application that a thread belongs to. */
function appOf({ view, layout }: SceneInput, thread: number): Rect {
  const client = view.state.threads.get(thread as ThreadId)?.client ?? -1;
  return layout.apps.find((app) => app.client === client) ?? layout.app;
}

function fillBlockedCaller(scene: Scene, input: SceneInput, thread: ThreadState, place: number): void {
  const { layout, view } = input;
  if (thread.sending === null) return;
  const y = layout.app.y + layout.app.h + 24 + (place - 1) * 20;
  const colour = view.records.colour(thread.sending);
  scene.sprites.add(colour, layout.app.x, y - 9, RECORD_SIDE, thread.sending);
  const left =
    thread.blockedUntilUs === null
      ? ''
      : `, ${msText(Math.max(0, thread.blockedUntilUs - view.cursor.at))} left`;
  const what = thread.blockedOn === 'metadata' ? 'waits for metadata' : 'waits for buffer.memory';
  addLabel(scene, layout.app.x + 15, y, `${what}${left}`, 'warn', 'left', false, true);
}

/** x of the station that the record of a running send() is in: told by the last event about it. */
function stationOf(input: SceneInput, thread: ThreadState, layout: Layout): number {
  const { log, cursor } = input.view;
  for (let seq = cursor.seq - 1; seq >= Math.max(log.startSeq, cursor.seq - 24); seq--) {
    const event = log.at(seq);
    if (!('record' in event) || event.record !== thread.sending) continue;
    if (event.type === 'record.serialized') return centreX(layout.serializer);
    if (event.type === 'record.partitioned') return centreX(layout.partitioner);
    if (event.type === 'record.sent') break;
  }
  return layout.app.x + layout.app.w - 8;
}

/** Used by the network as well: the middle of a lane's drain end. */
export const laneExit = (layout: Layout, tp: number): { readonly x: number; readonly y: number } => {
  const lane = layout.laneOf.get(tp);
  if (lane === undefined)
    return { x: layout.hiddenLanesAt.x + layout.hiddenLanesAt.w, y: centreY(layout.hiddenLanesAt) };
  return { x: lane.x + lane.w, y: lane.boxes.y + lane.boxes.h / 2 };
};
