/** Its own process: runs the engine some times and prints how many records a second each run took. */
import { performance } from 'node:perf_hooks';
import { engineRun, THROUGHPUT } from './engineRun.ts';

const rounds = Number(process.argv[2] ?? 1);
for (let round = 0; round < rounds; round++) {
  const start = performance.now();
  const { acked } = engineRun(THROUGHPUT);
  console.log((acked / (performance.now() - start)) * 1000);
}
