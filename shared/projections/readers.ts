/**
 * Two readers of every partition, side by side: what a read_uncommitted and a read_committed consumer would have been
 * given by now (§7.5). One reads to the high watermark; the other to the last stable offset, and passes over what was
 * aborted. An index: filled from the events in order, read as of a seq.
 */
import { countBefore } from '#base/countBefore';
import type { EventOf, PipelineEvent } from '#events/catalogue';
import type { LifelineTables } from './lifelines/LifelineTables.ts';

export type SpanKind = 'open' | 'committed' | 'aborted' | 'commit-marker' | 'abort-marker';

/** Offsets that are in a transaction, or the marker that ends one. Half-open. */
export interface TransactionSpan {
  readonly kind: SpanKind;
  readonly baseOffset: number;
  readonly endOffset: number;
  readonly producerId: number;
}

export interface ReadersView {
  /** Delivered records count once, also where the log was cut below them later. */
  readonly uncommitted: {
    readonly position: number;
    readonly delivered: number;
    /** Of the delivered ones: their transaction was aborted. */
    readonly aborted: number;
  };
  readonly committed: {
    readonly position: number;
    readonly delivered: number;
    /** Records of aborted transactions that it passed over. */
    readonly skipped: number;
  };
}

interface Span {
  readonly baseOffset: number;
  readonly endOffset: number;
  readonly producerId: number;
  /** null: records. */
  readonly marker: 'commit-marker' | 'abort-marker' | null;
  readonly fromSeq: number;
  decidedSeq: number;
  isCommitted: boolean;
  /** A leader change cut it off, or its topic was deleted. */
  toSeq: number;
}

interface Counts {
  uncommittedAt: number;
  uncommitted: number;
  uncommittedAborted: number;
  committedAt: number;
  committed: number;
  skipped: number;
}

/** One partition that has seen a transaction. */
class Tail {
  /** All that ever was, by the event that brought it. */
  readonly all: Span[] = [];
  /** Those of the present log, by offset. */
  live: Span[] = [];
  readonly now: Counts;
  readonly steps: (Counts & { readonly seq: number })[] = [];

  /** Up to `offset` both readers had read all there was. */
  constructor(offset: number) {
    this.now = {
      uncommittedAt: offset,
      uncommitted: offset,
      uncommittedAborted: 0,
      committedAt: offset,
      committed: offset,
      skipped: 0,
    };
  }

  step(seq: number): void {
    this.steps.push({ ...this.now, seq });
  }
}

export class Readers {
  private readonly lifelines: LifelineTables;
  private readonly transactional = new Set<number>();
  private readonly producerIds = new Map<number, number>();
  private readonly topics = new Map<string, number[]>();
  private readonly tails = new Map<number, Tail>();
  private readonly leaders = new Map<number, { readonly leader: number | null; readonly epoch: number }>();
  private readonly highWatermarks = new Map<number, number>();
  /** By tp and node, once there is a transactional producer. */
  private readonly logEnds = new Map<number, number>();

  constructor(lifelines: LifelineTables) {
    this.lifelines = lifelines;
  }

  /** null: no transaction ever touched the partition, so both readers have all up to the high watermark. */
  at(tp: number, seq: number): ReadersView | null {
    const steps = this.tails.get(tp)?.steps ?? [];
    const counts = steps[countBefore(steps.length, (i) => (steps[i]?.seq ?? 0) < seq) - 1];
    if (counts === undefined) return null;
    return {
      uncommitted: {
        position: counts.uncommittedAt,
        delivered: counts.uncommitted,
        aborted: counts.uncommittedAborted,
      },
      committed: { position: counts.committedAt, delivered: counts.committed, skipped: counts.skipped },
    };
  }

