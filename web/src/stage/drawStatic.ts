/** What does not move: stations, lanes, tracks, brokers, the ways between them. Drawn on its own canvas, on change only. */
import type { Palette } from '../ui/palette.ts';
import { centreX, centreY, type Layout, type Rect } from './layout.ts';
import { ackWay } from './sceneReturns.ts';

export const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
export const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

export type Draw2d = Pick<
  CanvasRenderingContext2D,
  | 'arc'
  | 'arcTo'
  | 'beginPath'
  | 'bezierCurveTo'
  | 'clearRect'
  | 'closePath'
  | 'fill'
  | 'fillRect'
  | 'fillStyle'
  | 'fillText'
  | 'font'
  | 'globalAlpha'
  | 'lineTo'
  | 'lineWidth'
  | 'measureText'
  | 'moveTo'
  | 'rect'
  | 'roundRect'
  | 'setLineDash'
  | 'setTransform'
  | 'stroke'
  | 'strokeStyle'
  | 'textAlign'
>;

/** Kept free beside the name of a lane for what its oldest batch waits for. */
const LANE_WORDS_PX = 94;

/** The name of a partition, its topic cut short where there is no room: the number at its end always stays. */
function shortened(ctx: Draw2d, name: string, room: number): string {
  if (ctx.measureText(name).width <= room) return name;
  const number = name.slice(name.lastIndexOf('-'));
  let kept = name.length - number.length - 1;
  while (kept > 1 && ctx.measureText(`${name.slice(0, kept)}…${number}`).width > room) kept--;
  return `${name.slice(0, kept)}…${number}`;
}

export function panel(ctx: Draw2d, rect: Rect, fill: string, line: string, radius: number, width = 1): void {
  ctx.beginPath();
  ctx.roundRect(rect.x + 0.5, rect.y + 0.5, rect.w - 1, rect.h - 1, radius);
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.lineWidth = width;
  ctx.strokeStyle = line;
  ctx.stroke();
}

export function drawStatic(ctx: Draw2d, layout: Layout, colours: Palette): void {
  ctx.clearRect(0, 0, layout.width, layout.height);
  drawWays(ctx, layout, colours);
  drawHeaders(ctx, layout, colours);
  panel(ctx, layout.serializer, colours.panel, colours.line, 8);
  drawDiamond(ctx, layout.partitioner, colours);
  for (const lane of layout.lanes) {
    panel(ctx, lane, colours.panel, colours.line, 8);
    ctx.font = `600 13px ${SANS}`;
    ctx.textAlign = 'left';
    ctx.fillStyle = colours.text;
    const room = lane.hasHeader ? lane.w - 16 - LANE_WORDS_PX : lane.boxes.x - lane.x - 12;
    const name = shortened(ctx, lane.name, room);
    ctx.fillText(name, lane.x + 8, lane.hasHeader ? lane.y + 16 : lane.y + lane.h / 2 + 4);
  }
  if (layout.hiddenLanes > 0) panel(ctx, layout.hiddenLanesAt, colours.panel, colours.line, 8);
  panel(ctx, layout.sender, colours.panel, colours.line, 8);
  for (const broker of layout.brokers) {
    for (const slot of broker.slots) {
      panel(ctx, slot, colours.background, colours.line, Math.min(4, slot.h / 2));
    }
  }
}

function drawHeaders(ctx: Draw2d, layout: Layout, colours: Palette): void {
  ctx.textAlign = 'center';
  // Narrow stages keep the words whole and give up the numbers' air first.
  const size = layout.width < 900 ? 12.5 : 14;
  for (const station of layout.stations) {
    ctx.font = `600 ${size}px ${SANS}`;
    ctx.fillStyle = colours.textDim;
    const isFirst = station.number === 1;
    const name = station.name === 'record accumulator' ? accumulatorName(layout) : station.name;
    const x = isFirst ? Math.max(station.centreX, 34) : station.centreX;
    ctx.fillText(`${station.number} ${name}`, x, layout.headerY);
  }
}

const accumulatorName = ({ width, topology }: Layout): string =>
  !topology.hasAccumulator ? 'no accumulator' : width < 760 ? 'accumulator' : 'record accumulator';

/** The ways: a line to each lane, from each lane to the sender, on to each broker; the acks' way back below. */
function drawWays(ctx: Draw2d, layout: Layout, colours: Palette): void {
  const y = layout.flowY;
  ctx.strokeStyle = colours.line;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (const app of layout.apps) level(ctx, app.x + app.w, centreY(app), layout.serializer.x, y);
  ctx.moveTo(layout.serializer.x, y);
  ctx.lineTo(layout.partitioner.x, y);
  const splitX = layout.partitioner.x + layout.partitioner.w;
  for (const lane of layout.lanes) level(ctx, splitX, y, lane.x, lane.boxes.y + lane.boxes.h / 2);
  for (const lane of layout.lanes) {
    level(ctx, lane.x + lane.w, lane.boxes.y + lane.boxes.h / 2, layout.sender.x, y);
  }
  const outX = layout.sender.x + layout.sender.w;
  for (const broker of layout.brokers) {
    const middle = broker.slots[Math.floor(broker.slots.length / 2)] ?? broker.rack;
    level(ctx, outX, y, broker.rack.x - 2, centreY(middle));
  }
  ctx.stroke();
  drawAckWay(ctx, layout, colours);
}

function level(ctx: Draw2d, x0: number, y0: number, x1: number, y1: number): void {
  const mid = (x0 + x1) / 2;
  ctx.moveTo(x0, y0);
  ctx.bezierCurveTo(mid, y0, mid, y1, x1, y1);
}

function drawAckWay(ctx: Draw2d, layout: Layout, colours: Palette): void {
  ctx.strokeStyle = colours.good;
  ctx.globalAlpha = 0.4;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([5, 5]);
  ctx.beginPath();
  // One line down beside the racks, with an inlet from each.
  let turnX = layout.sender.x;
  let topY = layout.ackY;
  for (const broker of layout.brokers) {
    const [x = 0, y = 0, turn = 0] = ackWay(layout, broker.node);
    ctx.moveTo(x, y);
    ctx.lineTo(turn, y);
    turnX = turn;
    topY = Math.min(topY, y);
  }
  const appX = centreX(layout.app);
  ctx.moveTo(turnX, topY);
  ctx.arcTo(turnX, layout.ackY, appX, layout.ackY, 12);
  ctx.arcTo(appX, layout.ackY, appX, layout.app.y + layout.app.h, 12);
  ctx.lineTo(appX, layout.app.y + layout.app.h + 8);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  const tipY = layout.app.y + layout.app.h + 3;
  ctx.moveTo(appX, tipY);
  ctx.lineTo(appX - 5, tipY + 8);
  ctx.lineTo(appX + 5, tipY + 8);
  ctx.closePath();
  ctx.fillStyle = colours.good;
  ctx.fill();
  ctx.globalAlpha = 1;
}

function drawDiamond(ctx: Draw2d, rect: Rect, colours: Palette): void {
  ctx.beginPath();
  ctx.moveTo(rect.x, centreY(rect));
  ctx.lineTo(centreX(rect), rect.y);
  ctx.lineTo(rect.x + rect.w, centreY(rect));
  ctx.lineTo(centreX(rect), rect.y + rect.h);
  ctx.closePath();
  ctx.fillStyle = colours.panel;
  ctx.fill();
  ctx.lineWidth = 1;
  ctx.strokeStyle = colours.line;
  ctx.stroke();
}
