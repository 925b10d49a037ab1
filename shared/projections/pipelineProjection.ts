/** The state at the cursor as a projection: made empty, moved by one event, copied. */
import type { PipelineEvent } from '#events/catalogue';
import type { EventType } from '#events/catalogue';
import { application } from './pipeline/application.ts';
import { batches } from './pipeline/batches.ts';
import { cluster } from './pipeline/cluster.ts';
import { cloneState, initialState, liveEntities } from './pipeline/copies.ts';
import type { Handlers } from './pipeline/handlers.ts';
import { network } from './pipeline/network.ts';
import type { PipelineState } from './pipelineState.ts';
import type { Projection } from './Projector.ts';

/** Complete by its type: a new event does not compile until it is here. */
const handlers: Handlers<EventType> = { ...application, ...batches, ...network, ...cluster };

/** Applies the event with `state.seq`. */
export function applyEvent(state: PipelineState, event: PipelineEvent): void {
  (handlers[event.type] as (state: PipelineState, event: PipelineEvent) => void)(state, event);
  state.seq = event.seq + 1;
  state.at = event.at;
}

export const pipelineProjection: Projection<PipelineState> = {
  initial: initialState,
  apply: applyEvent,
  clone: cloneState,
  weight: liveEntities,
};