  /**
   * What is in a transaction, from the end of the log downwards, as of `seq`. `visit` returns whether it wants the one
   * before, too.
   */
  walkBack(tp: number, seq: number, visit: (span: TransactionSpan) => boolean): void {
    const all = this.tails.get(tp)?.all ?? [];
    const known = countBefore(all.length, (i) => (all[i]?.fromSeq ?? 0) < seq);
    for (let i = known - 1; i >= 0; i--) {
      const span = all[i];
      if (span === undefined || span.toSeq < seq) continue;
      const { baseOffset, endOffset, producerId } = span;
      if (!visit({ kind: kindAt(span, seq), baseOffset, endOffset, producerId })) return;
    }
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'client.started':
        if ((event.config['transactional.id'] ?? '') !== '') this.transactional.add(event.client);
        return;
      case 'partition.named': {
        const tps = this.topics.get(event.topic);
        if (tps === undefined) this.topics.set(event.topic, [event.tp]);
        else tps.push(event.tp);
        return;
      }
      case 'leader.elected':
        this.elected(event);
        return;
      case 'highWatermark.advanced':
        this.advanced(event);
        return;
      case 'topic.changed':
        if (event.partitions === 0)
          for (const tp of this.topics.get(event.topic) ?? []) this.gone(tp, event.seq);
        return;
      default:
        if (this.transactional.size > 0) this.addTransactional(event);
    }
  }

  private addTransactional(event: PipelineEvent): void {
    switch (event.type) {
      case 'batch.stamped':
        if (this.transactional.has(this.lifelines.batches.clientOf(event.batch))) {
          this.producerIds.set(event.batch, event.producerId);
        }
        return;
      case 'log.appended':
        this.logEnds.set(keyOf(event.tp, event.node), event.logEndOffset);
        this.appended(event);
        return;
      case 'log.marked':
        this.logEnds.set(keyOf(event.tp, event.node), event.offset + 1);
        this.marked(event);
        return;
      case 'replica.fetched':
      case 'log.truncated':
        this.logEnds.set(keyOf(event.tp, event.node), event.logEndOffset);
        return;
      default:
    }
  }

  private tailOf(tp: number): Tail {
    let tail = this.tails.get(tp);
    if (tail === undefined) {
      tail = new Tail(this.highWatermarks.get(tp) ?? 0);
      this.tails.set(tp, tail);
    }
    return tail;
  }

  private appended({ tp, node, batch, baseOffset, logEndOffset, seq }: EventOf<'log.appended'>): void {
    const producerId = this.producerIds.get(batch);
    if (producerId === undefined || this.leaders.get(tp)?.leader !== node) return;
    put(this.tailOf(tp), { baseOffset, endOffset: logEndOffset, producerId, marker: null, seq });
  }

  private marked({ tp, node, offset, commit, producerId, seq }: EventOf<'log.marked'>): void {
    if (this.leaders.get(tp)?.leader !== node) return;
    const tail = this.tailOf(tp);
    for (let i = tail.live.length - 1; i >= 0; i--) {
      const span = tail.live[i];
      if (span === undefined || span.producerId !== producerId) continue;
      if (span.marker !== null) break;
      span.decidedSeq = seq;
      span.isCommitted = commit;
      if (!commit && span.endOffset <= tail.now.uncommittedAt) {
        tail.now.uncommittedAborted += span.endOffset - span.baseOffset;
      }
    }
    const marker = commit ? 'commit-marker' : 'abort-marker';
    put(tail, { baseOffset: offset, endOffset: offset + 1, producerId, marker, seq });
    tail.step(seq);
  }

  private advanced(event: EventOf<'highWatermark.advanced'>): void {
    const { tp, highWatermark, lastStableOffset, leaderEpoch, seq } = event;
    const epoch = this.leaders.get(tp)?.epoch ?? leaderEpoch;
    if (leaderEpoch !== epoch) return;
    this.highWatermarks.set(tp, Math.max(highWatermark, this.highWatermarks.get(tp) ?? 0));
    const tail = this.tails.get(tp);
    if (tail === undefined) return;
    const { now } = tail;
    if (highWatermark > now.uncommittedAt) {
      const passed = passedOver(tail, now.uncommittedAt, highWatermark);
      now.uncommitted += highWatermark - now.uncommittedAt - passed.markers;
      now.uncommittedAborted += passed.aborted;
      now.uncommittedAt = highWatermark;
    }
    if (lastStableOffset > now.committedAt) {
      const passed = passedOver(tail, now.committedAt, lastStableOffset);
      now.committed += lastStableOffset - now.committedAt - passed.markers - passed.aborted;
      now.skipped += passed.aborted;
      now.committedAt = lastStableOffset;
    }
    tail.step(seq);
  }

  /** The new leader's log is the partition's: readers that were further begin again at its end. */
  private elected({ tp, leader, leaderEpoch, seq }: EventOf<'leader.elected'>): void {
    this.leaders.set(tp, { leader, epoch: leaderEpoch });
    const tail = this.tails.get(tp);
    if (leader === null || tail === undefined) return;
    // Who has fetched nothing since the first transaction has nothing of any.
    const end = this.logEnds.get(keyOf(tp, leader)) ?? tail.live[0]?.baseOffset ?? 0;
    this.cut(tail, end, seq);
  }

  private gone(tp: number, seq: number): void {
    this.highWatermarks.delete(tp);
    for (const key of this.logEnds.keys()) if (Math.floor(key / NODES) === tp) this.logEnds.delete(key);
    const tail = this.tails.get(tp);
    if (tail !== undefined) this.cut(tail, 0, seq);
  }

  private cut(tail: Tail, end: number, seq: number): void {
    for (const span of tail.live) if (span.endOffset > end) span.toSeq = seq;
    tail.live = tail.live.filter((span) => span.endOffset <= end);
    tail.now.uncommittedAt = Math.min(tail.now.uncommittedAt, end);
    tail.now.committedAt = Math.min(tail.now.committedAt, end);
    tail.step(seq);
  }

  get bytesKept(): number {
    let bytes = this.producerIds.size * 32;
    for (const { all, steps } of this.tails.values()) bytes += all.length * 72 + steps.length * 72;
    return bytes;
  }
}

const NODES = 4096;
const keyOf = (tp: number, node: number): number => tp * NODES + node;

function put(
  tail: Tail,
  {
    seq,
    ...span
  }: Pick<Span, 'baseOffset' | 'endOffset' | 'producerId' | 'marker'> & { readonly seq: number },
): void {
  const kept: Span = { ...span, fromSeq: seq, decidedSeq: Infinity, isCommitted: false, toSeq: Infinity };
  tail.all.push(kept);
  tail.live.push(kept);
}

/** Markers and aborted records between two positions. */
function passedOver(
  tail: Tail,
  from: number,
  to: number,
): { readonly markers: number; readonly aborted: number } {
  let markers = 0;
  let aborted = 0;
  for (let i = tail.live.length - 1; i >= 0; i--) {
    const span = tail.live[i];
    if (span === undefined || span.baseOffset < from) break;
    if (span.baseOffset >= to) continue;
    if (span.marker !== null) markers++;
    else if (span.decidedSeq < Infinity && !span.isCommitted) aborted += span.endOffset - span.baseOffset;
  }
  return { markers, aborted };
}

function kindAt(span: Span, seq: number): SpanKind {
  if (span.marker !== null) return span.marker;
  if (span.decidedSeq >= seq) return 'open';
  return span.isCommitted ? 'committed' : 'aborted';
}
