import { describe, expect, it } from 'vitest';
import { micros } from '#base/time';
import { conflictOf, SETTINGS } from '#engine/ProducerConfig';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { PRESETS, presetProperties } from '#model/presets';
import type { Command, CommandBody, Scenario } from '#model/Scenario';
import { validateScenario } from '#model/validateScenario';
import {
  applyChange,
  applyProducer,
  refusalOf,
  textOfValue,
  valueOfText,
  type ChangeableRun,
} from './change.ts';
import { clusterControls } from './clusterControls.ts';
import type { Control } from './Control.ts';
import { presentScenario } from './presentScenario.ts';
import { producerControls } from './producerControls.ts';
import { costControls, workloadControls } from './workloadControls.ts';

const groups = [
  ...producerControls(0),
  workloadControls(0).main,
  workloadControls(0).more,
  clusterControls().main,
  clusterControls().more,
  costControls(),
];
const all = groups.flatMap(({ controls }) => controls);
const control = (label: string): Control => {
  const found = all.find((each) => each.label === label);
  if (found === undefined) throw new Error(`no control ${label}`);
  return found;
};

/** A run that only keeps its scenario. */
function runAt(at: number, start: Scenario = DEFAULT_SCENARIO): ChangeableRun & { scenario: Scenario } {
  const run = {
    scenario: start,
    get source() {
      return { scenario: run.scenario };
    },
    playback: { cursor: { at } },
    command(body: CommandBody) {
      const past = run.scenario.commands.filter((command) => command.at <= at);
      run.scenario = { ...run.scenario, commands: [...past, { ...body, at: micros(at) }] };
      return null;
    },
    restart(scenario: Scenario) {
      run.scenario = scenario;
      return null;
    },
  };
  return run;
}

const present = (run: { readonly scenario: Scenario }, at: number): Scenario =>
  presentScenario(run.scenario, at);

/** Another value than the default that nothing refuses. */
function otherValue(each: Control): string {
  const { shape } = each;
  const candidates =
    shape.kind === 'flag'
      ? ['true', 'false']
      : shape.kind === 'choice'
        ? shape.choices.map(({ value }) => value)
        : [...shape.stops].map(String);
  const other = candidates.find(
    (value) => value !== each.defaultValue && refusalOf(each, DEFAULT_SCENARIO, value) === null,
  );
  return other ?? each.defaultValue;
}

