/** Writes events: a closure per type over one shared place, and no object per event. */
import { assert, never } from '#base/assert';
import type { Micros } from '#base/time';
import type { EventType } from '../catalogue.ts';
import { PARTITIONED_BY } from '../words.ts';
import {
  BATCH,
  BLOCK_EVENTS,
  CODE_OF,
  HEADER_BYTES,
  KEY_BYTES,
  LAYOUTS,
  MEMORY,
  MOST_FORETOLD,
  MOST_NUMBER,
  RECORD,
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
  VALUE_BYTES,
  type FieldLayout,
} from './layout.ts';
import type { TapeStore } from './TapeStore.ts';

/** Run time, as far as the log needs it. */
export interface TapeClock {
  nowUs(): Micros;
}

/** How far a reader has come: where the next event stands, and what its block remembers there. */
export interface TapePlace {
  readonly pos: number;
  readonly at: number;
  readonly left: number;
  readonly last: Int32Array;
  readonly previous: Float64Array;
}

/** The writer of a type that is not known here; `EventTape.writer` gives it its type back. */
export type AnyWriter = (...fields: never[]) => void;

/** Writes a field; 1: it is as foretold and was left out. */
type Put = (value: unknown) => number;

const codeOf = (type: EventType): number => LAYOUTS.findIndex((layout) => layout.type === type);
const RECORD_SENT = codeOf('record.sent');
const RECORD_SERIALIZED = codeOf('record.serialized');
const RECORD_PARTITIONED = codeOf('record.partitioned');
const RECORD_APPENDED = codeOf('record.appended');

export class TapeWriter {
  private readonly store: TapeStore;
  private readonly clock: TapeClock;
  private bytes: Uint8Array = new Uint8Array(0);
  private pos = 0;
  private at = 0;
  /** Events that still fit in this block. */
  private left = 0;
  private readonly last = new Int32Array(MEMORY);
  private readonly previous = new Float64Array(SLOTS);

  constructor(store: TapeStore, clock: TapeClock) {
    this.store = store;
    this.clock = clock;
  }

  /** Goes on behind what stands on the tape, as if it had written that itself. */
  resume(bytes: Uint8Array, { pos, at, left, last, previous }: TapePlace): void {
    this.bytes = bytes;
    this.pos = pos;
    this.at = at;
    this.left = left;
    this.last.set(last);
    this.previous.set(previous);
  }

  /** Begins an empty tape. */
  restart(): void {
    this.bytes = new Uint8Array(0);
    this.pos = this.at = this.left = 0;
  }

  /** Where the next block would begin, at the earliest. */
  get end(): number {
    return this.pos;
  }

  writer(type: EventType): AnyWriter {
    const code = CODE_OF.get(type);
    const layout = code === undefined ? undefined : LAYOUTS[code];
    assert(code !== undefined && layout !== undefined, `no event ${type} in the catalogue`);
    const byHand = this.recordWriter(type);
    if (byHand !== null) return byHand;
    const { isMasked } = layout;
    const puts = layout.fields.map((field) => this.putter(field, isMasked));
    return isMasked ? this.masked(code, puts) : this.composed(code, puts);
  }

  /** Makes room for one more event. Until then nothing may be foretold from `last`. */
  private open(): number {
    const at: number = this.clock.nowUs();
    assert(at >= this.at, 'time went back');
    if (this.left === 0) {
      this.pos = this.store.beginBlock(this.pos, at);
      this.bytes = this.store.chunk(this.store.lastChunk);
      this.at = at;
      this.left = BLOCK_EVENTS;
      this.last.fill(0);
      this.previous.fill(0);
    }
    this.left--;
    return at;
  }

  /** Code and time. */
  private stamp(code: number, at: number): void {
    this.store.endSeq++;
    this.store.endAt = at;
    if (at === this.at) {
      this.bytes[this.pos++] = code | SAME_TIME;
      return;
    }
    this.bytes[this.pos++] = code;
    this.count(at - this.at);
    this.at = at;
  }

  private count(value: number): void {
    assert(value >= 0, 'a count below zero');
    const bytes = this.bytes;
    let pos = this.pos;
    while (value >= 0x80) {
      bytes[pos++] = (value & 0x7f) | 0x80;
      value = value < 0x8000_0000 ? value >>> 7 : Math.floor(value / 128);
    }
    bytes[pos++] = value;
    this.pos = pos;
  }

