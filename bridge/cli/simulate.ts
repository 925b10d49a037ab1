/**
 * Random runs with the laws of Kafka held against them while they go on, on all cores.
 *
 *   npm run simulate -- [--seeds N] [--from SEED] [--workers N] [--no-shrink]
 *
 * Reports seeds and events per second. A seed that breaks a law is made small, and printed with the link that replays it
 * in the page, at the event where it shows.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { micros } from '#base/time';
import type { Scenario } from '#model/Scenario';
import { writeLink } from '#model/scenarioQuery';
import { randomScenario } from '#testing/randomScenario';
import { shrinkScenario } from '#testing/shrinkScenario';
import { healed, simulate } from '#testing/simulate';
import { wholeNumber } from './arguments.ts';
import type { Failure, SeedRange, SeedReport } from './simulate/messages.ts';

const CHUNK_SEEDS = 50;
const REPORT_EVERY_MS = 10_000;
/** Failures that are made small and shown in full; the rest is listed. */
const MOST_SHOWN = 5;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
    shrink: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const firstSeed = wholeNumber('--from', values.from, 0);
const endSeed = firstSeed + wholeNumber('--seeds', values.seeds, 1);

class Tally {
  seeds = 0;
  events = 0;
  readonly failures: Failure[] = [];
  private readonly startedMs = performance.now();
  private reportedMs = this.startedMs;

  add(report: SeedReport): void {
    this.seeds += report.seeds;
    this.events += report.events;
    this.failures.push(...report.failures);
    const nowMs = performance.now();
    if (nowMs - this.reportedMs < REPORT_EVERY_MS) return;
    this.reportedMs = nowMs;
    console.log(this.line());
  }

  line(): string {
    const seconds = (performance.now() - this.startedMs) / 1000;
    const perSecond = (count: number): string => Math.round(count / seconds).toLocaleString('en');
    const whole = (count: number): string => count.toLocaleString('en');
    return (
      `${whole(this.seeds)} seeds in ${seconds.toFixed(1)} s: ${perSecond(this.seeds)} seeds/s, ` +
      `${perSecond(this.events)} events/s, violations ${this.failures.length}`
    );
  }
}

/** Hands out ranges of seeds until there are none left. */
function runOn(worker: Worker, next: () => SeedRange | null, tally: Tally): Promise<void> {
  return new Promise((resolve, reject) => {
    const hand = (): void => {
      const range = next();
      if (range !== null) worker.postMessage(range);
      else void worker.terminate().then(() => resolve());
    };
    worker.on('message', (report: SeedReport) => {
      tally.add(report);
      hand();
    });
    worker.on('error', reject);
    hand();
  });
}

function show({ seed, violations }: Failure): void {
  const whole = healed(randomScenario(seed));
  const scenario: Scenario = values.shrink ? shrinkScenario(whole) : whole;
  const shown = simulate(scenario).violations;
  console.log(`\nseed ${seed}`);
  for (const { law, sentence, at } of shown.length > 0 ? shown : violations) {
    console.log(`  ${law}: ${sentence}, at ${at} µs`);
  }
  const first = shown[0] ?? violations[0];
  const playhead = first === undefined ? null : { at: micros(first.at), seq: first.seq, paused: true };
  const { query, fits } = writeLink(scenario, playhead);
  console.log(`  /?${query}`);
  if (!fits) console.log('  (the link is too long for its commands: run the seed here)');
}

let nextSeed = firstSeed;
const nextRange = (): SeedRange | null => {
  if (nextSeed >= endSeed) return null;
  const fromSeed = nextSeed;
  nextSeed = Math.min(endSeed, fromSeed + CHUNK_SEEDS);
  return { fromSeed, toSeed: nextSeed };
};

const tally = new Tally();
const workerCount = Math.min(
  wholeNumber('--workers', values.workers, 1),
  Math.ceil((endSeed - firstSeed) / CHUNK_SEEDS),
);
const workerFile = new URL('./simulate/worker.mjs', import.meta.url);
await Promise.all(Array.from({ length: workerCount }, () => runOn(new Worker(workerFile), nextRange, tally)));
console.log(tally.line());
const failures = tally.failures.toSorted((a, b) => a.seed - b.seed);
for (const failure of failures.slice(0, MOST_SHOWN)) show(failure);
const rest = failures.slice(MOST_SHOWN);
if (rest.length > 0) console.log(`\nalso seeds ${rest.map(({ seed }) => seed).join(', ')}`);
process.exitCode = failures.length > 0 ? 1 : 0;
