/**
 * What a client can know of the cluster behind it, written as the cluster's own events: leaders and ISRs from the
 * metadata that brokers sent, ends of logs from the offsets that they answered. What nobody told is not there.
 */
import type { NodeId } from '#base/ids';
import type { TopicPartition, TopicPartitions } from '#base/TopicPartition';
import type { EventSink, WriterOf } from '#events/catalogue';
import type { NetworkSend } from '#engine/Selectable';
import type { MetadataResponse, ProduceRequest, ProduceResponse, ResponseBody } from '#engine/requests';

interface Known {
  leader: NodeId | null;
  leaderEpoch: number;
  /** Sorted. */
  isr: string;
  logEndOffset: number;
}

export class ClusterView {
  private readonly partitions: TopicPartitions;
  private readonly known = new Map<TopicPartition, Known>();
  private readonly leaderElected: WriterOf<'leader.elected'>;
  private readonly isrChanged: WriterOf<'isr.changed'>;
  private readonly logAppended: WriterOf<'log.appended'>;
  private readonly logRecognised: WriterOf<'log.recognised'>;
  private readonly highWatermarkAdvanced: WriterOf<'highWatermark.advanced'>;

  constructor(events: EventSink, partitions: TopicPartitions) {
    this.partitions = partitions;
    this.leaderElected = events.writer('leader.elected');
    this.isrChanged = events.writer('isr.changed');
    this.logAppended = events.writer('log.appended');
    this.logRecognised = events.writer('log.recognised');
    this.highWatermarkAdvanced = events.writer('highWatermark.advanced');
  }

  /** An answer, at the moment at which the run takes it in. */
  observe({ body, node }: NetworkSend, response: ResponseBody): void {
    if (response.api === 'METADATA') this.observeMetadata(response);
    else if (response.api === 'PRODUCE' && body.api === 'PRODUCE') this.observeProduce(body, response, node);
  }

  private observeMetadata({ topics }: MetadataResponse): void {
    for (const { topic, partitions } of topics) {
      // In the order of their numbers, whatever the order of the answer is.
      for (const one of partitions.toSorted((a, b) => a.partition - b.partition)) {
        const tp = this.partitions.get(topic, one.partition);
        const known = this.of(tp);
        // An old broker's answer may come after a newer one's.
        if (one.leaderEpoch < known.leaderEpoch) continue;
        if (known.leader !== one.leader || known.leaderEpoch !== one.leaderEpoch) {
          known.leader = one.leader;
          known.leaderEpoch = one.leaderEpoch;
          this.leaderElected(tp.id, one.leader, one.leaderEpoch, false);
        }
        const isr = one.isr.toSorted((a, b) => a - b).join();
        if (isr === known.isr) continue;
        known.isr = isr;
        this.isrChanged(tp.id, one.isr.map(Number), []);
      }
    }
  }

  private observeProduce(request: ProduceRequest, response: ProduceResponse, node: NodeId): void {
    for (const { tp, error, baseOffset, logAppendTimeMs } of response.partitions) {
      const sent = request.batches.find((batch) => batch.tp === tp);
      if (sent === undefined || error !== 'NONE' || baseOffset < 0) continue;
      const known = this.of(tp);
      // From one that has been replaced since: what is left of it is not known.
      if (known.leader !== node) continue;
      const endOffset = baseOffset + sent.recordCount;
      if (logAppendTimeMs !== -1 && endOffset <= known.logEndOffset) {
        this.logRecognised(tp.id, sent.batch.id, baseOffset);
        continue;
      }
      known.logEndOffset = Math.max(known.logEndOffset, endOffset);
      this.logAppended(tp.id, node, sent.batch.id, baseOffset, endOffset);
      // With acks=all the answer says that all in-sync replicas have it.
      if (request.acks === -1)
        this.highWatermarkAdvanced(tp.id, known.logEndOffset, known.logEndOffset, known.leaderEpoch);
    }
  }

  private of(tp: TopicPartition): Known {
    let known = this.known.get(tp);
    if (known === undefined) {
      known = { leader: null, leaderEpoch: -1, isr: '', logEndOffset: 0 };
      this.known.set(tp, known);
    }
    return known;
  }
}
