/**
 * How the catalogue lies on the tape: a code for each type, and for each of its fields how it is written. Most of what
 * an event says can be foretold from those before it in the block. The four events that every record has therefore have
 * short codes; the others with at least three fields begin with a byte that says which of them are as foretold and left
 * out: an id as the last of its kind, an optional id null, a number as in the last event of the type.
 */
import { assert } from '#base/assert';
import { catalogue, type EventType } from '../catalogue.ts';
import type { Codec, Field } from '../fields.ts';

/** Events of one block. A block decodes on its own: its ids start again from zero, and nothing is foretold. */
export const BLOCK_EVENTS = 256;
/** No event is longer: a code, a time, what is left out, and at most 8 fields of at most 8 bytes. */
export const MAX_EVENT_BYTES = 80;
export const MAX_BLOCK_BYTES = BLOCK_EVENTS * MAX_EVENT_BYTES;

export const ID_KINDS = ['record', 'batch', 'request', 'client', 'thread', 'tp', 'node'] as const;
export const RECORD = 0;
export const BATCH = 1;
export const THREAD = 4;
export const TP = 5;
/** What the short codes foretell besides ids: the sizes of the last record. */
export const VALUE_BYTES = 7;
export const KEY_BYTES = 8;
export const HEADER_BYTES = 9;
/** Numbers that a block remembers from one event to the next. */
export const MEMORY = 10;

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

/** Beyond this a number foretells nothing: differences must stay exact. 2^51. */
export const MOST_FORETOLD = 2_251_799_813_685_248;
/** Largest number of a field. 2^52: 142 years in µs. */
export const MOST_NUMBER = 4_503_599_627_370_496;

export interface FieldLayout {
  readonly name: string;
  readonly codec: Codec | 'flag';
  readonly kind: number;
  readonly words: readonly string[];
  readonly optional: boolean;
  /** Where a block remembers the number that the last event of the type had here. */
  readonly slot: number;
}

export interface TypeLayout {
  readonly type: EventType;
  readonly fields: readonly FieldLayout[];
  /** Begins with a byte that says what is left out. */
  readonly isMasked: boolean;
}

const LEAST_MASKED_FIELDS = 3;
const BY_HAND: readonly string[] = [
  'record.sent',
  'record.serialized',
  'record.partitioned',
  'record.appended',
];

function fieldLayout(field: Field, slot: number): FieldLayout {
  const words = field.words ?? [];
  const isFlag = field.codec === 'word' && words.length === 2 && words[0] === 'false';
  return {
    name: field.name,
    codec: isFlag ? 'flag' : field.codec,
    kind: field.kind === undefined ? -1 : (ID_KINDS as readonly string[]).indexOf(field.kind),
    words,
    optional: field.optional === true,
    slot,
  };
}

function layoutsOf(types: readonly EventType[]): TypeLayout[] {
  let slot = 0;
  return types.map((type) => {
    const fields = (catalogue[type] as readonly Field[]).map((field) => fieldLayout(field, slot++));
    return { type, fields, isMasked: fields.length >= LEAST_MASKED_FIELDS && !BY_HAND.includes(type) };
  });
}

export const TYPES = Object.keys(catalogue) as readonly EventType[];
export const LAYOUTS: readonly TypeLayout[] = layoutsOf(TYPES);
export const SLOTS = LAYOUTS.reduce((slots, { fields }) => slots + fields.length, 0);
export const CODE_OF: ReadonlyMap<EventType, number> = new Map(TYPES.map((type, code) => [type, code]));

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
