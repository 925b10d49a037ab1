/** Paints the applications, the steps of their transactions, and whose batch a box or a request is. */
import type { Palette } from '../ui/palette.ts';
import { lineOf } from './draw.ts';
import { panel, SANS, type Draw2d } from './drawStatic.ts';
import { centreX, centreY, type Layout, type Rect } from './layout.ts';
import type { Scene } from './scene.ts';
import type { PillItem } from './sceneApps.ts';

export function drawApps(ctx: Draw2d, scene: Scene, layout: Layout, colours: Palette): void {
  layout.apps.forEach((place, index) => {
    const isBad = scene.appTones[index] === 'bad';
    panel(
      ctx,
      place,
      isBad ? colours.badFill : colours.panel,
      isBad ? colours.bad : colours.line,
      8,
      isBad ? 2 : 1,
    );
  });
  for (let i = 0; i < scene.pills.count; i++) drawPill(ctx, scene.pills.items[i], colours);
}

function drawPill(ctx: Draw2d, pill: PillItem | undefined, colours: Palette): void {
  if (pill === undefined) return;
  const line = pill.isOn ? lineOf(pill.tone, colours) : colours.line;
  panel(ctx, pill, pill.isOn ? fillOf(pill, colours) : colours.background, line, 5, pill.isOn ? 1.6 : 1);
  ctx.font = `${pill.isOn ? '600 ' : ''}12px ${SANS}`;
  ctx.textAlign = 'center';
  ctx.fillStyle = pill.isOn ? line : colours.textDim;
  ctx.fillText(pill.text, centreX(pill), centreY(pill) + 4);
}

function fillOf({ tone }: PillItem, colours: Palette): string {
  if (tone === 'bad') return colours.badFill;
  if (tone === 'warn') return colours.warnFill;
  return tone === 'good' ? colours.goodFill : colours.accentFill;
}

const TAB_PX = 14;

/** A tab with the number of the producer it belongs to, at its upper left corner. */
export function drawOwner(ctx: Draw2d, rect: Rect, owner: number, colours: Palette): void {
  if (owner < 0) return;
  ctx.fillStyle = colours.text;
  ctx.beginPath();
  ctx.roundRect(rect.x - 4, rect.y - 4, TAB_PX, TAB_PX, 3);
  ctx.fill();
  ctx.font = `700 12px ${SANS}`;
  ctx.textAlign = 'center';
  ctx.fillStyle = colours.background;
  ctx.fillText(String(owner + 1), rect.x - 4 + TAB_PX / 2, rect.y + 7.3);
}
