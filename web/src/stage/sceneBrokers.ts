/** Station 7: per broker the tails of the logs it hosts. Cells are offsets; the right edge is the leader's log end. */
import type { NodeId, TpId } from '#base/ids';
import type { BrokerView, PartitionState } from '#projections/pipelineState';
import { countText } from '../ui/format.ts';
import type { BrokerPlace, StripPlace } from './layout.ts';
import { ease, fractionBefore, lerp } from './motion.ts';
import { NOTHING } from './near.ts';
import { addLabel, type Scene, type SceneInput, type Tone } from './scene.ts';
import { COORDINATOR_MARK, coordinates } from './sceneCoordinator.ts';
import {
  addGlyph,
  beyondLeader,
  fillFalling,
  fillStableOffset,
  isMarker,
  roleWords,
  spansIn,
  type GlyphKind,
} from './sceneLogs.ts';

/** What "−12" is wider than "f". */
const ORPHAN_COUNT_PX = 9;
/** Offsets beyond the log end that are kept, because their records are already in the air. */
const TAIL_AHEAD = 256;

export function fillBrokers(scene: Scene, input: SceneInput): void {
  const { layout, view } = input;
  const tails = new Map<number, TailLook>();
  layout.brokers.forEach((place, index) => {
    const broker = view.state.brokers.get(place.node as NodeId);
    const [tone, text] = brokerWords(broker);
    scene.brokerTones[index] = tone;
    scene.brokerTexts[index] = text;
    const isCoordinator = coordinates(input, place.node);
    const isWide = place.w > 150;
    // A long id and what is wrong with the broker do not fit beside the word, which the station's title says too.
    const word = isWide || text === '' || place.node < 10 ? 'broker ' : '';
    const name = `${word}${place.node}${isCoordinator ? ` ${COORDINATOR_MARK}` : ''}`;
    addLabel(scene, place.x + 8, place.y + 16, name, tone, 'left', true);
    const shownText = isWide ? text : (text.split(' ')[0] ?? '');
    if (text !== '') addLabel(scene, place.x + place.w - 8, place.y + 16, shownText, tone, 'right', isWide);
    else if (place.hiddenStrips > 0) {
      const more = `+${place.hiddenStrips}${isWide ? ' more logs' : ''}`;
      addLabel(scene, place.x + place.w - 6, place.y + 16, more, 'dim', 'right');
    }
    for (const strip of place.strips) {
      const partition = partitionOf(input, strip.tp);
      if (partition === null) continue;
      let tail = tails.get(strip.tp);
      if (tail === undefined) {
        tail = lookOf(input, partition, strip.cellRoom);
        tails.set(strip.tp, tail);
      }
      fillStrip(scene, input, place, strip, partition, tail);
    }
  });
}

/** What all replicas of a partition are drawn by. */
interface TailLook {
  readonly records: Int32Array;
  readonly spans: ReadonlyMap<number, GlyphKind>;
  /** Offsets beyond the leader's log that replicas have; at most half a strip is given to them. */
  readonly beyond: number;
}

function lookOf(input: SceneInput, partition: PartitionState, cellRoom: number): TailLook {
  const end = leaderEnd(partition);
  return {
    records: tailOf(input, partition, cellRoom),
    spans: spansIn(input, partition.tp, end - cellRoom),
    beyond: Math.min(cellRoom / 2, beyondLeader(input, partition, end)),
  };
}

function brokerWords(broker: BrokerView | undefined): readonly [Tone, string] {
  if (broker === undefined) return ['plain', ''];
  if (broker.state === 'up')
    return broker.addedUs > 0 ? ['warn', `slow ${countText(broker.addedUs / 1000)} ms`] : ['plain', ''];
  return broker.state === 'frozen' ? ['ice', 'frozen'] : ['bad', 'down'];
}

