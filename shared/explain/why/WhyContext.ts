/** What a sentence may look at: facts up to the cursor, never what the log says of later. */
import type { BatchId, ClientId, NodeId, RecordId, RequestId, TpId } from '#base/ids';
import { clientMs, MICROS_PER_MS } from '#base/time';
import type { BatchLifeline } from '#projections/lifelines';
import type { LifelineTables } from '#projections/lifelines/LifelineTables';
import type { Outcomes } from '#projections/outcomes';
import type { ClientState, PipelineState } from '#projections/pipelineState';
import { nodeName } from '../words.ts';
import type { RecordColumns } from '#projections/RecordColumns';

export type Entity =
  | { readonly kind: 'record'; readonly id: RecordId }
  | { readonly kind: 'batch'; readonly id: BatchId }
  | { readonly kind: 'request'; readonly id: RequestId }
  | { readonly kind: 'broker'; readonly id: NodeId }
  | { readonly kind: 'partition'; readonly id: TpId }
  | { readonly kind: 'client'; readonly id: ClientId };

export interface WhyContext {
  /** At the cursor. */
  readonly state: PipelineState;
  readonly cursor: { readonly seq: number; readonly at: number };
  readonly records: RecordColumns;
  readonly lifelines: LifelineTables;
  readonly outcomes: Outcomes;
}

/** A number of the client's settings, of which `client.started` tells all. */
export function setting(client: ClientState | undefined, key: string, otherwise: number): number {
  const text = client?.config[key];
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isNaN(value) ? otherwise : value;
}

export function acksOf(client: ClientState | undefined): 'all' | '0' | '1' {
  const acks = client?.config['acks'] ?? 'all';
  return acks === '0' || acks === '1' ? acks : 'all';
}

export const nowMs = ({ cursor }: WhyContext): number => clientMs(cursor.at);

export const usOf = (ms: number): number => ms * MICROS_PER_MS;

export function tpNameOf({ state }: WhyContext, tp: number): string {
  const partition = state.partitions.get(tp as TpId);
  return partition === undefined ? `tp ${tp}` : `${partition.topic}-${partition.partition}`;
}

/** `broker 1`, and beside it that it is down or frozen. */
export function brokerName({ state }: WhyContext, node: number): string {
  const broker = state.brokers.get(node as NodeId);
  return broker === undefined || broker.state === 'up'
    ? nodeName(node)
    : `${nodeName(node)} (${broker.state})`;
}

/** A lifeline without what lies after the cursor. null: the batch is not there yet. */
export function batchSoFar(context: WhyContext, id: BatchId): BatchLifeline | null {
  const batch = context.lifelines.batch(id);
  const { at } = context.cursor;
  if (batch === null || batch.createdAt > at) return null;
  const isOpen = context.state.batches.has(id);
  const past = (time: number): number => (time <= at && !isOpen ? time : -1);
  return {
    ...batch,
    readyAt: batch.readyAt <= at ? batch.readyAt : -1,
    attempts: batch.attempts
      .filter((attempt) => attempt.drainedAt <= at)
      .map((attempt) => (attempt.endedAt <= at ? attempt : { ...attempt, endedAt: -1, error: null })),
    completedAt: past(batch.completedAt),
    failedAt: context.state.batches.get(id)?.expired === true ? batch.failedAt : past(batch.failedAt),
  };
}

/** Copies of the batch in the leaders' logs, as the cursor sees them: what is told later does not count. */
export function isStored(context: WhyContext, batch: BatchId): boolean {
  return context.outcomes.incidentsAbout(batch, 'failed-yet-stored', context.cursor.seq).length > 0;
}
