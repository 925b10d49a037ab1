/** What comes back: acks below, retries above, failures down. */
import { runMicros } from '#base/time';
import type { EventOf } from '#events/catalogue';
import type { BatchLifeline } from '#projections/lifelines';
import { countText, msText } from '../ui/format.ts';
import type { Effect } from './effects.ts';
import { centreX, centreY, type Layout } from './layout.ts';
import { fractionAfter, lerp } from './motion.ts';
import { addLabel, type DotItem, type Scene, type SceneInput } from './scene.ts';
import { laneExit } from './sceneSending.ts';

/** Corners of a way: x and y in turn. */
type Corners = readonly number[];

/** How far left of the racks acks go down. */
const ACK_INDENT = 9;

/** From the rack of a broker down, left below everything, up into the application. */
export const ackWay = (layout: Layout, node: number, client = -1): Corners => {
  const place = layout.brokerOf.get(node);
  const x = place === undefined ? layout.sender.x : place.rack.x - 3;
  const y = place === undefined ? layout.flowY : place.rack.y + place.rack.h - 4;
  const turnX = x - ACK_INDENT;
  const app = layout.apps.find((one) => one.client === client) ?? layout.app;
  if (app.y < layout.app.y) {
    // Past the ones below it, at their left.
    const [sideX, homeY] = [app.x - 4, centreY(app)];
    return [x, y, turnX, y, turnX, layout.ackY, sideX, layout.ackY, sideX, homeY, app.x + 4, homeY];
  }
  const appX = centreX(layout.app);
  return [x, y, turnX, y, turnX, layout.ackY, appX, layout.ackY, appX, layout.app.y + layout.app.h];
};

/** From the rack of a broker up, left above everything, down into its lane. */
export const retryWay = (layout: Layout, node: number, tp: number): Corners => {
  const place = layout.brokerOf.get(node);
  const exit = laneExit(layout, tp);
  const x = place === undefined ? layout.sender.x : place.rack.x - 5;
  const y = place === undefined ? layout.flowY : place.rack.y + 10;
  const downX = exit.x + 9;
  return [x, y, x, layout.retryY, downX, layout.retryY, downX, exit.y, exit.x - 2, exit.y];
};

/** A point of a way, `u` of its length from its beginning. */
function pointOn(corners: Corners, u: number): readonly [number, number] {
  let total = 0;
  for (let i = 2; i + 1 < corners.length; i += 2) total += legLength(corners, i);
  let left = u * total;
  for (let i = 2; i + 1 < corners.length; i += 2) {
    const length = legLength(corners, i);
    if (left <= length || i + 3 >= corners.length) {
      const v = length === 0 ? 1 : Math.min(1, left / length);
      return [
        lerp(corners[i - 2] ?? 0, corners[i] ?? 0, v),
        lerp(corners[i - 1] ?? 0, corners[i + 1] ?? 0, v),
      ];
    }
    left -= length;
  }
  return [corners[0] ?? 0, corners[1] ?? 0];
}

const legLength = (c: Corners, i: number): number =>
  Math.hypot((c[i] ?? 0) - (c[i - 2] ?? 0), (c[i + 1] ?? 0) - (c[i - 1] ?? 0));

/** Batches of one answer follow each other at this distance, so that each can be seen and pointed at. */
const TRAIN_PX = 11;
/** Room that a label needs. */
const LABEL_W_PX = 34;
const LABEL_H_PX = 14;

type Return = EventOf<'batch.completed'> | EventOf<'batch.requeued'> | EventOf<'batch.failed'>;
const isReturn = (effect: Effect): effect is Return =>
  effect.type === 'batch.completed' || effect.type === 'batch.requeued' || effect.type === 'batch.failed';

export function fillReturns(scene: Scene, input: SceneInput): void {
  const { view } = input;
  const at = view.cursor.at;
  let ack: EventOf<'batch.completed'> | null = null;
  let previous: Return | null = null;
  let previousNode = -1;
  let place = 0;
  let records = 0;
  let head: DotItem | null = null;
  for (const effect of input.near.effects) {
    if (effect.seq >= view.cursor.seq) break;
    if (!isReturn(effect)) continue;
    if (effect.type === 'batch.completed') ack = effect;
    const u = fractionAfter(at, effect.at, view.leadUs * (effect.type === 'batch.requeued' ? 1 : 1.4));
    const line = u < 1 ? view.lifelines.batch(effect.batch) : null;
    if (line === null) continue;
    const node = nodeOf(input, line);
    const isSameTrain =
      previous !== null &&
      previous.at === effect.at &&
      previous.type === effect.type &&
      previousNode === node &&
      effect.type !== 'batch.failed';
    place = isSameTrain ? place + 1 : 0;
    records = (isSameTrain ? records : 0) + line.recordCount;
    const dot = addDot(scene, effect, wayOf(input.layout, effect, node, line), u, place);
    if (dot === null) continue;
    [previous, previousNode] = [effect, node];
    dot.radius = line.recordCount >= 40 ? 6 : line.recordCount >= 8 ? 5 : 4;
    if (!isSameTrain) head = dot;
    if (head !== null && records > 1) head.label = `×${countText(records)}`;
  }
  placeLabels(scene);
  fillRetryWords(scene, input);
  if (ack !== null) fillAckWords(scene, input, ack);
}

