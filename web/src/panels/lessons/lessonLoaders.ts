/** Where each lesson is fetched from: the compiler asks for a line for every lesson of the list. */
import type { Lesson } from '#lessons/Lesson';
import type { LessonId } from '#lessons/lessonList';
import type { LessonRuns } from '#lessons/RunFacts';

const LOADERS: Readonly<Record<LessonId, () => Promise<Lesson>>> = {
  'linger-ms': async () => (await import('#lessons/lingerMs')).lingerMs,
  transactions: async () => (await import('#lessons/transactions')).transactions,
  'zombie-fencing': async () => (await import('#lessons/zombieFencing')).zombieFencing,
};

export async function loadLesson(
  id: LessonId,
): Promise<{ readonly lesson: Lesson; readonly runs: LessonRuns }> {
  const [lesson, { createLessonRuns }] = await Promise.all([LOADERS[id](), import('#lessons/RunFacts')]);
  return { lesson, runs: createLessonRuns(lesson) };
}
