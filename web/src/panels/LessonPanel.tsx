/** The open lesson: where it is, what is to be seen, a question with its reveal, and the way out into the sandbox. */
import { useMemo, type ReactNode } from 'react';
import { textOf, type LessonStep, type Question } from '#lessons/Lesson';
import { LESSON_LIST } from '#lessons/lessonList';
import type { LessonPlace } from '../store/appStore.ts';
import { useApp, useAppStore, useFrame, useSession } from '../store/useFrame.ts';
import { enterStep, isOnStage } from './lessons/lessonSteps.ts';
import { Prose } from './lessons/Prose.tsx';
import './lessons/lessons.css';

export function LessonPanel(): ReactNode {
  const place = useApp((state) => state.lesson);
  const step = place?.lesson.steps[place.step];
  return place === null || step === undefined ? null : <OpenLesson place={place} step={step} />;
}

function OpenLesson(props: { readonly place: LessonPlace; readonly step: LessonStep }): ReactNode {
  const { place, step } = props;
  const session = useSession();
  const store = useAppStore();
  const onStage = useFrame((s) => isOnStage(s, place));
  const text = useMemo(() => textOf(step, place.runs.at(step)), [step, place.runs]);
  const count = place.lesson.steps.length;
  const number = LESSON_LIST.findIndex(({ id }) => id === place.lesson.id) + 1;
  const go = (to: number): void => enterStep(session, store, { ...place, step: to });
  const isOpen = step.question !== undefined && place.guesses[place.step] === undefined;
  return (
    <section className="lesson" aria-label={`Lesson ${number}: ${place.lesson.title}`}>
      <div className="lesson-head">
        <span className="dim">
          Lesson {number} · step {place.step + 1} of {count}
        </span>
        <button
          type="button"
          className="link"
          title="Everything stays as it stands; the settings are yours"
          onClick={() => store.getState().setLesson(null)}
        >
          leave
        </button>
      </div>
      <h2>{step.title}</h2>
      <p aria-live="polite">
        <Prose text={text} />
      </p>
      {step.question === undefined ? null : <Asked question={step.question} place={place} step={step} />}
      {onStage ? null : (
        <p className="notice-line">
          The run is your own now.{' '}
          <button type="button" className="link" onClick={() => go(place.step)}>
            Back to the lesson’s run
          </button>
        </p>
      )}
      <div className="lesson-steps">
        <button
          type="button"
          className="button wide"
          disabled={place.step === 0}
          onClick={() => go(place.step - 1)}
        >
          Back
        </button>
        {place.step + 1 < count ? (
          <button type="button" className="button wide primary" onClick={() => go(place.step + 1)}>
            {isOpen ? 'Skip the question' : 'Next'}
          </button>
        ) : (
          <button
            type="button"
            className="button wide primary"
            onClick={() => store.getState().setLesson(null)}
          >
            To the sandbox
          </button>
        )}
      </div>
    </section>
  );
}

function Asked(props: {
  readonly question: Question;
  readonly place: LessonPlace;
  readonly step: LessonStep;
}): ReactNode {
  const { question, place, step } = props;
  const store = useAppStore();
  const guess = place.guesses[place.step];
  const revealed = useMemo(() => {
    if (guess === undefined) return null;
    const facts = place.runs.at(step);
    return { answer: question.answer(facts), text: question.reveal(facts) };
  }, [guess, question, place.runs, step]);
  const choose = (choice: string): void =>
    store.getState().setLesson({ ...place, guesses: { ...place.guesses, [place.step]: choice } });
  return (
    <div className="question" role="group" aria-label="Question">
      <p className="ask">
        <Prose text={question.ask} />
      </p>
      <div className="choices">
        {question.choices.map((choice) => (
          <button
            key={choice}
            type="button"
            disabled={revealed !== null}
            className={
              revealed === null
                ? ''
                : choice === revealed.answer
                  ? 'right-answer'
                  : choice === guess
                    ? 'wrong-answer'
                    : ''
            }
            onClick={() => choose(choice)}
          >
            {revealed === null ? '' : choice === revealed.answer ? '✓ ' : choice === guess ? '✗ ' : ''}
            {choice}
          </button>
        ))}
      </div>
      {revealed === null ? null : (
        <p className="reveal" role="status">
          <strong>{guess === revealed.answer ? 'Yes. ' : 'Not quite. '}</strong>
          <Prose text={revealed.text} />
        </p>
      )}
    </div>
  );
}
