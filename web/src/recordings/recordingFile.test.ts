import { describe, expect, it } from 'vitest';
import { micros } from '#base/time';
import { recordId } from '#base/ids';
import { EventTape } from '#events/EventTape';
import { BLOCK_EVENTS } from '#events/tape/layout';
import { DEFAULT_SCENARIO } from '#model/defaultScenario';
import { pipelineProjection } from '#projections/pipelineProjection';
import { Projector } from '#projections/Projector';
import { LEDGER_VERSION, type LedgerMessage } from '#wire/ledger';
import { createSession, type RestartableSource, type Session } from '../session/session.ts';
import { createModelSource } from '../sources/modelSource.ts';
import { createRecordingSource, type RecordingSource } from '../sources/recordingSource.ts';
import type { RecordContent } from '../sources/Source.ts';
import { modelOf } from './modelOf.ts';
import { readRecording, writeRecording, type Recorded } from './recordingFile.ts';

const rest = (): Promise<void> => Promise.resolve();
const MS = 1000;
const END = 400 * MS;

function modelRun(): RestartableSource {
  const model = createModelSource(DEFAULT_SCENARIO);
  model.execute({ do: 'broker.kill', node: 1 }, micros(120 * MS));
  for (let i = 0; i < 1000 && model.ensure(micros(END), 50) < END; i++);
  return model;
}

const recorded = (source: RestartableSource): Recorded => ({
  source,
  completeAt: END,
  shownAt: 150 * MS,
  target: null,
});

async function opened(file: Uint8Array): Promise<RecordingSource> {
  const read = await readRecording(file, rest);
  if (!read.ok) throw new Error(read.sentence);
  return read.value;
}

/** Frames until nothing moves any more. */
function settled(session: Session): Session {
  let now = 0;
  for (let i = 0; i < 3000 && session.frame((now += 16)); i++);
  return session;
}

const counts = {
  acked: 9,
  failed: 1,
  present: 10,
  ackedAndPresent: 9,
  missing: 0,
  awaited: 0,
  duplicated: 0,
  outOfOrder: 0,
  failedButPresent: 1,
  committed: null,
  byOffset: 0,
  gone: 0,
  goneOffsets: 0,
  goneCommittedOffsets: 0,
  cutOffsets: 0,
};
const ledger: LedgerMessage = {
  kind: 'ledger',
  version: LEDGER_VERSION,
  topic: 'orders',
  trouble: null,
  all: counts,
  partitions: [[0, counts]],
  forgotten: 0,
};

const model = modelRun();
const file = await writeRecording(recorded(model), rest);
const seqs = model.log.seqAfter(END);

describe('a run saved and opened', () => {
  it('is the same log, scenario and capabilities, packed small', async () => {
    const recording = await opened(file);
    expect(recording.log.endSeq).toBe(seqs);
    expect(recording.log.digest()).toBe((model.log as EventTape).digest(seqs));
    expect(recording.scenario).toEqual(model.scenario);
    expect(recording.capabilities.events).toEqual(model.capabilities.events);
    expect(recording).toMatchObject({ of: 'model', target: null, opensAt: 150 * MS, endsAt: END });
    expect(file.length).toBeLessThan(seqs * 6);
  });

  it('is the same file when it is saved again', async () => {
    const recording = await opened(file);
    const again = await writeRecording(
      { source: recording, completeAt: END, shownAt: 150 * MS, target: null },
      rest,
    );
    expect(again).toEqual(file);
  });

  it('begins in the middle, as a live run that was joined late, with the state of that moment', async () => {
    const from = 3 * BLOCK_EVENTS;
    const tape = model.log as EventTape;
    const late = new EventTape();
    late.append(tape.frame(from, seqs, 0));
    const base = pipelineProjection.clone(new Projector(tape, pipelineProjection).moveTo(from));
    const source = { ...model, kind: 'live' as const, log: late, base, ledger };
    const parts = { ...recorded(model), source };
    const recording = await opened(await writeRecording({ ...parts, target: 'kafka' }, rest));
    expect(recording).toMatchObject({ of: 'live', target: 'kafka', ledger });
    const there = new Projector(recording.log, pipelineProjection, recording.base ?? null).moveTo(seqs);
    expect(there).toEqual(new Projector(tape, pipelineProjection).moveTo(seqs));
  });

  it('keeps what it has of contents', async () => {
    const content = { topic: 'orders', partition: 2, key: 'k', value: 'v', timestampMs: 1, headers: [] };
    const contents = new Map<number, RecordContent | 'gone'>([
      [7, content],
      [8, 'gone'],
    ]);
    const live = { ...recorded(model), source: { ...model, kind: 'live' as const, contents } };
    const recording = await opened(await writeRecording(live, rest));
    expect(recording.content(recordId(7))).toEqual(content);
    expect(recording.content(recordId(8))).toBe('gone');
  });

  it('of the model makes contents again', async () => {
    const recording = await opened(file);
    const told = new Promise<void>((resolve) => recording.subscribe(() => resolve()));
    expect(recording.content(recordId(5))).toBe('asked');
    await told;
    expect(recording.content(recordId(5))).toEqual(model.content(recordId(5)));
  });
});

