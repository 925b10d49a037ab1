/** Station 7: per broker the tails of the logs it hosts. Cells are offsets; the right edge is the leader's log end. */
import type { BatchId, NodeId } from '#base/ids';
import type { BrokerView, PartitionState } from '#projections/pipelineState';
import { countText } from '../ui/format.ts';
import type { BrokerPlace, StripPlace } from './layout.ts';
import { ease, fractionBefore, landSpanUs, lerp } from './motion.ts';
import { addLabel, type Scene, type SceneInput, type Tone } from './scene.ts';

/** How many batches are looked at, newest first, to find whose records stand in the tails. */
const MAX_LOOKED_AT = 400;

/** A run of offsets of one partition: a batch as it stands in the log. */
interface Run {
  readonly baseOffset: number;
  readonly count: number;
  readonly firstRecord: number;
}

export function fillBrokers(scene: Scene, input: SceneInput): void {
  const { layout, view } = input;
  const tails = tailsOf(input);
  layout.brokers.forEach((place, index) => {
    const broker = view.state.brokers.get(place.node as NodeId);
    const [tone, text] = brokerWords(broker);
    scene.brokerTones[index] = tone;
    scene.brokerTexts[index] = text;
    addLabel(scene, place.x + 10, place.y + 16, `broker ${place.node}`, tone === 'plain' ? 'plain' : tone, 'left', true);
    if (text !== '') addLabel(scene, place.x + place.w - 10, place.y + 16, text, tone, 'right', true);
    for (const strip of place.strips) {
      const partition = partitionOf(input, strip.tp);
      if (partition !== null) fillStrip(scene, input, place, strip, partition, tails.get(strip.tp) ?? []);
    }
    if (place.hiddenStrips > 0) {
      const y = place.y + place.h - 8;
      addLabel(scene, place.x + 10, y, `+ ${place.hiddenStrips} more replicas`, 'dim');
    }
  });
}

function brokerWords(broker: BrokerView | undefined): readonly [Tone, string] {
  if (broker === undefined || broker.state === 'up') return ['plain', ''];
  return broker.state === 'frozen' ? ['ice', 'frozen'] : ['bad', 'down'];
}

function partitionOf(input: SceneInput, tp: number): PartitionState | null {
  for (const partition of input.view.state.partitions.values()) if ((partition.tp as number) === tp) return partition;
  return null;
}

const leaderEnd = (partition: PartitionState): number => {
  const own = partition.leader === null ? undefined : partition.logEnd.get(partition.leader);
  if (own !== undefined) return own;
  let end = 0;
  for (const value of partition.logEnd.values()) if (value > end) end = value;
  return end;
};

function fillStrip(
  scene: Scene,
  input: SceneInput,
  place: BrokerPlace,
  strip: StripPlace,
  partition: PartitionState,
  tail: readonly Run[],
): void {
  const isLeader = partition.leader === place.node;
  const end = partition.logEnd.get(place.node as NodeId) ?? 0;
  const base = leaderEnd(partition);
  const edge = base + arriving(input, strip.tp, partition.leader);
  const right = strip.cells.x + strip.cells.w;
  const xOf = (offset: number): number => right - (edge - offset) * strip.cellWidth;
  const into = isLeader ? scene.sprites : scene.faint;
  const y = strip.cells.y;
  const drawCell = (offset: number, x: number, cellY: number): void => {
    const record = recordAt(input, tail, offset);
    into.add(record < 0 ? 0 : input.view.records.colour(record), x, cellY, strip.cellWidth - 1.4, record);
  };
  for (let offset = end - 1; offset >= 0; offset--) {
    const x = xOf(offset);
    if (x < strip.cells.x) break;
    drawCell(offset, x, y);
  }
  fillArrivals(input, place, strip, partition, (offset, fromX, fromY, u) => {
    const x = xOf(offset);
    if (x >= strip.cells.x) drawCell(offset, lerp(fromX, x, u), lerp(fromY, y, u));
  }, scene);
  const markX = xOf(partition.highWatermark);
  if (partition.highWatermark > 0 && markX >= strip.cells.x && markX <= right + 1) {
    const mark = scene.highWatermarks.next();
    mark.x = markX - 0.8;
    mark.y = y - 4;
    mark.h = strip.cells.h + 7;
  }
  const wide = strip.w > 140;
  const role = isLeader ? (wide ? 'leader' : 'L') : wide ? 'follower' : 'f';
  const textY = strip.y + strip.h / 2 + 4;
  addLabel(scene, strip.x + 4, textY, strip.name, 'dim');
  addLabel(scene, strip.x + strip.w - 2, textY, role, isLeader ? 'good' : 'dim', 'right');
}

/** How long the records of a batch fly from their request into the log. */
function landUs(input: SceneInput, batch: BatchId): number {
  const request = input.view.state.batches.get(batch)?.request;
  const line = request === null || request === undefined ? null : input.view.lifelines.request(request);
  return line === null ? input.legUs : landSpanUs(line.sentAt, line.arrivesAt, input.view.leadUs);
}

