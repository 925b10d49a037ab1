/** Reads events in order: ordinary objects, made when asked for. Also steps over events without making them. */
import { assert, never } from '#base/assert';
import type { Micros } from '#base/time';
import type { PipelineEvent } from '../catalogue.ts';
import type { EventReader } from '../EventLogView.ts';
import { PARTITIONED_BY } from '../words.ts';
import {
  BATCH,
  BLOCK_EVENTS,
  HEADER_BYTES,
  IS_MASKED,
  KEY_BYTES,
  LAYOUTS,
  leftOut,
  MEMORY,
  NUMBERS,
  RECORD,
  RECORD_APPENDED,
  RECORD_PARTITIONED,
  RECORD_SENT,
  RECORD_SERIALIZED,
  SAME_TIME,
  SHORT_APPENDED,
  SHORT_PARTITIONED,
  SHORT_SENT,
  SHORT_SENT_ALIKE,
  SHORT_SERIALIZED,
  SHORT_SERIALIZED_ALIKE,
  SLOTS,
  THREAD,
  TP,
  usualBytes,
  VALUE_BYTES,
  type FieldLayout,
  type TypeLayout,
} from './layout.ts';
import type { TapeStore } from './TapeStore.ts';

export class TapeReader implements EventReader {
  seq: number;
  /** Time of the event before `seq`, within its block. */
  at = 0;
  bytes: Uint8Array = new Uint8Array(0);
  pos = 0;
  /** Events left in this block. */
  left = 0;
  readonly last = new Int32Array(MEMORY);
  readonly previous = new Float64Array(SLOTS);
  /** One more than the highest text seen since the block began. */
  texts = 0;
  /** The first to read events that came from elsewhere: the store learns which texts they use. */
  notesTexts = false;
  private readonly store: TapeStore;
  /** The number of the field before. */
  private before = 0;

  constructor(store: TapeStore, seq: number) {
    assert(seq >= store.startSeq && seq <= store.endSeq, `event ${seq} is not on the tape`);
    this.store = store;
    this.seq = seq;
    const into = seq % BLOCK_EVENTS;
    if (into === 0) return;
    this.enterBlock(Math.floor(seq / BLOCK_EVENTS));
    this.seq = seq - into;
    while (this.seq < seq) this.next();
  }

  next(): PipelineEvent {
    assert(this.seq < this.store.endSeq, 'read beyond the end of the log');
    if (this.left === 0) this.enterBlock(this.seq / BLOCK_EVENTS);
    const code = this.stamp();
    this.left--;
    return this.event(code, this.seq++);
  }

  enterBlock(block: number): void {
    const { marks } = this.store;
    const row = this.store.mark(block);
    this.bytes = this.store.chunk(marks.chunk[row] as number);
    this.pos = marks.pos[row] as number;
    this.at = marks.at[row] as number;
    this.texts = marks.texts[row] as number;
    this.left = BLOCK_EVENTS;
    this.last.fill(0);
    this.previous.fill(0);
  }

  /** Code of the next event, whose time is then in `at`. */
  stamp(): number {
    const code = this.bytes[this.pos++] as number;
    if (code >= SAME_TIME) return code - SAME_TIME;
    this.at += this.count();
    return code;
  }

  /** Steps over the fields of an event without remembering its ids: nothing after it in the block can be read. */
  stepOver(code: number): void {
    let numbers = NUMBERS[code] as number;
    const bytes = this.bytes;
    let pos = this.pos;
    if (IS_MASKED[code] === 1) numbers -= leftOut(bytes[pos++] as number);
    while (numbers > 0) if ((bytes[pos++] as number) < 0x80) numbers--;
    this.pos = pos;
  }

