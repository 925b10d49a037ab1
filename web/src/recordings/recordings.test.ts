import { describe, expect, it } from 'vitest';
import { micros } from '#base/time';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { writeScenarioFile } from '#model/scenarioFile';
import { createSession, type Session } from '../session/session.ts';
import { createModelSource } from '../sources/modelSource.ts';
import { createAppStore, type AppStore } from '../store/appStore.ts';
import { defaultMemory } from '../store/memory.ts';
import { readRecording, writeRecording } from './recordingFile.ts';
import { openFile } from './recordings.ts';

const END = 50_000;
const rest = (): Promise<void> => Promise.resolve();

/** A page with a recording on its stage, and one of its records selected. */
async function withRecording(): Promise<{ readonly session: Session; readonly store: AppStore }> {
  const source = createModelSource(DEFAULT_SCENARIO);
  source.ensure(micros(END), 10_000);
  const file = await writeRecording({ source, completeAt: END, shownAt: END, target: null }, rest);
  const read = await readRecording(file, rest);
  if (!read.ok) throw new Error(read.sentence);
  const session = createSession(createModelSource(DEFAULT_SCENARIO));
  const store = createAppStore(defaultMemory, null);
  session.source.show(read.value, micros(0), micros(0));
  store.getState().select({ kind: 'record', id: 3 });
  return { session, store };
}

describe('a file with a scenario', () => {
  it('that cannot be read leaves the recording where it is', async () => {
    const { session, store } = await withRecording();
    const refusal = await openFile(session, store, new File(['{"format":"other"}'], 'other.json'));
    expect(refusal).toBe('This file is not a run of Linger.');
    expect(session.source.kind).toBe('recording');
    expect(store.getState().selection).not.toBeNull();
  });

  it('opens in the run of the page, and the recording is closed', async () => {
    const { session, store } = await withRecording();
    const text = writeScenarioFile({ ...DEFAULT_SCENARIO, seed: 77 }, null);
    expect(await openFile(session, store, new File([text], 'run.json'))).toBeNull();
    expect(session.source.kind).toBe('model');
    expect(session.source.scenario.seed).toBe(77);
    expect(store.getState().selection).toBeNull();
    session.undo();
    expect(session.source.scenario.seed).toBe(DEFAULT_SCENARIO.seed);
  });
});
