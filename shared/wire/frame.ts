/**
 * A binary frame: `kind u8, version u8, firstSeq, lastAt, events` as varints, then a slice of the tape. The bridge makes
 * it once for all viewers, the page appends it without decoding. An empty slice only moves time on.
 */
import {
  readUnsignedVarint,
  readVarlong,
  sizeOfUnsignedVarint,
  sizeOfVarlong,
  writeUnsignedVarint,
  writeVarlong,
} from '#base/varint';
import type { LogFrame } from '#events/EventLogView';
import { MAX_FRAME_EVENTS, parsed, PROTOCOL_VERSION, unreadable, type Parsed } from './protocol.ts';

const EVENTS_KIND = 1;
const HEAD_BYTES = 2;

export interface WireFrame {
  readonly firstSeq: number;
  /** µs of run time up to which the log is complete with this frame, that instant included. */
  readonly lastAt: number;
  readonly slice: LogFrame;
}

export function encodeWireFrame(lastAt: number, slice: LogFrame): Uint8Array {
  const { fromSeq, toSeq, bytes } = slice;
  const events = toSeq - fromSeq;
  const headBytes =
    HEAD_BYTES + sizeOfVarlong(fromSeq) + sizeOfVarlong(lastAt) + sizeOfUnsignedVarint(events);
  const out = new Uint8Array(headBytes + bytes.length);
  out[0] = EVENTS_KIND;
  out[1] = PROTOCOL_VERSION;
  let at = writeVarlong(out, HEAD_BYTES, fromSeq);
  at = writeVarlong(out, at, lastAt);
  at = writeUnsignedVarint(out, at, events);
  out.set(bytes, at);
  return out;
}

/** The head is checked here, the slice by the tape that appends it. */
export function decodeWireFrame(bytes: Uint8Array): Parsed<WireFrame> {
  const [kind, version] = bytes;
  if (version !== PROTOCOL_VERSION) return unreadable(`a frame of version ${version ?? 'nothing'}`);
  if (kind !== EVENTS_KIND) return unreadable(`a frame of kind ${kind ?? 'nothing'}`);
  const cursor = { at: HEAD_BYTES };
  try {
    const firstSeq = readVarlong(bytes, cursor);
    const lastAt = readVarlong(bytes, cursor);
    const events = readUnsignedVarint(bytes, cursor);
    if (!isCount(firstSeq) || !isCount(lastAt)) return unreadable('a frame with a number below zero');
    if (events > MAX_FRAME_EVENTS) return unreadable(`a frame of more than ${MAX_FRAME_EVENTS} events`);
    const slice = { fromSeq: firstSeq, toSeq: firstSeq + events, bytes: bytes.subarray(cursor.at) };
    return parsed({ firstSeq, lastAt, slice });
  } catch {
    return unreadable('a frame that ends in its head');
  }
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
