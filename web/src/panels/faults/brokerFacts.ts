/** The broker as it is at the playhead, as far as its faults go. */
import { nodeId } from '#base/ids';
import type { Scenario } from '#model/Scenario';
import { presentClient } from '../../inspector/whyOf.ts';
import type { Session } from '../../session/session.ts';
import type { BrokerFacts } from './faults.ts';

function isStalledAt(scenario: Scenario, node: number, atUs: number): boolean {
  let isStalled = false;
  for (const command of scenario.commands) {
    if (command.at > atUs) break;
    if (command.do === 'replica.stall' && command.node === node) isStalled = true;
    else if (command.do === 'replica.catchUp' && command.node === node) isStalled = false;
  }
  return isStalled;
}

export function brokerFacts(session: Session, node: number): BrokerFacts {
  const { state } = session.view;
  const { scenario } = session.source;
  // Of older producers the links are the same.
  const client = presentClient(state);
  const connection = client?.connections.get(nodeId(node));
  return {
    node,
    state: state.brokers.get(nodeId(node))?.state ?? 'up',
    slowUs: state.brokers.get(nodeId(node))?.addedUs ?? 0,
    addedUs: connection?.addedUs ?? 0,
    isCut: connection?.cut ?? false,
    isStalled: isStalledAt(scenario, node, session.playback.cursor.at),
    sessionTimeoutMs: scenario.cluster.brokerSessionTimeoutMs,
    requestTimeoutMs: Number(client?.config['request.timeout.ms'] ?? 30_000),
  };
}
