/**
 * The accumulator's topics and their deques, in the order in which Java's CopyOnWriteMap iterates: it copies a
 * HashMap at each new key, so the table is as large as the copy asks for. The order decides who expires first and
 * which partition a load table names first.
 */
import type { TopicPartition, TopicPartitions } from '#base/TopicPartition';
import { integerHashCode, JavaHashMap, stringHashCode } from '#record/JavaHashMap';
import type { BuiltInPartitioner } from '../BuiltInPartitioner.ts';
import { BatchDeque } from './BatchDeque.ts';

export class TopicInfo {
  readonly topic: string;
  readonly builtInPartitioner: BuiltInPartitioner;
  /** In Java's order. Deques are never removed. */
  deques: readonly BatchDeque[] = [];
  private readonly partitions: TopicPartitions;
  private readonly byPartition: (BatchDeque | undefined)[] = [];
  private batches = new JavaHashMap<number, BatchDeque>(integerHashCode);

  constructor(topic: string, partitions: TopicPartitions, builtInPartitioner: BuiltInPartitioner) {
    this.topic = topic;
    this.partitions = partitions;
    this.builtInPartitioner = builtInPartitioner;
  }

  get(partition: number): BatchDeque | undefined {
    return this.byPartition[partition];
  }

  getOrCreate(partition: number): BatchDeque {
    return this.byPartition[partition] ?? this.create(partition);
  }

  private create(partition: number): BatchDeque {
    const deque = new BatchDeque(this.partitions.get(this.topic, partition));
    this.byPartition[partition] = deque;
    this.batches = JavaHashMap.copyOf(integerHashCode, this.batches.entries());
    this.batches.set(partition, deque);
    this.deques = this.batches.values();
    return deque;
  }
}

export class TopicInfoMap {
  /** In Java's order. */
  all: readonly TopicInfo[] = [];
  private readonly partitions: TopicPartitions;
  private readonly createPartitioner: (topic: string) => BuiltInPartitioner;
  private topics = new JavaHashMap<string, TopicInfo>(stringHashCode);
  /** The last one asked for: most records of a run go to one topic. */
  private last: TopicInfo | null = null;

  constructor(partitions: TopicPartitions, createPartitioner: (topic: string) => BuiltInPartitioner) {
    this.partitions = partitions;
    this.createPartitioner = createPartitioner;
  }

  getOrCreate(topic: string): TopicInfo {
    if (this.last !== null && this.last.topic === topic) return this.last;
    let info = this.topics.get(topic);
    if (info === undefined) {
      info = new TopicInfo(topic, this.partitions, this.createPartitioner(topic));
      this.topics = JavaHashMap.copyOf(stringHashCode, this.topics.entries());
      this.topics.set(topic, info);
      this.all = this.topics.values();
    }
    this.last = info;
    return info;
  }

  deque(tp: TopicPartition): BatchDeque | undefined {
    return this.topics.get(tp.topic)?.get(tp.partition);
  }

  clear(): void {
    this.topics = new JavaHashMap(stringHashCode);
    this.all = [];
    this.last = null;
  }
}
