/**
 * What a client can know of the cluster behind it, written as the cluster's own events: leaders and ISRs from the
 * metadata that brokers sent, ends of logs from the offsets that they answered. What nobody told is not there.
 */
import type { BatchId, NodeId } from '#base/ids';
import type { TopicPartition, TopicPartitions } from '#base/TopicPartition';
import type { EventSink, WriterOf } from '#events/catalogue';
import type { NetworkSend } from '#engine/Selectable';
import type { MetadataResponse, ProduceRequest, ProduceResponse, ResponseBody } from '#engine/requests';

type PartitionMetadata = MetadataResponse['topics'][number]['partitions'][number];

/** Asks a replica for the end of its log; null: it did not say. Never answers within the call. */
export type AskEnd = (tp: TopicPartition, node: NodeId, answer: (end: number | null) => void) => void;

interface Known {
  /** The one that leads, or is about to be told to. */
  leader: NodeId | null;
  leaderEpoch: number;
  isr: readonly NodeId[];
  /** Of each replica the end of its log, as it was last heard of. */
  readonly ends: Map<NodeId, number>;
  /** One past the last offset that the leader gave to a batch of ours. */
  answeredEnd: number;
  /** Answers to our batches, and how many there were when the leader's end was last asked. */
  answers: number;
  answersAtLook: number;
  /** Replicas that had more than a new leader: from which offset on. */
  readonly diverged: Map<NodeId, number>;
  /** Not null: a new leader is being asked what it has. What happens meanwhile is told after it. */
  waiting: Waiting | null;
}

/** A batch of ours as a broker has answered for it. */
export interface StoredBatch {
  readonly batch: BatchId;
  readonly recordCount: number;
  readonly baseOffset: number;
  /** The broker named a time: that of the topic's kind, or of the batch that it had already. */
  readonly hasLogTime: boolean;
  readonly acks: ProduceRequest['acks'];
}

interface Waiting {
  readonly work: (() => void)[];
  /** The first offset that the new leader has given since. */
  firstOffset: number;
}

export class ClusterView {
  private readonly partitions: TopicPartitions;
  private readonly askEnd: AskEnd;
  private readonly known = new Map<TopicPartition, Known>();
  private readonly leaderElected: WriterOf<'leader.elected'>;
  private readonly isrChanged: WriterOf<'isr.changed'>;
  private readonly logAppended: WriterOf<'log.appended'>;
  private readonly logRecognised: WriterOf<'log.recognised'>;
  private readonly logTruncated: WriterOf<'log.truncated'>;
  private readonly replicaFetched: WriterOf<'replica.fetched'>;
  private readonly highWatermarkAdvanced: WriterOf<'highWatermark.advanced'>;

  constructor(events: EventSink, partitions: TopicPartitions, askEnd: AskEnd) {
    this.partitions = partitions;
    this.askEnd = askEnd;
    this.leaderElected = events.writer('leader.elected');
    this.isrChanged = events.writer('isr.changed');
    this.logAppended = events.writer('log.appended');
    this.logRecognised = events.writer('log.recognised');
    this.logTruncated = events.writer('log.truncated');
    this.replicaFetched = events.writer('replica.fetched');
    this.highWatermarkAdvanced = events.writer('highWatermark.advanced');
  }

  /** An answer, at the moment at which the run takes it in. */
  observe({ body, node }: NetworkSend, response: ResponseBody): void {
    if (response.api === 'METADATA') this.observeMetadata(response);
    else if (response.api === 'PRODUCE' && body.api === 'PRODUCE') this.observeProduce(body, response, node);
  }

  observeMetadata({ topics }: Pick<MetadataResponse, 'topics'>): void {
    for (const { topic, partitions } of topics)
      // In the order of their numbers, whatever the order of the answer is.
      for (const one of partitions.toSorted((a, b) => a.partition - b.partition))
        this.observePartition(this.partitions.get(topic, one.partition), one);
  }

  private observePartition(tp: TopicPartition, one: PartitionMetadata): void {
    const known = this.of(tp);
    // An old broker's answer may come after a newer one's.
    if (one.leaderEpoch < known.leaderEpoch) return;
    if (known.leader !== one.leader || known.leaderEpoch !== one.leaderEpoch) this.moveLeader(tp, known, one);
    this.inTurn(known, () => {
      const isr = one.isr.toSorted((a, b) => a - b);
      if (isr.join() === known.isr.join()) return;
      known.isr = isr;
      this.isrChanged(tp.id, one.isr.map(Number), []);
    });
  }

