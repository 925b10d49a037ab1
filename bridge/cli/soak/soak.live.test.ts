/** The soak in short: one fault in each of its runs, and every record accounted for. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LocalCluster } from '../../kafka/LocalCluster.ts';
import { describeWithKafka } from '../../testing/needs.ts';
import type { FaultKind } from './faults.ts';
import { soakRun } from './soakRun.ts';
import { SOAK_RUNS } from './soakRuns.ts';

const LIMIT_MS = 300_000;
const RECORDS_PER_S = 500;
const KINDS: readonly FaultKind[] = ['kill', 'freeze', 'cut'];

await describeWithKafka('records under faults', () => {
  let cluster: LocalCluster;

  beforeAll(async () => {
    cluster = await LocalCluster.start({ hasProxies: true });
  }, LIMIT_MS);
  afterAll(() => cluster.stop());

  SOAK_RUNS.forEach((spec, i) => {
    const kind = KINDS[i] ?? 'kill';
    it(
      `${spec.title}, ${kind}: nothing is unexplained`,
      async () => {
        const { counts, faults, riddles } = await soakRun({
          cluster,
          spec,
          seed: 4100 + i,
          recordsPerS: RECORDS_PER_S,
          isEnough: (struck) => struck === 1,
          kind,
          progress: () => {},
        });
        expect(riddles).toEqual([]);
        expect(counts.unexplained).toBe(0);
        expect(faults).toBe(1);
        expect(counts.records).toBeGreaterThan(RECORDS_PER_S);
        if (spec.name === 'safe')
          expect(counts).toMatchObject({ acked: counts.records, missing: 0, duplicated: 0 });
        if (!spec.mayLose) expect(counts.missing).toBe(0);
      },
      LIMIT_MS,
    );
  });
});
