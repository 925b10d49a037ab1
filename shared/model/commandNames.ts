/** Every command by its name, once: who can do which takes its list from here. */
import type { ApplicationCommand, ClusterCommand } from './applyCommand.ts';

type Names<C extends { readonly do: string }> = Readonly<Record<C['do'], true>>;

// As keys of a record the compiler sees that none is missing.
const OF_APPLICATION: Names<ApplicationCommand> = {
  'producer.replace': true,
  'producer.start': true,
  'producer.flush': true,
  'producer.close': true,
  'producer.kill': true,
  'record.send': true,
  'transaction.begin': true,
  'transaction.commit': true,
  'transaction.abort': true,
  'workload.set': true,
  'workload.pause': true,
  'workload.resume': true,
};

const OF_CLUSTER: Names<ClusterCommand> = {
  'broker.kill': true,
  'broker.freeze': true,
  'broker.restart': true,
  'broker.slow': true,
  'replica.stall': true,
  'replica.catchUp': true,
  'leader.move': true,
  'link.set': true,
  'answer.set': true,
  'next.lose': true,
  'topic.set': true,
  'topic.addPartitions': true,
  'topic.delete': true,
  'topic.create': true,
  'quota.set': true,
};

/** What can be done to a producer and the code around it, whatever the cluster is. */
export const APPLICATION_COMMANDS = Object.keys(OF_APPLICATION) as ApplicationCommand['do'][];

/** All that a simulated run takes. */
export const SIMULATED_COMMANDS = [
  ...APPLICATION_COMMANDS,
  ...(Object.keys(OF_CLUSTER) as ClusterCommand['do'][]),
  'network.set' as const,
];
