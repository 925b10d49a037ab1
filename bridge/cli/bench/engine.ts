/** Records a second through the engine, and through the real client in the same rounds. */
import { bundle, linesOf } from './bundle.ts';
import { measureOf, ROUNDS, type Measure } from './Measure.ts';
import { oracleForRivals } from './rival.ts';

const RECORDS = 2_000_000;
/** Both are compiled while they run: of each process the last of so many runs counts. */
const RUNS = 4;

export async function engine(): Promise<readonly Measure[]> {
  const program = await bundle('engineRounds');
  const jar = oracleForRivals();
  const values: number[] = [];
  const rivalValues: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    values.push(Number((await linesOf(process.execPath, [program, String(RUNS)])).at(-1)));
    if (jar === null) continue;
    const lines = await linesOf('java', ['-cp', jar, 'linger.oracle.Throughput', `${RECORDS}`, `${RUNS}`]);
    rivalValues.push(Number(/; (\d+) records\/s/.exec(lines.at(-1) ?? '')?.[1]));
  }
  const rival = jar === null ? null : 'kafka-clients 4.3.1';
  return [measureOf({ measure: 'engine', unit: 'records/s', goal: 500_000, values, rival, rivalValues })];
}
