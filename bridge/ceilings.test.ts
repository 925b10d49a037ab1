import { describe, expect, it } from 'vitest';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import type { CommandBody, WorkloadSpec } from '#model/Scenario';
import { Ceiling, withinCeilings } from './ceilings.ts';

const [first] = DEFAULT_SCENARIO.applications;
if (first === undefined) throw new Error('a scenario of no application');
const scenario = {
  ...DEFAULT_SCENARIO,
  applications: [first, first].map((application) => ({
    ...application,
    workload: { ...application.workload, recordsPerS: 100, valueBytes: 90, headerBytes: 10 },
  })),
};
const set = (application: number, workload: Partial<WorkloadSpec>): CommandBody => ({
  do: 'workload.set',
  application,
  workload,
});

describe('a ceiling', () => {
  it('is for all applications together', () => {
    const ceiling = new Ceiling({ recordsPerS: 300, bytesPerS: 1_000_000 }, scenario);
    expect(ceiling.refusalOf(set(0, { recordsPerS: 200 }))).toBeNull();
    expect(ceiling.refusalOf(set(0, { recordsPerS: 201 }))).toContain('300 records/s');
  });

  it('counts what earlier commands have made of the workload', () => {
    const ceiling = new Ceiling({ recordsPerS: 10_000, bytesPerS: 40_000 }, scenario);
    const larger = set(0, { valueBytes: 290 });
    expect(ceiling.refusalOf(larger)).toBeNull();
    ceiling.follow(larger);
    expect(ceiling.refusalOf(set(0, { recordsPerS: 101 }))).toContain('40000 bytes/s');
    expect(ceiling.refusalOf(set(1, { headerBytes: 11 }))).toContain('40000 bytes/s');
    expect(ceiling.refusalOf(set(1, { valueBytes: 1 }))).toBeNull();
  });

  it('holds for a single record too', () => {
    const ceiling = new Ceiling({ recordsPerS: 10, bytesPerS: 1000 }, scenario);
    const send = { do: 'record.send', application: 0, key: null, partition: null } as const;
    expect(ceiling.refusalOf({ ...send, valueBytes: 1001 })).toContain('1000 bytes/s');
    expect(ceiling.refusalOf({ ...send, valueBytes: 1000 })).toBeNull();
  });

  it('slows down a scenario that begins above it', () => {
    const rates = (recordsPerS: number, bytesPerS: number): number[] =>
      withinCeilings(scenario, { recordsPerS, bytesPerS }).applications.map(
        ({ workload }) => workload.recordsPerS,
      );
    expect(rates(1000, 1_000_000)).toEqual([100, 100]);
    expect(rates(60, 1_000_000)).toEqual([30, 30]);
    expect(rates(1000, 5000)).toEqual([25, 25]);
  });
});
