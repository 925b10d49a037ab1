/** What a log tail says besides its records: transactions and their markers, who is in sync, and what falls off. */
import type { NodeId } from '#base/ids';
import type { EventOf } from '#events/catalogue';
import type { PartitionState } from '#projections/pipelineState';
import type { SpanKind } from '#projections/readers';
import type { BrokerPlace, StripPlace } from './layout.ts';
import { ease, fractionAfter } from './motion.ts';
import { addLabel, type Scene, type SceneInput, type Tone } from './scene.ts';

/** A cell that is more than a record's colour. */
export type GlyphKind = 'commit' | 'abort' | 'aborted' | 'open' | 'orphan' | 'falling';
export interface GlyphItem {
  x: number;
  y: number;
  side: number;
  kind: GlyphKind;
  /** On a follower, or a broker that is down. */
  isFaint: boolean;
}

const GLYPHS: Readonly<Record<SpanKind, GlyphKind | null>> = {
  open: 'open',
  committed: null,
  aborted: 'aborted',
  'commit-marker': 'commit',
  'abort-marker': 'abort',
};

/** How far a cut tail falls, in rows. */
const FALL_ROWS = 2.2;

/** Of each offset from `fromOffset` on that is in a transaction, or its marker: what it is. */
export function spansIn(input: SceneInput, tp: number, fromOffset: number): ReadonlyMap<number, GlyphKind> {
  const found = new Map<number, GlyphKind>();
  const { readers, cursor } = input.view;
  readers.walkBack(tp, cursor.seq, ({ kind, baseOffset, endOffset }) => {
    const glyph = GLYPHS[kind];
    if (glyph !== null) {
      for (let offset = Math.max(baseOffset, fromOffset); offset < endOffset; offset++)
        found.set(offset, glyph);
    }
    return baseOffset > fromOffset;
  });
  return found;
}

/** A marker takes the place of a record; everything else is drawn over one. */
export const isMarker = (kind: GlyphKind | undefined): boolean => kind === 'commit' || kind === 'abort';

export function addGlyph(
  scene: Scene,
  kind: GlyphKind,
  x: number,
  y: number,
  side: number,
  isFaint: boolean,
): void {
  const item = scene.glyphs.next();
  item.x = x;
  item.y = y;
  item.side = side;
  item.kind = kind;
  item.isFaint = isFaint;
}

/**
 * How many offsets replicas have beyond the leader's log, or had a moment ago: the strips make room for them, or what is
 * lost could not be seen to be.
 */
export function beyondLeader(input: SceneInput, partition: PartitionState, leaderEnd: number): number {
  if (partition.leader === null) return 0;
  let beyond = 0;
  for (const end of partition.logEnd.values()) beyond = Math.max(beyond, end - leaderEnd);
  for (const fall of fallsOf(input, partition.tp)) {
    const left = 1 - ease(fractionAfter(input.view.cursor.at, fall.at, fallUs(input)));
    beyond = Math.max(beyond, (fall.fromOffset - leaderEnd) * left);
  }
  return beyond;
}

const fallUs = (input: SceneInput): number => input.view.leadUs * 1.4;

function fallsOf(input: SceneInput, tp: number): readonly EventOf<'log.truncated'>[] {
  if (input.legUs === 0) return [];
  const { cursor } = input.view;
  return (input.near.cutsOf.get(tp) ?? []).filter(
    (cut) => cut.seq < cursor.seq && cursor.at - cut.at < fallUs(input),
  );
}

/** Offsets that were cut off just now fall down from where they stood. */
export function fillFalling(
  scene: Scene,
  input: SceneInput,
  place: BrokerPlace,
  strip: StripPlace,
  xOf: (offset: number) => number,
): void {
  for (const cut of fallsOf(input, strip.tp)) {
    if (cut.node !== place.node) continue;
    const u = fractionAfter(input.view.cursor.at, cut.at, fallUs(input));
    const y = strip.cells.y + u * u * FALL_ROWS * strip.h;
    const first = Math.max(cut.logEndOffset, cut.fromOffset - strip.cellRoom);
    for (let offset = first; offset < cut.fromOffset; offset++) {
      addGlyph(scene, 'falling', xOf(offset), y, strip.cellWidth - 1.4, u > 0.6);
    }
    const x = xOf((first + cut.fromOffset) / 2);
    addLabel(scene, x, y - 4, `−${cut.fromOffset - cut.logEndOffset}`, 'bad', 'center', true);
  }
}

/**
 * What the replica is to its partition, in a word where there is room and in a letter where not; or how much it has that
 * the leader's log has not, and will be cut off.
 */
export function roleWords(
  partition: PartitionState,
  node: number,
  isDown: boolean,
  isWide: boolean,
): readonly [string, Tone] {
  const diverged = partition.divergedFrom.get(node as NodeId);
  if (diverged !== undefined) return [`−${(partition.logEnd.get(node as NodeId) ?? 0) - diverged}`, 'bad'];
  if (partition.leader === node) return [isWide ? 'leader' : 'L', isDown ? 'bad' : 'good'];
  if (partition.isr.includes(node)) return [isWide ? 'follower' : 'f', 'dim'];
  if (partition.elr.includes(node)) return [isWide ? 'eligible' : 'e', 'warn'];
  return [isWide ? 'not in sync' : '✕', 'warn'];
}

/** Up to here a read_committed consumer reads, where that is not the high watermark. */
export function fillStableOffset(
  scene: Scene,
  strip: StripPlace,
  partition: PartitionState,
  xOf: (offset: number) => number,
): void {
  const { lastStableOffset, highWatermark } = partition;
  if (lastStableOffset >= highWatermark) return;
  const x = Math.max(strip.cells.x, xOf(lastStableOffset));
  const mark = scene.stableOffsets.next();
  mark.x = x - 0.8;
  mark.y = strip.cells.y - 3;
  mark.h = strip.cells.h + 6;
}
