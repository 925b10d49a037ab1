/**
 * A saved run as a file: `magic 8, version u8, packing u8, length u32`, the body, and a checksum of all that. The body,
 * packed or not, is a header as JSON and then the log in slices of the tape, as frames carry them. A file that is cut,
 * damaged, newer or somebody else's gives a sentence, and nothing is thrown.
 */
import * as v from 'valibot';
import { asciiBytes, asciiText } from '#base/ascii';
import { readUnsignedVarint, sizeOfUnsignedVarint, writeUnsignedVarint } from '#base/varint';
import { catalogue } from '#events/catalogue';
import { createDigest } from '#events/digest';
import type { EventLogView, LogFrame } from '#events/EventLogView';
import { crc32c } from '#record/crc32c';
import { ledgerMessage } from './ledger.ts';
import { contentSchema, provenanceSchema } from './messages.ts';
import { MAX_FRAME_EVENTS, parsed, unreadable, type Parsed } from './protocol.ts';

/** As in PNG: no text begins so, and a line end that was translated on the way is seen. */
const MAGIC = Uint8Array.of(0x89, 0x4c, 0x49, 0x4e, 0x47, 0x45, 0x52, 0x0a);
/** Rises when an older page could not read the file. */
export const RECORDING_VERSION = 1;
const HEAD_BYTES = MAGIC.length + 6;
const CHECKSUM_BYTES = 4;
const PACKINGS = ['plain', 'gzip'] as const;
export type Packing = (typeof PACKINGS)[number];

/** Of a file, and of what it holds unpacked: a run of 5 million events has about a third of it. */
export const MAX_RECORDING_BYTES = 256 * 1024 * 1024;
/** More than any page keeps of a run. */
const MAX_EVENTS = 6_000_000;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const headerSchema = v.strictObject({
  of: v.picklist(['model', 'live']),
  /** What the live run ran against; null: the model. */
  target: v.nullable(v.pipe(v.string(), v.maxLength(40))),
  /** The text of a scenario file. */
  scenario: v.string(),
  events: v.record(v.string(), provenanceSchema),
  /** Settings that the run could not honour, each with why. */
  refusals: v.record(v.string(), v.string()),
  /** Of the catalogue of events with which it was written. */
  catalogue: v.string(),
  startSeq: count,
  endSeq: v.pipe(count, v.maxValue(Number.MAX_SAFE_INTEGER - MAX_FRAME_EVENTS)),
  /** µs: the log has everything up to here. */
  completeAt: count,
  /** µs: the moment that was shown when it was saved. */
  shownAt: count,
  /** The state before `startSeq` (snapshot.ts); null: the log begins with the run. */
  base: v.unknown(),
  /** What was read back from the log of a live run by its end; null: nothing was. */
  ledger: v.nullable(ledgerMessage),
  /** Contents of records that the page had at hand. */
  contents: v.array(v.strictTuple([count, contentSchema])),
});
export type RecordingHeader = v.InferOutput<typeof headerSchema>;

/** Equal for two builds that write the same events to the same bytes. */
export function catalogueDigest(): string {
  const digest = createDigest();
  const text = JSON.stringify(Object.entries(catalogue));
  for (let i = 0; i < text.length; i++) digest.addNumber(text.charCodeAt(i));
  return digest.text();
}

/** The body in pieces, so that the page can breathe between them. */
export function* recordingBody(header: RecordingHeader, log: EventLogView): Generator<Uint8Array> {
  yield sized(escaped(JSON.stringify(header)));
  for (let seq = header.startSeq; seq < header.endSeq;) {
    const toSeq = Math.min(header.endSeq, seq + MAX_FRAME_EVENTS);
    // The first slice brings all texts so far: whoever opens it has none.
    yield sized((seq === header.startSeq ? log.frame(seq, toSeq, 0) : log.frame(seq, toSeq)).bytes);
    seq = toSeq;
  }
}

