/** Makes a scenario from outside one that can be run: the parts that cannot are set right or left out, each with a sentence. */
import { conflictOf } from '#engine/ProducerConfig';
import { DEFAULT_DELAY } from './defaultScenario.ts';
import type { ApplicationSpec, Scenario, TopicSpec } from './Scenario.ts';
import { commandSentence, MOST_COMMANDS, TRANSACTIONAL_ID, validateScenario } from './validateScenario.ts';

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

/** The id that an application gets when it is to have one and nobody has named it. */
export const transactionalIdOf = ({ name }: ApplicationSpec): string => `${name.replaceAll(' ', '-')}-tx`;

function repairApplication(
  application: ApplicationSpec,
  topics: readonly TopicSpec[],
  notices: string[],
): ApplicationSpec {
  const isThere = (name: string): boolean => topics.some(({ topic }) => topic === name);
  const { topic } = application.workload;
  const first = topics[0];
  let repaired = application;
  if (first !== undefined && !isThere(topic)) {
    notices.push(`Application ${application.name} sends to ${first.topic}: there is no topic ${topic}.`);
    repaired = { ...repaired, workload: { ...repaired.workload, topic: first.topic } };
  }
  return application.pattern === 'transaction-loop' ? repairLoop(repaired, isThere, notices) : repaired;
}

function repairLoop(
  application: ApplicationSpec,
  isThere: (topic: string) => boolean,
  notices: string[],
): ApplicationSpec {
  const { name, threads, transactions, producer } = application;
  let repaired = application;
  if (threads !== 1) {
    notices.push(`Application ${name} has one thread: its producer has one transaction at a time.`);
    repaired = { ...repaired, threads: 1 };
  }
  const { alsoTopic } = transactions;
  if (alsoTopic !== '' && !isThere(alsoTopic)) {
    notices.push(`Application ${name} sends to one topic only: there is no topic ${alsoTopic}.`);
    repaired = { ...repaired, transactions: { ...transactions, alsoTopic: '' } };
  }
  if ((producer[TRANSACTIONAL_ID] ?? '') !== '') return repaired;
  const transactionalId = transactionalIdOf(application);
  const withId = { ...producer, [TRANSACTIONAL_ID]: transactionalId };
  if (conflictOf(withId) !== null) {
    notices.push(`Application ${name} sends without transactions: its settings do not allow any.`);
    return { ...repaired, pattern: 'async-send' };
  }
  notices.push(`Application ${name} has ${TRANSACTIONAL_ID}=${transactionalId}: transactions need one.`);
  return { ...repaired, producer: withId };
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
