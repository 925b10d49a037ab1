/** What comes back: acks below, retries above, failures down. */
import { runMicros } from '#base/time';
import type { EventOf } from '#events/catalogue';
import type { BatchLifeline } from '#projections/lifelines';
import { countText, msText } from '../ui/format.ts';
import { centreX, type Layout } from './layout.ts';
import { fractionAfter, lerp } from './motion.ts';
import { addLabel, type Scene, type SceneInput, type Tone } from './scene.ts';
import { laneExit } from './sceneSending.ts';

/** Corners of a way: x and y in turn. */
type Corners = readonly number[];

/** How far left of the racks acks go down. */
export const ACK_INDENT = 9;

/** From the rack of a broker down, left below everything, up into the application. */
export const ackWay = (layout: Layout, node: number): Corners => {
  const place = layout.brokerOf.get(node);
  const x = place === undefined ? layout.sender.x : place.rack.x - 3;
  const y = place === undefined ? layout.flowY : place.rack.y + place.rack.h - 4;
  const appX = centreX(layout.app);
  const turnX = x - ACK_INDENT;
  return [x, y, turnX, y, turnX, layout.ackY, appX, layout.ackY, appX, layout.app.y + layout.app.h];
};

/** From the rack of a broker up, left above everything, down into its lane. */
export const retryWay = (layout: Layout, node: number, tp: number): Corners => {
  const place = layout.brokerOf.get(node);
  const exit = laneExit(layout, tp);
  const x = place === undefined ? layout.sender.x : place.rack.x - 4;
  const y = place === undefined ? layout.flowY : place.rack.y + 10;
  return [x, y, x - 8, layout.retryY, exit.x + 6, layout.retryY, exit.x - 6, exit.y];
};

/** A point of a way, `u` of its length from its beginning. */
export function pointOn(corners: Corners, u: number): readonly [number, number] {
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

export function fillReturns(scene: Scene, input: SceneInput): void {
  const { view, layout } = input;
  const at = view.cursor.at;
  let ack: EventOf<'batch.completed'> | null = null;
  for (const effect of input.near.effects) {
    if (effect.seq >= view.cursor.seq) break;
    const { type } = effect;
    if (type !== 'batch.completed' && type !== 'batch.requeued' && type !== 'batch.failed') continue;
    if (type === 'batch.completed') ack = effect;
    const u = fractionAfter(at, effect.at, view.leadUs * (type === 'batch.requeued' ? 1 : 1.4));
    const line = u < 1 ? view.lifelines.batch(effect.batch) : null;
    if (line === null) continue;
    if (type === 'batch.completed') {
      const point = pointOn(ackWay(layout, nodeOf(input, line)), u);
      addDot(scene, point, 'good', line.recordCount, effect.batch);
    } else if (type === 'batch.requeued') {
      const point = pointOn(retryWay(layout, nodeOf(input, line), line.tp), u);
      addDot(scene, point, 'warn', line.recordCount, effect.batch);
    } else {
      const exit = laneExit(layout, line.tp);
      const y = lerp(exit.y, layout.ackY + 14, u * u);
      addDot(scene, [exit.x + 8, y], 'bad', line.recordCount, effect.batch);
    }
  }
  fillRetryWords(scene, input);
  if (ack !== null) fillAckWords(scene, input, ack);
}

function addDot(
  scene: Scene,
  point: readonly [number, number],
  tone: Tone,
  count: number,
  batch: number,
): void {
  const dot = scene.dots.next();
  [dot.x, dot.y] = point;
  dot.tone = tone;
  dot.count = count;
  dot.radius = count >= 40 ? 6 : count >= 8 ? 5 : 4;
  dot.batch = batch;
}

/** The broker of its last attempt that had begun by now; −1: none. */
function nodeOf(input: SceneInput, line: BatchLifeline): number {
  const { view } = input;
  const attempt = line.attempts.findLast(({ drainedAt }) => drainedAt <= view.cursor.at);
  return attempt === undefined ? -1 : (view.lifelines.request(attempt.request)?.node ?? -1);
}

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
  const text = `ack · ${partition.topic}-${partition.partition}, ${offsets} → callback`;
  addLabel(scene, x, layout.ackY + 19, text, 'good', 'center');
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
    const leftUs = batch.backoffUntilMs === null ? 0 : runMicros(batch.backoffUntilMs) - view.cursor.at;
    if (leftUs >= soonestUs) continue;
    soonestUs = leftUs;
    error = batch.lastError ?? '';
  }
  scene.isRetrying = waiting > 0;
  if (waiting === 0) return;
  const when = soonestUs > 0 ? `retry in ${msText(soonestUs)}` : 'retry: waits for its turn';
  const others = waiting > 1 ? ` · ${countText(waiting)} batches` : '';
  const x = layout.sender.x - 20;
  addLabel(scene, x, layout.retryY + 4, `${when}${others} · ${error}`, 'warn', 'center', true, true);
}
