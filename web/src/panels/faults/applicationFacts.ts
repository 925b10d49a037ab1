/** An application as it is at the playhead, as far as its faults go. */
import type { ClientId } from '#base/ids';
import type { Session } from '../../session/session.ts';
import { applicationName, producersOf } from '../../stage/producers.ts';
import type { ApplicationFacts } from './applicationFaults.ts';

export function applicationFacts(session: Session, application: number): ApplicationFacts | null {
  const spec = session.source.scenario.applications[application];
  if (spec === undefined) return null;
  const { state } = session.view;
  // The youngest instance is the one that commands are for.
  const client = [...state.clients.values()].findLast((each) => applicationName(state, each) === spec.name);
  const transactionalId = client?.config['transactional.id'] ?? spec.producer['transactional.id'] ?? '';
  return {
    application,
    name: spec.name,
    isRunning: client !== undefined && client.closed === null,
    transactionalId: transactionalId === '' ? null : transactionalId,
    isInTransaction: client?.transaction === 'IN_TRANSACTION',
  };
}

/** The application that a producer belongs to; null: it is not the youngest of it, so nothing can be done to it. */
export function applicationOf(session: Session, client: number): number | null {
  const { state } = session.view;
  const own = state.clients.get(client as ClientId);
  if (own === undefined) return null;
  const name = applicationName(state, own);
  const youngest = producersOf(state).findLast((producer) => producer.name === name);
  if (youngest !== undefined && youngest.client !== client) return null;
  const index = session.source.scenario.applications.findIndex((spec) => spec.name === name);
  return index < 0 ? null : index;
}
