/** One random run with the laws held against it while it goes on, and what is left of a scenario that breaks one. */
import { micros } from '#base/time';
import { loggedRun } from '#model/loggedRun';
import type { Command, Scenario } from '#model/Scenario';
import { Laws, type Violation } from './laws.ts';

export interface SimulatedRun {
  readonly events: number;
  /** Virtual time until everything had come to rest. */
  readonly restUs: number;
  readonly violations: readonly Violation[];
}

/** How often the laws look, in virtual time. */
const STEP_US = 500_000;
/** After the last command everything heals, and so long may it take until nothing is open any more. */
const HEAL_AFTER_US = 100_000;
const PATIENCE_US = 1_000_000_000;
/** What the followers, the markers and the outcomes need when the last application has been answered. */
const AFTERMATH_US = 3_000_000;
/** A run that spins where Java spins (no back-off, a topic that is gone) is left when it has shown enough. */
const MOST_EVENTS = 100_000;

/** The scenario with an end: everything is up again. Its workloads end by themselves. */
export function healed(scenario: Scenario): Scenario {
  const last = scenario.commands.at(-1)?.at ?? 0;
  const at = micros(last + HEAL_AFTER_US);
  const nodes = Array.from({ length: scenario.cluster.brokers }, (_, node) => node);
  const end: readonly Command[] = [
    { do: 'network.set', network: { lossPpm: 0 }, at },
    { do: 'link.set', node: null, addedUs: 0, cut: false, at },
    ...nodes.map((node): Command => ({ do: 'broker.restart', node, at })),
    ...nodes.map((node): Command => ({ do: 'replica.catchUp', node, at })),
  ];
  return { ...scenario, commands: [...scenario.commands, ...end] };
}

/** Runs a scenario that ends; a bug of the model is a violation like any other. */
export function simulate(scenario: Scenario): SimulatedRun {
  const { model: run, tape: log } = loggedRun(scenario);
  const laws = new Laws(scenario, log);
  const endOfCommands = scenario.commands.at(-1)?.at ?? 0;
  let atUs = 0;
  let quietUs = 0;
  const isOver = (): boolean => run.failure !== null || laws.violations.length > 0;
  const isTooLong = (): boolean => atUs > endOfCommands + PATIENCE_US;
  while (quietUs < AFTERMATH_US && !isOver() && !isTooLong() && log.endSeq < MOST_EVENTS) {
    atUs += STEP_US;
    run.runUntil(atUs);
    laws.look();
    quietUs = atUs > endOfCommands && laws.isAtRest() ? quietUs + STEP_US : 0;
  }
  if (!isOver() && log.endSeq < MOST_EVENTS) laws.end();
  const violations = [...laws.violations];
  if (run.failure !== null) {
    violations.push({ law: 'no bug', sentence: run.failure, seq: log.endSeq, at: log.endAt });
  }
  return { events: log.endSeq, restUs: atUs - quietUs, violations };
}
