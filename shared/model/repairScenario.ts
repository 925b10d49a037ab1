/** Makes a scenario from outside one that can be run: the parts that cannot are set right or left out, each with a sentence. */
import { DEFAULT_DELAY } from './defaultScenario.ts';
import type { ApplicationSpec, Scenario, TopicSpec } from './Scenario.ts';
import { commandSentence, MOST_COMMANDS, validateScenario } from './validateScenario.ts';

export interface Repaired {
  readonly scenario: Scenario;
  readonly notices: readonly string[];
}

function repairTopics(scenario: Scenario, notices: string[]): readonly TopicSpec[] {
  const { brokers } = scenario.cluster;
  const names = new Set<string>();
  const topics: TopicSpec[] = [];
  for (const topic of scenario.cluster.topics) {
    if (names.has(topic.topic)) {
      notices.push(`There are two topics ${topic.topic}; the first one is kept.`);
      continue;
    }
    names.add(topic.topic);
    if (topic.replicationFactor > brokers) {
      notices.push(
        `Topic ${topic.topic} asks for ${topic.replicationFactor} replicas on ${brokers} brokers; it gets ${brokers}.`,
      );
      topics.push({ ...topic, replicationFactor: brokers });
    } else topics.push(topic);
  }
  return topics;
}

function repairApplication(
  application: ApplicationSpec,
  topics: readonly TopicSpec[],
  notices: string[],
): ApplicationSpec {
  const { topic } = application.workload;
  const first = topics[0];
  if (first === undefined || topics.some((one) => one.topic === topic)) return application;
  notices.push(`Application ${application.name} sends to ${first.topic}: there is no topic ${topic}.`);
  return { ...application, workload: { ...application.workload, topic: first.topic } };
}

/** `scenario` may have impossible combinations, but each of its values is within its own range. */
export function repair(scenario: Scenario): Repaired {
  if (validateScenario(scenario).length === 0) return { scenario, notices: [] };
  const notices: string[] = [];
  const topics = repairTopics(scenario, notices);
  let { network } = scenario.cluster;
  const { p0Us, p50Us, p90Us, p99Us, p100Us } = network.delay;
  if (!(p0Us <= p50Us && p50Us <= p90Us && p90Us <= p99Us && p99Us <= p100Us)) {
    notices.push(
      'The delays of the network are the default ones: their quantiles must not fall from p0 to p100.',
    );
    network = { ...network, delay: DEFAULT_DELAY };
  }
  const applications = scenario.applications.map((one) => repairApplication(one, topics, notices));
  const cluster = { ...scenario.cluster, topics, network };
  const whole: Scenario = { ...scenario, cluster, applications };
  const commands = whole.commands.filter((command, i) => {
    const sentence =
      i >= MOST_COMMANDS ? `there are more than ${MOST_COMMANDS}.` : commandSentence(command, whole);
    if (sentence === null) return true;
    if (i <= MOST_COMMANDS)
      notices.push(`The command ${command.do} at ${command.at} µs is left out: ${sentence}`);
    return false;
  });
  return { scenario: { ...whole, commands }, notices };
}
