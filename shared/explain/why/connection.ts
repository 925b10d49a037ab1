/** What keeps a ready node from being sent to, in the order in which NetworkClient.ready asks. */
import type { NodeId } from '#base/ids';
import { runMicros } from '#base/time';
import type { ClientState } from '#projections/pipelineState';
import { nodeName, span } from '../words.ts';
import { setting, type WhyContext } from './WhyContext.ts';

/** A clause, or null when the way is free. */
export function connectionObstacle(
  context: WhyContext,
  client: ClientState | undefined,
  node: NodeId | null,
): string | null {
  if (client === undefined || node === null) return null;
  const connection = client.connections.get(node);
  const name = nodeName(node);
  if (connection === undefined) return `there is no connection to ${name} yet`;
  const left = connection.untilMs === null ? 0 : runMicros(connection.untilMs) - context.cursor.at;
  switch (connection.state) {
    case 'connecting':
      return `the connection to ${name} is being set up`;
    case 'checking-api-versions':
      return `${name} has not yet said which API versions it knows`;
    case 'disconnected':
      return left > 0
        ? `the connection to ${name} is down and in its reconnect back-off: ${span(left)} to go (reconnect.backoff.ms)`
        : `the connection to ${name} is down`;
    case 'throttled':
      return `${name} throttles this client: ${span(left)} to go`;
    case 'ready': {
      const limit = setting(client, 'max.in.flight.requests.per.connection', Infinity);
      const inFlight = connection.inFlight.length;
      if (inFlight < limit) return null;
      return `${inFlight} of ${limit} requests are in flight to ${name} (max.in.flight.requests.per.connection)`;
    }
  }
}
