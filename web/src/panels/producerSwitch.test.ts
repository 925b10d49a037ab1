import { describe, expect, it } from 'vitest';
import { DEFAULT_APPLICATION, DEFAULT_SCENARIO } from '#model/defaultScenario';
import type { Command, CommandBody, Scenario } from '#model/Scenario';
import { micros } from '#base/time';
import { isAnyRunning, switchCommands } from './producerSwitch.ts';

const shop = DEFAULT_APPLICATION;
const billing = { ...shop, name: 'billing', producer: { acks: '1' } };
const standby = { ...shop, name: 'standby', isStandby: true };

const run = (applications: Scenario['applications'], ...commands: readonly CommandBody[]): Scenario => ({
  ...DEFAULT_SCENARIO,
  applications,
  commands: commands.map((body, i): Command => ({ ...body, at: micros(i * 1000) })),
});

const close = (application: number): CommandBody => ({ do: 'producer.close', application, timeoutMs: null });

describe('the switch of the producers', () => {
  it('closes each that runs', () => {
    const both = run([shop, billing]);
    expect(isAnyRunning(both)).toBe(true);
    expect(switchCommands(both)).toEqual([close(0), close(1)]);
  });

  it('leaves alone the one that somebody has stopped already', () => {
    const one = run([shop, billing], { do: 'producer.kill', application: 1 });
    expect(isAnyRunning(one)).toBe(true);
    expect(switchCommands(one)).toEqual([close(0)]);
  });

  it('starts what it has stopped, each with the settings that it had last', () => {
    const changed = { 'linger.ms': '40' };
    const none = run(
      [shop, billing, standby],
      { do: 'producer.replace', application: 0, producer: changed },
      close(0),
      close(1),
    );
    expect(isAnyRunning(none)).toBe(false);
    expect(switchCommands(none)).toEqual([
      { do: 'producer.replace', application: 0, producer: changed },
      { do: 'producer.replace', application: 1, producer: { acks: '1' } },
    ]);
  });

  it('knows that a flush stops nothing, and that a start ends the standing by', () => {
    const flushed = run([shop, standby], { do: 'producer.flush', application: 0 });
    expect(switchCommands(flushed)).toEqual([close(0)]);
    const started = run([shop, standby], { do: 'producer.start', application: 1 });
    expect(switchCommands(started)).toEqual([close(0), close(1)]);
  });
});
