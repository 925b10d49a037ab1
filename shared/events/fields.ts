/** Kinds of field: how one is called, what it holds, how it is written on the tape. */
import type { BatchId, ClientId, NodeId, RecordId, RequestId, ThreadId, TpId } from '#base/ids';

/**
 * id: difference to the last value of this kind, signed varint. count: unsigned varint. signed: zig-zag varint.
 * long: a whole number up to 2^52, sign and magnitude. word: index into a closed list. text: interned. json: rare events only.
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
/** Up to 2^52: offsets, producer ids, µs, ms. */
export const long = <const N extends string>(name: N): Field<N, number> => ({ name, codec: 'long' });
export const maybeLong = <const N extends string>(name: N): Field<N, number | null> => ({
  name,
  codec: 'long',
  optional: true,
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
