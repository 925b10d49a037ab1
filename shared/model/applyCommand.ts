/** What each command does to a run. A target that is not there any more is passed over: the run goes on. */
import { never } from '#base/assert';
import { nodeId } from '#base/ids';
import type { SimulatedCluster } from '#cluster/SimulatedCluster';
import type { ModelApplication } from './ModelApplication.ts';
import type { Command, CommandBody, NetworkSpec } from './Scenario.ts';

export type ApplicationCommand = Extract<CommandBody, { readonly application: number }>;
export type ClusterCommand = Exclude<CommandBody, ApplicationCommand | { readonly do: 'network.set' }>;

/** What a command does to the application that it names. */
export function applyToApplication(command: ApplicationCommand, application: ModelApplication): void {
  switch (command.do) {
    case 'producer.replace':
      return application.replace(command.producer);
    case 'producer.start':
      // Where one runs already, the run has put a new instance in its place.
      return application.start();
    case 'producer.flush':
      return application.flush();
    case 'producer.close':
      return application.close(command.timeoutMs);
    case 'producer.kill':
      return application.kill();
    case 'record.send':
      return application.send(command.key, command.valueBytes, command.partition);
    case 'transaction.begin':
      return application.transaction('begin');
    case 'transaction.commit':
      return application.transaction('commit');
    case 'transaction.abort':
      return application.transaction('abort');
    case 'workload.set':
      return application.setWorkload(command.workload);
    case 'workload.pause':
      return application.setPaused(true);
    case 'workload.resume':
      return application.setPaused(false);
    default:
      return never(command);
  }
}

function applyToCluster(command: ClusterCommand, cluster: SimulatedCluster): void {
  switch (command.do) {
    case 'broker.kill':
      return cluster.broker(nodeId(command.node)).kill();
    case 'broker.freeze':
      return cluster.broker(nodeId(command.node)).freeze();
    case 'broker.restart':
      return cluster.broker(nodeId(command.node)).restart();
    case 'broker.slow':
      return cluster.broker(nodeId(command.node)).slow(command.addedUs);
    case 'replica.stall':
      return cluster.broker(nodeId(command.node)).stallReplicas(true);
    case 'replica.catchUp':
      return cluster.broker(nodeId(command.node)).stallReplicas(false);
    case 'leader.move':
      cluster.moveLeader(command.topic, command.partition, nodeId(command.leader));
      return;
    case 'link.set':
      return cluster.links.set(
        command.node === null ? null : nodeId(command.node),
        command.addedUs,
        command.cut,
      );
    case 'answer.set':
      return cluster.faults.armAnswer(command.rule);
    case 'next.lose':
      return cluster.faults.armLoss(command.what, command.node);
    case 'topic.set':
      return cluster.setTopic(command.topic, command.settings);
    case 'topic.addPartitions':
      return cluster.addPartitions(command.topic, command.partitions);
    case 'topic.delete':
      return cluster.deleteTopic(command.topic);
    case 'topic.create':
      return cluster.recreateTopic(command.topic, command.partitions);
    case 'quota.set':
      cluster.producerByteRate = command.bytesPerS;
      return;
    default:
      return never(command);
  }
}

/** Returns the network as it is after the command. */
export function applyCommand(
  command: Command,
  cluster: SimulatedCluster,
  applications: readonly ModelApplication[],
  network: NetworkSpec,
): NetworkSpec {
  if (command.do === 'network.set') {
    const changed = { ...network, ...command.network };
    cluster.setNetwork(changed);
    return changed;
  }
  if ('application' in command) {
    const application = applications[command.application];
    if (application !== undefined) applyToApplication(command, application);
  } else applyToCluster(command, cluster);
  return network;
}
