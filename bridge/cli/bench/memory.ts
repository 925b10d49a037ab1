/** Bytes kept for each record of a run. */
import { bundle, linesOf } from './bundle.ts';
import { measureOf, ROUNDS, type Measure } from './Measure.ts';

export async function memory(): Promise<readonly Measure[]> {
  const program = await bundle('memoryRounds');
  const measures: Measure[] = [];
  for (const [name, goal] of [
    ['many', 60],
    ['one', 130],
  ] as const) {
    const lines = await linesOf(process.execPath, ['--expose-gc', program, name, String(ROUNDS)]);
    const rounds = lines.map((line) => line.split(' ').map(Number));
    const column = (index: number): number[] => rounds.map((round) => round[index] ?? Number.NaN);
    measures.push(measureOf({ measure: `memory, ${name}`, unit: 'B/record', goal, values: column(1) }));
  }
  return measures;
}
