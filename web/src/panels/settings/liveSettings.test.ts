import { describe, expect, it } from 'vitest';
import { known } from '#base/assert';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import type { CommandBody } from '#model/Scenario';
import type { Capabilities } from '../../sources/Source.ts';
import { clusterControls } from './clusterControls.ts';
import type { Control } from './Control.ts';
import { choiceRefusal, refusedOf } from './liveSettings.ts';
import { producerControls } from './producerControls.ts';
import { costControls, workloadControls } from './workloadControls.ts';

const live = (
  commands: readonly CommandBody['do'][],
  refusals: Readonly<Record<string, string>>,
): Capabilities => ({
  events: new Map(),
  commands: new Set(commands),
  commandsInThePast: false,
  refusals: new Map(Object.entries(refusals)),
});
const ALL = [
  ...producerControls(0).flatMap(({ controls }) => controls),
  ...Object.values(workloadControls(0)).flatMap(({ controls }) => controls),
  ...Object.values(clusterControls()).flatMap(({ controls }) => controls),
  ...costControls().controls,
];
const control = (label: string): Control =>
  known(
    ALL.find((each) => each.label === label),
    label,
  );
const REAL = live(['producer.replace', 'workload.set'], {
  compressibility: 'They are JSON.',
  costs: 'They are measured.',
  network: 'It is what it is.',
  cluster: 'The brokers have it.',
  'compression.type=zstd': 'No zstd here.',
});
const sentence = (label: string, capabilities: Capabilities): string | null =>
  refusedOf(control(label), DEFAULT_SCENARIO, capabilities)?.sentence ?? null;

describe('settings in a live run', () => {
  it('are all open in the model', () => {
    const model = { ...live([], {}), commandsInThePast: true };
    expect(ALL.filter((each) => refusedOf(each, DEFAULT_SCENARIO, model) !== null)).toEqual([]);
  });

  it('are open where a command of the run changes them', () => {
    for (const label of ['linger.ms', 'acks', 'records/s', 'header size'])
      expect(sentence(label, REAL)).toBeNull();
    expect(sentence('threads', REAL)).toContain('Only from the start');
  });

  it('say why they are closed, and show no number of the model', () => {
    expect(sentence('network RTT', REAL)).toBe('It is what it is.');
    expect(sentence('CPU of send()', REAL)).toBe('They are measured.');
    expect(sentence('data', REAL)).toBe('They are JSON.');
    expect(refusedOf(control('one way, median'), DEFAULT_SCENARIO, REAL)).toMatchObject({ isKnown: false });
    expect(refusedOf(control('partitions'), DEFAULT_SCENARIO, REAL)).toEqual({
      sentence: 'The brokers have it.',
      isKnown: true,
    });
  });

  it('of a simulated cluster are open as far as it takes commands', () => {
    const simulated = live(['network.set', 'topic.addPartitions', 'topic.set'], {});
    for (const label of ['network RTT', 'partitions', 'min.insync.replicas'])
      expect(sentence(label, simulated)).toBeNull();
    expect(sentence('brokers', simulated)).toContain('Only from the start');
  });

  it('are all closed to those who only look, with what is known of them', () => {
    const why = 'You are looking on.';
    const simulated = live([], {});
    const closed = ALL.map((each) => refusedOf(each, DEFAULT_SCENARIO, simulated, why));
    expect(new Set(closed.map((each) => each?.sentence))).toEqual(new Set([why]));
    expect(refusedOf(control('linger.ms'), DEFAULT_SCENARIO, REAL, why)).toEqual({
      sentence: why,
      isKnown: true,
    });
    expect(refusedOf(control('CPU of send()'), DEFAULT_SCENARIO, REAL, why)).toMatchObject({
      isKnown: false,
    });
  });

  it('close one value of a choice alone', () => {
    expect(choiceRefusal(control('compression.type'), 'zstd', REAL)).toBe('No zstd here.');
    expect(choiceRefusal(control('compression.type'), 'gzip', REAL)).toBeNull();
    expect(sentence('compression.type', REAL)).toBeNull();
  });
});
