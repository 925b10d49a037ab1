/** A frame: a slice of the tape with the marks of its blocks and the texts that it brings. */
import { assert } from '#base/assert';
import { readUnsignedVarint, readVarlong, writeUnsignedVarint, writeVarlong } from '#base/varint';
import { BLOCK_EVENTS, IS_MASKED, leftOut, NUMBERS, SAME_TIME } from './layout.ts';

/** A piece of one block. */
export interface Piece {
  /** Time at which the block begins. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

export interface FrameParts {
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Number of the first text that comes along. */
  readonly firstText: number;
  readonly texts: readonly string[];
  readonly pieces: readonly Piece[];
}

/** Text goes as UTF-16 code units, each a varint: every string survives, and ASCII is one byte a letter. */
function textLength(text: string): number {
  return 5 + text.length * 3;
}

export function encodeFrame(parts: FrameParts): Uint8Array {
  let size = 64;
  for (const text of parts.texts) size += textLength(text);
  for (const piece of parts.pieces) size += 16 + piece.bytes.length;
  const out = new Uint8Array(size);
  let at = writeVarlong(out, 0, parts.fromSeq);
  at = writeVarlong(out, at, parts.toSeq);
  at = writeUnsignedVarint(out, at, parts.firstText);
  at = writeUnsignedVarint(out, at, parts.texts.length);
  for (const text of parts.texts) {
    at = writeUnsignedVarint(out, at, text.length);
    for (let i = 0; i < text.length; i++) at = writeUnsignedVarint(out, at, text.charCodeAt(i));
  }
  for (const piece of parts.pieces) {
    at = writeVarlong(out, at, piece.at);
    at = writeUnsignedVarint(out, at, piece.bytes.length);
    out.set(piece.bytes, at);
    at += piece.bytes.length;
  }
  return out.slice(0, at);
}

/** @throws BugError, RangeError when the bytes are no frame. */
export function decodeFrame(bytes: Uint8Array): FrameParts {
  const cursor = { at: 0 };
  const fromSeq = readVarlong(bytes, cursor);
  const toSeq = readVarlong(bytes, cursor);
  assert(fromSeq >= 0 && toSeq >= fromSeq && toSeq <= Number.MAX_SAFE_INTEGER, 'a frame of no events');
  const firstText = readUnsignedVarint(bytes, cursor);
  const count = readUnsignedVarint(bytes, cursor);
  assert(count <= bytes.length, 'a frame of more texts than bytes');
  const texts: string[] = [];
  for (let i = 0; i < count; i++) {
    const length = readUnsignedVarint(bytes, cursor);
    assert(length <= bytes.length - cursor.at, 'a text ends beyond its frame');
    let text = '';
    for (let j = 0; j < length; j++) text += String.fromCharCode(readUnsignedVarint(bytes, cursor));
    texts.push(text);
  }
  const pieces: Piece[] = [];
  for (let seq = fromSeq; seq < toSeq;) {
    const events = Math.min(toSeq - seq, BLOCK_EVENTS - (seq % BLOCK_EVENTS));
    const at = readVarlong(bytes, cursor);
    const length = readUnsignedVarint(bytes, cursor);
    assert(at >= 0 && length <= bytes.length - cursor.at, 'a block ends beyond its frame');
    const piece = bytes.subarray(cursor.at, cursor.at + length);
    assert(holdsEvents(piece, events), `a block without its ${events} events`);
    pieces.push({ at, bytes: piece });
    cursor.at += length;
    seq += events;
  }
  assert(cursor.at === bytes.length, 'bytes after the last event of a frame');
  return { fromSeq, toSeq, firstText, texts, pieces };
}

/** Exactly so many events, by their codes and the ends of their numbers. */
function holdsEvents(bytes: Uint8Array, events: number): boolean {
  let pos = 0;
  for (let event = 0; event < events; event++) {
    const code = bytes[pos++] ?? 255;
    const type = code % SAME_TIME;
    let numbers = NUMBERS[type] ?? 255;
    if (numbers > 8) return false;
    if (code < SAME_TIME) {
      pos = numberEnd(bytes, pos);
      if (pos < 0) return false;
    }
    if (IS_MASKED[type] === 1) {
      const mask = bytes[pos++] ?? 255;
      if (mask >= 1 << numbers) return false;
      numbers -= leftOut(mask);
    }
    for (; numbers > 0; numbers--) {
      pos = numberEnd(bytes, pos);
      if (pos < 0) return false;
    }
  }
  return pos === bytes.length;
}

/** The place after a number; −1: it is too long or has no end. */
function numberEnd(bytes: Uint8Array, start: number): number {
  let pos = start;
  while ((bytes[pos] ?? 0) >= 0x80) pos++;
  return pos >= bytes.length || pos - start > 8 ? -1 : pos + 1;
}
