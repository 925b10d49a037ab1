/**
 * Its own process, with --expose-gc: bytes kept for each record by the log, the columns, the lifelines and the
 * checkpoints, as the heap and its buffers show it. Prints records a batch, bytes by the heap, bytes as the structures
 * count them (without checkpoints) for each round.
 */
import { assert } from '#base/assert';
import { EventTape } from '#events/EventTape';
import { RunProjections } from '#projections/RunProjections';
import { modelLog, scenarioWith } from './modelLog.ts';

const RECORDS = 300_000;
const SCENARIOS = {
  /** The page's own workload, faster: batches of ten and more. */
  many: scenarioWith({ recordsPerS: 20_000 }),
  /** Every record leaves alone. */
  one: scenarioWith(
    { recordsPerS: 2_000 },
    { 'linger.ms': '0', 'max.in.flight.requests.per.connection': '5' },
  ),
} as const;

const [, , name, rounds] = process.argv;
const collect = globalThis.gc;
assert(collect !== undefined, 'node --expose-gc');
assert(name === 'many' || name === 'one', 'many or one');

const bytesInUse = (): number => {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

interface Kept {
  readonly tape: EventTape;
  readonly projections: RunProjections;
}

/** The model itself is let go: what stays is what is kept of a run. */
function run(): Kept {
  const scenario = SCENARIOS[name as keyof typeof SCENARIOS];
  let records = 0;
  let projections: RunProjections | null = null;
  const { tape } = modelLog(scenario, (growing) => {
    projections ??= new RunProjections(growing);
    projections.extend();
    records = projections.records.length;
    return records >= RECORDS;
  });
  // A copy on the wire's way, so that nothing of the run's own clock is held.
  const copy = new EventTape();
  copy.append(tape.frame(0, tape.endSeq));
  const kept = new RunProjections(copy);
  kept.extend();
  return { tape: copy, projections: kept };
}

for (let round = 0; round <= Number(rounds); round++) {
  const before = bytesInUse();
  const kept = run();
  const bytes = bytesInUse() - before;
  const { tape, projections } = kept;
  const records = projections.records.length;
  const counted = tape.bytesKept + projections.bytesKept;
  // The first round also makes what every later one shares: code, shapes, tables.
  if (round > 0)
    console.log(`${records / projections.lifelines.batchCount} ${bytes / records} ${counted / records}`);
}
