import { describe, expect, it } from 'vitest';
import { recordId, threadId } from '#base/ids';
import { createRandom } from '#base/random';
import { micros } from '#base/time';
import { EventTape } from '#events/EventTape';
import {
  catalogueDigest,
  isRecording,
  MAX_RECORDING_BYTES,
  readRecordingBody,
  RECORDING_VERSION,
  recordingBody,
  sealRecording,
  unsealRecording,
  type RecordingHeader,
} from './recording.ts';
import { MAX_FRAME_EVENTS } from './protocol.ts';

function tapeOf(events: number): EventTape {
  let now = 0;
  const tape = new EventTape({ nowUs: () => micros(now) });
  const named = tape.writer('partition.named');
  const sent = tape.writer('record.sent');
  for (let i = 0; i < events; i++) {
    now += i % 5;
    if (i % 40 === 0) named(0 as never, `Bestellungen-ä-${i}`, i);
    else sent(recordId(i), threadId(0), i % 7, 50 + (i % 11));
  }
  return tape;
}

const headerOf = (tape: EventTape): RecordingHeader => ({
  of: 'live',
  target: 'kafka',
  scenario: '{"name":"für Zoë 🙂"}',
  events: { 'record.sent': 'measured' },
  refusals: { 'compression.type=zstd': 'No.' },
  catalogue: catalogueDigest(),
  startSeq: tape.startSeq,
  endSeq: tape.endSeq,
  completeAt: tape.endAt,
  shownAt: 12,
  base: null,
  ledger: null,
  contents: [[3, { topic: 'orders', partition: null, key: 'k', value: 'v', timestampMs: 5, headers: [] }]],
});

function join(pieces: Iterable<Uint8Array>): Uint8Array {
  const all = [...pieces];
  const out = new Uint8Array(all.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of all) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

const fileOf = (tape: EventTape): Uint8Array =>
  sealRecording(join(recordingBody(headerOf(tape), tape)), 'plain');

/** The sentence with which a file is refused; null: it is read, events and all. */
function refusalOf(file: Uint8Array): string | null {
  const whole = unsealRecording(file);
  if (!whole.ok) return whole.sentence;
  const read = readRecordingBody(whole.value.body);
  if (!read.ok) return read.sentence;
  const tape = new EventTape();
  for (const frame of read.value.frames) tape.append(frame);
  return null;
}

describe('a recording', () => {
  it('comes out as it went in, over many frames', () => {
    const tape = tapeOf(2 * MAX_FRAME_EVENTS + 77);
    const whole = unsealRecording(fileOf(tape));
    if (!whole.ok) throw new Error(whole.sentence);
    const read = readRecordingBody(whole.value.body);
    if (!read.ok) throw new Error(read.sentence);
    expect(read.value.header).toEqual(headerOf(tape));
    const copy = new EventTape();
    for (const frame of read.value.frames) copy.append(frame);
    expect(copy.digest()).toBe(tape.digest());
  });

  it('of no events is one too', () => {
    expect(refusalOf(fileOf(new EventTape()))).toBeNull();
  });

  it('cut anywhere is refused', () => {
    const file = fileOf(tapeOf(90));
    expect(refusalOf(file)).toBeNull();
    for (let length = 0; length < file.length; length++) {
      expect(refusalOf(file.subarray(0, length)), `cut at ${length}`).toMatch(/^This .*\.$/);
    }
  });

  it('with any bit turned is refused', () => {
    const file = fileOf(tapeOf(90));
    for (let bit = 0; bit < file.length * 8; bit++) {
      const turned = file.slice();
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(refusalOf(turned), `bit ${bit}`).toMatch(/^This .*\.$/);
    }
  });

  it('of a newer version, of somebody else or with something behind it is refused by name', () => {
    const file = fileOf(tapeOf(90));
    const newer = file.slice();
    newer[8] = RECORDING_VERSION + 1;
    expect(refusalOf(newer)).toContain(`version ${RECORDING_VERSION + 1}`);
    expect(refusalOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))).toContain(
      'not a recording',
    );
    expect(refusalOf(join([file, Uint8Array.of(0)]))).toContain('damaged');
    expect(refusalOf(new Uint8Array(MAX_RECORDING_BYTES + 1))).toContain('too large');
    expect(isRecording(file.subarray(0, 8))).toBe(true);
    expect(isRecording(new Uint8Array(0))).toBe(false);
  });

  it('with another catalogue of events is refused', () => {
    const tape = tapeOf(10);
    const body = join(recordingBody({ ...headerOf(tape), catalogue: '0123456789abcdef' }, tape));
    expect(readRecordingBody(body)).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('events differ') as string,
    });
  });

  it('whose body is not one never throws, also under a right checksum', () => {
    const random = createRandom(31);
    const body = join(recordingBody(headerOf(tapeOf(300)), tapeOf(300)));
    let refused = 0;
    for (let round = 0; round < 3000; round++) {
      const broken = body.slice(0, random.below(8) === 0 ? random.below(body.length) : body.length);
      for (let changes = 1 + random.below(4); changes > 0; changes--)
        broken[random.below(broken.length)] = random.below(256);
      const read = readRecordingBody(broken);
      if (read.ok) continue;
      refused++;
      expect(read.sentence).toMatch(/\.$/);
    }
    expect(refused).toBeGreaterThan(500);
  });
});
