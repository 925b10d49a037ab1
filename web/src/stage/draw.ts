/** Paints a scene. Squares go as one path per colour, words last. Allocates nothing but the strings the scene holds. */
import type { Palette } from '../ui/palette.ts';
import { drawApps, drawOwner } from './drawApps.ts';
import { drawGlyphs, drawStableOffsets } from './drawLogs.ts';
import { drawStatic, MONO, panel, SANS, type Draw2d } from './drawStatic.ts';
import { centreX, centreY, type Layout, type Rect } from './layout.ts';
import type { BlockItem, BoxItem, LabelItem, Scene, Tone } from './scene.ts';
import { retryWay } from './sceneReturns.ts';
import { SPRITE_STRIDE, type Sprites } from './sprites.ts';

/** Above this many squares corners are not rounded any more: nobody sees them, and rounding costs most. */
const ROUND_LIMIT = 1500;

export { drawStatic, type Draw2d };

export function drawScene(ctx: Draw2d, scene: Scene, layout: Layout, colours: Palette): void {
  ctx.clearRect(0, 0, layout.width, layout.height);
  if (scene.retryWays.count > 0) drawRetryWays(ctx, scene, layout, colours);
  drawApps(ctx, scene, layout, colours);
  drawSender(ctx, scene, layout, colours);
  drawGauge(ctx, scene, layout, colours);
  layout.brokers.forEach((broker, index) => {
    const tone = scene.brokerTones[index] ?? 'plain';
    const fill = tone === 'bad' ? colours.dead : colours.panel;
    const line = tone === 'plain' ? colours.line : lineOf(tone, colours);
    panel(ctx, broker, fill, line, 8, tone === 'plain' ? 1 : 2);
  });
  for (let i = 0; i < scene.boxes.count; i++) drawBox(ctx, scene.boxes.items[i], colours);
  for (let i = 0; i < scene.blocks.count; i++) drawBlock(ctx, scene.blocks.items[i], colours);
  ctx.globalAlpha = 0.5;
  drawSprites(ctx, scene.faint, colours);
  ctx.globalAlpha = 1;
  drawSprites(ctx, scene.sprites, colours);
  drawGlyphs(ctx, scene, colours);
  drawStableOffsets(ctx, scene, colours);
  drawMarks(ctx, scene, colours);
  drawOwners(ctx, scene, colours);
  drawDots(ctx, scene, colours);
  drawLabels(ctx, scene, colours);
}

/** A frame around what is selected or hovered, and around what a lesson points at. */
export function drawOutline(ctx: Draw2d, rect: Rect, colours: Palette, isSelected: boolean): void {
  ctx.beginPath();
  ctx.roundRect(rect.x - 3, rect.y - 3, rect.w + 6, rect.h + 6, 6);
  ctx.lineWidth = isSelected ? 2.5 : 1.5;
  ctx.strokeStyle = isSelected ? colours.text : colours.accent;
  ctx.stroke();
}

export function drawSprites(ctx: Draw2d, sprites: Sprites, colours: Palette): void {
  const isRound = sprites.total <= ROUND_LIMIT;
  for (let colour = 0; colour < sprites.buckets.length; colour++) {
    const bucket = sprites.buckets[colour];
    if (bucket === undefined || bucket.count === 0) continue;
    const { data } = bucket;
    ctx.beginPath();
    for (let i = 0, at = 0; i < bucket.count; i++, at += SPRITE_STRIDE) {
      const x = data[at] ?? 0;
      const y = data[at + 1] ?? 0;
      const side = data[at + 2] ?? 0;
      if (isRound) ctx.roundRect(x, y, side, side, 1.8);
      else ctx.rect(x, y, side, side);
    }
    ctx.fillStyle = colours.keys[colour] ?? colours.text;
    ctx.fill();
  }
}

export const lineOf = (tone: Tone, colours: Palette): string => {
  switch (tone) {
    case 'plain':
      return colours.text;
    case 'dim':
      return colours.textDim;
    case 'accent':
      return colours.accent;
    case 'good':
      return colours.good;
    case 'warn':
      return colours.warn;
    case 'bad':
      return colours.bad;
    case 'ice':
      return colours.ice;
  }
};

