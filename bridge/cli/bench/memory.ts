/** Bytes kept for each record of a run. */
import { bundle, linesOf } from './bundle.ts';
import { measureOf, ROUNDS, type Measure } from './Measure.ts';

const RUNS = [
  { name: 'many', text: '10 and more records a batch', goal: 60, goalOfAll: 60 },
  // No goal for what is derived: one batch and one request for each record, and every one has its lifeline.
  { name: 'one', text: '1 record a batch', goal: 130, goalOfAll: null },
] as const;

export async function memory(): Promise<readonly Measure[]> {
  const program = await bundle('memoryRounds');
  const measures: Measure[] = [];
  for (const { name, text, goal, goalOfAll } of RUNS) {
    const lines = await linesOf(process.execPath, ['--expose-gc', program, name, String(ROUNDS)]);
    const column = (index: number): number[] => lines.map((line) => Number(line.split(' ')[index]));
    const unit = 'B/record';
    measures.push(
      measureOf({ measure: `memory, log and columns, ${text}`, unit, goal, values: column(0) }),
      measureOf({ measure: `memory, all indexes too, ${text}`, unit, goal: goalOfAll, values: column(1) }),
    );
  }
  return measures;
}
