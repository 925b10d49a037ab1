/** org.apache.kafka.clients.producer.internals.ProducerMetadata: the topics a producer uses, and for how long. */
import type { ClientId } from '#base/ids';
import { runMicros } from '#base/time';
import type { MetadataWant } from '#events/words';
import type { ErrorName } from '#record/Errors';
import { JavaException } from '#record/exceptions';
import { JavaHashMap, stringHashCode } from '#record/JavaHashMap';
import type { Blocking } from './Blocking.ts';
import { Metadata, type MetadataSettings } from './Metadata.ts';
import type { MetadataResponse } from './requests.ts';
import type { RandomSources, RunContext } from './RunContext.ts';

export class ProducerMetadata extends Metadata {
  private readonly metadataIdleMs: number;
  /** Topic -> client ms at which it is forgotten. The order is that of the requests. */
  private readonly topics = new JavaHashMap<string, number>(stringHashCode);
  private readonly newTopics = new JavaHashMap<string, null>(stringHashCode);
  private errors = new Map<string, ErrorName>();

  constructor(run: RunContext, client: ClientId, random: RandomSources, settings: MetadataSettings) {
    super(run, client, random, settings);
    this.metadataIdleMs = settings.metadataMaxIdleMs;
  }

  protected override topicsToRequest(): readonly string[] {
    return this.topics.keys();
  }

  protected override newTopicsToRequest(): readonly string[] {
    return this.newTopics.keys();
  }

  /** The topic is in use from now on for metadata.max.idle.ms; a new one is asked for at once. */
  add(topic: string, nowMs: number): void {
    const isNew = !this.topics.has(topic);
    this.topics.set(topic, nowMs + this.metadataIdleMs);
    if (!isNew) return;
    this.newTopics.set(topic, null);
    this.requestUpdateForNewTopics();
  }

  /** Returns the version before the update. `because` is for the log only. */
  requestUpdateForTopic(topic: string, because: MetadataWant = 'waiting-for-topic'): number {
    return this.newTopics.has(topic)
      ? this.requestUpdateForNewTopics(because)
      : this.requestUpdate(false, because);
  }

  containsTopic(topic: string): boolean {
    return this.topics.has(topic);
  }

  protected override retainTopic(topic: string, nowMs: number): boolean {
    const expireMs = this.topics.get(topic);
    if (expireMs === undefined) return false;
    if (this.newTopics.has(topic)) return true;
    if (expireMs > nowMs) return true;
    this.topics.delete(topic);
    return false;
  }

  /** What `awaitUpdate` waits for: a response after version `lastVersion`, a fatal error, or the end. */
  isNewerThan(lastVersion: number): boolean {
    return this.updateVersion() > lastVersion || this.isClosed() || this.hasFatalException();
  }

  /**
   * Waits for a version above `lastVersion`.
   * @throws TimeoutException after `timeoutMs`, KafkaException when closed, or the fatal exception.
   */
  *awaitUpdate(lastVersion: number, timeoutMs: number): Blocking<void> {
    const deadlineMs = this.run.clock.milliseconds() + timeoutMs;
    // The condition comes first: an answer in the last millisecond counts here.
    while (!this.isNewerThan(lastVersion)) {
      if (this.run.clock.milliseconds() >= deadlineMs)
        throw new JavaException('TimeoutException', 'Condition not satisfied before deadline');
      yield {
        on: 'metadata',
        untilUs: runMicros(deadlineMs),
        isOver: () => this.isNewerThan(lastVersion),
      };
    }
    this.maybeThrowFatalException();
    if (this.isClosed()) throw new JavaException('KafkaException', 'Requested metadata update after close');
  }

  override update(
    requestVersion: number,
    response: MetadataResponse,
    isPartialUpdate: boolean,
    nowMs: number,
  ): void {
    super.update(requestVersion, response, isPartialUpdate, nowMs);
    this.errors = new Map();
    // Errors of a new topic are worked on by full updates, so it is new no longer in any case.
    for (const { topic, error } of response.topics) {
      if (error !== 'NONE') this.errors.set(topic, error);
      this.newTopics.delete(topic);
    }
  }

  /** The error of this topic in the last response; null: none. */
  getError(topic: string): ErrorName | null {
    return this.errors.get(topic) ?? null;
  }
}
