/** What a broker does at this moment, and why nothing comes from it if nothing does. */
import type { NodeId } from '#base/ids';
import { list, plural, span } from '../words.ts';
import { connectionObstacle } from './connection.ts';
import type { WhyContext } from './WhyContext.ts';

export function whyBroker(context: WhyContext, node: NodeId): string {
  const { state, cursor } = context;
  const broker = state.brokers.get(node);
  const leads = [...state.partitions.values()].filter((partition) => partition.leader === node).length;
  const waiting = [...state.requests.values()].filter((request) => request.node === node).length;
  const requests =
    waiting === 0
      ? 'no request is out to it'
      : `${plural(waiting, 'request')} ${waiting === 1 ? 'is' : 'are'} out to it`;
  if (broker?.state === 'down') {
    return `Down for ${span(cursor.at - broker.since)}: its connections are broken, and ${leads === 0 ? 'others lead its partitions' : `${plural(leads, 'partition')} still ${leads === 1 ? 'waits' : 'wait'} for a new leader`}.`;
  }
  if (broker?.state === 'frozen') {
    return `Frozen for ${span(cursor.at - broker.since)}: its connections stay open and nothing is answered; ${requests}. Clients notice only by request.timeout.ms.`;
  }
  const obstacles = [...state.clients.values()]
    .filter((client) => client.closed === null)
    .map((client) => connectionObstacle(context, client, node))
    .filter((obstacle) => obstacle !== null);
  const only = [...new Set(obstacles)];
  const held = only.length === 0 ? '' : ` For the producer, ${list(only)}.`;
  const coordinated = [...state.coordinators.values()].filter((one) => one.node === node);
  const ids = coordinated.map(({ transactionalId, state: is }) => `${transactionalId} (${is})`);
  const coordinates = ids.length === 0 ? '' : ` It coordinates ${list(ids)}.`;
  const slow =
    broker !== undefined && broker.addedUs > 0
      ? ` It is slow: each request takes it ${span(broker.addedUs)} longer, and those of one connection wait for each other.`
      : '';
  return `Up, ${leads === 0 ? 'leads no partition' : `leader of ${plural(leads, 'partition')}`}; ${requests}.${slow}${coordinates}${held}`;
}
