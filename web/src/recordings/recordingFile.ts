/** A run to a file and back. Nothing here touches the stage: what cannot be read gives a sentence. */
import { EventTape } from '#events/EventTape';
import { readScenarioFile, writeScenarioFile } from '#model/scenarioFile';
import { RunProjections } from '#projections/RunProjections';
import { parsed, unreadable, type Parsed } from '#wire/protocol';
import {
  catalogueDigest,
  readRecordingBody,
  recordingBody,
  sealRecording,
  unsealRecording,
  type RecordingHeader,
} from '#wire/recording';
import { decodeState, encodeState } from '#wire/snapshot';
import type { PipelineState } from '#projections/pipelineState';
import type { Source } from '../sources/Source.ts';
import { createRecordingSource, type RecordingSource } from '../sources/recordingSource.ts';
import { modelOf } from './modelOf.ts';
import { pack, unpack } from './packing.ts';

/** Work between two breaths of the page. */
const WORK_MS = 8;
/** Events between two looks at the clock. */
const SLICE_EVENTS = 4096;

export interface Recorded {
  readonly source: Pick<
    Source,
    'kind' | 'log' | 'base' | 'scenario' | 'capabilities' | 'contents' | 'ledger'
  > & {
    readonly of?: 'model' | 'live';
    readonly target?: string | null;
  };
  /** µs up to which the log is complete. */
  readonly completeAt: number;
  /** µs: the moment that is shown. */
  readonly shownAt: number;
  /** What a live run runs against; null: a model. */
  readonly target: string | null;
}

/** Lets the page draw. */
export type Breathe = () => Promise<void>;

/** Ends when the browser has had its turn. */
export const breathe: Breathe = () => new Promise((resolve) => setTimeout(resolve));

/** The file of a run, everything up to `completeAt`. */
export async function writeRecording(run: Recorded, rest: Breathe): Promise<Uint8Array> {
  const { source } = run;
  const { log } = source;
  const header: RecordingHeader = {
    of: source.kind === 'recording' ? (source.of ?? 'model') : source.kind,
    target: source.kind === 'recording' ? (source.target ?? null) : run.target,
    scenario: writeScenarioFile(source.scenario, null),
    events: Object.fromEntries(source.capabilities.events),
    refusals: Object.fromEntries(source.capabilities.refusals ?? []),
    catalogue: catalogueDigest(),
    startSeq: log.startSeq,
    endSeq: log.seqAfter(run.completeAt),
    completeAt: Math.floor(run.completeAt),
    shownAt: Math.floor(run.shownAt),
    base: source.base === null || source.base === undefined ? null : encodeState(source.base),
    ledger: source.ledger ?? null,
    contents: [...(source.contents ?? [])].flatMap(([id, content]) =>
      typeof content === 'string' ? [] : [[id, { ...content, headers: [...content.headers] }]],
    ),
  };
  const pieces: Uint8Array[] = [];
  const mayWork = timesheet(rest);
  for (const piece of recordingBody(header, log)) {
    pieces.push(piece);
    await mayWork();
  }
  const { packing, body } = await pack(pieces);
  return sealRecording(body, packing);
}

/** A run that can be shown: its log has been read from beginning to end, and everything could be derived from it. */
export async function readRecording(file: Uint8Array, rest: Breathe): Promise<Parsed<RecordingSource>> {
  const whole = unsealRecording(file);
  if (!whole.ok) return whole;
  try {
    const read = readRecordingBody(await unpack(whole.value.packing, whole.value.body));
    if (!read.ok) return read;
    const { header, frames } = read.value;
    const base = baseOf(header);
    if (!base.ok) return base;
    const text = readScenarioFile(header.scenario);
    if ('sentence' in text) return unreadable(text.sentence);
    const log = new EventTape();
    const mayWork = timesheet(rest);
    for (const frame of frames) {
      log.append(frame);
      await mayWork();
    }
    const projections = new RunProjections(log, base.value);
    while (!projections.extend(SLICE_EVENTS)) await mayWork();
    const { scenario } = text.run;
    const remake =
      header.of === 'model' ? () => modelOf({ log, scenario }, header.completeAt, rest) : undefined;
    return parsed(createRecordingSource({ header, log, base: base.value, scenario, remake }));
  } catch (error) {
    return unreadable(error instanceof Error ? sentenceOf(error) : String(error));
  }
}

function baseOf({ base, startSeq }: RecordingHeader): Parsed<PipelineState | null> {
  if (base === null)
    return startSeq === 0
      ? parsed(null)
      : unreadable('This recording has lost the state that it begins with.');
  const read = decodeState(base);
  if (!read.ok) return unreadable(`This recording cannot be read: it has ${read.sentence}.`);
  return read.value.seq === startSeq
    ? parsed(read.value)
    : unreadable('This recording begins with the state of another moment.');
}

const sentenceOf = ({ message }: Error): string =>
  message.startsWith('This ') ? message : `This recording cannot be read: ${message}.`;

/** Rests after each `WORK_MS`. */
function timesheet(rest: Breathe): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < WORK_MS) return;
    await rest();
    since = performance.now();
  };
}
