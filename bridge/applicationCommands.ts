import type { CommandBody } from '#model/Scenario';

/** What can be done to a producer and the code around it, whatever the cluster is. */
export const applicationCommands: readonly CommandBody['do'][] = [
  'producer.replace',
  'producer.start',
  'producer.flush',
  'producer.close',
  'producer.kill',
  'record.send',
  'workload.set',
  'workload.pause',
  'workload.resume',
  'transaction.begin',
  'transaction.commit',
  'transaction.abort',
];
