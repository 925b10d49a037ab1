/**
 * What a finished log says of a run, and the laws it must keep: time never goes back, a batch ends once, a record is
 * appended once, memory is conserved, offsets are dense, no high watermark falls within a leader epoch.
 */
import { BugError } from '#base/assert';
import type { BatchId, ClientId, RecordId, TpId } from '#base/ids';
import type { EventOf, EventType, PipelineEvent } from '#events/catalogue';

type Takers = { readonly [T in EventType]?: (event: EventOf<T>) => void };

export class RunLedger {
  /** How each record ended; none: its outcome is open, or its process died. */
  readonly outcomes = new Map<RecordId, string[]>();
  /** `available bytes` and `waiters`, as last told. */
  readonly available = new Map<ClientId, string>();
  readonly memory = new Map<ClientId, string>();
  /** Clients whose process died. */
  readonly dead = new Set<ClientId>();
  /** A forced close leaves without the answers that would have returned the memory (KAFKA-19012). */
  readonly cutShort = new Set<ClientId>();
  private readonly batchOf = new Map<RecordId, BatchId>();
  private readonly clientOfBatch = new Map<BatchId, ClientId>();
  private readonly sentAt = new Map<RecordId, number>();
  private readonly parts = new Map<BatchId, BatchId[]>();
  private readonly ends = new Map<BatchId, string[]>();
  private readonly endsOf = new Map<BatchId, readonly string[]>();
  private readonly logEnds = new Map<string, number>();
  private readonly marks = new Map<TpId, number>();
  private lastDeathAt = -1;
  private at = 0;

  /** @throws BugError with the law that is broken, and when. */
  constructor(events: Iterable<PipelineEvent>) {
    for (const event of events) {
      this.law(event.at >= this.at, 'time never goes back');
      this.at = event.at;
      const take = this.takers[event.type] as ((event: PipelineEvent) => void) | undefined;
      take?.(event);
    }
    for (const [record, batch] of this.batchOf) this.outcomes.get(record)?.push(...this.endOf(batch));
  }

  private law(holds: boolean, sentence: string): void {
    if (!holds) throw new BugError(`${sentence}: broken at ${this.at} µs`);
  }

  /** A split batch ends as its parts do; which part a record is in does not matter when all end. */
  private endOf(batch: BatchId): readonly string[] {
    const told = this.endsOf.get(batch);
    if (told !== undefined) return told;
    const ends = this.ends.get(batch) ?? [];
    this.law(ends.length <= 1, `batch ${batch} ends once`);
    const areOver = (this.parts.get(batch) ?? []).every((part) => this.endOf(part).length === 1);
    const result = ends[0] === 'split' && !areOver ? [] : ends;
    this.endsOf.set(batch, result);
    return result;
  }

  private end(batch: BatchId, how: string): void {
    this.ends.set(batch, [...(this.ends.get(batch) ?? []), how]);
  }

  private readonly takers: Takers = {
    'client.started': (event) => {
      this.memory.set(event.client, event.config['buffer.memory'] ?? '');
    },
    'client.closed': (event) => {
      if (event.how === 'died') {
        this.dead.add(event.client);
        this.lastDeathAt = event.at;
      }
      if (event.how !== 'graceful') this.cutShort.add(event.client);
    },
    'record.sent': (event) => {
      this.outcomes.set(event.record, []);
      this.sentAt.set(event.record, event.at);
    },
    'record.refused': (event) => {
      this.outcomes.get(event.record)?.push('refused');
    },
    'record.appended': (event) => {
      this.law(!this.batchOf.has(event.record), 'a record is appended once');
      this.batchOf.set(event.record, event.batch);
    },
    'batch.created': (event) => {
      this.clientOfBatch.set(event.batch, event.client);
      if (event.parentBatch === null) return;
      this.parts.set(event.parentBatch, [...(this.parts.get(event.parentBatch) ?? []), event.batch]);
    },
    'batch.completed': (event) => this.end(event.batch, 'acked'),
    'batch.failed': (event) => this.end(event.batch, 'failed'),
    'batch.split': (event) => this.end(event.batch, 'split'),
    'buffer.changed': (event) => {
      const total = Number(this.memory.get(event.client));
      this.law(event.availableBytes >= 0 && event.availableBytes <= total, 'memory is conserved');
      this.available.set(event.client, `${event.availableBytes} ${event.waiters}`);
    },
    'log.appended': (event) => {
      const place = `${event.tp}/${event.node}`;
      this.law(event.baseOffset === (this.logEnds.get(place) ?? 0), `offsets of ${place} are dense`);
      this.logEnds.set(place, event.logEndOffset);
    },
    'replica.fetched': (event) => {
      const place = `${event.tp}/${event.node}`;
      this.law(event.logEndOffset > (this.logEnds.get(place) ?? 0), 'a fetch adds to a log');
      this.logEnds.set(place, event.logEndOffset);
    },
    'log.truncated': (event) => {
      const place = `${event.tp}/${event.node}`;
      this.law(event.logEndOffset < (this.logEnds.get(place) ?? 0), 'a cut takes from a log');
      this.logEnds.set(place, event.logEndOffset);
    },
    'leader.elected': (event) => {
      this.marks.delete(event.tp);
    },
    'highWatermark.advanced': (event) => {
      this.law(event.highWatermark >= (this.marks.get(event.tp) ?? 0), 'no high watermark falls in an epoch');
      this.marks.set(event.tp, event.highWatermark);
    },
  };

  /** Records without exactly one outcome, except of processes that died: there nobody was left to be told. */
  open(): RecordId[] {
    const open: RecordId[] = [];
    for (const [record, ends] of this.outcomes) {
      if (ends.length === 1) continue;
      const batch = this.batchOf.get(record);
      const client = batch === undefined ? undefined : this.clientOfBatch.get(batch);
      // Not in a batch yet: its thread was blocked in send() when the process died.
      const hasDied =
        client === undefined ? (this.sentAt.get(record) ?? 0) <= this.lastDeathAt : this.dead.has(client);
      if (!hasDied) open.push(record);
    }
    return open;
  }
}
