/** In the bar on top: which lesson is open, or the way into one. */
import { useRef, useState, type ReactNode } from 'react';
import { LESSON_LIST, type LessonId } from '#lessons/lessonList';
import type { LessonRuns } from '#lessons/RunFacts';
import { useApp, useAppStore, useSession } from '../store/useFrame.ts';
import { enterStep } from './lessons/lessonSteps.ts';
import { loadLesson } from './lessons/lessonLoaders.ts';
import './lessons/lessons.css';

/** Between the frames, so that no reveal has to wait for its runs. */
function prepare(runs: LessonRuns): void {
  if (!runs.prepare()) setTimeout(() => prepare(runs), 0);
}

export function LessonLine(): ReactNode {
  const session = useSession();
  const store = useAppStore();
  const place = useApp((state) => state.lesson);
  const [isLoading, setLoading] = useState(false);
  const menu = useRef<HTMLDetailsElement>(null);
  const open = async (id: LessonId): Promise<void> => {
    if (menu.current !== null) menu.current.open = false;
    setLoading(true);
    try {
      const { lesson, runs } = await loadLesson(id);
      if (!store.getState().panels.settings) store.getState().togglePanel('settings');
      enterStep(session, store, { lesson, runs, step: 0, guesses: {} });
      prepare(runs);
    } catch {
      store.getState().notify('The lesson could not be fetched; try again.', 'bad');
    } finally {
      setLoading(false);
    }
  };
  const number = place === null ? 0 : LESSON_LIST.findIndex(({ id }) => id === place.lesson.id) + 1;
  return (
    <>
      <details
        className="lesson-menu"
        ref={menu}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || menu.current?.open !== true) return;
          menu.current.open = false;
          event.stopPropagation();
        }}
      >
        <summary>
          {isLoading ? (
            'Lessons …'
          ) : place === null ? (
            'Lessons'
          ) : (
            <>
              Lesson {number} · <code>{place.lesson.title}</code>{' '}
              <span className="dim">
                {place.step + 1}/{place.lesson.steps.length}
              </span>
            </>
          )}
        </summary>
        <ul>
          {LESSON_LIST.map((lesson, i) => (
            <li key={lesson.id}>
              <button type="button" onClick={() => void open(lesson.id)}>
                <span>
                  {i + 1} · <code>{lesson.title}</code>
                </span>
                <span className="dim">{lesson.subject}</span>
              </button>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
