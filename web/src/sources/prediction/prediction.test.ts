import { describe, expect, it } from 'vitest';
import { known } from '#base/assert';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import type { CommandBody, Scenario, WorkloadSpec } from '#model/Scenario';
import { RunProjections } from '#projections/RunProjections';
import { logOf } from '#testing/logOf';
import { COMPARED } from './measured.ts';
import { differencePercent, Predictor, type LiveLook } from './Predictor.ts';

const S = 1_000_000;

/** A live run whose cluster is simulated: what the page holds of it after so long. */
function simulated(
  producer: Readonly<Record<string, string>>,
  workload: Partial<WorkloadSpec>,
  untilUs: number,
  commands: readonly (CommandBody & { readonly at: number })[] = [],
): LiveLook {
  const scenario = {
    ...DEFAULT_SCENARIO,
    seed: 7,
    applications: DEFAULT_SCENARIO.applications.map((application) => ({
      ...application,
      producer,
      workload: { ...application.workload, recordsPerS: 500, headerBytes: 16, ...workload },
    })),
    commands: commands as Scenario['commands'],
  };
  const projections = new RunProjections(logOf(scenario, untilUs));
  projections.extend();
  return { source: { scenario }, projections, completeAt: untilUs, startAt: 0 };
}

function predictor() {
  let ms = 0;
  return new Predictor(() => ms++);
}

function compared(live: LiveLook) {
  const one = predictor();
  while (one.look(live, 50));
  return known(one.comparison, 'a comparison');
}

describe('a prediction beside a live run', () => {
  const CASES: Readonly<Record<string, readonly [Readonly<Record<string, string>>, Partial<WorkloadSpec>]>> =
    {
      defaults: [{}, {}],
      'acks=1, a longer linger': [{ acks: '1', 'enable.idempotence': 'false', 'linger.ms': '40' }, {}],
      'full batches': [{ 'batch.size': '2000', 'linger.ms': '100' }, { recordsPerS: 2000 }],
      'one request at a time, compressed': [
        { 'max.in.flight.requests.per.connection': '1', 'compression.type': 'gzip' },
        { recordsPerS: 1500 },
      ],
    };
  for (const [name, [producer, workload]] of Object.entries(CASES)) {
    it(`is near to what a simulated cluster does, knowing its round trips only: ${name}`, () => {
      const { measured, predicted } = compared(simulated(producer, workload, 8 * S));
      expect(measured.roundTrips?.count).toBeGreaterThan(100);
      for (const metric of COMPARED) {
        const off = known(differencePercent(predicted[metric], measured.values[metric]), metric);
        // The tail of two halves is shorter than the tail of a whole.
        expect(Math.abs(off), `${metric} is off by ${off} %`).toBeLessThan(metric === 'latency p99' ? 15 : 7);
      }
    });
  }

  it('is far off where the cluster does what the model was not told', () => {
    const slow = { do: 'broker.slow', node: 0, addedUs: 300_000, at: 0 } as const;
    const live = simulated({ 'linger.ms': '40' }, {}, 6 * S, [slow]);
    const { predicted, measured } = compared(live);
    expect(
      Math.abs(differencePercent(predicted['latency p50'], measured.values['latency p50']) ?? 0),
    ).toBeGreaterThan(15);
  });

  it('says nothing before the settings have held for a while, and takes none of what was before them', () => {
    const change = {
      do: 'producer.replace',
      application: 0,
      producer: { 'linger.ms': '50' },
      at: 2 * S,
    } as const;
    const early = predictor();
    expect(early.look(simulated({}, {}, 3 * S, [change]), 5)).toBe(false);
    expect(early.comparison).toBeNull();
    const { measured } = compared(simulated({}, {}, 6 * S, [change]));
    expect(measured.window.fromUs).toBe(3 * S);
  });

  it('begins anew with other settings, and waits with the same ones', () => {
    const one = predictor();
    const live = simulated({}, {}, 4 * S);
    while (one.look(live, 50));
    const first = one.comparison;
    expect(one.look({ ...live, completeAt: 5 * S }, 50)).toBe(false);
    expect(one.comparison).toBe(first);
    expect(one.look({ ...live, source: { scenario: { ...live.source.scenario } } }, 1)).toBe(true);
    expect(one.comparison).toBeNull();
  });

  it('knows no round trip where nothing is answered', () => {
    const { measured, predicted } = compared(
      simulated({ acks: '0', 'enable.idempotence': 'false' }, {}, 6 * S),
    );
    expect(measured.roundTrips).toBeNull();
    expect(
      Math.abs(differencePercent(predicted['batch-size-avg'], measured.values['batch-size-avg']) ?? 99),
    ).toBeLessThan(7);
  });
});