/** Where it goes: acks back to the application, retries into their lane, failures out of it and down. */
function wayOf(layout: Layout, effect: Return, node: number, { tp, client }: BatchLifeline): Corners {
  if (effect.type === 'batch.completed') return ackWay(layout, node, client);
  if (effect.type === 'batch.requeued') return retryWay(layout, node, tp);
  const exit = laneExit(layout, tp);
  return [exit.x + 8, exit.y, exit.x + 8, layout.ackY + 14];
}

const TONES = { 'batch.completed': 'good', 'batch.requeued': 'warn', 'batch.failed': 'bad' } as const;

/** `place`: how many of the same answer go before it. null: it has not left yet. */
function addDot(scene: Scene, effect: Return, way: Corners, u: number, place: number): DotItem | null {
  let total = 0;
  for (let i = 2; i + 1 < way.length; i += 2) total += legLength(way, i);
  const behind = u - (place * TRAIN_PX) / Math.max(1, total);
  if (behind < 0) return null;
  const dot = scene.dots.next();
  [dot.x, dot.y] = pointOn(way, effect.type === 'batch.failed' ? behind * behind : behind);
  dot.tone = TONES[effect.type];
  dot.batch = effect.batch;
  dot.label = '';
  return dot;
}

/** Above its dot; higher where another label stands already; not at all where two do. */
function placeLabels(scene: Scene): void {
  const { dots } = scene;
  for (let i = 0; i < dots.count; i++) {
    const dot = dots.items[i];
    if (dot === undefined || dot.label === '') continue;
    dot.labelY = -5;
    if (isTaken(scene, i, dot)) dot.labelY = -18;
    if (isTaken(scene, i, dot)) dot.label = '';
  }
}

function isTaken(scene: Scene, before: number, dot: DotItem): boolean {
  for (let i = 0; i < before; i++) {
    const other = scene.dots.items[i];
    if (other === undefined || other.label === '') continue;
    const dy = other.y + other.labelY - dot.y - dot.labelY;
    if (Math.abs(other.x - dot.x) < LABEL_W_PX && Math.abs(dy) < LABEL_H_PX) return true;
  }
  return false;
}

/** The broker of its last attempt that had begun by now; −1: none. */
function nodeOf(input: SceneInput, line: BatchLifeline): number {
  const { view } = input;
  const attempt = line.attempts.findLast(({ drainedAt }) => drainedAt <= view.cursor.at);
  return attempt === undefined ? -1 : (view.lifelines.request(attempt.request)?.node ?? -1);
}

const MAX_TOPIC = 24;
const shortTopic = (topic: string): string =>
  topic.length > MAX_TOPIC ? `${topic.slice(0, MAX_TOPIC - 1)}…` : topic;

function fillAckWords(scene: Scene, input: SceneInput, ack: EventOf<'batch.completed'>): void {
  const { layout, view } = input;
  const line = view.lifelines.batch(ack.batch);
  const partition = line === null ? undefined : view.state.partitions.get(line.tp);
  if (line === null || partition === undefined) return;
  const count = line.recordCount;
  const offsets =
    ack.baseOffset < 0
      ? 'no offset (acks=0)'
      : count > 1
        ? `offsets ${countText(ack.baseOffset)} … ${countText(ack.baseOffset + count - 1)}`
        : `offset ${countText(ack.baseOffset)}`;
  const x = (layout.app.x + layout.sender.x) / 2;
  const text = `ack · ${shortTopic(partition.topic)}-${partition.partition}, ${offsets} → callback`;
  addLabel(scene, x, layout.ackY + 19, text, 'good', 'center');
}

/** The way of a batch that waits for its next attempt; many have the same one. */
function keepRetryWay(scene: Scene, node: number, tp: number): void {
  for (let i = 0; i < scene.retryWays.count; i++) {
    const known = scene.retryWays.items[i];
    if (known?.node === node && known.tp === tp) return;
  }
  const way = scene.retryWays.next();
  way.node = node;
  way.tp = tp;
}

/** The batch that goes again soonest, and how many more there are. */
function fillRetryWords(scene: Scene, input: SceneInput): void {
  const { view, layout } = input;
  let waiting = 0;
  let soonestUs = Number.POSITIVE_INFINITY;
  let error = '';
  for (const batch of view.state.batches.values()) {
    if (batch.phase !== 'requeued') continue;
    waiting++;
    const line = view.lifelines.batch(batch.id);
    if (line !== null) keepRetryWay(scene, nodeOf(input, line), line.tp);
    const leftUs = batch.backoffUntilMs === null ? 0 : runMicros(batch.backoffUntilMs) - view.cursor.at;
    if (leftUs >= soonestUs) continue;
    soonestUs = leftUs;
    error = batch.lastError ?? '';
  }
  if (waiting === 0) return;
  const when = soonestUs > 0 ? `retry in ${msText(soonestUs)}` : 'retry: waits for its turn';
  const others = waiting > 1 ? ` · ${countText(waiting)} batches` : '';
  const x = layout.sender.x - 20;
  addLabel(scene, x, layout.retryY + 4, `${when}${others} · ${error}`, 'warn', 'center', true, true);
}
