/**
 * What stands in the log of each replica, followed from the events: appended by a leader, fetched by its followers, cut.
 * It is made without the cluster, so that a mistake of the cluster does not hide itself.
 */
import { countBefore } from '#base/countBefore';
import type { NodeId, TpId } from '#base/ids';
import type { PipelineEvent } from '#events/catalogue';
import type { BatchBook, BatchFacts } from './BatchBook.ts';

/** A batch in a log; one object, shared by the replicas that have it. */
export interface Entry {
  /** null: a marker. */
  readonly batch: BatchFacts | null;
  readonly baseOffset: number;
  readonly endOffset: number;
  /** As it was stamped when it was written. −1: none. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly isCommit: boolean;
  readonly seq: number;
}

export class ReplicaLog {
  readonly entries: Entry[] = [];

  get endOffset(): number {
    return this.entries.at(-1)?.endOffset ?? 0;
  }

  /** Index of the first entry that ends after `offset`. */
  indexAt(offset: number): number {
    return countBefore(this.entries.length, (i) => (this.entries[i]?.endOffset ?? 0) <= offset);
  }
}

export class ReplicaLogs {
  private readonly batches: BatchBook;
  private readonly logs = new Map<number, ReplicaLog>();
  private readonly topics = new Map<TpId, string>();
  private readonly goneTopics = new Set<string>();
  private readonly leaders = new Map<TpId, NodeId | null>();
  /** By partition and leader epoch. */
  private readonly leaderOf = new Map<number, NodeId>();
  private readonly broken: (law: string, sentence: string) => void;

  constructor(batches: BatchBook, broken: (law: string, sentence: string) => void) {
    this.batches = batches;
    this.broken = broken;
  }

  of(tp: TpId, node: NodeId): ReplicaLog {
    const key = keyOf(tp, node);
    let log = this.logs.get(key);
    if (log === undefined) {
      log = new ReplicaLog();
      this.logs.set(key, log);
    }
    return log;
  }

  partitions(): Iterable<TpId> {
    return this.leaders.keys();
  }

  topic(tp: TpId): string {
    return this.topics.get(tp) ?? '';
  }

  /** Its topic has been deleted, and with it all that was promised of its records. */
  isGone(tp: TpId): boolean {
    return this.goneTopics.has(this.topic(tp));
  }

  /** null: nobody leads. */
  leader(tp: TpId): NodeId | null {
    return this.leaders.get(tp) ?? null;
  }

  leaderLog(tp: TpId): ReplicaLog | null {
    const leader = this.leader(tp);
    return leader === null ? null : this.of(tp, leader);
  }

  /** The log of who leads in that epoch, also when it has been replaced by now. */
  logInEpoch(tp: TpId, leaderEpoch: number): ReplicaLog | null {
    const leader = this.leaderOf.get(keyOf(tp, leaderEpoch));
    return leader === undefined ? null : this.of(tp, leader);
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'log.appended': {
        const batch = this.batches.get(event.batch);
        const { producerId, producerEpoch } = this.batches.stampAt(event.batch, event.node);
        const { tp, node, baseOffset, logEndOffset: endOffset, seq } = event;
        const entry = { batch, baseOffset, endOffset, producerId, producerEpoch, isCommit: false, seq };
        this.append(tp, node, entry);
        break;
      }
      case 'log.recognised': {
        const batch = this.batches.get(event.batch);
        const log = this.leaderLog(event.tp);
        const entry = log?.entries[log.indexAt(event.baseOffset)];
        if (entry !== undefined && entry.batch !== batch) batch.isMistaken = true;
        break;
      }
      case 'log.marked': {
        const { tp, node, offset, commit, producerId, producerEpoch, seq } = event;
        const entry = {
          batch: null,
          baseOffset: offset,
          endOffset: offset + 1,
          producerId,
          producerEpoch,
          isCommit: commit,
          seq,
        };
        this.append(tp, node, entry);
        break;
      }
      case 'replica.fetched':
        this.copy(event.tp, event.leader, event.node, event.logEndOffset);
        break;
      case 'log.truncated':
        this.cut(event.tp, event.node, event.logEndOffset);
        break;
      case 'partition.named':
        this.topics.set(event.tp, event.topic);
        break;
      case 'topic.changed':
        if (event.partitions === 0) this.goneTopics.add(event.topic);
        break;
      case 'leader.elected':
        this.leaders.set(event.tp, event.leader);
        if (event.leader !== null) this.leaderOf.set(keyOf(event.tp, event.leaderEpoch), event.leader);
        break;
      default:
    }
  }

  private append(tp: TpId, node: NodeId, entry: Entry): void {
    const log = this.of(tp, node);
    if (entry.baseOffset !== log.endOffset) {
      this.broken('offsets', `partition ${tp}: ${entry.baseOffset} is written behind ${log.endOffset}`);
    }
    log.entries.push(entry);
  }

  private copy(tp: TpId, from: NodeId, to: NodeId, endOffset: number): void {
    const source = this.of(tp, from);
    const log = this.of(tp, to);
    if (endOffset <= log.endOffset) this.broken('offsets', `partition ${tp}: a fetch added nothing`);
    for (let i = source.indexAt(log.endOffset); log.endOffset < endOffset; i++) {
      const entry = source.entries[i];
      if (entry === undefined || entry.baseOffset !== log.endOffset) {
        this.broken('offsets', `partition ${tp}: broker ${to} fetched what broker ${from} does not have`);
        return;
      }
      log.entries.push(entry);
    }
  }

  private cut(tp: TpId, node: NodeId, endOffset: number): void {
    const log = this.of(tp, node);
    if (endOffset >= log.endOffset) this.broken('offsets', `partition ${tp}: a cut took nothing`);
    while (log.endOffset > endOffset) log.entries.pop();
  }
}

const NODES = 1 << 20;
const keyOf = (tp: TpId, other: number): number => tp * NODES + other;