function drawBox(ctx: Draw2d, box: BoxItem | undefined, colours: Palette): void {
  if (box === undefined) return;
  const line = box.tone === 'plain' ? colours.lineStrong : lineOf(box.tone, colours);
  const fill =
    box.tone === 'good' ? colours.goodFill : box.tone === 'warn' ? colours.warnFill : colours.raised;
  panel(ctx, box, fill, line, 5, box.tone === 'plain' ? 1 : 1.6);
  if (box.count >= 0) drawCount(ctx, box, box.count, colours);
  const width = box.w - 8;
  if (box.fill > 0) {
    ctx.fillStyle = colours.line;
    ctx.fillRect(box.x + 4, box.y + box.h - 5, width, 2.5);
    ctx.fillStyle = box.tone === 'plain' ? colours.accent : line;
    ctx.fillRect(box.x + 4, box.y + box.h - 5, width * box.fill, 2.5);
  }
  if (box.timer >= 0) {
    ctx.fillStyle = colours.warn;
    ctx.fillRect(box.x + 4, box.y + 2, width * box.timer, 2);
  }
}

/** Too many records to draw one by one: their number. */
function drawCount(ctx: Draw2d, rect: Rect, count: number, colours: Palette): void {
  ctx.fillStyle = colours.accentFill;
  ctx.fillRect(rect.x + 4, rect.y + 5, rect.w - 8, Math.max(4, rect.h - 12));
  ctx.font = `600 12px ${MONO}`;
  ctx.textAlign = 'center';
  ctx.fillStyle = colours.text;
  ctx.fillText(String(count), centreX(rect), centreY(rect) + 4);
}

function drawBlock(ctx: Draw2d, block: BlockItem | undefined, colours: Palette): void {
  if (block === undefined) return;
  const fill =
    block.tone === 'good' ? colours.goodFill : block.tone === 'bad' ? colours.badFill : colours.accentFill;
  panel(ctx, block, fill, lineOf(block.tone, colours), 4, 1.2);
  const text = block.count >= 0 ? `${block.count}` : block.label;
  if (text === '' || block.h < 11) return;
  ctx.font = `12px ${block.count >= 0 ? MONO : SANS}`;
  ctx.textAlign = 'center';
  ctx.fillStyle = block.tone === 'accent' ? colours.text : lineOf(block.tone, colours);
  ctx.fillText(text, centreX(block), centreY(block) + 4);
}

/** Above the records: a corner of one may lie under the tab, and the number must be read. */
function drawOwners(ctx: Draw2d, scene: Scene, colours: Palette): void {
  for (const pool of [scene.boxes, scene.blocks]) {
    for (let i = 0; i < pool.count; i++) {
      const item = pool.items[i];
      if (item !== undefined) drawOwner(ctx, item, item.owner, colours);
    }
  }
}

const SENDER_WORDS = ['drain', 'ready', 'nodes'];
const SENDER_WORDS_WITHOUT_ACCUMULATOR = ['send', 'each', 'call'];

function drawSender(ctx: Draw2d, scene: Scene, layout: Layout, colours: Palette): void {
  const rect = layout.sender;
  if (scene.senderGlow > 0) {
    ctx.globalAlpha = scene.senderGlow;
    panel(ctx, rect, colours.accentFill, colours.accent, 8, 2);
    ctx.globalAlpha = 1;
  }
  ctx.font = `12px ${SANS}`;
  ctx.textAlign = 'center';
  ctx.fillStyle = colours.text;
  const x = centreX(rect);
  const y = rect.y + 20;
  const words = layout.topology.hasAccumulator ? SENDER_WORDS : SENDER_WORDS_WITHOUT_ACCUMULATOR;
  words.forEach((word, line) => ctx.fillText(word, x, y + line * 16));
}

