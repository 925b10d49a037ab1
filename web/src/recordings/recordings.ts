/** What a person does with recordings: save the run, open a file in its place, close it, go on from it with the model. */
import { micros, type Micros } from '#base/time';
import { isRecording, MAX_RECORDING_BYTES } from '#wire/recording';
import type { Notify } from '../session/commands.ts';
import { openFileText } from '../session/openRun.ts';
import type { Session } from '../session/session.ts';
import { liveOffer } from '../session/urlState.ts';
import { asRecording } from '../sources/recordingSource.ts';
import type { AppStore } from '../store/appStore.ts';
import { saveFile } from '../ui/saveFile.ts';
import { modelOf } from './modelOf.ts';
import { breathe, readRecording, writeRecording } from './recordingFile.ts';

/** What such a file is called. */
export const SUFFIX = '.linger';
const FIRST_BYTES = 8;

const momentOf = (session: Session): Micros => micros(Math.floor(session.playback.cursor.at));

/** Gives the run on the stage to the person as a file. null: done; else a sentence. */
export async function saveRun(session: Session): Promise<string | null> {
  const { source, completeAt } = session;
  const target = source.kind === 'live' ? liveOffer() : null;
  const shownAt = session.isFollowing ? completeAt : momentOf(session);
  const run = { source: asRecording(source.shown) ?? source.shown, completeAt, shownAt, target };
  const file = await writeRecording(run, breathe);
  if (file.length > MAX_RECORDING_BYTES) return 'This run is too long for a recording.';
  const contents = new Blob([file as BlobPart], { type: 'application/octet-stream' });
  saveFile(`linger-${source.kind}-seed-${source.scenario.seed}${SUFFIX}`, contents);
  return null;
}

/** Opens a file that somebody dropped or chose: a recording, or a scenario. What cannot be opened changes nothing. */
export async function openFile(session: Session, store: AppStore, file: File): Promise<string | null> {
  if (file.size > MAX_RECORDING_BYTES) return 'This file is too large to be a recording.';
  const start = new Uint8Array(await file.slice(0, FIRST_BYTES).arrayBuffer());
  if (!isRecording(start) && !file.name.endsWith(SUFFIX)) {
    const refusal = openFileText(session, await file.text(), store.getState().notify);
    if (refusal === null) forgetPlaces(store);
    return refusal;
  }
  const read = await readRecording(new Uint8Array(await file.arrayBuffer()), breathe);
  if (!read.ok) return read.sentence;
  const recording = read.value;
  session.dispatch({ type: 'pause' });
  session.source.show(recording, recording.opensAt, momentOf(session));
  forgetPlaces(store);
  return null;
}

/** The run that was on the stage comes back. */
export function closeRecording(session: Session, store: AppStore): void {
  if (session.source.kind !== 'recording') return;
  session.source.showOwn();
  session.follow();
  forgetPlaces(store);
}

/** The model takes over at the moment that is shown, if it makes the same run: then everything can be changed. */
export async function runFromHere(session: Session, notify: Notify): Promise<void> {
  const recording = asRecording(session.source.shown);
  if (recording === null) return;
  session.dispatch({ type: 'pause' });
  const at = momentOf(session);
  const model = await modelOf(recording, at, breathe);
  if (model === null) {
    notify('The model of this page makes another run of this scenario: it stays a recording.', 'warn');
    return;
  }
  const undo = session.source.adopt(model, at);
  notify('The model goes on from here: everything can be changed.', 'plain', { label: 'Undo', run: undo });
}

/** What was selected in one run means nothing in another. */
function forgetPlaces(store: AppStore): void {
  const { select, listOutcome, setLook } = store.getState();
  select(null);
  listOutcome(null);
  setLook([]);
}
