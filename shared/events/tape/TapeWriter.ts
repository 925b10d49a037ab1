/** Writes events: a closure per type over one shared place, and no object per event. */
import { assert, never } from '#base/assert';
import type { EventType } from '../catalogue.ts';
import { PARTITIONED_BY } from '../words.ts';
import {
  BATCH,
  CODE_OF,
  HEADER_BYTES,
  KEY_BYTES,
  LAYOUTS,
  RECORD,
  RECORD_APPENDED,
  RECORD_PARTITIONED,
  RECORD_SENT,
  RECORD_SERIALIZED,
  SHORT_APPENDED,
  SHORT_PARTITIONED,
  SHORT_SENT,
  SHORT_SENT_ALIKE,
  SHORT_SERIALIZED,
  SHORT_SERIALIZED_ALIKE,
  THREAD,
  TP,
  usualBytes,
  VALUE_BYTES,
  type FieldLayout,
} from './layout.ts';
import { TapePen } from './TapePen.ts';

export type { TapeClock } from './TapePen.ts';

/** The writer of a type that is not known here; `EventTape.writer` gives it its type back. */
export type AnyWriter = (...fields: never[]) => void;

/** Writes a field; 1: it is as foretold and was left out. */
type Put = (value: unknown) => number;

export class TapeWriter extends TapePen {
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

  private putter(field: FieldLayout, mayLeaveOut: boolean): Put {
    const { codec, kind, optional, words } = field;
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
        return field.isBeside
          ? (value) => this.number(field, (value as number) - this.before, mayLeaveOut)
          : (value) => this.number(field, (this.before = value as number), mayLeaveOut);
      case 'long':
        if (field.isBeside)
          return (value) => this.number(field, (value as number) - this.before, mayLeaveOut);
        return (value) => {
          if (value !== null) return this.number(field, (this.before = value as number), mayLeaveOut);
          // Null is minus zero.
          this.bytes[this.pos++] = 1;
          return 0;
        };
      case 'flag':
        return (value) => this.number(field, value === true ? 1 : 0, mayLeaveOut);
      case 'word':
        return (value) => {
          const index = words.indexOf(value as string);
          assert(index >= 0 || (optional && value === null), `${String(value)} is no word of ${field.name}`);
          return this.number(field, index, mayLeaveOut);
        };
      case 'text':
        return (value) =>
          this.number(field, value === null ? -1 : this.store.intern(value as string), mayLeaveOut);
      case 'json':
        return (value) => this.number(field, this.store.intern(JSON.stringify(value)), mayLeaveOut);
      default:
        return never(codec);
    }
  }

  /** A single field. */
  private composed(code: number, [a]: readonly Put[]): AnyWriter {
    assert(a !== undefined, 'an event has a field');
    return (va: unknown) => {
      this.stamp(code, this.open());
      a(va);
    };
  }

  /** One closure per number of fields: a loop over the arguments would make an array for each event. */
  private masked(code: number, puts: readonly Put[]): AnyWriter {
    const [a, b, c, d, e, f, g, h] = puts;
    assert(a !== undefined && b !== undefined, 'a masked event has 2 to 8 fields');
    // prettier-ignore
    const put = (va: unknown, vb: unknown, vc: unknown, vd: unknown, ve: unknown, vf: unknown, vg: unknown, vh: unknown) => {
      let mask = a(va) | (b(vb) << 1);
      if (c === undefined) return mask; mask |= c(vc) << 2;
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
      this.signed(valueBytes - (last[VALUE_BYTES] as number));
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
      this.id(BATCH, batch);
      this.signed(sizeBytes - usualBytes(this.last, fullOrNew));
      return;
    }
    this.stamp(RECORD_APPENDED, at);
    this.id(RECORD, record);
    this.id(BATCH, batch);
    this.count(sizeBytes);
    this.count(fullOrNew);
  }
}
