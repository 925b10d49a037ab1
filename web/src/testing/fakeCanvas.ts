/** A 2D context that only counts what it is asked to do. */
import type { Draw2d } from '../stage/drawStatic.ts';

export interface CountingContext {
  readonly ctx: Draw2d;
  readonly calls: Map<string, number>;
  readonly of: (...names: string[]) => number;
}

export function createCountingContext(): CountingContext {
  const calls = new Map<string, number>();
  const count =
    (name: string) =>
    (..._args: unknown[]): void => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
    };
  const ctx: Draw2d = {
    arc: count('arc'),
    arcTo: count('arcTo'),
    beginPath: count('beginPath'),
    bezierCurveTo: count('bezierCurveTo'),
    clearRect: count('clearRect'),
    closePath: count('closePath'),
    fill: count('fill'),
    fillRect: count('fillRect'),
    fillStyle: '',
    fillText: count('fillText'),
    font: '',
    globalAlpha: 1,
    lineTo: count('lineTo'),
    lineWidth: 1,
    measureText: (text) => {
      count('measureText')();
      return { width: text.length * 7 } as TextMetrics;
    },
    moveTo: count('moveTo'),
    rect: count('rect'),
    roundRect: count('roundRect'),
    setLineDash: count('setLineDash'),
    setTransform: count('setTransform'),
    stroke: count('stroke'),
    strokeStyle: '',
    textAlign: 'left',
  };
  return { ctx, calls, of: (...names) => names.reduce((sum, name) => sum + (calls.get(name) ?? 0), 0) };
}
