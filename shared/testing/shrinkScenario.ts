/** A scenario that breaks a law, made smaller while it still does: what is left is what it takes. */
import { presetProperties, presetOf, DEFAULT_PRESET } from '#model/presets';
import type { ApplicationSpec, Scenario } from '#model/Scenario';
import { simulate } from './simulate.ts';

const MOST_TRIES = 150;

const without = <T>(list: readonly T[], index: number): readonly T[] => list.filter((_, i) => i !== index);

function* simplerApplications(application: ApplicationSpec): Generator<ApplicationSpec> {
  const { workload, producer } = application;
  if (workload.records > 4) {
    yield { ...application, workload: { ...workload, records: Math.floor(workload.records / 2) } };
  }
  if (application.threads > 1) yield { ...application, threads: 1 };
  const preset = presetOf(DEFAULT_PRESET);
  const defaults = preset === null ? {} : presetProperties(preset);
  for (const key of Object.keys(producer)) {
    // Without these two a run takes minutes of virtual time to rest, and without the id there is no transaction.
    if (key in defaults || key.endsWith('.timeout.ms') || key === 'transactional.id') continue;
    const { [key]: _, ...rest } = producer;
    yield { ...application, producer: rest };
  }
}

/** Scenarios that differ from this one by one thing less. */
function* simplerScenarios(scenario: Scenario): Generator<Scenario> {
  const { commands, applications, cluster } = scenario;
  for (let i = commands.length - 1; i >= 0; i--) yield { ...scenario, commands: without(commands, i) };
  if (applications.length > 1) yield { ...scenario, applications: applications.slice(0, 1) };
  for (const [i, application] of applications.entries()) {
    for (const simpler of simplerApplications(application)) {
      yield { ...scenario, applications: applications.map((each, at) => (at === i ? simpler : each)) };
    }
  }
  const [topic, ...others] = cluster.topics;
  if (topic !== undefined && topic.partitions > 1) {
    yield { ...scenario, cluster: { ...cluster, topics: [{ ...topic, partitions: 1 }, ...others] } };
  }
}

/** Which law it breaks first; null: none, or it cannot be run. */
function brokenLaw(scenario: Scenario): string | null {
  return simulate(scenario).violations[0]?.law ?? null;
}

/** The smallest scenario found that breaks the same law. */
export function shrinkScenario(scenario: Scenario): Scenario {
  const law = brokenLaw(scenario);
  let smallest = scenario;
  let tries = 0;
  for (let hasShrunk = true; hasShrunk && law !== null;) {
    hasShrunk = false;
    for (const simpler of simplerScenarios(smallest)) {
      if (++tries > MOST_TRIES) return smallest;
      if (brokenLaw(simpler) !== law) continue;
      smallest = simpler;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}