  /** What a new leader has is known only from itself: without it, all others would seem to have more. */
  private moveLeader(tp: TopicPartition, known: Known, { leader, leaderEpoch }: PartitionMetadata): void {
    const isAnother = leader !== null && leader !== known.leader && known.ends.size > 0;
    known.leader = leader;
    known.leaderEpoch = leaderEpoch;
    if (!isAnother) {
      const { waiting } = known;
      known.waiting = null;
      this.leaderElected(tp.id, leader, leaderEpoch, false);
      for (const work of waiting?.work ?? []) work();
      return;
    }
    const waiting = known.waiting ?? { work: [], firstOffset: Number.MAX_SAFE_INTEGER };
    known.waiting = waiting;
    this.askEnd(tp, leader, (end) => {
      // Another one has been elected since, and its own answer ends the waiting.
      if (known.leader !== leader || known.leaderEpoch !== leaderEpoch) return;
      known.waiting = null;
      if (end !== null) this.beginAt(tp, known, leader, Math.min(end, waiting.firstOffset));
      this.leaderElected(tp.id, leader, leaderEpoch, false);
      for (const work of waiting.work) work();
    });
  }

  private beginAt(tp: TopicPartition, known: Known, leader: NodeId, end: number): void {
    this.setEnd(tp, known, leader, end);
    known.answeredEnd = Math.min(known.answeredEnd, end);
    for (const [node, nodeEnd] of known.ends)
      if (nodeEnd > end) known.diverged.set(node, Math.min(end, known.diverged.get(node) ?? end));
  }

  private inTurn({ waiting }: Known, work: () => void): void {
    if (waiting === null) work();
    else waiting.work.push(work);
  }

  private observeProduce(request: ProduceRequest, response: ProduceResponse, node: NodeId): void {
    for (const { tp, error, baseOffset, logAppendTimeMs } of response.partitions) {
      const sent = request.batches.find((batch) => batch.tp === tp);
      if (sent === undefined || error !== 'NONE' || baseOffset < 0) continue;
      const { batch, recordCount } = sent;
      const hasLogTime = logAppendTimeMs !== -1;
      this.observeStored(tp, node, {
        batch: batch.id,
        recordCount,
        baseOffset,
        hasLogTime,
        acks: request.acks,
      });
    }
  }

  observeStored(tp: TopicPartition, node: NodeId, stored: StoredBatch): void {
    const { batch, recordCount, baseOffset, hasLogTime, acks } = stored;
    const known = this.of(tp);
    // From one that has been replaced since: what is left of it is not known.
    if (known.leader !== node) return;
    known.answers++;
    if (known.waiting !== null) known.waiting.firstOffset = Math.min(known.waiting.firstOffset, baseOffset);
    this.inTurn(known, () => {
      const endOffset = baseOffset + recordCount;
      if (hasLogTime && endOffset <= known.answeredEnd) {
        this.logRecognised(tp.id, batch, baseOffset);
        return;
      }
      known.answeredEnd = Math.max(known.answeredEnd, endOffset);
      known.ends.set(node, endOffset);
      this.logAppended(tp.id, node, batch, baseOffset, endOffset);
      if (acks !== -1) return;
      // With acks=all the answer says that all in-sync replicas have it.
      for (const follower of known.isr)
        if (follower !== node && (known.ends.get(follower) ?? 0) < known.answeredEnd)
          this.follow(tp, known, follower, known.answeredEnd);
      this.highWatermarkAdvanced(tp.id, known.answeredEnd, known.answeredEnd, known.leaderEpoch);
    });
  }

  /** What a replica says of the end of its log, asked for apart from our batches. */
  observeEnd(tp: TopicPartition, node: NodeId, end: number): void {
    const known = this.of(tp);
    if (known.waiting !== null) return;
    if (node === known.leader) {
      // Between an append and its answer the end would seem to run ahead of the batches: it counts while none come.
      const isQuiet = known.answers === known.answersAtLook;
      known.answersAtLook = known.answers;
      if (isQuiet) this.setEnd(tp, known, node, end);
      return;
    }
    this.follow(tp, known, node, end);
  }

  private follow(tp: TopicPartition, known: Known, node: NodeId, end: number): void {
    const divergedFrom = known.diverged.get(node);
    if (divergedFrom !== undefined && known.isr.includes(node)) {
      // It follows the leader again, so it has cut off what the leader did not have.
      known.diverged.delete(node);
      this.logTruncated(tp.id, node, divergedFrom, known.ends.get(node) ?? divergedFrom);
      known.ends.set(node, divergedFrom);
    }
    // A follower has fetched what the leader has not yet answered for: it must not seem to have more.
    const leaderEnd = known.leader === null ? undefined : known.ends.get(known.leader);
    const most = known.diverged.has(node) ? end : Math.min(end, leaderEnd ?? end);
    this.setEnd(tp, known, node, most);
  }

  private setEnd(tp: TopicPartition, known: Known, node: NodeId, end: number): void {
    const before = known.ends.get(node);
    if (before === end) return;
    known.ends.set(node, end);
    if (before !== undefined && end < before) this.logTruncated(tp.id, node, end, before);
    else this.replicaFetched(tp.id, node, end, known.leader ?? node);
  }

  private of(tp: TopicPartition): Known {
    let known = this.known.get(tp);
    if (known === undefined) {
      known = {
        leader: null,
        leaderEpoch: -1,
        isr: [],
        ends: new Map(),
        answeredEnd: 0,
        answers: 0,
        answersAtLook: 0,
        diverged: new Map(),
        waiting: null,
      };
      this.known.set(tp, known);
    }
    return known;
  }
}
