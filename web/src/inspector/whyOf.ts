/** The sentence for whatever is selected, from facts up to the cursor. */
import type { ClientId, NodeId, ThreadId, TpId } from '#base/ids';
import type { EntityNames } from '#explain/describe';
import { connectionObstacle } from '#explain/why/connection';
import { why, type Entity as WhyEntity, type WhyContext } from '#explain/why/why';
import { capital } from '#explain/words';
import type { ClientState, PipelineState } from '#projections/pipelineState';
import type { Session } from '../session/session.ts';
import type { Entity } from '../stage/scene.ts';

export const whyContext = (session: Session): WhyContext => ({
  state: session.view.state,
  cursor: session.playback.cursor,
  records: session.projections.records,
  lifelines: session.projections.lifelines,
  outcomes: session.projections.outcomes,
});

/** The youngest producer that is open, else the youngest. */
export function presentClient(state: PipelineState): ClientState | undefined {
  const clients = [...state.clients.values()];
  return clients.findLast(({ closed }) => closed === null) ?? clients.at(-1);
}

export function whyOf(session: Session, entity: Entity): string {
  const context = whyContext(session);
  if (entity.kind !== 'link') return why({ kind: entity.kind, id: entity.id } as WhyEntity, context);
  const client = presentClient(context.state);
  const obstacle = connectionObstacle(context, client, entity.id as NodeId);
  const connection = client?.connections.get(entity.id as NodeId);
  if (obstacle !== null) return `${capital(obstacle)}.`;
  if (connection?.cut === true)
    return 'The link is cut: what is sent does not arrive, and the client cannot know it yet.';
  return 'The connection is ready, and its way is free.';
}

/** How sentences call things at this moment. */
export function namesAt(state: PipelineState): EntityNames {
  return {
    tp: (id) => {
      const partition = state.partitions.get(id as TpId);
      return partition === undefined ? `tp ${id}` : `${partition.topic}-${partition.partition}`;
    },
    client: (id) => state.clients.get(id as ClientId)?.name ?? `producer ${id}`,
    thread: (id) => state.threads.get(id as ThreadId)?.name ?? `thread ${id}`,
  };
}
