/** Names for the ids of a run, as the state at the cursor knows them. */
import type { ClientId, ThreadId, TpId } from '#base/ids';
import type { PipelineState } from '#projections/pipelineState';
import { PLAIN_NAMES, type EntityNames } from './describe.ts';

export function namesOf(state: PipelineState): EntityNames {
  return {
    tp: (id) => {
      const partition = state.partitions.get(id as TpId);
      return partition === undefined ? PLAIN_NAMES.tp(id) : `${partition.topic}-${partition.partition}`;
    },
    client: (id) => state.clients.get(id as ClientId)?.name ?? PLAIN_NAMES.client(id),
    thread: (id) => state.threads.get(id as ThreadId)?.name ?? PLAIN_NAMES.thread(id),
  };
}