function drawGauge(ctx: Draw2d, scene: Scene, layout: Layout, colours: Palette): void {
  if (scene.bufferText === '') return;
  const rect = layout.gauge;
  panel(ctx, rect, colours.panel, colours.line, 5);
  const tone =
    scene.bufferUsed > 0.95
      ? colours.badFill
      : scene.bufferUsed > 0.7
        ? colours.warnFill
        : colours.accentFill;
  const width = Math.max(scene.bufferUsed > 0 ? 2 : 0, (rect.w - 4) * scene.bufferUsed);
  ctx.fillStyle = tone;
  ctx.fillRect(rect.x + 2, rect.y + 2, width, rect.h - 4);
  ctx.font = `12px ${MONO}`;
  ctx.textAlign = 'center';
  ctx.fillStyle = colours.text;
  ctx.fillText(scene.bufferText, centreX(rect), rect.y + rect.h / 2 + 4);
}

function drawMarks(ctx: Draw2d, scene: Scene, colours: Palette): void {
  if (scene.highWatermarks.count === 0) return;
  ctx.beginPath();
  for (let i = 0; i < scene.highWatermarks.count; i++) {
    const mark = scene.highWatermarks.items[i];
    if (mark !== undefined) ctx.rect(mark.x - 0.75, mark.y, 1.5, mark.h);
  }
  ctx.fillStyle = colours.text;
  ctx.fill();
}

function drawDots(ctx: Draw2d, scene: Scene, colours: Palette): void {
  for (let i = 0; i < scene.dots.count; i++) {
    const dot = scene.dots.items[i];
    if (dot === undefined) continue;
    ctx.beginPath();
    ctx.arc(dot.x, dot.y, dot.radius, 0, 6.2832);
    ctx.fillStyle = lineOf(dot.tone, colours);
    ctx.fill();
    if (dot.label === '') continue;
    ctx.font = `12px ${MONO}`;
    ctx.textAlign = 'left';
    ctx.fillText(dot.label, dot.x + dot.radius + 3, dot.y + dot.labelY);
  }
}

/** One line that all of them share, with an inlet from each broker and an arrow into each lane. */
function drawRetryWays(ctx: Draw2d, scene: Scene, layout: Layout, colours: Palette): void {
  ctx.strokeStyle = colours.warn;
  ctx.fillStyle = colours.warn;
  ctx.globalAlpha = 0.6;
  ctx.lineWidth = 1.5;
  let upX = 0;
  let downX = 0;
  let brokerY = layout.retryY;
  let laneY = layout.retryY;
  ctx.beginPath();
  for (let i = 0; i < scene.retryWays.count; i++) {
    const item = scene.retryWays.items[i];
    if (item === undefined) continue;
    const [x = 0, y = 0, , , down = 0, , , exitY = 0, exitX = 0] = retryWay(layout, item.node, item.tp);
    [upX, downX] = [x, down];
    brokerY = Math.max(brokerY, y);
    laneY = Math.max(laneY, exitY);
    ctx.rect(x, y - 0.75, 4, 1.5);
    ctx.moveTo(exitX, exitY);
    ctx.lineTo(exitX + 7, exitY - 4);
    ctx.lineTo(exitX + 7, exitY + 4);
    ctx.closePath();
  }
  ctx.fill();
  ctx.setLineDash([5, 5]);
  ctx.beginPath();
  ctx.moveTo(upX, brokerY);
  ctx.lineTo(upX, layout.retryY);
  ctx.lineTo(downX, layout.retryY);
  ctx.lineTo(downX, laneY);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

/** Words come last; labels above lines have a field of background behind them. */
function drawLabels(ctx: Draw2d, scene: Scene, colours: Palette): void {
  for (let i = 0; i < scene.labels.count; i++) {
    const label = scene.labels.items[i];
    if (label !== undefined) drawLabel(ctx, label, colours);
  }
}

function drawLabel(ctx: Draw2d, label: LabelItem, colours: Palette): void {
  ctx.font = `${label.strong ? '600 ' : ''}12.5px ${SANS}`;
  ctx.textAlign = label.align;
  if (label.boxed) {
    const width = ctx.measureText(label.text).width + 10;
    const left =
      label.align === 'left'
        ? label.x - 5
        : label.align === 'right'
          ? label.x - width + 5
          : label.x - width / 2;
    ctx.fillStyle = colours.background;
    ctx.fillRect(left, label.y - 13, width, 18);
  }
  ctx.fillStyle = lineOf(label.tone, colours);
  ctx.fillText(label.text, label.x, label.y);
}