  private count(): number {
    const bytes = this.bytes;
    let byte = bytes[this.pos++] as number;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = bytes[this.pos++] as number;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  private signed(): number {
    const bits = this.count();
    return (bits >>> 1) ^ -(bits & 1);
  }

  private id(kind: number): number {
    const value = (this.last[kind] as number) + this.signed();
    this.last[kind] = value;
    return value;
  }

  private optionalId(kind: number, isMasked: boolean): number | null {
    const bits = this.count() - (isMasked ? 0 : 1);
    if (bits < 0) return null;
    const value = (this.last[kind] as number) + ((bits >>> 1) ^ -(bits & 1));
    this.last[kind] = value;
    return value;
  }

  private number({ slot, lanes, step }: FieldLayout, isForetold: boolean): number | null {
    const place = slot + ((this.last[TP] as number) & lanes);
    const foretold = (this.previous[place] as number) + step;
    const difference = isForetold ? 0 : this.difference();
    if (difference === null) return null;
    this.previous[place] = foretold + difference;
    return foretold + difference;
  }

  /** null: minus zero, which says so. */
  private difference(): number | null {
    const low = this.bytes[this.pos++] as number;
    if (low === 1) return null;
    let magnitude = (low & 0x7e) >>> 1;
    if (low >= 0x80) magnitude += this.count() * 64;
    return (low & 1) === 1 ? -magnitude : magnitude;
  }

  private text(number: number): number {
    if (number >= this.texts) this.texts = number + 1;
    if (this.notesTexts) this.store.noteUse(number, this.seq - 1);
    return number;
  }

  private value(field: FieldLayout, isMasked: boolean, isForetold: boolean): unknown {
    const { codec, kind, optional } = field;
    if (codec === 'id') {
      if (optional) return isForetold ? null : this.optionalId(kind, isMasked);
      return isForetold ? this.last[kind] : this.id(kind);
    }
    const kept = this.number(field, isForetold);
    if (codec === 'long' && optional && kept === null) return null;
    assert(kept !== null, `${field.name} on the tape is null`);
    const number = field.isBeside ? this.before + kept : kept;
    this.before = number;
    switch (codec) {
      case 'count':
      case 'signed':
      case 'long':
        return number;
      case 'flag':
        return number === 1;
      case 'word': {
        const word = field.words[number];
        assert(
          word !== undefined || (optional && number === -1),
          `word ${number} of ${field.name} on the tape`,
        );
        return word ?? null;
      }
      case 'text':
        assert(number >= 0 || (optional && number === -1), `text ${number} on the tape`);
        return number < 0 ? null : this.store.texts[this.text(number)];
      case 'json':
        assert(number >= 0, `text ${number} on the tape`);
        return this.store.json(this.text(number));
      default:
        return never(codec);
    }
  }

  private event(code: number, seq: number): PipelineEvent {
    // The record events by hand: they are most of a log.
    const at = this.at;
    let event: unknown;
    switch (code) {
      case RECORD_SENT:
      case SHORT_SENT:
      case SHORT_SENT_ALIKE:
        event = this.recordSent(code, seq, at);
        break;
      case RECORD_SERIALIZED:
      case SHORT_SERIALIZED:
      case SHORT_SERIALIZED_ALIKE:
        event = this.recordSerialized(code, seq, at);
        break;
      case RECORD_PARTITIONED:
      case SHORT_PARTITIONED:
      case SHORT_PARTITIONED + 1:
      case SHORT_PARTITIONED + 2:
      case SHORT_PARTITIONED + 3:
        event = this.recordPartitioned(code, seq, at);
        break;
      case RECORD_APPENDED:
      case SHORT_APPENDED:
      case SHORT_APPENDED + 1:
      case SHORT_APPENDED + 2:
      case SHORT_APPENDED + 3:
        event = this.recordAppended(code, seq, at);
        break;
      default: {
        const layout = LAYOUTS[code];
        assert(layout !== undefined, `code ${code} on the tape`);
        event = this.composed(layout, seq, at as Micros);
      }
    }
    return event as PipelineEvent;
  }

  private composed({ type, fields, isMasked }: TypeLayout, seq: number, at: Micros): object {
    const event: Record<string, unknown> = { type, seq, at };
    const mask = isMasked ? (this.bytes[this.pos++] as number) : 0;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as FieldLayout;
      event[field.name] = this.value(field, isMasked, ((mask >> i) & 1) === 1);
    }
    return event;
  }

  private recordSent(code: number, seq: number, at: number): object {
    const last = this.last;
    const isWhole = code === RECORD_SENT;
    const record = isWhole ? this.id(RECORD) : (last[RECORD] as number) + 1;
    const thread = isWhole ? this.id(THREAD) : (last[THREAD] as number);
    const keyId = this.signed();
    const before = last[VALUE_BYTES] as number;
    const valueBytes = code === SHORT_SENT_ALIKE ? before : isWhole ? this.signed() : before + this.signed();
    last[RECORD] = record;
    last[VALUE_BYTES] = valueBytes;
    return { type: 'record.sent', seq, at, record, thread, keyId, valueBytes };
  }

  private recordSerialized(code: number, seq: number, at: number): object {
    const last = this.last;
    const isWhole = code === RECORD_SERIALIZED;
    const record = isWhole ? this.id(RECORD) : (last[RECORD] as number);
    const keyBytes = code === SHORT_SERIALIZED_ALIKE ? (last[KEY_BYTES] as number) : this.signed();
    const valueBytes = isWhole ? this.signed() : (last[VALUE_BYTES] as number);
    const headerBytes = isWhole ? this.count() : (last[HEADER_BYTES] as number);
    last[KEY_BYTES] = keyBytes;
    last[VALUE_BYTES] = valueBytes;
    last[HEADER_BYTES] = headerBytes;
    return { type: 'record.serialized', seq, at, record, keyBytes, valueBytes, headerBytes };
  }

  private recordPartitioned(code: number, seq: number, at: number): object {
    const isWhole = code === RECORD_PARTITIONED;
    const record = isWhole ? this.id(RECORD) : (this.last[RECORD] as number);
    const tp = this.id(TP);
    const by = PARTITIONED_BY[isWhole ? this.count() : code - SHORT_PARTITIONED];
    return { type: 'record.partitioned', seq, at, record, tp, by };
  }

  private recordAppended(code: number, seq: number, at: number): object {
    const isWhole = code === RECORD_APPENDED;
    const record = isWhole ? this.id(RECORD) : (this.last[RECORD] as number);
    const batch = this.id(BATCH);
    const short = code - SHORT_APPENDED;
    const sizeBytes = isWhole ? this.count() : usualBytes(this.last, short) + this.signed();
    const fullOrNew = isWhole ? this.count() : short;
    return { type: 'record.appended', seq, at, record, batch, sizeBytes, fullOrNew };
  }
}
