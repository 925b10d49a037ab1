/** Stations 5 and 6: the sender, and per broker the requests in flight, each a block on its track. */
import type { NodeId, RequestId } from '#base/ids';
import type { ConnectionState } from '#events/words';
import type { RequestLifeline } from '#projections/lifelines';
import type { RequestState } from '#projections/pipelineState';
import { countText } from '../ui/format.ts';
import { gridFor } from './grid.ts';
import { centreX, centreY, type BrokerPlace, type Rect } from './layout.ts';
import {
  ease,
  fractionAfter,
  landSpanUs,
  lerp,
  levelCurveX,
  levelCurveY,
  requestMotion,
  type RequestMotion,
} from './motion.ts';
import { ownerOf } from './producers.ts';
import { addLabel, type BlockItem, type Scene, type SceneInput, type Tone } from './scene.ts';
import { fillRecords } from './sceneLanes.ts';
import { laneExit } from './sceneSending.ts';

/** A connection that carries nothing yet, or nothing any more, in the room above its rack. */
const STATE_WORDS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'connecting',
  'checking-api-versions': 'ApiVersions',
  ready: '',
  throttled: 'throttled',
  disconnected: 'disconnected',
};

/** Beyond this, the append of a batch is not among the effects any more. */
const LONG_AGO_US = 15_000;

export function fillNetwork(scene: Scene, input: SceneInput): void {
  const { view, layout } = input;
  scene.senderGlow = 0;
  for (const effect of input.near.effects) {
    if (effect.type !== 'node.drained' || effect.batches === 0 || effect.seq >= view.cursor.seq) continue;
    const glow = 1 - fractionAfter(view.cursor.at, effect.at, view.leadUs);
    if (glow > scene.senderGlow) scene.senderGlow = glow;
  }
  const motion: RequestMotion = { leg: 'to-slot', u: 0 };
  for (const place of layout.brokers) fillRack(scene, input, place, motion);
}

function fillRack(scene: Scene, input: SceneInput, place: BrokerPlace, motion: RequestMotion): void {
  const { view } = input;
  let inFlight = 0;
  const shift = input.near.rackShift.get(place.node) ?? 0;
  let words = '';
  let tone: Tone = 'dim';
  for (const client of view.state.clients.values()) {
    const connection = client.connections.get(place.node as NodeId);
    if (connection === undefined) continue;
    for (const request of connection.inFlight) {
      const slot = slotRect(place, inFlight++, shift);
      fillRequest(scene, input, place, request, slot, motion);
    }
    if (client.closed !== null && connection.inFlight.length === 0) continue;
    if (connection.cut) [words, tone] = ['link cut', 'bad'];
    else if (connection.state !== 'ready') [words, tone] = [STATE_WORDS[connection.state], 'warn'];
    else if (connection.addedUs > 0) [words, tone] = [`+${countText(connection.addedUs / 1000)} ms`, 'warn'];
  }
  const { rack } = place;
  const y = rack.y + 12;
  const isNarrow = rack.w < 125;
  const { slots, hasAccumulator } = input.layout.topology;
  const most = hasAccumulator ? `/${countText(slots)}` : '';
  const text = `${words === '' ? 'in flight ' : ''}${countText(inFlight)}${most}`;
  // Where there is no room for both, what keeps the connection from working says more than "0 of 5".
  if (words === '' || inFlight > 0 || !isNarrow) {
    addLabel(scene, rack.x, y, text, inFlight > 0 ? 'plain' : 'dim');
  }
  if (words !== '') addLabel(scene, rack.x + rack.w, y, words, tone, 'right', !isNarrow);
}

/** Requests move up when an older one has been answered; until they have, they stand a row lower. */
function slotRect(place: BrokerPlace, index: number, shift: number): Rect | null {
  const slot = place.slots[Math.min(index, place.slots.length - 1)];
  if (slot === undefined || index >= place.slots.length) return null;
  const next = place.slots[1];
  const step = next === undefined ? 0 : next.y - (place.slots[0]?.y ?? 0);
  const lowest = place.slots.at(-1)?.y ?? slot.y;
  return { x: slot.x, y: Math.min(lowest, slot.y + shift * step), w: slot.w, h: slot.h };
}

function fillRequest(
  scene: Scene,
  input: SceneInput,
  place: BrokerPlace,
  id: RequestId,
  slot: Rect | null,
  motion: RequestMotion,
): void {
  const { view } = input;
  const line = view.lifelines.request(id);
  const request = view.state.requests.get(id);
  if (line === null || request === undefined || slot === null) return;
  requestMotion(line, view.cursor.at, view.leadUs, motion);
  scene.slotY.set(id, slot.y + slot.h / 2);
  if (motion.leg === 'to-slot') {
    fillDeparting(scene, input, request, slot, place.blockWidth, motion.u);
    if (motion.u < 1) return;
  }
  const block = scene.blocks.next();
  const way = slot.w - place.blockWidth;
  block.w = place.blockWidth;
  block.h = slot.h;
  block.y = slot.y;
  block.x =
    slot.x +
    way *
      (motion.leg === 'out'
        ? motion.u
        : motion.leg === 'back'
          ? 1 - motion.u
          : motion.leg === 'to-slot'
            ? 0
            : 1);
  block.request = id;
  block.owner = ownerOf(input.layout.topology.producers, request.client);
  block.tone = motion.leg === 'back' || motion.leg === 'done' ? 'good' : 'accent';
  block.label = '';
  block.count = -1;
  if (request.api !== 'PRODUCE') {
    block.label = request.api.toLowerCase().replaceAll('_', ' ');
    return;
  }
  fillContents(scene, input, request, line, block);
}

