/**
 * How the catalogue lies on the tape: a code for each type, and for each of its fields how it is written. Most of what
 * an event says can be foretold from those before it in the block. The four events that every record has therefore have
 * short codes; the others with at least two fields begin with a byte that says which of them are as foretold and left
 * out: an id as the last of its kind, an optional id null, a number as in the last event of the type, or of its group.
 */
import { assert } from '#base/assert';
import { RECORD_BATCH_OVERHEAD_BYTES } from '#record/recordSizes';
import { catalogue, NEW_BATCH, type EventType } from '../catalogue.ts';
import type { Codec, Field } from '../fields.ts';

/** Events of one block. A block decodes on its own: its ids start again from zero, and nothing is foretold. */
export const BLOCK_EVENTS = 256;
/** No event is longer: a code, a time, what is left out, and at most 8 fields of at most 8 bytes. */
export const MAX_EVENT_BYTES = 80;
export const MAX_BLOCK_BYTES = BLOCK_EVENTS * MAX_EVENT_BYTES;

export const ID_KINDS = ['record', 'batch', 'request', 'client', 'thread', 'tp', 'node', 'leader'] as const;
export const RECORD = 0;
export const BATCH = 1;
export const THREAD = 4;
export const TP = 5;
/** What the short codes foretell besides ids: the sizes of the last record. */
export const VALUE_BYTES = 8;
export const KEY_BYTES = 9;
export const HEADER_BYTES = 10;
/** Numbers that a block remembers from one event to the next. */
export const MEMORY = 11;

/** In the code's byte: at the same time as the event before, and no time is written. */
export const SAME_TIME = 0x80;

/** Short codes stand at the upper end of the codes, so that the catalogue can grow below them. */
export const SHORT_SENT = 116;
/** As SHORT_SENT, and of the size of the record sent before. */
export const SHORT_SENT_ALIKE = 117;
export const SHORT_SERIALIZED = 118;
export const SHORT_SERIALIZED_ALIKE = 119;
/** + place of the word, 0 … 3: all but custom partitioners. */
export const SHORT_PARTITIONED = 120;
/** + fullOrNew, 0 … 3. */
export const SHORT_APPENDED = 124;
export const CODES = 128;

/** Largest number that a field keeps: 2^51, so that differences are exact. Twice what a field may say: it may be a difference. */
export const MOST_NUMBER = 2_251_799_813_685_248;

export interface FieldLayout {
  readonly name: string;
  readonly codec: Codec | 'flag';
  readonly kind: number;
  readonly words: readonly string[];
  readonly optional: boolean;
  readonly isBeside: boolean;
  /** Where a block remembers the number that is foretold. */
  readonly slot: number;
  /** LANES − 1: each partition foretells its own, of those that share a lane the latest; 0: all share one. */
  readonly lanes: number;
  /** What is foretold lies so far above what was there before. */
  readonly step: number;
}

export interface TypeLayout {
  readonly type: EventType;
  readonly fields: readonly FieldLayout[];
  /** Begins with a byte that says what is left out. */
  readonly isMasked: boolean;
}

const LEAST_MASKED_FIELDS = 2;
/** A power of two. */
const LANES = 8;
/** The four events that every record has. */
const BY_HAND: readonly EventType[] = [
  'record.sent',
  'record.serialized',
  'record.partitioned',
  'record.appended',
];

function fieldLayout(field: Field, slot: number, isOfPartition: boolean): FieldLayout {
  const words = field.words ?? [];
  const isFlag = field.codec === 'word' && words.length === 2 && words[0] === 'false';
  return {
    name: field.name,
    codec: isFlag ? 'flag' : field.codec,
    kind: field.kind === undefined ? -1 : (ID_KINDS as readonly string[]).indexOf(field.kind),
    words,
    optional: field.optional === true,
    isBeside: field.isBeside === true,
    slot: slot * LANES,
    lanes: isOfPartition ? LANES - 1 : 0,
    step: field.isRising === true ? 1 : 0,
  };
}

function layoutsOf(types: readonly EventType[]): TypeLayout[] {
  let slots = 0;
  const slotOfGroup = new Map<string, number>();
  const slotOf = ({ group }: Field): number => {
    if (group === undefined) return slots++;
    const slot = slotOfGroup.get(group) ?? slots++;
    slotOfGroup.set(group, slot);
    return slot;
  };
  return types.map((type) => {
    const all: readonly Field[] = catalogue[type];
    const hasPartition = all.some(({ kind, optional }) => kind === 'tp' && optional !== true);
    const fields = all.map((field) =>
      fieldLayout(field, slotOf(field), hasPartition || field.isOfPartition === true),
    );
    return { type, fields, isMasked: fields.length >= LEAST_MASKED_FIELDS && !BY_HAND.includes(type) };
  });
}

export const TYPES = Object.keys(catalogue) as readonly EventType[];
export const LAYOUTS: readonly TypeLayout[] = layoutsOf(TYPES);
export const SLOTS = LANES * LAYOUTS.reduce((slots, { fields }) => slots + fields.length, 0);
export const CODE_OF: ReadonlyMap<EventType, number> = new Map(TYPES.map((type, code) => [type, code]));
const codeOf = (type: EventType): number => TYPES.indexOf(type);
export const RECORD_SENT = codeOf('record.sent');
export const RECORD_SERIALIZED = codeOf('record.serialized');
export const RECORD_PARTITIONED = codeOf('record.partitioned');
export const RECORD_APPENDED = codeOf('record.appended');

assert(TYPES.length <= SHORT_SENT, 'the catalogue has grown into the short codes');
assert(
  LAYOUTS.every((layout) => layout.fields.length <= 8),
  'an event of more than 8 fields',
);

/** Numbers after the code and the time, if none is left out: what a reader that only counts steps over. 255: no such code. */
export const NUMBERS = new Uint8Array(CODES).fill(255);
/** 1: a byte that says what is left out comes before them. */
export const IS_MASKED = new Uint8Array(CODES);
LAYOUTS.forEach((layout, code) => {
  NUMBERS[code] = layout.fields.length;
  IS_MASKED[code] = layout.isMasked ? 1 : 0;
});

/** How many fields are left out. */
export function leftOut(mask: number): number {
  let count = 0;
  for (let bits = mask; bits !== 0; bits &= bits - 1) count++;
  return count;
}
NUMBERS[SHORT_SENT] = 2;
NUMBERS[SHORT_SENT_ALIKE] = 1;
NUMBERS[SHORT_SERIALIZED] = 1;
NUMBERS[SHORT_SERIALIZED_ALIKE] = 0;
for (let i = 0; i < 4; i++) {
  NUMBERS[SHORT_PARTITIONED + i] = 1;
  NUMBERS[SHORT_APPENDED + i] = 2;
}

/** By how much the last record that was serialized usually makes its batch larger; a new one begins with its header. */
export function usualBytes(last: Int32Array, fullOrNew: number): number {
  const recordBytes = (last[VALUE_BYTES] as number) + (last[KEY_BYTES] as number);
  return (fullOrNew & NEW_BATCH) === 0 ? recordBytes : recordBytes + RECORD_BATCH_OVERHEAD_BYTES;
}
