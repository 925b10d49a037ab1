/**
 * org.apache.kafka.clients.producer.internals.ProduceRequestResult: what one batch came to. Futures and flush()
 * wait for it; a batch that was split points to the results of its parts.
 */
import type { TopicPartition } from '#base/TopicPartition';
import { JavaException } from '#record/exceptions';
import type { Blocking } from './Blocking.ts';

/** Exception of the record at this index of the batch. */
export type ErrorsByIndex = (batchIndex: number) => JavaException;

/** One part of a split batch: records [firstIndex, firstIndex + count) of the whole. */
export interface SplitPart {
  readonly result: ProduceRequestResult;
  readonly firstIndex: number;
  readonly recordCount: number;
}

export class ProduceRequestResult {
  readonly topicPartition: TopicPartition;
  /** null until `set`; −1: unknown. */
  baseOffset: number | null = null;
  /** −1: the topic keeps the time of creation. */
  logAppendTime = -1;
  /** Only of a batch that was split, in order. */
  parts: readonly SplitPart[] | null = null;
  private errorsByIndex: ErrorsByIndex | null = null;
  private isCounted = false;

  constructor(topicPartition: TopicPartition) {
    this.topicPartition = topicPartition;
  }

  /** What the callbacks read. It must come before `done`. */
  set(baseOffset: number, logAppendTime: number, errorsByIndex: ErrorsByIndex | null): void {
    this.baseOffset = baseOffset;
    this.logAppendTime = logAppendTime;
    this.errorsByIndex = errorsByIndex;
  }

  /** Lets go whoever waits. */
  done(): void {
    if (this.baseOffset === null)
      throw new JavaException(
        'IllegalStateException',
        'The method `set` must be invoked before this method.',
      );
    this.isCounted = true;
  }

  completed(): boolean {
    return this.isCounted;
  }

  error(batchIndex: number): JavaException | null {
    return this.errorsByIndex === null ? null : this.errorsByIndex(batchIndex);
  }

  /** flush(): this result, then those of its parts, and of their parts (KAFKA-19479). */
  *awaitAllDependents(): Blocking<void> {
    const toWait: ProduceRequestResult[] = [this];
    for (let current = toWait.shift(); current !== undefined; current = toWait.shift()) {
      const result: ProduceRequestResult = current;
      if (!result.completed()) yield { on: 'flush', untilUs: Infinity, isOver: () => result.completed() };
      if (result.parts !== null) for (const part of result.parts) toWait.push(part.result);
    }
  }
}
