/**
 * Which batches stand in a partition's log: in that of its leader, for that one counts. What a replica has beyond it is
 * kept as a tail: written by a leader that had been replaced and did not know it, or left behind by an election.
 */
import { Column } from '../columns.ts';

/** Batches of a log, oldest first, each with the offset after its last record. */
class Segments {
  /** Of the last one; 0 in an empty log. */
  lastEnd = 0;
  private length = 0;
  private readonly batches = new Column();
  /** From the end of the one before: its records, and markers that lie between. */
  private readonly offsets = new Column();

  push(batch: number, endOffset: number): void {
    this.batches.set(this.length, batch);
    this.offsets.set(this.length++, endOffset - this.lastEnd);
    this.lastEnd = endOffset;
  }

  pop(): Segment {
    const row = --this.length;
    const endOffset = this.lastEnd;
    this.lastEnd -= this.offsets.get(row);
    return { batch: this.batches.get(row), endOffset };
  }

  get bytesKept(): number {
    return this.batches.bytesKept + this.offsets.bytesKept;
  }
}

interface Segment {
  readonly batch: number;
  readonly endOffset: number;
}

/** A replica: the leader's log up to `commonEnd`, then its own tail. */
interface ReplicaTail {
  commonEnd: number;
  tail: Segment[];
}

/** What an election changed in the log that counts. */
export interface Cut {
  /** Who led until then. */
  readonly before: number;
  /** Last ones first. */
  readonly gone: readonly number[];
  /** Oldest first: what the new leader brought along. */
  readonly come: readonly number[];
}

export class PartitionLogs {
  private readonly log = new Segments();
  private leader: number | null = null;
  private readonly replicas = new Map<number, ReplicaTail>();

  private replica(node: number): ReplicaTail {
    let replica = this.replicas.get(node);
    if (replica === undefined) {
      replica = { commonEnd: 0, tail: [] };
      this.replicas.set(node, replica);
    }
    return replica;
  }

  /** Returns whether it stands in the log that counts now. Who is not known to be replaced leads. */
  appended(node: number, batch: number, endOffset: number): boolean {
    const replica = this.replica(node);
    if (this.leader === null || this.leader === node) {
      this.leader = node;
      this.log.push(batch, endOffset);
      replica.commonEnd = endOffset;
      return true;
    }
    replica.tail.push({ batch, endOffset });
    return false;
  }

  /** A marker is no batch, but it takes an offset. */
  marked(node: number, endOffset: number): void {
    if (node === this.leader) this.replica(node).commonEnd = endOffset;
  }

  /** Returns what has come into the log that counts: an elected leader may fetch until it hears of its election. */
  fetched(node: number, from: number, endOffset: number): readonly number[] {
    const replica = this.replica(node);
    if (from === this.leader) {
      replica.commonEnd = endOffset;
      replica.tail = [];
      return [];
    }
    const source = this.replica(from);
    if (node === this.leader) {
      const come = source.tail.filter((segment) => segment.endOffset <= endOffset);
      source.tail = source.tail.slice(come.length);
      for (const segment of come) this.log.push(segment.batch, segment.endOffset);
      source.commonEnd = endOffset;
      replica.commonEnd = endOffset;
      return come.map(({ batch }) => batch);
    }
    // From a leader that has been replaced: its tail comes along.
    replica.commonEnd = Math.min(endOffset, source.commonEnd);
    replica.tail = source.tail.filter((segment) => segment.endOffset <= endOffset);
    return [];
  }

  truncated(node: number, endOffset: number): void {
    const replica = this.replica(node);
    replica.commonEnd = Math.min(replica.commonEnd, endOffset);
    replica.tail = replica.tail.filter((segment) => segment.endOffset <= endOffset);
  }

  /** The new leader's log is the partition's from now on (§7.4). */
  elected(node: number): Cut {
    const leader = this.replica(node);
    const before = this.leader ?? node;
    this.leader = node;
    const cut: Segment[] = [];
    while (this.log.lastEnd > leader.commonEnd) cut.push(this.log.pop());
    for (const replica of this.replicas.values()) {
      if (replica === leader || replica.commonEnd <= leader.commonEnd) continue;
      const { commonEnd } = replica;
      const left = cut.toReversed().filter(({ endOffset }) => endOffset <= commonEnd);
      replica.tail = [...left, ...replica.tail];
      replica.commonEnd = leader.commonEnd;
    }
    const come = leader.tail;
    for (const { batch, endOffset } of come) {
      this.log.push(batch, endOffset);
      leader.commonEnd = endOffset;
    }
    leader.tail = [];
    return { before, gone: cut.map(({ batch }) => batch), come: come.map(({ batch }) => batch) };
  }

  /** Every log of it is gone. Returns what stood in the one that counted, last ones first. */
  deleted(): readonly number[] {
    const gone: number[] = [];
    while (this.log.lastEnd > 0) gone.push(this.log.pop().batch);
    this.leader = null;
    this.replicas.clear();
    return gone;
  }

  get bytesKept(): number {
    let bytes = this.log.bytesKept;
    for (const { tail } of this.replicas.values()) bytes += tail.length * 40;
    return bytes;
  }
}