describe('every control', () => {
  it('has an id of its own', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('covers every producer setting that shapes the model, but transactions, serializers and the name', () => {
    const shown = new Set(producerControls(0).flatMap(({ controls }) => controls.map(({ label }) => label)));
    const missing = SETTINGS.filter(({ key, shapesModel }) => shapesModel && !shown.has(key)).map(
      ({ key }) => key,
    );
    expect(missing.filter((key) => !key.startsWith('transaction'))).toEqual([
      'client.id',
      'key.serializer',
      'value.serializer',
    ]);
  });

  it.each(all)('$label is at its default in the default scenario', (each) => {
    expect(each.read(DEFAULT_SCENARIO)).toBe(each.defaultValue);
  });

  it.each(all)('$label reads what it writes, and the scenario stays valid', (each) => {
    const value = otherValue(each);
    expect(value).not.toBe(each.defaultValue);
    const changed = each.write(DEFAULT_SCENARIO, value);
    expect(each.read(changed)).toBe(value);
    expect(validateScenario(changed)).toEqual([]);
    expect(each.write(changed, each.defaultValue)).toEqual(DEFAULT_SCENARIO);
  });

  it.each(all)('$label shows a text that means its value', (each) => {
    if (each.shape.kind !== 'number') return;
    for (const stop of each.shape.stops) {
      expect(valueOfText(each, textOfValue(each, String(stop)))).toBe(String(stop));
    }
  });

  it.each(all)('$label holds from the playhead on, and from the start when that is wanted', (each) => {
    const value = otherValue(each);
    const later = runAt(5000);
    expect(applyChange(later, each, value, false)).toBeNull();
    expect(each.read(present(later, 5000))).toBe(value);
    expect(applyChange(later, each, each.defaultValue, true)).toBeNull();
    expect(each.read(present(later, Infinity))).toBe(each.defaultValue);
    expect(later.scenario).toEqual(DEFAULT_SCENARIO);
  });
});

describe('a change', () => {
  it('before the run has begun is a change of the scenario', () => {
    const run = runAt(0);
    applyChange(run, control('linger.ms'), '20', false);
    expect(run.scenario.commands).toEqual([]);
    expect(run.scenario.applications[0]?.producer).toEqual({ 'linger.ms': '20' });
  });

  it('of a producer setting keeps the others that were set before', () => {
    const run = runAt(1000);
    applyChange(run, control('linger.ms'), '20', false);
    const again = runAt(2000, run.scenario);
    applyChange(again, control('batch.size'), '1024', false);
    const [, second] = again.scenario.commands;
    expect(second).toMatchObject({ producer: { 'linger.ms': '20', 'batch.size': '1024' } });
  });

  it('twice at one instant makes one new producer', () => {
    const run = runAt(1000);
    applyChange(run, control('linger.ms'), '20', false);
    applyChange(run, control('linger.ms'), '30', false);
    expect(run.scenario.commands).toHaveLength(1);
    expect(run.scenario.commands[0]).toMatchObject({ producer: { 'linger.ms': '30' } });
  });

  it('from the start changes the producers of the past too', () => {
    const replace: Command = {
      do: 'producer.replace',
      application: 0,
      producer: { 'linger.ms': '20', acks: '1' },
      at: micros(1000),
    };
    const run = runAt(2000, { ...DEFAULT_SCENARIO, commands: [replace] });
    applyChange(run, control('linger.ms'), '50', true);
    expect(run.scenario.applications[0]?.producer).toEqual({ 'linger.ms': '50' });
    expect(run.scenario.commands).toEqual([{ ...replace, producer: { 'linger.ms': '50', acks: '1' } }]);
  });

  it('that Java refuses changes nothing and says Java’s sentence', () => {
    const run = runAt(1000);
    expect(applyChange(run, control('delivery.timeout.ms'), '10000', false)).toBe(
      'delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms',
    );
    expect(applyChange(run, control('batch.size'), 'abc', false)).toBe(
      'Invalid value abc for configuration batch.size: Not a number of type INT',
    );
    expect(applyChange(run, control('linger.ms'), '-1', false)).toBe(conflictOf({ 'linger.ms': '-1' }));
    expect(run.scenario).toBe(DEFAULT_SCENARIO);
  });

  it('that no cluster can have is refused in words', () => {
    expect(refusalOf(control('brokers'), DEFAULT_SCENARIO, '2')).toMatch(/replication factor 3 larger/);
    expect(refusalOf(control('records/s'), DEFAULT_SCENARIO, 'many')).toMatch(/not a whole number/);
    expect(refusalOf(control('one way, median'), DEFAULT_SCENARIO, '1')).toMatch(/quantiles/);
  });

  it('cannot take partitions away from a running topic: that is a new run', () => {
    const run = runAt(1000);
    applyChange(run, control('partitions'), '8', false);
    expect(run.scenario.commands).toHaveLength(1);
    applyChange(run, control('partitions'), '3', false);
    expect(run.scenario.commands).toEqual([]);
    expect(run.scenario.cluster.topics[0]?.partitions).toBe(3);
  });
});

it.each(PRESETS)('preset $name can be applied', (preset) => {
  const run = runAt(1000);
  expect(applyProducer(run, 0, presetProperties(preset), true)).toBeNull();
  expect(run.scenario.applications[0]?.producer).toEqual(presetProperties(preset));
});

describe('a change of a live run', () => {
  const live = (at: number, start?: Scenario) => {
    const run = runAt(at, start);
    const given: CommandBody[] = [];
    return {
      given,
      playback: run.playback,
      source: { scenario: run.scenario, capabilities: { commandsInThePast: false } },
      command: (body: CommandBody) => (given.push(body), null),
      restart: () => 'A live run cannot be made anew: it has happened.',
    };
  };
  const later: Scenario = {
    ...DEFAULT_SCENARIO,
    commands: [
      { do: 'producer.replace', application: 0, producer: { 'batch.size': '1000' }, at: micros(500) },
    ],
  };

  it('starts from what holds now, though an earlier moment is looked at, and at the very beginning too', () => {
    for (const at of [0, 100]) {
      const run = live(at, later);
      expect(applyChange(run, control('linger.ms'), '7', at === 0)).toBeNull();
      expect(run.given).toEqual([
        { do: 'producer.replace', application: 0, producer: { 'batch.size': '1000', 'linger.ms': '7' } },
      ]);
    }
  });

  it('is refused with a sentence where only a new run could take it', () => {
    const run = live(100);
    expect(applyChange(run, control('threads'), '3', true)).toContain('Only from the start');
    expect(applyChange(run, control('linger.ms'), 'x', false)).toContain('linger.ms');
    expect(run.given).toEqual([]);
  });

  it('takes a preset now', () => {
    const run = live(0, later);
    expect(applyProducer(run, 0, { acks: '1' }, true)).toBeNull();
    expect(run.given).toEqual([{ do: 'producer.replace', application: 0, producer: { acks: '1' } }]);
  });
});
