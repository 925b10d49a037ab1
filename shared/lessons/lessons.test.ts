import { describe, expect, it } from 'vitest';
import { validateScenario } from '#model/validateScenario';
import { textOf, type Lesson } from './Lesson.ts';
import { LESSON_LIST, type LessonId } from './lessonList.ts';
import { lingerMs } from './lingerMs.ts';
import { createLessonRuns } from './RunFacts.ts';
import { transactions } from './transactions.ts';
import { zombieFencing } from './zombieFencing.ts';

const lessons: Readonly<Record<LessonId, Lesson>> = {
  'linger-ms': lingerMs,
  transactions,
  'zombie-fencing': zombieFencing,
};

describe.each(LESSON_LIST)('lesson $id', ({ id, title, concepts }) => {
  const lesson = lessons[id];
  const runs = createLessonRuns(lesson);

  it('is what the list says', () => {
    expect([lesson.id, lesson.title, lesson.concepts]).toEqual([id, title, concepts]);
  });

  it('has runs that can be run', () => {
    for (const scenario of Object.values(lesson.runs)) expect(validateScenario(scenario)).toEqual([]);
  });

  it('asks a question before the reveal', () => {
    expect(lesson.steps.some(({ question }) => question !== undefined)).toBe(true);
  });

  describe.each(lesson.steps)('step “$title”', (step) => {
    it('holds', () => {
      const facts = runs.at(step);
      for (const [what, holds] of Object.entries(step.holds)) expect(holds(facts), what).toBe(true);
      expect(Object.keys(step.holds).length).toBeGreaterThan(0);
    });

    it('says what can be read', () => {
      const text = textOf(step, runs.at(step));
      expect(text).not.toMatch(/undefined|NaN|Infinity/);
      expect(text.length).toBeLessThan(420);
    });

    it('has an answer among its choices', () => {
      if (step.question === undefined) return;
      expect(step.question.choices).toContain(step.question.answer(runs.at(step)));
      expect(step.question.reveal(runs.at(step))).not.toMatch(/undefined|NaN/);
    });
  });
});

describe('facts of a run', () => {
  it('are the same whether asked forwards or backwards', () => {
    const forwards = createLessonRuns(lingerMs);
    const backwards = createLessonRuns(lingerMs);
    const look = (runs: typeof forwards) => (step: (typeof lingerMs.steps)[number]) => {
      const { seq, atUs, produceRequests, recordsAcked, medianLatencyMs } = runs.at(step).here;
      return { seq, atUs, produceRequests, recordsAcked, medianLatencyMs };
    };
    const there = lingerMs.steps.map(look(forwards));
    const back = lingerMs.steps.toReversed().map(look(backwards)).toReversed();
    expect(back).toEqual(there);
  });
});
