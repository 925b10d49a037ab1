/** What comes back: acks below, retries above, failures down. */
import type { BatchId, TpId } from '#base/ids';
import { runMicros } from '#base/time';
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
  let ack: { readonly tp: number; readonly baseOffset: number; readonly batch: BatchId } | null = null;
  for (const effect of input.near.effects) {
    if (effect.seq >= view.cursor.seq) break;
    if (effect.type === 'batch.completed') {
      const line = view.lifelines.batch(effect.batch);
      if (line === null) continue;
      ack = { tp: line.tp, baseOffset: effect.baseOffset, batch: effect.batch };
      const u = fractionAfter(at, effect.at, view.leadUs * 1.4);
      if (u < 1)
        addDot(
          scene,
          pointOn(ackWay(layout, nodeOf(input, effect.batch)), u),
          'good',
          line.recordCount,
          effect.batch,
        );
    } else if (effect.type === 'batch.requeued') {
      const u = fractionAfter(at, effect.at, view.leadUs);
      const line = view.lifelines.batch(effect.batch);
      if (u >= 1 || line === null) continue;
      const way = retryWay(layout, nodeOf(input, effect.batch), line.tp);
      addDot(scene, pointOn(way, u), 'warn', line.recordCount, effect.batch);
    } else if (effect.type === 'batch.failed') {
      const u = fractionAfter(at, effect.at, view.leadUs * 1.4);
      const line = view.lifelines.batch(effect.batch);
      if (u >= 1 || line === null) continue;
      const exit = laneExit(layout, line.tp);
      addDot(
        scene,
        [exit.x + 8, lerp(exit.y, layout.ackY + 14, u * u)],
        'bad',
        line.recordCount,
        effect.batch,
      );
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
function nodeOf(input: SceneInput, batch: BatchId): number {
  const { view } = input;
  let node = -1;
  for (const attempt of view.lifelines.batch(batch)?.attempts ?? []) {
    if (attempt.drainedAt <= view.cursor.at) node = view.lifelines.request(attempt.request)?.node ?? node;
  }
  return node;
}

function fillAckWords(
  scene: Scene,
  input: SceneInput,
  ack: { readonly tp: number; readonly baseOffset: number; readonly batch: BatchId },
): void {
  const { layout, view } = input;
  const partition = view.state.partitions.get(ack.tp as TpId);
  if (partition === undefined) return;
  const count = view.lifelines.batch(ack.batch)?.recordCount ?? 0;
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
