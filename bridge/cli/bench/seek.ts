/** Jumps in a run of a million events. */
import { bundle, linesOf } from './bundle.ts';
import { measureOf, ROUNDS, type Measure } from './Measure.ts';

export async function seek(): Promise<readonly Measure[]> {
  const lines = await linesOf(process.execPath, [await bundle('seekRounds'), String(ROUNDS)]);
  const column = (index: number): number[] => lines.map((line) => Number(line.split(' ')[index]));
  return [
    measureOf({
      measure: 'seek',
      unit: 'ms p99',
      goal: 16,
      values: column(0),
      rival: 'folding from the beginning',
      rivalValues: column(1),
    }),
  ];
}
