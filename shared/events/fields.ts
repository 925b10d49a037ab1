/** Kinds of field: how one is called, what it holds, how it is written on the tape. */
import type { BatchId, ClientId, NodeId, RecordId, RequestId, ThreadId, TpId } from '#base/ids';

/**
 * id: difference to the last value of this kind, signed varint. count: unsigned varint. signed: zig-zag varint.
 * long: a whole number up to 2^50, sign and magnitude. word: index into a closed list. text: interned. json: rare events only.
 */
export type Codec = 'id' | 'count' | 'signed' | 'long' | 'word' | 'text' | 'json';

export interface Field<Name extends string = string, Value = unknown> {
  readonly name: Name;
  readonly codec: Codec;
  /** For 'id': ids of one kind are written as differences to each other. */
  readonly kind?: string;
  /** For 'word'. Only ever appended to: the position is what is on the tape. */
  readonly words?: readonly string[];
  /** May be null; written as 0, the rest shifted by one. A long's null is minus zero. */
  readonly optional?: boolean;
  /** Of a number that keeps close to the field before it: written as the difference to it. */
  readonly isBeside?: boolean;
  /** Of a number that often repeats another event's: what the last field of this group said is foretold. */
  readonly group?: string;
  /** Of a number that counts up: one more than before is foretold. */
  readonly isRising?: boolean;
  /** Of a number that belongs to the partition that was named last, in this event or before it. */
  readonly isOfPartition?: boolean;
  /** Never set: it only carries the type. */
  readonly value?: () => Value;
}
export type ValueOf<F> = F extends Field<string, infer Value> ? Value : never;
export type Args<F extends readonly Field[]> = { [I in keyof F]: ValueOf<F[I]> };
export type BodyOf<F extends readonly Field[]> = {
  readonly [E in F[number] as E['name']]: ValueOf<E>;
};

const id =
  <Id extends number>(kind: string) =>
  <const N extends string>(name: N): Field<N, Id> => ({ name, codec: 'id', kind });
const optionalId =
  <Id extends number>(kind: string) =>
  <const N extends string>(name: N): Field<N, Id | null> => ({ name, codec: 'id', kind, optional: true });

export const record = id<RecordId>('record');
export const batch = id<BatchId>('batch');
export const request = id<RequestId>('request');
export const client = id<ClientId>('client');
export const thread = id<ThreadId>('thread');
export const tp = id<TpId>('tp');
export const node = id<NodeId>('node');
/** A node too; leaders are compared with leaders. */
export const leader = id<NodeId>('leader');
export const maybeBatch = optionalId<BatchId>('batch');
export const maybeTp = optionalId<TpId>('tp');
export const maybeNode = optionalId<NodeId>('node');
export const maybeRecord = optionalId<RecordId>('record');
export const maybeRequest = optionalId<RequestId>('request');

/** Never negative. */
export const count = <const N extends string>(name: N): Field<N, number> => ({ name, codec: 'count' });
export const bytes = count;
/** May be negative, fits 32 bits. −1 is Kafka's "none". */
export const signed = <const N extends string>(name: N): Field<N, number> => ({ name, codec: 'signed' });
/** Up to 2^50 (35 years in µs): offsets, producer ids, µs, ms. */
export const long = <const N extends string>(name: N): Field<N, number> => ({ name, codec: 'long' });
export const maybeLong = <const N extends string>(name: N): Field<N, number | null> => ({
  name,
  codec: 'long',
  optional: true,
});
/** Usually one more than before. */
export const rising = <const N extends string>(field: Field<N, number>): Field<N, number> => ({
  ...field,
  isRising: true,
});
/** Belongs to the partition that was named last, although its event names none. */
export const ofPartition = <const N extends string>(field: Field<N, number>): Field<N, number> => ({
  ...field,
  isOfPartition: true,
});
/** Foretold by the last field of the group, in whatever event. */
export const alike = <const N extends string>(group: string, field: Field<N, number>): Field<N, number> => ({
  ...field,
  group,
});
/** Close to the field before it, which must be a number too. */
export const beside = <const N extends string>(field: Field<N, number>): Field<N, number> => ({
  ...field,
  isBeside: true,
});
export const text = <const N extends string>(name: N): Field<N, string> => ({ name, codec: 'text' });
export const maybeText = <const N extends string>(name: N): Field<N, string | null> => ({
  name,
  codec: 'text',
  optional: true,
});
export const flag = <const N extends string>(name: N): Field<N, boolean> => ({
  name,
  codec: 'word',
  words: ['false', 'true'],
});
export const word =
  <W extends string>(words: readonly W[]) =>
  <const N extends string>(name: N): Field<N, W> => ({ name, codec: 'word', words });
export const maybeWord =
  <W extends string>(words: readonly W[]) =>
  <const N extends string>(name: N): Field<N, W | null> => ({ name, codec: 'word', words, optional: true });
export const json =
  <Value>() =>
  <const N extends string>(name: N): Field<N, Value> => ({ name, codec: 'json' });
