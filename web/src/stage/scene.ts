/**
 * The picture of one moment as numbers: what stands where, in which colour, belonging to what. Pure in (view, layout);
 * `draw.ts` paints it, `hitTest.ts` searches it. Pools and buffers are filled anew, nothing is allocated in the long run.
 */
import type { StageView } from '../session/view.ts';
import { createEffects } from './effects.ts';
import type { Layout } from './layout.ts';
import { leadUsAt } from './motion.ts';
import { nearOf, type Near } from './near.ts';
import { fillApps, type PillItem } from './sceneApps.ts';
import { fillBrokers } from './sceneBrokers.ts';
import { fillCoordinator } from './sceneCoordinator.ts';
import { fillLanes } from './sceneLanes.ts';
import type { GlyphItem } from './sceneLogs.ts';
import { fillNetwork } from './sceneNetwork.ts';
import { fillReturns } from './sceneReturns.ts';
import { fillSending } from './sceneSending.ts';
import { createPool, createSprites, type Pool, type Sprites } from './sprites.ts';

export type EntityKind = 'record' | 'batch' | 'request' | 'broker' | 'partition' | 'client' | 'link';
export interface Entity {
  readonly kind: EntityKind;
  readonly id: number;
}

export type Tone = 'plain' | 'dim' | 'accent' | 'good' | 'warn' | 'bad' | 'ice';

/** A batch as a box: in its lane, or on its way. */
export interface BoxItem {
  x: number;
  y: number;
  w: number;
  h: number;
  batch: number;
  tone: Tone;
  /** Bytes used of `batch.size`, 0 … 1. */
  fill: number;
  /** What is left of linger or back-off, 0 … 1; −1: neither runs. */
  timer: number;
  /** −1: its records are drawn one by one; else their number, drawn as a bar. */
  count: number;
  /** Place of its producer among several on the stage; −1: there is one. */
  owner: number;
}

/** A request on its track. */
export interface BlockItem {
  x: number;
  y: number;
  w: number;
  h: number;
  request: number;
  /** good: its answer on the way back. */
  tone: Tone;
  /** −1: its records are drawn one by one; else their number, drawn as a bar. */
  count: number;
  label: string;
  owner: number;
}

export interface DotItem {
  x: number;
  y: number;
  radius: number;
  tone: Tone;
  batch: number;
  /** How many records it and those right behind it stand for; empty: said by another, or just one. */
  label: string;
  /** Where the label stands, from its middle. */
  labelY: number;
}

export interface LabelItem {
  x: number;
  y: number;
  text: string;
  tone: Tone;
  align: 'left' | 'right' | 'center';
  /** Bold, for what must be read from afar. */
  strong: boolean;
  /** A field behind it, so that it can be read above lines. */
  boxed: boolean;
}

export interface MarkItem {
  x: number;
  y: number;
  h: number;
}

export interface RetryWay {
  node: number;
  tp: number;
}

export interface Scene {
  readonly sprites: Sprites;
  /** Replicas and other copies, drawn dimmer. */
  readonly faint: Sprites;
  readonly boxes: Pool<BoxItem>;
  readonly blocks: Pool<BlockItem>;
  readonly dots: Pool<DotItem>;
  readonly labels: Pool<LabelItem>;
  readonly highWatermarks: Pool<MarkItem>;
  readonly stableOffsets: Pool<MarkItem>;
  readonly glyphs: Pool<GlyphItem>;
  readonly pills: Pool<PillItem>;
  /** Tone of each application's box, by its place in the layout. */
  readonly appTones: Tone[];
  /** y of the block of each request in flight this frame. */
  readonly slotY: Map<number, number>;
  /** 0 … 1: how strongly the sender's box glows because it just drained. */
  senderGlow: number;
  /** 0 … 1 of buffer.memory in use. */
  bufferUsed: number;
  bufferText: string;
  /** Tone of each broker's box, by its place in the layout. */
  readonly brokerTones: Tone[];
  readonly brokerTexts: string[];
  /** From which brokers to which partitions batches go back, once each. */
  readonly retryWays: Pool<RetryWay>;
}

