/** For tests: an accumulator without threads and network, on a clock that is set by hand, and a cluster as told. */
import { clientId, nodeId, type NodeId, type RecordId } from '#base/ids';
import { BugError } from '#base/assert';
import { createRandom } from '#base/random';
import { EPOCH_MS, micros, MICROS_PER_MS } from '#base/time';
import { TopicPartitions, type TopicPartition } from '#base/TopicPartition';
import { BatchContext } from '#engine/BatchContext';
import type { Blocking } from '#engine/Blocking';
import { BufferPool } from '#engine/BufferPool';
import { Metrics } from '#engine/metrics';
import { MetadataSnapshot } from '#engine/MetadataSnapshot';
import type { ProducerBatch } from '#engine/ProducerBatch';
import { UNKNOWN_PARTITION } from '#engine/ProducerRecord';
import { RecordAccumulator, type AccumulatorSettings } from '#engine/RecordAccumulator/RecordAccumulator';
import { RecordAppend } from '#engine/RecordAccumulator/RecordAppend';
import { createRunIds, type RunContext } from '#engine/RunContext';
import { CompressionRatioEstimator } from '#record/CompressionRatioEstimator';
import type { CompressionType } from '#record/CompressionType';
import { sizeOfHeaders } from '#record/recordSizes';
import { ArrayLog } from './ArrayLog.ts';

export interface AccumulatorOptions extends Partial<AccumulatorSettings> {
  readonly bufferMemory?: number;
  readonly compressionType?: CompressionType;
  /** Bytes that stay of a compressed batch, of its k-th byte; default: all. */
  readonly compressedBytes?: (rawBytes: number) => number;
  /** Leader of each partition of each topic; null: none. Default: topic t with one partition on node 0. */
  readonly leaders?: Readonly<Record<string, readonly (number | null)[]>>;
}

export class AccumulatorFixture {
  readonly log: ArrayLog;
  readonly run: RunContext;
  readonly partitions = new TopicPartitions();
  readonly pool: BufferPool;
  readonly accumulator: RecordAccumulator;
  readonly estimator = new CompressionRatioEstimator();
  cluster: MetadataSnapshot;
  nowMs = EPOCH_MS;
  /** How often a blocked thread would have been let go on. */
  resumptions = 0;
  private sticky = 0;

  constructor(options: AccumulatorOptions = {}) {
    const nowUs = () => micros((this.nowMs - EPOCH_MS) * MICROS_PER_MS);
    this.log = new ArrayLog(nowUs);
    const clock = { milliseconds: () => this.nowMs, nowUs };
    const unused = (): never => {
      throw new BugError('there are no threads here');
    };
    const resumeBlocked = (): void => {
      this.resumptions += 1;
    };
    this.run = {
      clock,
      scheduler: { clock, current: null, spawn: unused, kill: unused, resumeBlocked },
      events: this.log,
      ids: createRunIds(),
      partitions: this.partitions,
      random: createRandom(1),
    };
    this.cluster = this.clusterOf(options.leaders ?? { t: [0] });
    const { compressedBytes = (rawBytes: number) => rawBytes } = options;
    const context = new BatchContext(
      this.run,
      clientId(0),
      options.compressionType ?? 'none',
      { compressedBytes: (_topic, rawBytes) => compressedBytes(rawBytes) },
      this.estimator,
      { sendUs: 0, serializeUsPerKiB: 0, partitionUs: 0, appendUs: 0, callbackUs: 0 },
    );
    const settings: AccumulatorSettings = {
      batchSize: 16_384,
      lingerMs: 0,
      retryBackoffMs: 100,
      retryBackoffMaxMs: 1000,
      deliveryTimeoutMs: 120_000,
      enableAdaptivePartitioning: true,
      partitionAvailabilityTimeoutMs: 0,
      ...options,
    };
    const { bufferMemory = 33_554_432 } = options;
    this.pool = new BufferPool(bufferMemory, settings.batchSize, new Metrics(clock), this.run, clientId(0));
    const random = {
      nextSticky: () => this.sticky++,
      backoffFactor: () => 1,
      leastLoadedOffset: () => 0,
    };
    this.accumulator = new RecordAccumulator(this.run, context, random, settings, null, this.pool);
  }

  /** A snapshot with these leaders, all of the given epoch. */
  clusterOf(
    leaders: Readonly<Record<string, readonly (number | null)[]>>,
    leaderEpoch: number = 0,
  ): MetadataSnapshot {
    const partitions = Object.entries(leaders).flatMap(([topic, ofPartitions]) =>
      ofPartitions.map((leader, partition) => ({
        tp: this.partitions.get(topic, partition),
        error: 'NONE' as const,
        leader: leader === null ? null : nodeId(leader),
        leaderEpoch,
        replicas: [],
        isr: [],
      })),
    );
    const ids = new Set(partitions.flatMap(({ leader }) => (leader === null ? [] : [leader])));
    return new MetadataSnapshot({
      isBootstrapConfigured: false,
      nodes: new Map([...ids].map((id) => [id, { id, host: 'localhost', port: 9092 + id }])),
      partitions,
      unauthorizedTopics: new Set(),
      invalidTopics: new Set(),
      controller: null,
      topicIds: new Map(),
    });
  }

  tp(partition: number, topic: string = 't'): TopicPartition {
    return this.partitions.get(topic, partition);
  }

  /** Appends a record without key; partition null: sticky. @throws BugError when it would block. */
  append(valueSize: number, partition: number | null = null, topic: string = 't'): RecordAppend {
    const append = this.recordAppend(valueSize, partition, topic);
    if (!this.accumulator.appendNow(append)) throw new BugError('the append blocks');
    return append;
  }

  recordAppend(valueSize: number, partition: number | null = null, topic: string = 't'): RecordAppend {
    const record: RecordId = this.run.ids.nextRecord();
    const append = new RecordAppend(record, this.cluster);
    append.begin(record, topic, partition ?? UNKNOWN_PARTITION, null);
    append.valueSize = valueSize;
    append.headersSize = sizeOfHeaders([]);
    append.timestampMs = this.nowMs;
    append.nowMs = this.nowMs;
    append.cluster = this.cluster;
    return append;
  }

  /** Ready nodes and the delay until the next look. */
  ready(): { readonly nodes: NodeId[]; readonly delayMs: number; readonly unknown: string[] } {
    const result = this.accumulator.ready(this.cluster, this.nowMs);
    return {
      nodes: [...result.readyNodes],
      delayMs: result.nextReadyCheckDelayMs,
      unknown: [...result.unknownLeaderTopics],
    };
  }

  /** Ready and drained: the batches of one node. */
  drain(maxSize: number = 1_048_576, node: number = 0): readonly ProducerBatch[] {
    const { readyNodes } = this.accumulator.ready(this.cluster, this.nowMs);
    return this.accumulator.drain(this.cluster, readyNodes, maxSize, this.nowMs).get(nodeId(node)) ?? [];
  }

  /** A batch that is answered: its memory goes back. */
  complete(batch: ProducerBatch, baseOffset: number = 0): void {
    runThrough(batch.complete(baseOffset, -1));
    this.accumulator.completeAndDeallocateBatch(batch);
  }
}

/** Runs a generator that is not expected to wait. @throws BugError when it does. */
export function runThrough<T>(body: Blocking<T>): T {
  const step = body.next();
  if (step.done !== true) throw new BugError(`it waits for ${step.value.on}`);
  return step.value;
}
