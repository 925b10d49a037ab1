/** A run from somewhere else, a link or a file, in the session that is open. Nothing the person had is lost: it can be undone. */
import { readScenarioFile } from '#model/scenarioFile';
import type { ReadLink } from '#model/scenarioQuery';
import { undoWithNotice, type Notify } from './commands.ts';
import type { Session } from './session.ts';

/** The playhead of a link: the moment, the seq within it, playing or not. */
export function goToPlayhead(session: Session, link: ReadLink, elseAt: number): void {
  const { playhead } = link;
  session.dispatch({ type: 'seek', at: playhead?.at ?? elseAt });
  if (playhead !== null && playhead.seq !== null) session.arriveAt(playhead.seq);
  session.dispatch({ type: playhead?.paused === true ? 'pause' : 'play' });
}

/** Opens the text of a file that somebody dropped or chose. */
export function openFileText(session: Session, text: string, notify: Notify): void {
  const read = readScenarioFile(text);
  if ('sentence' in read) return notify(read.sentence, 'bad');
  const refusal = session.restart(read.run.scenario);
  if (refusal !== null) return notify(refusal, 'bad');
  for (const notice of read.run.notices) notify(notice, 'warn');
  goToPlayhead(session, read.run, 0);
  notify('The run of the file is open.', 'plain', {
    label: 'Undo',
    run: () => undoWithNotice(session, notify),
  });
}
