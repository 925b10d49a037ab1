/** Time on the wall and time on the processor, of this process, since a moment. */
import { performance } from 'node:perf_hooks';
import type { Effort } from './plan.ts';

const MS_PER_S = 1000;
const US_PER_S = 1_000_000;

export function startStopwatch(): (records: number) => Effort {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  return (records) => {
    const { user, system } = process.cpuUsage(startCpu);
    return {
      records,
      wallS: (performance.now() - startMs) / MS_PER_S,
      cpuS: (user + system) / US_PER_S,
    };
  };
}
