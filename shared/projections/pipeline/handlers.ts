/** What an event does to the state: one function per type, in the order of the catalogue's rooms. */
import type { EventOf, EventType } from '#events/catalogue';
import type { PipelineState } from '../pipelineState.ts';

export type Handlers<T extends EventType> = {
  readonly [K in T]: (state: PipelineState, event: EventOf<K>) => void;
};

/** For events that say something but leave nothing open. */
export const nothing = (): void => {};

export const increase = (map: Map<string, number>, key: string, by: number): void => {
  const value = (map.get(key) ?? 0) + by;
  if (value === 0) map.delete(key);
  else map.set(key, value);
};
