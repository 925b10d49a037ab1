/** What is wrong with a scenario, in sentences. A scenario without sentences can be run. */
import { conflictOf } from '#engine/ProducerConfig';
import { isErrorName } from '#record/Errors';
import {
  CLUSTER_RANGES,
  COST_RANGES,
  DELAY_RANGES,
  isInRange,
  NETWORK_RANGES,
  SEED_RANGE,
  THREADS_RANGE,
  TOPIC_RANGES,
  TRANSACTION_RANGES,
  WORKLOAD_RANGES,
  type NumberRange,
} from './ranges.ts';
import type { ApplicationSpec, Command, Scenario, TopicSpec } from './Scenario.ts';

export const MOST_APPLICATIONS = 4;
export const MOST_COMMANDS = 10_000;
const LEGAL_TOPIC = /^[a-zA-Z0-9._-]{1,249}$/;

/** `min … max`, with the unit where there is one. */
export const rangeText = ({ min, max, unit }: NumberRange): string =>
  `${min} to ${max}${unit === '' ? '' : ` ${unit}`}`;

function outOfRange<T extends object>(
  where: string,
  ranges: { readonly [K in keyof T]?: NumberRange },
  values: T,
): string[] {
  const sentences: string[] = [];
  for (const name of Object.keys(ranges) as (keyof T & string)[]) {
    const limits = ranges[name];
    const value: unknown = values[name];
    if (limits === undefined || (typeof value === 'number' && isInRange(limits, value))) continue;
    sentences.push(
      `${where}: ${name} is ${String(value)}, but must be a whole number from ${rangeText(limits)}.`,
    );
  }
  return sentences;
}

/** Sentences, in the order of the scenario's parts; none: it can be run. */
export function validateScenario(scenario: Scenario): readonly string[] {
  const { cluster, applications, commands } = scenario;
  const sentences = [
    ...outOfRange('Run', { seed: SEED_RANGE }, scenario),
    ...outOfRange('Cluster', CLUSTER_RANGES, cluster),
    ...outOfRange('Network', NETWORK_RANGES, cluster.network),
    ...outOfRange('Network', DELAY_RANGES, cluster.network.delay),
    ...outOfRange('Costs', COST_RANGES, scenario.costs),
  ];
  const { p0Us, p50Us, p90Us, p99Us, p100Us } = cluster.network.delay;
  if (!(p0Us <= p50Us && p50Us <= p90Us && p90Us <= p99Us && p99Us <= p100Us)) {
    sentences.push('Network: the quantiles of the delay must not fall from p0 to p100.');
  }
  if (cluster.topics.length === 0) sentences.push('Cluster: there must be at least one topic.');
  for (const topic of cluster.topics) sentences.push(...topicSentences(topic, cluster.brokers));
  if (applications.length === 0 || applications.length > MOST_APPLICATIONS) {
    sentences.push(`There must be 1 to ${MOST_APPLICATIONS} applications.`);
  }
  for (const application of applications) sentences.push(...applicationSentences(application, scenario));
  if (commands.length > MOST_COMMANDS) sentences.push(`There are more than ${MOST_COMMANDS} commands.`);
  commands.forEach((command, i) => {
    const before = commands[i - 1];
    if (before !== undefined && before.at > command.at) {
      sentences.push(`Command ${i + 1} comes before the one ahead of it.`);
    }
    const sentence = commandSentence(command, scenario);
    if (sentence !== null) sentences.push(`Command ${i + 1} (${command.do}): ${sentence}`);
  });
  return sentences;
}

function topicSentences(topic: TopicSpec, brokers: number): string[] {
  const where = `Topic ${topic.topic}`;
  const sentences = outOfRange(where, TOPIC_RANGES, topic);
  if (!LEGAL_TOPIC.test(topic.topic)) sentences.push(`${where}: not a legal name of a topic.`);
  // What the controller says to CreateTopics (INVALID_REPLICATION_FACTOR).
  if (topic.replicationFactor > brokers) {
    sentences.push(
      `${where}: replication factor ${topic.replicationFactor} larger than the ${brokers} brokers.`,
    );
  }
  return sentences;
}

