/** The places around the stage and what fills them. Loaded after the first picture moves; null: the place closes. */
import { lazy, type ComponentType } from 'react';

export interface Slots {
  readonly left: ComponentType | null;
  readonly right: ComponentType | null;
  readonly charts: ComponentType | null;
  readonly lessonLine: ComponentType | null;
  /** The menu of what is clicked on the stage. */
  readonly thingMenu: ComponentType | null;
  /** Speaks what happens to those who do not see it. */
  readonly announcer: ComponentType | null;
  readonly recordings: ComponentType<{ readonly onClose: () => void }> | null;
}

/** A panel that is fetched when it is first shown. */
export const later = <P = object>(load: () => Promise<ComponentType<P>>): ComponentType<P> =>
  lazy(async () => ({ default: await load() }));

export const slots: Slots = {
  left: later(async () => (await import('./panels/SettingsPanel.tsx')).SettingsPanel),
  right: later(async () => (await import('./inspector/RightPanel.tsx')).RightPanel),
  charts: later(async () => (await import('./charts/Charts.tsx')).Charts),
  lessonLine: later(async () => (await import('./panels/LessonLine.tsx')).LessonLine),
  thingMenu: later(async () => (await import('./panels/ThingMenu.tsx')).ThingMenu),
  announcer: later(async () => (await import('./twin/Announcer.tsx')).Announcer),
  recordings: later(async () => (await import('./panels/Recordings.tsx')).Recordings),
};
