/** Runs ranges of seeds on a thread of its own, one after the other as they are handed to it. */
import { parentPort } from 'node:worker_threads';
import { randomScenario } from '#testing/randomScenario';
import { healed, simulate } from '#testing/simulate';
import type { SeedRange, SeedReport } from './messages.ts';

// Java's exceptions are objects of the model here; nobody reads where they were made.
Error.stackTraceLimit = 0;

parentPort?.on('message', ({ fromSeed, toSeed }: SeedRange) => {
  const report: SeedReport = { seeds: toSeed - fromSeed, events: 0, failures: [] };
  for (let seed = fromSeed; seed < toSeed; seed++) {
    const { events, violations } = simulate(healed(randomScenario(seed)));
    report.events += events;
    if (violations.length > 0) report.failures.push({ seed, violations });
  }
  parentPort?.postMessage(report);
});
