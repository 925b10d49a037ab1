/** The picture in the page, before and without React: two canvases in a box that gives them their size. */
import type { Session } from '../session/session.ts';
import { createStage, type StageInstance } from './stage.ts';

export interface MountedStage {
  readonly instance: StageInstance;
  /** Holds the canvases; may be moved to another place of the page. */
  readonly host: HTMLElement;
  /** Told when the picture can, or can no longer, be drawn: a sentence, or null. */
  onProblem(listener: (problem: string | null) => void): () => void;
}

/** Puts the canvases into `host` and draws every frame of the session. */
export function mountStage(host: HTMLElement, session: Session): MountedStage {
  const still = document.createElement('canvas');
  const moving = document.createElement('canvas');
  still.setAttribute('aria-hidden', 'true');
  moving.setAttribute('role', 'img');
  moving.setAttribute('aria-label', 'The producer at work; the same as lists is in the text view');
  host.replaceChildren(still, moving);
  const instance = createStage(still, moving);
  const listeners = new Set<(problem: string | null) => void>();
  const measure = (width: number, height: number): void => {
    instance.resize(Math.floor(width), Math.floor(height), globalThis.devicePixelRatio);
    for (const listener of listeners) listener(instance.problem);
    session.wake();
  };
  measure(host.clientWidth, host.clientHeight);
  new ResizeObserver((entries) => {
    for (const { contentRect } of entries) measure(contentRect.width, contentRect.height);
  }).observe(host);
  session.onDraw((view) => instance.draw(view));
  return {
    instance,
    host,
    onProblem(listener) {
      listeners.add(listener);
      listener(instance.problem);
      return () => listeners.delete(listener);
    },
  };
}