  private signed(value: number): void {
    this.count(((value << 1) ^ (value >> 31)) >>> 0);
  }

  private id(kind: number, value: number): void {
    const delta = value - (this.last[kind] as number);
    this.last[kind] = value;
    this.count(((delta << 1) ^ (delta >> 31)) >>> 0);
  }

  /** Against the number before: sign and magnitude, six bits and the sign in the first byte, then seven a byte. */
  private number(slot: number, value: number, mayLeaveOut: boolean): number {
    const delta = value - (this.previous[slot] as number);
    if (delta === 0 && mayLeaveOut) return 1;
    assert(value <= MOST_NUMBER && value >= -MOST_NUMBER, 'a number beyond 2^52');
    this.previous[slot] = value < MOST_FORETOLD && value > -MOST_FORETOLD ? value : 0;
    this.difference(delta);
    return 0;
  }

  private difference(value: number): void {
    const magnitude = Math.abs(value);
    const low = ((magnitude % 64) << 1) | (value < 0 ? 1 : 0);
    if (magnitude < 64) {
      this.bytes[this.pos++] = low;
      return;
    }
    this.bytes[this.pos++] = low | 0x80;
    this.count(Math.floor(magnitude / 64));
  }

  /** `mayLeaveOut`: null is left out, so nothing has to be kept free for it. */
  private optionalId(kind: number, value: number | null, mayLeaveOut: boolean): number {
    if (value === null) {
      if (!mayLeaveOut) this.count(0);
      return mayLeaveOut ? 1 : 0;
    }
    const delta = value - (this.last[kind] as number);
    this.last[kind] = value;
    this.count((((delta << 1) ^ (delta >> 31)) >>> 0) + (mayLeaveOut ? 0 : 1));
    return 0;
  }

  private putter(field: FieldLayout, mayLeaveOut: boolean): Put {
    const { codec, kind, optional, words, slot } = field;
    switch (codec) {
      case 'id':
        if (optional) return (value) => this.optionalId(kind, value as number | null, mayLeaveOut);
        return (value) => {
          if (mayLeaveOut && value === this.last[kind]) return 1;
          this.id(kind, value as number);
          return 0;
        };
      case 'count':
      case 'signed':
        return (value) => this.number(slot, value as number, mayLeaveOut);
      case 'long':
        return (value) => {
          if (value !== null) return this.number(slot, value as number, mayLeaveOut);
          // Null is minus zero.
          this.bytes[this.pos++] = 1;
          return 0;
        };
      case 'flag':
        return (value) => this.number(slot, value === true ? 1 : 0, mayLeaveOut);
      case 'word':
        return (value) => {
          const index = words.indexOf(value as string);
          assert(index >= 0 || (optional && value === null), `${String(value)} is no word of ${field.name}`);
          return this.number(slot, index, mayLeaveOut);
        };
      case 'text':
        return (value) =>
          this.number(slot, value === null ? -1 : this.store.intern(value as string), mayLeaveOut);
      case 'json':
        return (value) => this.number(slot, this.store.intern(JSON.stringify(value)), mayLeaveOut);
      default:
        return never(codec);
    }
  }

  /** One or two fields. */
  private composed(code: number, [a, b]: readonly Put[]): AnyWriter {
    assert(a !== undefined, 'an event has a field');
    return (va: unknown, vb: unknown) => {
      this.stamp(code, this.open());
      a(va);
      if (b !== undefined) b(vb);
    };
  }

