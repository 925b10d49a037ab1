/** Station 4: the deques of the record accumulator, their batches, and the buffer they draw on. */
import type { BatchId } from '#base/ids';
import { MICROS_PER_MS, runMicros } from '#base/time';
import {
  isLeaderUnknown,
  type BatchState,
  type ClientState,
  type PartitionState,
  type PipelineState,
} from '#projections/pipelineState';
import { bytesText, countText, msText } from '../ui/format.ts';
import { gridFor } from './grid.ts';
import { type LanePlace } from './layout.ts';
import { ownerOf } from './producers.ts';
import { clamp01 } from './motion.ts';
import { addLabel, type Scene, type SceneInput, type Tone } from './scene.ts';

const BOX_GAP = 5;
const SIDES = [0.68, 0.84, 1] as const;

/** From here on the longest reason stands beside a name of usual length without touching it. */
const WIDE_LANE_PX = 250;

/** Kafka's default for linger.ms since 4.0 (KIP-1030). */
const DEFAULT_LINGER_MS = 5;

const lingerMsOf = (client: ClientState | undefined): number => {
  const value = Number(client?.config['linger.ms'] ?? DEFAULT_LINGER_MS);
  return Number.isFinite(value) ? value : DEFAULT_LINGER_MS;
};

/** The place of the i-th box of a deque, from the right; boxes beyond the room share the last but one. */
export const boxSlot = (index: number, length: number, room: number): number =>
  length <= room ? index : index === length - 1 ? room - 1 : Math.min(index, Math.max(0, room - 2));

/** Left edge of a box at `slot`, counted from the sender's side. */
export const boxX = (lane: LanePlace, slot: number): number =>
  lane.boxes.x + lane.boxes.w - lane.boxWidth - slot * (lane.boxWidth + BOX_GAP);

/** Slots by which boxes stand further back while others leave before them: as many as the lane has room for. */
export const laneShift = ({ near }: SceneInput, tp: number, length: number, room: number): number =>
  Math.min(near.laneShift.get(tp) ?? 0, Math.max(0, room - length));

/** Draws `count` records of a batch into a box, or says that they are too many: then the caller draws a bar. */
export function fillRecords(
  scene: Scene,
  input: SceneInput,
  batch: number,
  count: number,
  x: number,
  y: number,
  w: number,
  h: number,
): boolean {
  const grid = gridFor(count, w, h);
  if (grid === null) return false;
  const { records, lifelines } = input.view;
  let record = lifelines.firstRecord(batch);
  for (let i = 0; i < count && record >= 0; i++) {
    const side = (grid.cell - 1.2) * (SIDES[records.sizeClass(record)] ?? 1);
    const inset = (grid.cell - side) / 2;
    const column = i % grid.columns;
    const row = (i - column) / grid.columns;
    const rx = x + column * grid.cell + inset;
    scene.sprites.add(records.colour(record), rx, y + row * grid.cell + inset, side, record);
    record = records.next(record);
  }
  return true;
}

export function fillLanes(scene: Scene, input: SceneInput): void {
  const { state } = input.view;
  for (const partition of state.partitions.values()) {
    const lane = input.layout.laneOf.get(partition.tp);
    if (lane !== undefined) fillLane(scene, input, lane, partition);
  }
  if (input.layout.hiddenLanes > 0) {
    const place = input.layout.hiddenLanesAt;
    let waiting = 0;
    let index = 0;
    for (const partition of state.partitions.values()) {
      if (index++ < input.layout.lanes.length) continue;
      for (const id of partition.deque) waiting += state.batches.get(id)?.records ?? 0;
    }
    const text = `+ ${input.layout.hiddenLanes} partitions, ${countText(waiting)} records`;
    addLabel(scene, place.x + 8, place.y + place.h / 2 + 4, text, 'dim');
  }
  fillBuffer(scene, state, input.layout.gauge.w < 240);
}

function fillLane(scene: Scene, input: SceneInput, lane: LanePlace, partition: PartitionState): void {
  const { state } = input.view;
  const deque = partition.deque;
  const shift = laneShift(input, partition.tp, deque.length, lane.boxRoom);
  for (let i = 0; i < deque.length; i++) {
    const slot = boxSlot(i, deque.length, lane.boxRoom);
    const isHidden = deque.length > lane.boxRoom && i >= lane.boxRoom - 1 && i < deque.length - 1;
    const batch = state.batches.get(deque[i] as BatchId);
    if (isHidden || batch === undefined) continue;
    // An older box leaves on the right; until it has, the next one stands where it stood.
    fillBatchBox(scene, input, batch, boxX(lane, slot + shift), lane.boxes.y, lane.boxWidth, lane.boxes.h);
  }
  const hidden = deque.length - lane.boxRoom;
  if (hidden > 0) {
    const x = boxX(lane, lane.boxRoom - 1) + lane.boxWidth + BOX_GAP / 2;
    addLabel(scene, x, lane.boxes.y + lane.boxes.h / 2 + 4, `+${hidden}`, 'plain', 'center', true, true);
  }
  const isNarrow = lane.w < WIDE_LANE_PX;
  const head = deque[0] === undefined ? undefined : state.batches.get(deque[0]);
  const words = head === undefined ? idleWords(state, partition) : laneWords(input, state, head, isNarrow);
  if (words === null || !lane.hasHeader) return;
  const isStrong = words.tone !== 'dim' && !isNarrow;
  addLabel(scene, lane.x + lane.w - 8, lane.y + 16, words.text, words.tone, 'right', isStrong);
}

