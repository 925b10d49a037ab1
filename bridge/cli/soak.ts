/**
 * A producer on three real brokers under faults, and every record accounted for.
 *
 *   npm run soak -- --minutes 12                   the three runs of soak/soakRuns.ts share the time
 *   npm run --silent soak -- --minutes 12 --json   only one object: the sums of the runs (soak/verdict.ts)
 *   --run safe|impatient|careless                  one of them, for all the time
 *   --rate 3000                                    records/s
 *   --seed 7                                       the same faults again, as far as a real cluster is the same
 *
 * Fails when anything is unexplained.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { LocalCluster } from '../kafka/LocalCluster.ts';
import { refuse, wholeNumber } from './arguments.ts';
import { soakRun, type SoakRunResult } from './soak/soakRun.ts';
import { SOAK_RUNS, type SoakRunSpec } from './soak/soakRuns.ts';
import type { SoakCounts } from './soak/verdict.ts';

interface SoakArguments {
  readonly minutes: number;
  readonly rate: number;
  readonly seed: number;
  readonly runs: readonly SoakRunSpec[];
  readonly isJson: boolean;
}

const DEFAULT_MINUTES = '6';
const DEFAULT_RATE = '3000';
/** The ledger tells the latest two million apart; a run stays below. */
const MOST_RECORDS = 1_900_000;
const MS_PER_MINUTE = 60_000;
const S_PER_MINUTE = 60;
const LARGEST_SEED = 2 ** 31;

const log = (line: string): void => void process.stderr.write(`${line}\n`);

function given(): SoakArguments {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: DEFAULT_MINUTES },
      rate: { type: 'string', default: DEFAULT_RATE },
      seed: { type: 'string', default: String(randomInt(1, LARGEST_SEED)) },
      run: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  if (!Number.isFinite(minutes) || minutes <= 0) refuse('--minutes takes a number above 0.');
  const rate = wholeNumber('--rate', values.rate, 1);
  const seed = wholeNumber('--seed', values.seed, 1);
  const runs = SOAK_RUNS.filter(({ name }) => values.run === undefined || name === values.run);
  if (runs.length === 0)
    refuse(`There is no run ${values.run}: ${SOAK_RUNS.map(({ name }) => name).join(', ')}.`);
  if ((minutes / runs.length) * S_PER_MINUTE * rate > MOST_RECORDS)
    refuse(`A run may have ${MOST_RECORDS} records: fewer minutes, or a lower --rate.`);
  return { minutes, rate, seed, runs, isJson: values.json };
}

const sum = (results: readonly SoakRunResult[]): SoakCounts => {
  const of = (read: (result: SoakRunResult) => number): number =>
    results.reduce((total, result) => total + read(result), 0);
  return {
    records: of(({ counts }) => counts.records),
    acked: of(({ counts }) => counts.acked),
    missing: of(({ counts }) => counts.missing),
    duplicated: of(({ counts }) => counts.duplicated),
    outOfOrder: of(({ counts }) => counts.outOfOrder),
    failedButPresent: of(({ counts }) => counts.failedButPresent),
    unexplained: of(({ counts }) => counts.unexplained),
    faults: of(({ faults }) => faults),
  };
};

/** What a run has come to, for a person. */
function report(spec: SoakRunSpec, { counts, faults, bumps, failures, riddles }: SoakRunResult): string {
  const listed = (all: ReadonlyMap<string, number>): string =>
    all.size === 0 ? 'none' : [...all].map(([name, times]) => `${name} ${times}`).join(', ');
  const numbers = Object.entries({ ...counts, faults }).map(([name, value]) => `${name} ${value}`);
  return [
    `${spec.name} (${spec.title})`,
    `  ${numbers.join(', ')}`,
    `  failed: ${listed(failures)}; epoch bumps: ${listed(bumps)}`,
    ...riddles.map((riddle) => `  UNEXPLAINED ${riddle}`),
  ].join('\n');
}

async function main(): Promise<void> {
  const { minutes, rate, seed, runs, isJson } = given();
  process.once('SIGINT', () => process.exit(1));
  process.once('SIGTERM', () => process.exit(1));
  log(`seed ${seed}, ${rate} records/s`);
  const cluster = await LocalCluster.start({ hasProxies: true, progress: log });
  const results: SoakRunResult[] = [];
  try {
    for (const [i, spec] of runs.entries()) {
      const end = performance.now() + (minutes / runs.length) * MS_PER_MINUTE;
      const isEnough = (faults: number): boolean => faults > 0 && performance.now() >= end;
      const options = { cluster, spec, seed: seed + i, recordsPerS: rate, isEnough, progress: log };
      const result = await soakRun(options);
      results.push(result);
      log(report(spec, result));
    }
  } finally {
    await cluster.stop();
  }
  const counts = sum(results);
  if (isJson) console.log(JSON.stringify(counts));
  else
    console.log(
      Object.entries(counts)
        .map(([name, value]) => `${name.padEnd(18)}${value}`)
        .join('\n'),
    );
  if (counts.unexplained > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
