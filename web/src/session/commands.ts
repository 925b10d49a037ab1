/** What is said when the run is changed: how much of the old future a command cut, and the way back. */
import { countText, momentText, msText } from '../ui/format.ts';
import type { CutNotice, Session } from './session.ts';

export type Notify = (
  sentence: string,
  tone?: 'plain' | 'warn' | 'bad',
  action?: { readonly label: string; readonly run: () => void } | null,
) => void;

export const cutSentence = (cut: CutNotice): string =>
  `The future from here on is another one: ${msText(cut.cutUs)} that you had seen ` +
  `(${countText(cut.cutEvents)} events) are cut off.`;

/** Tells about cuts from now on; returns how to stop. */
export const announceCuts = (session: Session, notify: Notify): (() => void) =>
  session.onCut((cut) =>
    notify(cutSentence(cut), 'warn', { label: 'Undo', run: () => undoWithNotice(session, notify) }),
  );

/** Tells where a run begins that is not held from its beginning, when somebody goes there; returns how to stop. */
export const announceGone = (session: Session, notify: Notify): (() => void) =>
  session.onGone((startAt) => notify(goneSentence(startAt), 'warn'));

const goneSentence = (startAt: number): string =>
  `This page holds the run from ${momentText(startAt)} on: what was before that cannot be shown.`;

export function undoWithNotice(session: Session, notify: Notify): void {
  notify(session.undo() ? 'The last change is taken back.' : 'There is nothing to take back.');
}
