/** Paints what a log tail says besides its records. One path per kind. */
import type { Palette } from '../ui/palette.ts';
import type { Draw2d } from './drawStatic.ts';
import type { Scene } from './scene.ts';
import type { GlyphItem, GlyphKind } from './sceneLogs.ts';

interface Style {
  readonly kind: GlyphKind;
  readonly colour: (colours: Palette) => string;
  readonly width: number;
  readonly path: (ctx: Draw2d, glyph: GlyphItem) => void;
}

function tick(ctx: Draw2d, { x, y, side }: GlyphItem): void {
  ctx.moveTo(x + side * 0.08, y + side * 0.55);
  ctx.lineTo(x + side * 0.4, y + side * 0.88);
  ctx.lineTo(x + side * 0.95, y + side * 0.12);
}

function cross(ctx: Draw2d, { x, y, side }: GlyphItem): void {
  ctx.moveTo(x + side * 0.12, y + side * 0.12);
  ctx.lineTo(x + side * 0.88, y + side * 0.88);
  ctx.moveTo(x + side * 0.88, y + side * 0.12);
  ctx.lineTo(x + side * 0.12, y + side * 0.88);
}

/** Two strokes across, in the colour of the ground: the record is there and nobody of read_committed gets it. */
function hatch(ctx: Draw2d, { x, y, side }: GlyphItem): void {
  ctx.moveTo(x - 0.5, y + side * 0.65);
  ctx.lineTo(x + side * 0.65, y - 0.5);
  ctx.moveTo(x + side * 0.35, y + side + 0.5);
  ctx.lineTo(x + side + 0.5, y + side * 0.35);
}

const square = (ctx: Draw2d, { x, y, side }: GlyphItem): void =>
  ctx.rect(x + 0.7, y + 0.7, side - 1.4, side - 1.4);

/** Hollow: a ring of the record's colour is left. */
const hole = (ctx: Draw2d, { x, y, side }: GlyphItem): void =>
  ctx.rect(x + side * 0.36, y + side * 0.36, side * 0.28, side * 0.28);

const STYLES: readonly Style[] = [
  { kind: 'commit', colour: (c) => c.good, width: 1.8, path: tick },
  { kind: 'abort', colour: (c) => c.bad, width: 1.8, path: cross },
  { kind: 'aborted', colour: (c) => c.panel, width: 1.7, path: hatch },
  { kind: 'open', colour: (c) => c.panel, width: 2.2, path: hole },
  { kind: 'orphan', colour: (c) => c.bad, width: 1.4, path: square },
  { kind: 'falling', colour: (c) => c.bad, width: 1.4, path: square },
];

export function drawGlyphs(ctx: Draw2d, scene: Scene, colours: Palette): void {
  const { glyphs } = scene;
  if (glyphs.count === 0) return;
  for (const style of STYLES) {
    for (const isFaint of [false, true]) {
      ctx.beginPath();
      let any = false;
      for (let i = 0; i < glyphs.count; i++) {
        const glyph = glyphs.items[i];
        if (glyph?.kind !== style.kind || glyph.isFaint !== isFaint) continue;
        style.path(ctx, glyph);
        any = true;
      }
      if (!any) continue;
      ctx.globalAlpha = isFaint && style.kind !== 'aborted' && style.kind !== 'open' ? 0.55 : 1;
      ctx.strokeStyle = style.colour(colours);
      ctx.lineWidth = style.width;
      ctx.stroke();
      ctx.globalAlpha = 1;
    }
  }
}

/** The last stable offset, where a transaction holds it back below the high watermark. */
export function drawStableOffsets(ctx: Draw2d, scene: Scene, colours: Palette): void {
  if (scene.stableOffsets.count === 0) return;
  ctx.beginPath();
  for (let i = 0; i < scene.stableOffsets.count; i++) {
    const mark = scene.stableOffsets.items[i];
    if (mark === undefined) continue;
    const dash = mark.h / 5;
    for (let part = 0; part < 5; part += 2) ctx.rect(mark.x - 0.75, mark.y + part * dash, 1.8, dash);
  }
  ctx.fillStyle = colours.warn;
  ctx.fill();
}
