/** Numbers that name things, dense from 0 within a run. Branded, so that two swapped ids do not compile. */

declare const brand: unique symbol;
export type Branded<Name extends string> = number & { readonly [brand]: Name };

export type RecordId = Branded<'RecordId'>;
export type BatchId = Branded<'BatchId'>;
export type RequestId = Branded<'RequestId'>;
/** A producer instance. */
export type ClientId = Branded<'ClientId'>;
export type ThreadId = Branded<'ThreadId'>;
/** A topic-partition. */
export type TpId = Branded<'TpId'>;
/** A broker id 0, 1, …, or a bootstrap address −1, −2, …: those are connections of their own (§0.1). */
export type NodeId = Branded<'NodeId'>;

export const recordId = (value: number): RecordId => value as RecordId;
export const batchId = (value: number): BatchId => value as BatchId;
export const requestId = (value: number): RequestId => value as RequestId;
export const clientId = (value: number): ClientId => value as ClientId;
export const threadId = (value: number): ThreadId => value as ThreadId;
export const tpId = (value: number): TpId => value as TpId;
export const nodeId = (value: number): NodeId => value as NodeId;