/** The records of all its batches, side by side; the answer carries none. */
function fillContents(
  scene: Scene,
  input: SceneInput,
  request: RequestState,
  line: RequestLifeline,
  block: BlockItem,
): void {
  const { view } = input;
  if (block.tone === 'good') {
    // It never comes back: the viewer may know, the client does not.
    if (request.lostOnWay === 'answer') block.tone = 'bad';
    block.label = block.tone === 'bad' ? 'answer lost' : 'answer';
    return;
  }
  if (request.lostOnWay === 'request') block.tone = 'bad';
  let total = 0;
  for (const batch of request.batches) {
    if (!hasLanded(input, line, batch)) total += view.lifelines.recordCount(batch);
  }
  if (total === 0) {
    const isStored = request.batches.some(
      (batch) => (input.near.appendedAt.get(batch) ?? Infinity) <= view.cursor.at,
    );
    block.label = isStored ? 'stored' : motionWords(input, request);
    return;
  }
  const grid = gridFor(total, block.w - 8, block.h - 4);
  if (grid === null) {
    block.count = total;
    return;
  }
  let place = 0;
  const y0 = block.y + (block.h - Math.ceil(total / grid.columns) * grid.cell) / 2;
  for (const batch of request.batches) {
    if (hasLanded(input, line, batch)) continue;
    const recordCount = view.lifelines.recordCount(batch);
    let record = view.lifelines.firstRecord(batch);
    for (let i = 0; i < recordCount && record >= 0; i++, place++) {
      const column = place % grid.columns;
      const row = (place - column) / grid.columns;
      const x = block.x + 4 + column * grid.cell;
      scene.sprites.add(view.records.colour(record), x, y0 + row * grid.cell, grid.cell - 1.2, record);
      record = view.records.next(record);
    }
  }
}

/** While records fly into the log the block says nothing; later only that the broker has it. */
const motionWords = (input: SceneInput, request: RequestState): string =>
  request.batches.some((batch) => input.near.appendedAt.has(batch)) ? '' : 'at broker';

/** Whether the records of a batch have left the block for the log: also while they fly there. */
function hasLanded(input: SceneInput, line: RequestLifeline, batch: number): boolean {
  const { view } = input;
  const at = view.cursor.at;
  const appendedAt = input.near.appendedAt.get(batch);
  if (appendedAt !== undefined)
    return at >= appendedAt - landSpanUs(line.sentAt, line.arrivesAt, view.leadUs);
  // Long before what motion looks at: the broker has dealt with it, and only its answer is still to come.
  return line.begunAt >= 0 && at - line.begunAt > LONG_AGO_US;
}

/** The batches of a request on their way from their lanes through the sender to its slot. */
function fillDeparting(
  scene: Scene,
  input: SceneInput,
  request: RequestState,
  slot: Rect,
  blockWidth: number,
  u: number,
): void {
  const { view, layout } = input;
  const senderX = centreX(layout.sender);
  const senderY = centreY(layout.sender);
  for (const batch of request.batches) {
    const line = view.lifelines.batch(batch);
    if (line === null) continue;
    const lane = layout.laneOf.get(line.tp);
    const from = laneExit(layout, line.tp);
    const w0 = lane?.boxWidth ?? blockWidth;
    const h0 = lane?.boxes.h ?? slot.h;
    const v = u < 0.5 ? ease(u * 2) : ease((u - 0.5) * 2);
    const isFirst = u < 0.5;
    const x = isFirst
      ? levelCurveX(from.x - 8 - w0 / 2, senderX, v)
      : levelCurveX(senderX, slot.x + blockWidth / 2, v);
    const y = isFirst ? levelCurveY(from.y, senderY, v) : levelCurveY(senderY, slot.y + slot.h / 2, v);
    const item = scene.boxes.next();
    item.w = lerp(w0, blockWidth, u);
    item.h = lerp(h0, slot.h, u);
    item.x = x - item.w / 2;
    item.y = y - item.h / 2;
    item.batch = batch;
    item.tone = 'accent';
    item.fill = 0;
    item.timer = -1;
    const fits = fillRecords(
      scene,
      input,
      batch,
      line.recordCount,
      item.x + 4,
      item.y + 3,
      item.w - 8,
      item.h - 6,
    );
    item.count = fits ? -1 : line.recordCount;
  }
}
