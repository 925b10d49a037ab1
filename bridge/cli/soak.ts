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
import { LocalCluster } from '../kafka/LocalCluster.ts';
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

const DEFAULT_MINUTES = 6;
const DEFAULT_RATE = 3000;
/** The ledger tells the latest two million apart; a run stays below. */
const MOST_RECORDS = 1_900_000;
const MS_PER_MINUTE = 60_000;
const S_PER_MINUTE = 60;
const LARGEST_SEED = 2 ** 31;

const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** @throws Error with a sentence. */
function parse(args: readonly string[]): SoakArguments {
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const name = args[i] ?? '';
    if (name === '--json') continue;
    if (!['--minutes', '--rate', '--seed', '--run'].includes(name))
      throw new Error(`${name} is not an option: --minutes N, --rate N, --seed N, --run NAME, --json.`);
    values.set(name, args[++i] ?? '');
  }
  const number = (name: string, otherwise: number): number => {
    const value = Number(values.get(name) ?? otherwise);
    if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} wants a number above 0.`);
    return value;
  };
  const run = values.get('--run');
  const runs = SOAK_RUNS.filter(({ name }) => run === undefined || name === run);
  if (runs.length === 0)
    throw new Error(`There is no run ${run}: ${SOAK_RUNS.map(({ name }) => name).join(', ')}.`);
  const minutes = number('--minutes', DEFAULT_MINUTES);
  const rate = number('--rate', DEFAULT_RATE);
  if ((minutes / runs.length) * S_PER_MINUTE * rate > MOST_RECORDS)
    throw new Error(`A run may have ${MOST_RECORDS} records: fewer minutes, or a lower --rate.`);
  const seed = Math.trunc(number('--seed', randomInt(1, LARGEST_SEED)));
  return { minutes, rate, seed, runs, isJson: args.includes('--json') };
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
  const { minutes, rate, seed, runs, isJson } = parse(process.argv.slice(2));
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
