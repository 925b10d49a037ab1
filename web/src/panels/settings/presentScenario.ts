/** What holds at a moment of the run: the scenario with the commands up to then laid over it. */
import type { ApplicationSpec, Command, Scenario, TopicSpec } from '#model/Scenario';

/** `atUs`: commands of that very instant are in. The result has no commands of its own. */
export function presentScenario(scenario: Scenario, atUs: number): Scenario {
  let present: Scenario = { ...scenario, commands: [] };
  for (const command of scenario.commands) {
    if (command.at > atUs) break;
    present = laidOver(present, command);
  }
  return present;
}

function laidOver(scenario: Scenario, command: Command): Scenario {
  if (command.do === 'producer.replace') {
    return withApplication(scenario, command.application, { producer: command.producer });
  }
  if (command.do === 'workload.set') {
    const workload = scenario.applications[command.application]?.workload;
    if (workload === undefined) return scenario;
    return withApplication(scenario, command.application, { workload: { ...workload, ...command.workload } });
  }
  if (command.do === 'network.set') {
    const { cluster } = scenario;
    return { ...scenario, cluster: { ...cluster, network: { ...cluster.network, ...command.network } } };
  }
  if (command.do === 'quota.set') {
    return { ...scenario, cluster: { ...scenario.cluster, producerByteRate: command.bytesPerS } };
  }
  if (command.do === 'topic.create') {
    return withTopic(scenario, command.topic, { partitions: command.partitions });
  }
  if (command.do === 'topic.set') return withTopic(scenario, command.topic, command.settings);
  if (command.do === 'topic.addPartitions') {
    return withTopic(scenario, command.topic, { partitions: command.partitions });
  }
  // All others do something to the run, not to what is set.
  return scenario;
}

/** The scenario with some of one application's parts changed. */
export function withApplication(
  scenario: Scenario,
  index: number,
  changed: Partial<ApplicationSpec>,
): Scenario {
  const applications = scenario.applications.map((application, i) =>
    i === index ? { ...application, ...changed } : application,
  );
  return { ...scenario, applications };
}

/** The scenario with some of one topic's settings changed. */
export function withTopic(scenario: Scenario, topic: string, changed: Partial<TopicSpec>): Scenario {
  const topics = scenario.cluster.topics.map((spec) =>
    spec.topic === topic ? { ...spec, ...changed } : spec,
  );
  return { ...scenario, cluster: { ...scenario.cluster, topics } };
}