export interface SceneInput {
  readonly view: StageView;
  readonly layout: Layout;
  /** A visible leg, in µs of run time; 0 when time stands still. */
  readonly legUs: number;
  readonly near: Near;
}

const label = (): LabelItem => ({
  x: 0,
  y: 0,
  text: '',
  tone: 'plain',
  align: 'left',
  strong: false,
  boxed: false,
});
const box = (): BoxItem => ({
  x: 0,
  y: 0,
  w: 0,
  h: 0,
  batch: -1,
  tone: 'plain',
  fill: 0,
  timer: -1,
  count: -1,
  owner: -1,
});
const block = (): BlockItem => ({
  x: 0,
  y: 0,
  w: 0,
  h: 0,
  request: -1,
  tone: 'plain',
  count: -1,
  label: '',
  owner: -1,
});
const pill = (): PillItem => ({ x: 0, y: 0, w: 0, h: 0, text: '', tone: 'plain', isOn: false });
const glyph = (): GlyphItem => ({ x: 0, y: 0, side: 0, kind: 'open', isFaint: false });
const dot = (): DotItem => ({ x: 0, y: 0, radius: 0, tone: 'good', batch: -1, label: '', labelY: 0 });

export function createScene(): Scene {
  return {
    sprites: createSprites(9),
    faint: createSprites(9),
    boxes: createPool(box),
    blocks: createPool(block),
    dots: createPool(dot),
    labels: createPool(label),
    highWatermarks: createPool(() => ({ x: 0, y: 0, h: 0 })),
    stableOffsets: createPool(() => ({ x: 0, y: 0, h: 0 })),
    glyphs: createPool(glyph),
    pills: createPool(pill),
    appTones: [],
    slotY: new Map(),
    senderGlow: 0,
    bufferUsed: 0,
    bufferText: '',
    brokerTones: [],
    brokerTexts: [],
    retryWays: createPool(() => ({ node: -1, tp: -1 })),
  };
}

/** Puts a line of text into the scene. */
export function addLabel(
  scene: Scene,
  x: number,
  y: number,
  text: string,
  tone: Tone,
  align: LabelItem['align'] = 'left',
  strong = false,
  boxed = false,
): void {
  const item = scene.labels.next();
  item.x = x;
  item.y = y;
  item.text = text;
  item.tone = tone;
  item.align = align;
  item.strong = strong;
  item.boxed = boxed;
}

/** Fills a scene for each frame. Keeps only a memo of the log beside it. */
export function createSceneFiller(): (scene: Scene, view: StageView, layout: Layout) => void {
  const effects = createEffects();
  return (scene, view, layout) => {
    scene.sprites.clear();
    scene.faint.clear();
    scene.boxes.count = 0;
    scene.blocks.count = 0;
    scene.dots.count = 0;
    scene.labels.count = 0;
    scene.highWatermarks.count = 0;
    scene.stableOffsets.count = 0;
    scene.glyphs.count = 0;
    scene.pills.count = 0;
    scene.retryWays.count = 0;
    scene.slotY.clear();
    const at = view.cursor.at;
    // Pausing shrinks the lead to 0 and with it every span that is only there to be seen.
    const legUs = view.leadUs / 3;
    const backUs = Math.max(view.leadUs * 1.5, Math.min(leadUsAt(view.speed) * 2, 30_000));
    const input: SceneInput = {
      view,
      layout,
      legUs,
      near: nearOf(view, effects.window(view.log, at - backUs, at + legUs), legUs),
    };
    fillLanes(scene, input);
    fillApps(scene, input);
    fillSending(scene, input);
    fillNetwork(scene, input);
    fillBrokers(scene, input);
    fillCoordinator(scene, input);
    fillReturns(scene, input);
  };
}
