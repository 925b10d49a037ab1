/** Takes the page to a step of a lesson: its run on the stage, time at its moment, what it points at. */
import type { Session } from '../../session/session.ts';
import type { AppStore, LessonPlace } from '../../store/appStore.ts';

/** The way to a later moment of the same run is played when it is not longer than this. */
const LONGEST_PLAY_S = 5;

const isSame = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether the run on the stage is the one that the step speaks of. */
export function isOnStage(session: Session, place: LessonPlace): boolean {
  const step = place.lesson.steps[place.step];
  const scenario = step === undefined ? undefined : place.lesson.runs[step.run];
  return scenario !== undefined && isSame(scenario, session.source.scenario);
}

/** Opens a step. What the reader has changed in the run is replaced by the step's own run. */
export function enterStep(session: Session, store: AppStore, place: LessonPlace): void {
  const step = place.lesson.steps[place.step];
  if (step === undefined) return;
  const { setLesson, setLook, select } = store.getState();
  const { scenario, atUs, seq } = place.runs.at(step).here;
  setLesson(place);
  setLook(step.look);
  select(null);
  const stands = isSame(scenario, session.source.scenario);
  const from = session.playback.cursor.at;
  const arrive = (): void => {
    session.dispatch({ type: 'pause' });
    session.dispatch({ type: 'seek', at: atUs });
    session.arriveAt(seq);
  };
  const wallS = (atUs - from) / 1_000_000 / session.playback.speed;
  const isCalm = globalThis.matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (stands && atUs > from && wallS <= LONGEST_PLAY_S && !isCalm) {
    playUntil(session, atUs, () => store.getState().lesson === place, arrive);
    return;
  }
  if (!stands) session.restart(scenario);
  arrive();
}

/** Plays; at `atUs`, or when somebody else takes the time in hand, it ends. */
function playUntil(session: Session, atUs: number, isWanted: () => boolean, arrive: () => void): void {
  let hasPlayed = false;
  const stop = session.subscribe(() => {
    const { playing, cursor } = session.playback;
    hasPlayed ||= playing;
    if (isWanted() && playing && cursor.at < atUs) return;
    if (isWanted() && !hasPlayed) return;
    stop();
    if (isWanted() && cursor.at >= atUs) arrive();
  });
  session.dispatch({ type: 'play' });
}