function applicationSentences(application: ApplicationSpec, scenario: Scenario): string[] {
  const where = `Application ${application.name}`;
  const { workload } = application;
  const sentences = outOfRange(where, { threads: THREADS_RANGE }, application);
  sentences.push(...outOfRange(where, WORKLOAD_RANGES, workload));
  if (!scenario.cluster.topics.some(({ topic }) => topic === workload.topic)) {
    sentences.push(`${where}: there is no topic ${workload.topic}.`);
  }
  if (application.pattern === 'transaction-loop')
    sentences.push(...transactionSentences(application, scenario));
  const conflict = conflictOf(application.producer);
  if (conflict !== null) sentences.push(`${where}: ${conflict}`);
  return sentences;
}

export const TRANSACTIONAL_ID = 'transactional.id';

function transactionSentences(application: ApplicationSpec, scenario: Scenario): string[] {
  const where = `Application ${application.name}`;
  const { threads, transactions, producer } = application;
  const sentences = outOfRange(where, TRANSACTION_RANGES, transactions);
  if (threads !== 1) {
    sentences.push(`${where}: transactions have one thread, for a producer has one at a time.`);
  }
  if ((producer[TRANSACTIONAL_ID] ?? '') === '') {
    sentences.push(`${where}: transactions need a ${TRANSACTIONAL_ID}.`);
  }
  const { alsoTopic } = transactions;
  if (alsoTopic !== '' && !scenario.cluster.topics.some(({ topic }) => topic === alsoTopic)) {
    sentences.push(`${where}: there is no topic ${alsoTopic}.`);
  }
  return sentences;
}

/** What is wrong with one command; null: nothing. What it does to a cluster that lacks its target is nothing. */
export function commandSentence(command: Command, scenario: Scenario): string | null {
  if (!Number.isSafeInteger(command.at) || command.at < 0) return 'its time must be whole µs from 0.';
  if ('application' in command && scenario.applications[command.application] === undefined) {
    return `there is no application ${command.application}.`;
  }
  if (
    'node' in command &&
    command.node !== null &&
    !(command.node >= 0 && command.node < scenario.cluster.brokers)
  ) {
    return `there is no broker ${command.node}.`;
  }
  if (command.do === 'producer.replace') return replacementSentence(command, scenario);
  if (command.do === 'record.send') {
    const { valueBytes } = WORKLOAD_RANGES;
    return isInRange(valueBytes, command.valueBytes) ? null : `a value has ${rangeText(valueBytes)}.`;
  }
  if (command.do === 'workload.set') {
    const application = scenario.applications[command.application];
    if (application === undefined) return null;
    const workload = { ...application.workload, ...command.workload };
    return outOfRange('the workload', WORKLOAD_RANGES, workload)[0] ?? null;
  }
  if (command.do === 'network.set') {
    const network = { ...scenario.cluster.network, ...command.network };
    return (
      outOfRange('the network', NETWORK_RANGES, network)[0] ??
      outOfRange('the network', DELAY_RANGES, network.delay)[0] ??
      null
    );
  }
  if (command.do === 'broker.slow') {
    const { p100Us } = DELAY_RANGES;
    return isInRange(p100Us, command.addedUs) ? null : `a slow broker adds ${rangeText(p100Us)}.`;
  }
  if (command.do === 'link.set') {
    const { p100Us } = DELAY_RANGES;
    return isInRange(p100Us, command.addedUs) ? null : `a link adds ${rangeText(p100Us)}.`;
  }
  if (command.do === 'quota.set') {
    const { producerByteRate } = CLUSTER_RANGES;
    return isInRange(producerByteRate, command.bytesPerS)
      ? null
      : `a quota is ${rangeText(producerByteRate)}.`;
  }
  if (command.do === 'topic.create') {
    const { partitions } = TOPIC_RANGES;
    if (!LEGAL_TOPIC.test(command.topic)) return `${command.topic} is not a legal name of a topic.`;
    return isInRange(partitions, command.partitions) ? null : `a topic has ${rangeText(partitions)}.`;
  }
  if (command.do === 'answer.set') {
    const { rule } = command;
    if (!isErrorName(rule.error)) return `${String(rule.error)} is not the name of an error.`;
    return rule.nth >= 1 && rule.times >= 1 ? null : 'nth and times count from 1.';
  }
  return null;
}

function replacementSentence(
  { application, producer }: Extract<Command, { readonly do: 'producer.replace' }>,
  scenario: Scenario,
): string | null {
  const isLoop = scenario.applications[application]?.pattern === 'transaction-loop';
  if (isLoop && (producer[TRANSACTIONAL_ID] ?? '') === '') return `transactions need a ${TRANSACTIONAL_ID}.`;
  return conflictOf(producer);
}