function fillBatchBox(
  scene: Scene,
  input: SceneInput,
  batch: BatchState,
  x: number,
  y: number,
  w: number,
  h: number,
): void {
  const { state, cursor } = input.view;
  const item = scene.boxes.next();
  item.x = x;
  item.y = y;
  item.w = w;
  item.h = h;
  item.batch = batch.id;
  item.owner = ownerOf(input.layout.topology.producers, batch.client);
  item.fill = clamp01(batch.sizeBytes / Math.max(1, batch.capacityBytes));
  item.tone =
    batch.phase === 'requeued'
      ? 'warn'
      : batch.readyReason !== null || batch.phase === 'closed'
        ? 'good'
        : 'plain';
  item.timer = timerOf(state, batch, cursor.at);
  const fits = fillRecords(scene, input, batch.id, batch.records, x + 4, y + 5, w - 8, h - 11);
  item.count = fits ? -1 : batch.records;
}

/** What is left of linger, or after a retry of the back-off; −1 when neither runs. */
function timerOf(state: PipelineState, batch: BatchState, at: number): number {
  if (batch.backoffUntilMs !== null && batch.phase === 'requeued') {
    const untilUs = runMicros(batch.backoffUntilMs);
    const spanUs = Math.max(1, untilUs - batch.lastAttemptAt);
    return at >= untilUs ? -1 : clamp01((untilUs - at) / spanUs);
  }
  const lingerUs = lingerMsOf(state.clients.get(batch.client)) * MICROS_PER_MS;
  if (batch.phase !== 'open' || batch.readyReason !== null || lingerUs <= 0) return -1;
  return clamp01(1 - (at - batch.createdAt) / lingerUs);
}

const REASONS: Readonly<Record<string, string>> = {
  full: 'full',
  'linger-expired': 'linger expired',
  'node-ready': 'taken along',
  'memory-exhausted': 'memory exhausted',
  flush: 'flush',
  close: 'close',
  'transaction-completing': 'transaction completing',
};

function laneWords(
  input: SceneInput,
  state: PipelineState,
  head: BatchState,
  isNarrow: boolean,
): { readonly text: string; readonly tone: Tone } {
  const at = input.view.cursor.at;
  if (head.phase === 'requeued' && head.backoffUntilMs !== null) {
    const leftUs = runMicros(head.backoffUntilMs) - at;
    const left = isNarrow ? `${Math.ceil(leftUs / MICROS_PER_MS)} ms` : msText(leftUs);
    if (leftUs > 0) return { text: `back-off ${left}`, tone: 'warn' };
  }
  if (state.clients.get(head.client)?.muted.has(head.tp) === true) {
    return { text: isNarrow ? 'one in flight' : 'waits: one in flight', tone: 'warn' };
  }
  if (head.readyReason !== null) {
    const reason = REASONS[head.readyReason] ?? head.readyReason;
    if (isNarrow) return { text: reason.replace('transaction', 'txn'), tone: 'good' };
    return { text: `${reason} → ready`, tone: 'good' };
  }
  if (head.phase === 'closed') return { text: 'full', tone: 'good' };
  const lingerMs = lingerMsOf(state.clients.get(head.client));
  if (lingerMs === 0) return { text: 'linger 0', tone: 'dim' };
  const waitedMs = (at - head.createdAt) / MICROS_PER_MS;
  const digits = lingerMs < 100 ? 1 : 0;
  const time = `${Math.min(waitedMs, lingerMs).toFixed(digits)}/${lingerMs} ms`;
  return { text: isNarrow ? time : `linger ${time}`, tone: 'dim' };
}

function idleWords(
  state: PipelineState,
  partition: PartitionState,
): { readonly text: string; readonly tone: Tone } | null {
  if (partition.isDeleted) return { text: 'topic deleted', tone: 'bad' };
  if (partition.leader === null && state.brokers.size > 0 && !isLeaderUnknown(partition))
    return { text: 'no leader', tone: 'bad' };
  return null;
}

function fillBuffer(scene: Scene, state: PipelineState, isNarrow: boolean): void {
  let total = 0;
  let available = 0;
  for (const client of state.clients.values()) {
    if (client.closed !== null && client.bufferAvailableBytes >= client.bufferTotalBytes) continue;
    total += client.bufferTotalBytes;
    available += client.bufferAvailableBytes;
  }
  scene.bufferUsed = total === 0 ? 0 : clamp01((total - available) / total);
  const used = `buffer.memory ${bytesText(total - available)}`;
  scene.bufferText = total === 0 ? '' : isNarrow ? used : `${used} / ${bytesText(total)}`;
}