  /** One closure per number of fields: a loop over the arguments would make an array for each event. */
  private masked(code: number, puts: readonly Put[]): AnyWriter {
    const [a, b, c, d, e, f, g, h] = puts;
    assert(a !== undefined && b !== undefined && c !== undefined, 'a masked event has 3 to 8 fields');
    // prettier-ignore
    const put = (va: unknown, vb: unknown, vc: unknown, vd: unknown, ve: unknown, vf: unknown, vg: unknown, vh: unknown) => {
      let mask = a(va) | (b(vb) << 1) | (c(vc) << 2);
      if (d === undefined) return mask; mask |= d(vd) << 3;
      if (e === undefined) return mask; mask |= e(ve) << 4;
      if (f === undefined) return mask; mask |= f(vf) << 5;
      if (g === undefined) return mask; mask |= g(vg) << 6;
      return h === undefined ? mask : mask | (h(vh) << 7);
    };
    // prettier-ignore
    return (va: unknown, vb: unknown, vc: unknown, vd: unknown, ve: unknown, vf: unknown, vg: unknown, vh: unknown) => {
      this.stamp(code, this.open());
      const maskAt = this.pos++;
      this.bytes[maskAt] = put(va, vb, vc, vd, ve, vf, vg, vh);
    };
  }

  /** The four events that every record has. */
  private recordWriter(type: EventType): AnyWriter | null {
    switch (type) {
      case 'record.sent':
        return (record: number, thread: number, keyId: number, valueBytes: number) =>
          this.recordSent(record, thread, keyId, valueBytes);
      case 'record.serialized':
        return (record: number, keyBytes: number, valueBytes: number, headerBytes: number) =>
          this.recordSerialized(record, keyBytes, valueBytes, headerBytes);
      case 'record.partitioned':
        return (record: number, tp: number, by: string) => this.recordPartitioned(record, tp, by);
      case 'record.appended':
        return (record: number, batch: number, sizeBytes: number, fullOrNew: number) =>
          this.recordAppended(record, batch, sizeBytes, fullOrNew);
      default:
        return null;
    }
  }

  private recordSent(record: number, thread: number, keyId: number, valueBytes: number): void {
    const at = this.open();
    const last = this.last;
    if (record !== (last[RECORD] as number) + 1 || thread !== last[THREAD]) {
      this.stamp(RECORD_SENT, at);
      this.id(RECORD, record);
      this.id(THREAD, thread);
      this.signed(keyId);
      this.signed(valueBytes);
    } else if (valueBytes === last[VALUE_BYTES]) {
      this.stamp(SHORT_SENT_ALIKE, at);
      last[RECORD] = record;
      this.signed(keyId);
    } else {
      this.stamp(SHORT_SENT, at);
      last[RECORD] = record;
      this.signed(keyId);
      this.signed(valueBytes);
    }
    last[VALUE_BYTES] = valueBytes;
  }

  private recordSerialized(record: number, keyBytes: number, valueBytes: number, headerBytes: number): void {
    const at = this.open();
    const last = this.last;
    if (
      record !== last[RECORD] ||
      valueBytes !== last[VALUE_BYTES] ||
      headerBytes !== (last[HEADER_BYTES] as number)
    ) {
      this.stamp(RECORD_SERIALIZED, at);
      this.id(RECORD, record);
      this.signed(keyBytes);
      this.signed(valueBytes);
      this.count(headerBytes);
    } else if (keyBytes === last[KEY_BYTES]) {
      this.stamp(SHORT_SERIALIZED_ALIKE, at);
    } else {
      this.stamp(SHORT_SERIALIZED, at);
      this.signed(keyBytes);
    }
    last[KEY_BYTES] = keyBytes;
    last[VALUE_BYTES] = valueBytes;
    last[HEADER_BYTES] = headerBytes;
  }

  private recordPartitioned(record: number, tp: number, by: string): void {
    const at = this.open();
    const word = (PARTITIONED_BY as readonly string[]).indexOf(by);
    if (record === this.last[RECORD] && word < 4) {
      this.stamp(SHORT_PARTITIONED + word, at);
      this.id(TP, tp);
      return;
    }
    this.stamp(RECORD_PARTITIONED, at);
    this.id(RECORD, record);
    this.id(TP, tp);
    this.count(word);
  }

  private recordAppended(record: number, batch: number, sizeBytes: number, fullOrNew: number): void {
    const at = this.open();
    if (record === this.last[RECORD] && fullOrNew < 4) {
      this.stamp(SHORT_APPENDED + fullOrNew, at);
    } else {
      this.stamp(RECORD_APPENDED, at);
      this.id(RECORD, record);
      this.id(BATCH, batch);
      this.count(sizeBytes);
      this.count(fullOrNew);
      return;
    }
    this.id(BATCH, batch);
    this.count(sizeBytes);
  }
}