const partitionOf = (input: SceneInput, tp: number): PartitionState | null =>
  input.view.state.partitions.get(tp as TpId) ?? null;

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
  { records, spans, beyond }: TailLook,
): void {
  const isLeader = partition.leader === place.node;
  const end = partition.logEnd.get(place.node as NodeId) ?? 0;
  const base = leaderEnd(partition);
  const edge = base + beyond + arriving(input, strip.tp, partition.leader);
  const right = strip.cells.x + strip.cells.w;
  const xOf = (offset: number): number => right - (edge - offset) * strip.cellWidth;
  const isDown = input.view.state.brokers.get(place.node as NodeId)?.state === 'down';
  const into = isLeader && !isDown ? scene.sprites : scene.faint;
  const y = strip.cells.y;
  const drawCell = (offset: number, x: number, cellY: number): void => {
    const side = strip.cellWidth - 1.4;
    // Not in the leader's log: nobody will ever read it.
    if (offset >= (partition.divergedFrom.get(place.node as NodeId) ?? Infinity) && offset < end) {
      // Their number at the right end needs more room than the usual letter.
      const room = strip.w > 140 ? 0 : ORPHAN_COUNT_PX;
      if (x + side <= right - room) addGlyph(scene, 'orphan', x, cellY, side, isDown);
      return;
    }
    const glyph = spans.get(offset);
    if (!isMarker(glyph)) {
      const record = records[base + TAIL_AHEAD - 1 - offset] ?? -1;
      into.add(record < 0 ? 0 : input.view.records.colour(record), x, cellY, side, record);
    }
    if (glyph !== undefined) addGlyph(scene, glyph, x, cellY, side, into === scene.faint);
  };
  for (let offset = end - 1; offset >= 0; offset--) {
    const x = xOf(offset);
    if (x < strip.cells.x) break;
    drawCell(offset, x, y);
  }
  fillArrivals(
    input,
    place,
    strip,
    partition,
    (offset, fromX, fromY, u) => {
      const x = xOf(offset);
      if (x >= strip.cells.x) drawCell(offset, lerp(fromX, x, u), lerp(fromY, y, u));
    },
    scene,
  );
  fillFalling(scene, input, place, strip, xOf);
  fillStableOffset(scene, strip, partition, xOf);
  const markX = xOf(partition.highWatermark);
  if (partition.highWatermark > 0 && markX >= strip.cells.x && markX <= right + 1) {
    const mark = scene.highWatermarks.next();
    mark.x = markX - 0.8;
    // Marks of rows that stand close together do not touch: each row has its own.
    mark.h = Math.min(strip.cells.h + 7, strip.h - 3);
    mark.y = y - 0.7 + (strip.cells.h - mark.h) / 2;
  }
  const wide = strip.w > 140;
  const [role, tone] = roleWords(partition, place.node, isDown, wide);
  const textY = strip.y + strip.h / 2 + 4;
  addLabel(scene, strip.x + 4, textY, strip.name, 'dim');
  addLabel(scene, strip.x + strip.w - 2, textY, role, tone, 'right');
}

/** Offsets that are about to be appended to the leader's log: the strip makes room while they fly in. */
function arriving(input: SceneInput, tp: number, leader: number | null): number {
  if (input.legUs === 0) return 0;
  let sum = 0;
  for (const effect of input.near.logsOf.get(tp) ?? NOTHING) {
    if (effect.type !== 'log.appended' || effect.node !== leader) continue;
    if (effect.seq < input.view.cursor.seq) continue;
    const u = fractionBefore(input.view.cursor.at, effect.at, input.near.landUs.get(effect.batch) ?? 0);
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
  for (const effect of input.near.logsOf.get(strip.tp) ?? NOTHING) {
    if (effect.type === 'log.appended') appendedAt = effect.at;
    if (effect.seq < view.cursor.seq || effect.node !== place.node) continue;
    if (effect.type === 'log.appended') {
      const u = ease(fractionBefore(at, effect.at, input.near.landUs.get(effect.batch) ?? 0));
      const request = view.state.batches.get(effect.batch)?.request ?? -1;
      const fromY = (scene.slotY.get(request) ?? place.y + place.h / 2) - 4;
      const fromX = place.rack.x + place.rack.w - place.blockWidth + 4;
      const first = u > 0 ? effect.baseOffset : effect.logEndOffset;
      for (let offset = first; offset < effect.logEndOffset; offset++) {
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

/** The records at the offsets around the end of a log: index 0 is `TAIL_AHEAD` beyond it; −1: not known. */
function tailOf(input: SceneInput, partition: PartitionState, cellRoom: number): Int32Array {
  const { view } = input;
  const end = leaderEnd(partition) + TAIL_AHEAD;
  const tail = new Int32Array(TAIL_AHEAD + cellRoom + 2).fill(-1);
  view.tails.walkBack(partition.tp, view.cursor.at + input.legUs, end, (batch, baseOffset, records) => {
    let record = view.lifelines.firstRecord(batch);
    for (let i = 0; i < records && record >= 0; i++) {
      const index = end - 1 - (baseOffset + i);
      if (index < tail.length) tail[index] = record;
      record = view.records.next(record);
    }
    return end - baseOffset < tail.length;
  });
  return tail;
}
