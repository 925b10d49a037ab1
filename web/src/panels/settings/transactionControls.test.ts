import { describe, expect, it } from 'vitest';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { presetOf, presetProperties } from '#model/presets';
import type { CommandBody, Scenario } from '#model/Scenario';
import { validateScenario } from '#model/validateScenario';
import { applyProducer, refusalOf, type ChangeableRun } from './change.ts';
import { patternControl, transactionControls } from './transactionControls.ts';

const asLoop = (scenario: Scenario = DEFAULT_SCENARIO): Scenario =>
  patternControl(0).write(scenario, 'transaction-loop');

describe('an application in transactions', () => {
  it('gets what it needs for them, and can be run', () => {
    const [first] = DEFAULT_SCENARIO.applications;
    const many = { ...DEFAULT_SCENARIO, applications: first === undefined ? [] : [{ ...first, threads: 4 }] };
    const loop = asLoop(many);
    expect(validateScenario(loop)).toEqual([]);
    expect(loop.applications[0]).toMatchObject({ threads: 1, producer: { 'transactional.id': 'shop-tx' } });
    const back = patternControl(0).write(loop, 'async-send');
    expect(back.applications[0]?.producer).toEqual({});
  });

  it('is refused where its settings allow no transactions', () => {
    const [first] = DEFAULT_SCENARIO.applications;
    const acks1 =
      first === undefined ? [] : [{ ...first, producer: { acks: '1', 'enable.idempotence': 'false' } }];
    const refusal = refusalOf(
      patternControl(0),
      { ...DEFAULT_SCENARIO, applications: acks1 },
      'transaction-loop',
    );
    expect(refusal).toMatch(/transactional\.id|idempotence/);
  });

  it('has settings of its own, each of which leaves a scenario that can be run', () => {
    expect(transactionControls(DEFAULT_SCENARIO, 0)).toBeNull();
    const loop = asLoop();
    const controls = transactionControls(loop, 0)?.controls ?? [];
    expect(controls.map(({ label }) => label)).toEqual([
      'records each',
      'aborts every',
      'two topics',
      'consumer offsets',
      'stands by',
    ]);
    for (const control of controls) {
      expect(control.read(loop)).toBe(control.defaultValue);
      const value = control.shape.kind === 'flag' ? 'true' : '3';
      const changed = control.write(loop, value);
      expect(control.read(changed)).toBe(value);
      expect(validateScenario(changed)).toEqual([]);
    }
  });

  it('writes to the other topic that the cluster has, for a real one gets none from here', () => {
    const { cluster } = DEFAULT_SCENARIO;
    const audit = cluster.topics.map((topic) => ({ ...topic, topic: 'audit' }));
    const loop = asLoop({
      ...DEFAULT_SCENARIO,
      cluster: { ...cluster, topics: [...cluster.topics, ...audit] },
    });
    const control = transactionControls(loop, 0)?.controls.find(({ label }) => label === 'two topics');
    const changed = control?.write(loop, 'true');
    expect(changed?.applications[0]?.transactions.alsoTopic).toBe('audit');
    expect(changed?.cluster).toEqual(loop.cluster);
  });

  it('keeps its transactional.id when a preset is chosen', () => {
    const preset = presetOf('throughput');
    const given: CommandBody[] = [];
    const run: ChangeableRun = {
      source: { scenario: asLoop() },
      playback: { cursor: { at: 50_000 } },
      command: (body) => {
        given.push(body);
        return null;
      },
      restart: () => null,
    };
    expect(applyProducer(run, 0, preset === null ? {} : presetProperties(preset), false)).toBeNull();
    expect(given).toMatchObject([
      { do: 'producer.replace', producer: { 'linger.ms': '50', 'transactional.id': 'shop-tx' } },
    ]);
  });
});
