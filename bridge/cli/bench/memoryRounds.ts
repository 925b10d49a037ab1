/**
 * Its own process, with --expose-gc: bytes kept for each record of a run of the page's model, as the heap and its buffers
 * show them. First the log and the record columns, which tell batch, attempts, request and offset of every record; then
 * that with lifelines, outcomes, metrics, marks and checkpoints. Prints both for each round.
 */
import { assert } from '#base/assert';
import { EventTape } from '#events/EventTape';
import type { LogFrame } from '#events/EventLogView';
import { RunProjections } from '#projections/RunProjections';
import { modelLog, scenarioWith } from './modelLog.ts';

const RUNS = {
  /** The page's own workload, faster: batches of ten and more. */
  many: {
    records: 200_000,
    scenario: scenarioWith({ recordsPerS: 20_000 }),
    isRight: (mean: number) => mean >= 10,
  },
  /** A record that comes every 2 ms finds nobody to go with. */
  one: {
    records: 100_000,
    scenario: scenarioWith({ recordsPerS: 500 }, { 'linger.ms': '0' }),
    isRight: (mean: number) => mean < 1.01,
  },
} as const;

const [, , name, rounds] = process.argv;
const collect = globalThis.gc;
assert(collect !== undefined, 'node --expose-gc');
assert(name === 'many' || name === 'one', 'many or one');
const { records, scenario, isRight } = RUNS[name];

const bytesInUse = (): number => {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** A frame only: the model itself, and what it holds, is let go. */
function makeFrame(): LogFrame {
  const events = records * (name === 'many' ? 5.5 : 30);
  const { tape } = modelLog(scenario, ({ endSeq }) => endSeq > events);
  return tape.frame(0, tape.endSeq);
}

/** What was kept before it, and after each part. Nothing of one call is alive in the next. */
function keep(frame: LogFrame): void {
  const before = bytesInUse();
  const tape = new EventTape();
  tape.append(frame);
  const bytesOfLog = bytesInUse() - before;
  const projections = new RunProjections(tape);
  projections.extend();
  const bytes = bytesInUse() - before;
  const { records: columns, lifelines } = projections;
  assert(isRight(columns.length / lifelines.batchCount), 'records a batch');
  assert(tape.endSeq === projections.extendedSeq, 'a log that is not all in');
  console.log(`${(bytesOfLog + columns.bytesKept) / columns.length} ${bytes / columns.length}`);
}

const frame = makeFrame();
for (let round = 0; round < Number(rounds); round++) keep(frame);