describe('a file that cannot be opened', () => {
  it('gives a sentence for every way of packing that fails', async () => {
    for (let at = 14; at < file.length; at += 97) {
      const broken = file.slice();
      broken[at] = (broken[at] ?? 0) ^ 0x10;
      expect(await readRecording(broken, rest)).toMatchObject({ ok: false });
    }
  });
});

describe('a session with a recording on the stage', () => {
  it('opens where it was saved, plays to its end, begins again, changes nothing, and gives the run back', async () => {
    const session = createSession(createModelSource(DEFAULT_SCENARIO));
    session.dispatch({ type: 'seek', at: 60 * MS });
    settled(session);
    const before = session.digest(session.playback.cursor.seq);
    const recording = await opened(file);
    session.source.show(recording, recording.opensAt, micros(60 * MS));
    settled(session);
    expect(session.playback.cursor.at).toBe(150 * MS);
    expect(session.seenAt).toBe(END);
    expect(session.command({ do: 'broker.kill', node: 0 })).toContain('recording');
    expect(session.restart(DEFAULT_SCENARIO)).toContain('recording');
    expect(session.undo()).toBe(false);
    session.dispatch({ type: 'seek', at: 10 * END });
    settled(session);
    expect(session.playback.cursor.at).toBe(END);
    expect(session.digest(session.playback.cursor.seq)).toBe(recording.log.digest());
    session.dispatch({ type: 'play' });
    session.frame(100_000);
    expect(session.playback.cursor.at).toBeLessThan(END);
    session.dispatch({ type: 'setSpeed', speed: 1 });
    settled(session);
    expect(session.playback).toMatchObject({ playing: false, cursor: { at: END } });
    session.source.showOwn();
    settled(session);
    expect(session.playback.cursor.at).toBe(60 * MS);
    expect(session.digest(session.playback.cursor.seq)).toBe(before);
  });

  it('goes on with the model from any moment, and comes back from it', async () => {
    const own = createModelSource(DEFAULT_SCENARIO);
    const session = createSession(own);
    const recording = await opened(file);
    session.source.show(recording, micros(200 * MS), micros(0));
    settled(session);
    const made = await modelOf(recording, 200 * MS, rest);
    if (made === null) throw new Error('the model makes another run');
    const back = session.source.adopt(made, micros(200 * MS));
    settled(session);
    expect(session.digest(session.playback.cursor.seq)).toBe(
      recording.log.digest(session.playback.cursor.seq),
    );
    expect(session.command({ do: 'broker.restart', node: 1 })).toBeNull();
    back();
    expect(session.source.shown).toBe(own);
  });

  it('stays a recording when the model makes another run of its scenario', async () => {
    const recording = await opened(file);
    const scenario = { ...recording.scenario, seed: recording.scenario.seed + 1 };
    expect(await modelOf({ log: recording.log, scenario }, 200 * MS, rest)).toBeNull();
    const impossible = { ...scenario, applications: [] };
    expect(await modelOf({ log: recording.log, scenario: impossible }, 200 * MS, rest)).toBeNull();
  });
});

it('a recording that stood at its end when it was saved opens at its beginning', () => {
  const header = { ...headerFields, shownAt: 9, completeAt: 9 };
  const parts = { header, log: new EventTape(), base: null, scenario: DEFAULT_SCENARIO };
  expect(createRecordingSource(parts).opensAt).toBe(0);
});

const headerFields = {
  of: 'live' as const,
  target: null,
  scenario: '',
  events: {},
  refusals: {},
  catalogue: '',
  startSeq: 0,
  endSeq: 0,
  base: null,
  ledger: null,
  contents: [],
};
