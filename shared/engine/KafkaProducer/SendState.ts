/** What all sends of one producer share: writers, the append that is used again and again, and what was looked up last. */
import { recordId } from '#base/ids';
import type { WriterOf } from '#events/catalogue';
import type { MetadataSnapshot } from '../MetadataSnapshot.ts';
import type { Sensor } from '../metrics.ts';
import type { ProducerRecord } from '../ProducerRecord.ts';
import { RecordAppend } from '../RecordAccumulator/RecordAppend.ts';
import type { CpuCosts, RunContext } from '../RunContext.ts';
import type { KafkaProducerParts } from './KafkaProducer.ts';

const BYTES_PER_KIB = 1024;

export class SendState {
  readonly recordSent: WriterOf<'record.sent'>;
  readonly recordTimestamped: WriterOf<'record.timestamped'>;
  readonly recordSerialized: WriterOf<'record.serialized'>;
  readonly recordRefused: WriterOf<'record.refused'>;
  readonly errors: Sensor;
  readonly append: RecordAppend;
  /** Whether a send takes time on the CPU, and so may be interrupted. */
  readonly takesTime: boolean;
  private readonly costs: CpuCosts;
  /** Bytes × µs per KiB that have not become a whole µs yet. */
  private serializeDebt = 0;
  /** A topic that was known, in which snapshot and when it was used last: most sends ask the same again. */
  private topic: string | null = null;
  private cluster: MetadataSnapshot | null = null;
  private usedMs = -1;
  private partitions = 0;

  constructor(run: RunContext, parts: KafkaProducerParts) {
    this.recordSent = run.events.writer('record.sent');
    this.recordTimestamped = run.events.writer('record.timestamped');
    this.recordSerialized = run.events.writer('record.serialized');
    this.recordRefused = run.events.writer('record.refused');
    this.errors = parts.metrics.sensor('errors');
    this.append = new RecordAppend(recordId(0), parts.metadata.fetch());
    const { costs } = parts;
    this.costs = costs;
    this.takesTime =
      costs.sendUs > 0 || costs.serializeUsPerKiB > 0 || costs.partitionUs > 0 || costs.appendUs > 0;
  }

  /** Whole µs that serializing takes; what is left over counts for the next record. */
  serializeUs({ keyBytes, valueBytes }: ProducerRecord): number {
    const bytes = (keyBytes?.length ?? 0) + Math.max(0, valueBytes);
    this.serializeDebt += bytes * this.costs.serializeUsPerKiB;
    const wholeUs = Math.floor(this.serializeDebt / BYTES_PER_KIB);
    this.serializeDebt -= wholeUs * BYTES_PER_KIB;
    return wholeUs;
  }

  /** Whether `remember` was told just this: then the topic is known and its use is noted already. */
  remembers(topic: string, partition: number | null, cluster: MetadataSnapshot, nowMs: number): boolean {
    const isSame = this.cluster === cluster && this.usedMs === nowMs && this.topic === topic;
    return isSame && (partition === null || partition < this.partitions);
  }

  remember(topic: string, cluster: MetadataSnapshot, nowMs: number, partitions: number): void {
    this.topic = topic;
    this.cluster = cluster;
    this.usedMs = nowMs;
    this.partitions = partitions;
  }

  partitionCount(topic: string, cluster: MetadataSnapshot): number {
    if (this.cluster === cluster && this.topic === topic) return this.partitions;
    return cluster.partitionsForTopic(topic).length;
  }
}
