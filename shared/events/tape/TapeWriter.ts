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
  RECORD,
  SAME_TIME,
  SHORT_APPENDED,
  SHORT_PARTITIONED,
  SHORT_SENT,
  SHORT_SENT_ALIKE,
  SHORT_SERIALIZED,
  SHORT_SERIALIZED_ALIKE,
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

/** The writer of a type that is not known here; `EventTape.writer` gives it its type back. */
export type AnyWriter = (...fields: never[]) => void;

type Put = (value: unknown) => void;

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

  constructor(store: TapeStore, clock: TapeClock) {
    this.store = store;
    this.clock = clock;
  }

  /** Goes on behind what stands on the tape, as if it had written that itself. */
  resume(bytes: Uint8Array, pos: number, at: number, left: number, last: Int32Array): void {
    this.bytes = bytes;
    this.pos = pos;
    this.at = at;
    this.left = left;
    this.last.set(last);
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
    const puts = layout.fields.map((field) => this.putter(field));
    return this.composed(code, puts);
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

  /** Sign and magnitude, so that 2^53 is exact: six bits and the sign in the first byte, then seven a byte. */
  private long(value: number): void {
    const magnitude = Math.abs(value);
    assert(magnitude <= Number.MAX_SAFE_INTEGER, 'a number beyond 2^53');
    const low = ((magnitude % 64) << 1) | (value < 0 ? 1 : 0);
    if (magnitude < 64) {
      this.bytes[this.pos++] = low;
      return;
    }
    this.bytes[this.pos++] = low | 0x80;
    this.count(Math.floor(magnitude / 64));
  }

  private optionalId(kind: number, value: number | null): void {
    if (value === null) return this.count(0);
    const delta = value - (this.last[kind] as number);
    this.last[kind] = value;
    this.count((((delta << 1) ^ (delta >> 31)) >>> 0) + 1);
  }

  private putter(field: FieldLayout): Put {
    const { codec, kind, optional, words } = field;
    switch (codec) {
      case 'id':
        return optional
          ? (value) => this.optionalId(kind, value as number | null)
          : (value) => this.id(kind, value as number);
      case 'count':
        return (value) => this.count(value as number);
      case 'signed':
        return (value) => this.signed(value as number);
      case 'long':
        // Null is minus zero.
        return (value) => {
          if (value === null) this.bytes[this.pos++] = 1;
          else this.long(value as number);
        };
      case 'flag':
        return (value) => this.count(value === true ? 1 : 0);
      case 'word':
        return (value) => {
          const index = words.indexOf(value as string);
          assert(index >= 0 || (optional && value === null), `${String(value)} is no word of ${field.name}`);
          this.count(optional ? index + 1 : index);
        };
      case 'text':
        return (value) => {
          if (value === null) this.count(0);
          else this.count(this.store.intern(value as string) + (optional ? 1 : 0));
        };
      case 'json':
        return (value) => this.count(this.store.intern(JSON.stringify(value)));
      default:
        return never(codec);
    }
  }

  /** One closure per number of fields: a loop over the arguments would make an array for each event. */
  private composed(code: number, puts: readonly Put[]): AnyWriter {
    const [a, b, c, d, e, f, g, h] = puts;
    assert(a !== undefined && puts.length <= 8, 'an event has 1 to 8 fields');
    // prettier-ignore
    return (va: unknown, vb: unknown, vc: unknown, vd: unknown, ve: unknown, vf: unknown, vg: unknown, vh: unknown) => {
      this.stamp(code, this.open());
      a(va);
      if (b === undefined) return; b(vb);
      if (c === undefined) return; c(vc);
      if (d === undefined) return; d(vd);
      if (e === undefined) return; e(ve);
      if (f === undefined) return; f(vf);
      if (g === undefined) return; g(vg);
      if (h !== undefined) h(vh);
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
