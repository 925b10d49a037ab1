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

/** Opens the text of a file that somebody dropped or chose. null: done; else a sentence, and nothing has changed. */
export function openFileText(session: Session, text: string, notify: Notify): string | null {
  const read = readScenarioFile(text);
  if ('sentence' in read) return read.sentence;
  const { source } = session;
  const { lookOnly = null } = source.own;
  if (lookOnly !== null) return lookOnly;
  if (source.kind === 'recording') source.showOwn();
  const refusal = session.restart(read.run.scenario);
  if (refusal !== null) return refusal;
  for (const notice of read.run.notices) notify(notice, 'warn');
  // Another live run says by itself when it has begun, and has no moment of the file to go to.
  if (source.kind === 'live') return null;
  goToPlayhead(session, read.run, 0);
  notify('The run of the file is open.', 'plain', {
    label: 'Undo',
    run: () => undoWithNotice(session, notify),
  });
  return null;
}