/** Offsets that are about to be appended to the leader's log: the strip makes room while they fly in. */
function arriving(input: SceneInput, tp: number, leader: number | null): number {
  if (input.legUs === 0) return 0;
  let sum = 0;
  for (const effect of input.effects) {
    if (effect.type !== 'log.appended' || effect.tp !== tp || effect.node !== leader) continue;
    if (effect.seq < input.view.cursor.seq) continue;
    const u = fractionBefore(input.view.cursor.at, effect.at, landUs(input, effect.batch));
    sum += (effect.logEndOffset - effect.baseOffset) * ease(u);
  }
  return sum;
}

/** Cells in flight: into the leader's log from its request, into a follower's from the leader's strip. */
function fillArrivals(
  input: SceneInput,
  place: BrokerPlace,
  strip: StripPlace,
  partition: PartitionState,
  cell: (offset: number, fromX: number, fromY: number, u: number) => void,
  scene: Scene,
): void {
  if (input.legUs === 0) return;
  const { view, layout } = input;
  const at = view.cursor.at;
  let known = partition.logEnd.get(place.node as NodeId) ?? 0;
  let appendedAt = Number.NEGATIVE_INFINITY;
  for (const effect of input.effects) {
    if (effect.type !== 'log.appended' && effect.type !== 'replica.fetched') continue;
    if (effect.tp !== strip.tp) continue;
    if (effect.type === 'log.appended') appendedAt = effect.at;
    if (effect.seq < view.cursor.seq || effect.node !== place.node) continue;
    if (effect.type === 'log.appended') {
      const u = ease(fractionBefore(at, effect.at, landUs(input, effect.batch)));
      const request = view.state.batches.get(effect.batch)?.request ?? -1;
      const fromY = (scene.slotY.get(request) ?? place.y + place.h / 2) - 4;
      const fromX = place.rack.x + place.rack.w - place.blockWidth + 4;
      for (let offset = effect.baseOffset; u > 0 && offset < effect.logEndOffset; offset++) {
        const x = fromX + Math.min(place.blockWidth - 10, (offset - effect.baseOffset) * strip.cellWidth);
        cell(offset, x, fromY, u);
      }
    } else {
      // A fetch takes something only from the moment at which the leader has it.
      const u = ease(fractionBefore(at, effect.at, Math.min(input.legUs, effect.at - appendedAt)));
      const leader = partition.leader === null ? undefined : layout.brokerOf.get(partition.leader);
      const source = leader?.strips.find((other) => other.tp === strip.tp);
      if (source !== undefined && u > 0 && at >= appendedAt) {
        const right = source.cells.x + source.cells.w;
        const base = leaderEnd(partition);
        for (let offset = known; offset < effect.logEndOffset; offset++) {
          cell(offset, right - (base - offset) * source.cellWidth, source.cells.y, u);
        }
      }
    }
    known = Math.max(known, effect.logEndOffset);
  }
}

/** Which records stand in each partition's tail, newest batch first; as many as its strip has cells. */
function tailsOf(input: SceneInput): Map<number, Run[]> {
  const { view } = input;
  const tails = new Map<number, Run[]>();
  const found = new Map<number, number>();
  let open = 0;
  let room = 0;
  for (const partition of view.state.partitions.values()) if (leaderEnd(partition) > 0) open++;
  for (const place of input.layout.brokers) for (const strip of place.strips) room = Math.max(room, strip.cellRoom);
  const add = (tp: number, run: Run): void => {
    const runs = tails.get(tp) ?? [];
    if (runs.some((other) => other.baseOffset === run.baseOffset)) return;
    runs.push(run);
    tails.set(tp, runs);
    const before = found.get(tp) ?? 0;
    found.set(tp, before + run.count);
    if (before < room + 20 && before + run.count >= room + 20) open--;
  };
  for (const effect of input.effects) {
    if (effect.type !== 'log.appended') continue;
    const line = view.lifelines.batch(effect.batch);
    const count = effect.logEndOffset - effect.baseOffset;
    add(effect.tp, { baseOffset: effect.baseOffset, count, firstRecord: line?.firstRecord ?? -1 });
  }
  const newest = view.lifelines.batchCount - 1;
  for (let id = newest; id >= 0 && id > newest - MAX_LOOKED_AT && open > 0; id--) {
    const line = view.lifelines.batch(id as BatchId);
    if (line === null || line.baseOffset < 0) continue;
    add(line.tp, { baseOffset: line.baseOffset, count: line.recordCount, firstRecord: line.firstRecord ?? -1 });
  }
  return tails;
}

/** The record at an offset; −1: written by somebody we do not know, or too long ago. */
function recordAt(input: SceneInput, tail: readonly Run[], offset: number): number {
  for (const run of tail) {
    if (offset < run.baseOffset || offset >= run.baseOffset + run.count) continue;
    let record = run.firstRecord;
    for (let i = run.baseOffset; i < offset && record >= 0; i++) record = input.view.records.next(record);
    return record;
  }
  return -1;
}

/** For the counters beside the strips. */
export const offsetText = (offset: number): string => countText(offset);
