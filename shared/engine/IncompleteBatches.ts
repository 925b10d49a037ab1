/**
 * org.apache.kafka.clients.producer.internals.IncompleteBatches: every batch that is not finished, queued or in
 * flight. Java's set is hashed by identity; here it is in order of creation (FORMAT.md §7).
 */
import { JavaException } from '#record/exceptions';
import type { ProducerBatch } from './ProducerBatch.ts';
import type { ProduceRequestResult } from './ProduceRequestResult.ts';

export class IncompleteBatches {
  private readonly incomplete = new Set<ProducerBatch>();

  add(batch: ProducerBatch): void {
    this.incomplete.add(batch);
  }

  /** @throws IllegalStateException when it is not there: it was finished twice. */
  remove(batch: ProducerBatch): void {
    if (!this.incomplete.delete(batch))
      throw new JavaException(
        'IllegalStateException',
        'Remove from the incomplete set failed. This should be impossible.',
      );
  }

  copyAll(): readonly ProducerBatch[] {
    return [...this.incomplete];
  }

  requestResults(): readonly ProduceRequestResult[] {
    return [...this.incomplete].map((batch) => batch.produceFuture);
  }

  isEmpty(): boolean {
    return this.incomplete.size === 0;
  }
}
