/** How components see the run: slow copies, at most ten a second and at once when time stands still. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import { known } from '#base/assert';
import type { Session } from '../session/session.ts';
import type { MountedStage } from '../stage/mountStage.ts';
import type { AppState, AppStore } from './appStore.ts';

export interface AppContext {
  readonly session: Session;
  readonly store: AppStore;
  readonly stage: MountedStage;
}

export const AppContextValue = createContext<AppContext | null>(null);

const useAppContext = (): AppContext => known(useContext(AppContextValue), 'the app around this component');

export const useSession = (): Session => useAppContext().session;

export const useStage = (): MountedStage => useAppContext().stage;

/** The store itself, for event handlers. */
export const useAppStore = (): AppStore => useAppContext().store;

/** A part of the store; renders when it changes. */
export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(useAppContext().store, select);
}

/**
 * Renders with every slow copy and returns what `read` makes of the session then. `read` must copy what it keeps:
 * state and view are filled anew each frame.
 */
export function useFrame<T>(read: (session: Session) => T): T {
  const session = useSession();
  useSyncExternalStore(session.subscribe, () => session.version);
  return read(session);
}
