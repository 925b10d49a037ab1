/** A record that has been handed to kafkajs, and the promise of its outcome as `send()` of the engine returns it. */
import type { RecordId } from '#base/ids';
import { runMicros } from '#base/time';
import type { TopicPartition } from '#base/TopicPartition';
import type { Blocking } from '#engine/Blocking';
import type { RecordMetadata } from '#engine/ProducerRecord';
import { RecordFuture, type FutureContext } from '#engine/RecordFuture';
import { JavaException } from '#record/exceptions';

/** Sizes in bytes; −1: null. */
export interface SentRecord {
  readonly id: RecordId;
  readonly topic: string;
  readonly explicitPartition: number | null;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly headersBytes: number;
  /** Client clock. */
  readonly sentMs: number;
  readonly future: SentFuture;
}

export class SentFuture extends RecordFuture {
  private readonly shared: FutureContext;
  private outcome: Pick<RecordMetadata, 'topic' | 'partition' | 'offset'> | JavaException | null = null;

  constructor(shared: FutureContext, record: RecordId) {
    super(shared, record, null, 0, null);
    this.shared = shared;
  }

  resolve({ topic, partition }: TopicPartition, offset: number): void {
    this.outcome ??= { topic, partition, offset };
  }

  reject(exception: JavaException): void {
    this.outcome ??= exception;
  }

  override isDone(): boolean {
    return this.outcome !== null;
  }

  /** @throws JavaException KafkaException with kafkajs's sentence; TimeoutException. */
  override *get(timeoutMs: number = Infinity): Blocking<RecordMetadata> {
    const { watch, scheduler, recordAwaited } = this.shared;
    try {
      return yield* watch.watch(this.settled(timeoutMs));
    } finally {
      const thread = scheduler.current;
      if (thread !== null) recordAwaited(this.record, thread.id);
    }
  }

  private *settled(timeoutMs: number): Blocking<RecordMetadata> {
    const untilMs = this.shared.clock.milliseconds() + timeoutMs;
    if (!this.isDone()) yield { on: 'record', untilUs: runMicros(untilMs), isOver: () => this.isDone() };
    const { outcome } = this;
    if (outcome === null)
      throw new JavaException('TimeoutException', `Timeout after waiting for ${timeoutMs} ms.`);
    if (outcome instanceof JavaException) throw outcome;
    return { ...outcome, timestampMs: -1, serializedKeySize: -1, serializedValueSize: -1 };
  }
}