/** The file around a body. */
export function sealRecording(body: Uint8Array, packing: Packing): Uint8Array {
  const file = new Uint8Array(HEAD_BYTES + body.length + CHECKSUM_BYTES);
  file.set(MAGIC);
  file[MAGIC.length] = RECORDING_VERSION;
  file[MAGIC.length + 1] = PACKINGS.indexOf(packing);
  const words = new DataView(file.buffer);
  words.setUint32(HEAD_BYTES - 4, body.length);
  file.set(body, HEAD_BYTES);
  const end = HEAD_BYTES + body.length;
  words.setUint32(end, crc32c(file, 0, end));
  return file;
}

/** Whether a file begins as ours do, however it goes on. */
export const isRecording = (file: Uint8Array): boolean =>
  file.length > 0 && MAGIC.every((byte, i) => i >= file.length || file[i] === byte);

/** The body of a file that is whole. */
export function unsealRecording(
  file: Uint8Array,
): Parsed<{ readonly packing: Packing; readonly body: Uint8Array }> {
  if (file.length > MAX_RECORDING_BYTES) return unreadable('This file is too large to be a recording.');
  if (!isRecording(file)) return unreadable('This file is not a recording of Linger.');
  const version = file[MAGIC.length] ?? 0;
  if (version > RECORDING_VERSION) {
    return unreadable(
      `This recording has version ${version}; this page reads versions up to ${RECORDING_VERSION}. A newer Linger opens it.`,
    );
  }
  const packing = PACKINGS[file[MAGIC.length + 1] ?? -1];
  if (file.length < HEAD_BYTES + CHECKSUM_BYTES) return unreadable(CUT);
  const words = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = HEAD_BYTES + words.getUint32(HEAD_BYTES - 4);
  if (file.length < end + CHECKSUM_BYTES) return unreadable(CUT);
  const isWhole = file.length === end + CHECKSUM_BYTES && words.getUint32(end) === crc32c(file, 0, end);
  if (!isWhole || packing === undefined || version === 0) return unreadable(DAMAGED);
  return parsed({ packing, body: file.subarray(HEAD_BYTES, end) });
}

const CUT = 'This recording is cut: its end is missing. Save or copy it again.';
const DAMAGED = 'This recording is damaged: its checksum does not fit. Save or copy it again.';
const UNREADABLE = 'This recording cannot be read';

/** A header and the slices of the log, which a tape checks when it takes them. */
export function readRecordingBody(
  body: Uint8Array,
): Parsed<{ readonly header: RecordingHeader; readonly frames: readonly LogFrame[] }> {
  const cursor = { at: 0 };
  try {
    const json: unknown = JSON.parse(asciiText(next(body, cursor)));
    const read = v.safeParse(headerSchema, json, { abortEarly: true });
    if (!read.success) return unreadable(`${UNREADABLE}: its header is wrong (${read.issues[0].message}).`);
    const header = read.output;
    if (header.catalogue !== catalogueDigest())
      return unreadable('This recording was made by another version of Linger, whose events differ.');
    if (header.endSeq - header.startSeq > MAX_EVENTS)
      return unreadable('This recording has too many events.');
    const frames: LogFrame[] = [];
    for (let seq = header.startSeq; seq < header.endSeq;) {
      const toSeq = Math.min(header.endSeq, seq + MAX_FRAME_EVENTS);
      frames.push({ fromSeq: seq, toSeq, bytes: next(body, cursor) });
      seq = toSeq;
    }
    if (cursor.at < body.length) return unreadable(`${UNREADABLE}: something follows its last event.`);
    return parsed({ header, frames });
  } catch {
    return unreadable(`${UNREADABLE}: it ends too early.`);
  }
}

function sized(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(sizeOfUnsignedVarint(bytes.length) + bytes.length);
  out.set(bytes, writeUnsignedVarint(out, 0, bytes.length));
  return out;
}

/** @throws RangeError when the bytes end before it. */
function next(body: Uint8Array, cursor: { at: number }): Uint8Array {
  const length = readUnsignedVarint(body, cursor);
  const from = cursor.at;
  cursor.at += length;
  if (cursor.at > body.length) throw new RangeError('the body ends in a part of it');
  return body.subarray(from, cursor.at);
}

/** JSON is the same with every other letter written as an escape. */
const escaped = (json: string): Uint8Array =>
  asciiBytes(
    json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
