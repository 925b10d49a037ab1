/**
 * What the events of a run say about each of its batches: how often it went out, under which sequence, and what came
 * of that. By it a record that stands in the log twice, or although it failed, has a cause or none.
 */
import type { PipelineEvent } from '#events/catalogue';

export type SendingEnd = 'open' | 'acked' | 'lost' | 'maybe-stored' | 'not-stored';

export interface Sending {
  readonly at: number;
  readonly node: number;
  /** Producer id, epoch and base sequence; null: it has none, and a broker cannot know it again. */
  readonly stamp: string | null;
  end: SendingEnd;
}

export interface BatchChain {
  readonly tp: number;
  readonly sendings: Sending[];
  stamp: string | null;
  outcome: 'open' | 'acked' | 'failed';
  /** When it got its outcome. */
  endedAt: number;
}

/** With these a broker may have appended all the same: it says so when it replicated too slowly or was replaced. */
const MAYBE_STORED = [
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
  'NOT_LEADER_OR_FOLLOWER',
  'KAFKA_STORAGE_ERROR',
  'UNKNOWN_SERVER_ERROR',
];

interface Bump {
  readonly at: number;
  readonly because: string;
}
interface Leader {
  readonly at: number;
  readonly node: number | null;
}

export class EventChains {
  readonly bumps: Bump[] = [];
  /** In the order in which their send() began. */
  readonly sent: number[] = [];
  readonly acked = new Set<number>();
  readonly failed = new Set<number>();
  /** Records that failed, by exception. */
  readonly failures = new Map<string, number>();
  private readonly batches = new Map<number, BatchChain>();
  private readonly batchOf = new Map<number, number>();
  private readonly recordsOf = new Map<number, number[]>();
  private readonly orders = new Map<number, number>();
  private readonly nodes = new Map<number, number>();
  private readonly carried = new Map<number, Map<number, Sending>>();
  private readonly leaders = new Map<number, Leader[]>();

  /** Events in their order, each once. Batches of a soak are far below the size at which one is split. */
  take(event: PipelineEvent): void {
    switch (event.type) {
      case 'record.sent':
        this.sent.push(event.record);
        break;
      case 'record.appended':
        this.appended(event.record, event.batch);
        break;
      case 'record.refused':
      case 'record.failed':
        this.failed.add(event.record);
        this.noteFailures(event.exception, 1);
        break;
      case 'batch.created':
        this.created(event.batch, event.tp);
        break;
      case 'batch.stamped': {
        const chain = this.batches.get(event.batch);
        const { producerId, producerEpoch, baseSequence } = event;
        if (chain !== undefined) chain.stamp = `${producerId}/${producerEpoch}/${baseSequence}`;
        break;
      }
      case 'batch.completed':
        this.ended(event.batch, 'acked', event.at);
        break;
      case 'batch.failed':
        this.noteFailures(event.exception, this.recordsOf.get(event.batch)?.length ?? 0);
        this.ended(event.batch, 'failed', event.at);
        break;
      case 'epoch.bumped':
        this.bumps.push({ at: event.at, because: event.because });
        break;
      case 'leader.elected':
        this.leadersOf(event.tp).push({ at: event.at, node: event.leader });
        break;
      default:
        this.takeOfRequest(event);
    }
  }

  private takeOfRequest(event: PipelineEvent): void {
    switch (event.type) {
      case 'request.sent':
        if (event.api === 'PRODUCE') this.nodes.set(event.request, event.node);
        break;
      case 'request.carried':
        this.carry(event.request, event.batch, event.at);
        break;
      case 'request.lost':
        for (const sending of this.carried.get(event.request)?.values() ?? []) sending.end = 'lost';
        this.forget(event.request);
        break;
      case 'response.answered': {
        const sending = this.carried.get(event.request)?.get(event.batch);
        if (sending === undefined) break;
        if (event.error === 'NONE') sending.end = 'acked';
        else sending.end = MAYBE_STORED.includes(event.error) ? 'maybe-stored' : 'not-stored';
        break;
      }
      default:
    }
  }

  private created(batch: number, tp: number): void {
    this.batches.set(batch, { tp, sendings: [], stamp: null, outcome: 'open', endedAt: Infinity });
    this.recordsOf.set(batch, []);
  }

  private appended(record: number, batch: number): void {
    this.batchOf.set(record, batch);
    this.recordsOf.get(batch)?.push(record);
    this.orders.set(record, this.orders.size);
  }

  private carry(request: number, batch: number, at: number): void {
    const chain = this.batches.get(batch);
    const node = this.nodes.get(request);
    if (chain === undefined || node === undefined) return;
    const sending: Sending = { at, node, stamp: chain.stamp, end: 'open' };
    chain.sendings.push(sending);
    const carried = this.carried.get(request) ?? new Map<number, Sending>();
    this.carried.set(request, carried.set(batch, sending));
  }

  private forget(request: number): void {
    this.carried.delete(request);
    this.nodes.delete(request);
  }

  private ended(batch: number, outcome: 'acked' | 'failed', at: number): void {
    const chain = this.batches.get(batch);
    if (chain === undefined || chain.outcome !== 'open') return;
    chain.outcome = outcome;
    chain.endedAt = at;
    for (const record of this.recordsOf.get(batch) ?? [])
      if (!this.failed.has(record)) this[outcome].add(record);
    this.recordsOf.delete(batch);
  }

  private noteFailures(exception: string, records: number): void {
    this.failures.set(exception, (this.failures.get(exception) ?? 0) + records);
  }

  private leadersOf(tp: number): Leader[] {
    const leaders = this.leaders.get(tp) ?? [];
    this.leaders.set(tp, leaders);
    return leaders;
  }

  /** null: it never came into a batch. */
  chain(record: number): BatchChain | null {
    return this.batches.get(this.batchOf.get(record) ?? -1) ?? null;
  }

  /** Rises with the append to the accumulator; −1: never. */
  order(record: number): number {
    return this.orders.get(record) ?? -1;
  }

  /** Whether another node led the partition at some moment of [fromUs, toUs]. */
  wasLedByAnother(tp: number, node: number, fromUs: number, toUs: number): boolean {
    const leaders = this.leaders.get(tp) ?? [];
    return leaders.some((leader, i) => {
      const until = leaders[i + 1]?.at ?? Infinity;
      return leader.node !== node && leader.at <= toUs && until > fromUs;
    });
  }
}
