/**
 * org.apache.kafka.clients.Metadata: what the client knows of the cluster, when it asks again, and which answers
 * it believes (a leader of an older epoch than one it has seen is not).
 */
import type { ClientId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import { tpName } from '#base/TopicPartition';
import type { WriterOf } from '#events/catalogue';
import type { MetadataWant } from '#events/words';
import { JavaException } from '#record/exceptions';
import { ExponentialBackoff } from './ExponentialBackoff.ts';
import { readMetadataResponse } from './metadataResponse.ts';
import { MetadataSnapshot, type PartitionMetadata } from './MetadataSnapshot.ts';
import type { BrokerAddress, LeaderHint, MetadataResponse } from './requests.ts';
import type { RandomSources, RunContext } from './RunContext.ts';

export interface MetadataSettings {
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
  readonly metadataMaxAgeMs: number;
  readonly metadataMaxIdleMs: number;
}

/** Metadata.MetadataRequestAndVersion. */
export interface MetadataRequestAndVersion {
  readonly topics: readonly string[];
  readonly requestVersion: number;
  readonly isPartialUpdate: boolean;
}

const RETRY_BACKOFF_EXP_BASE = 2;
const RETRY_BACKOFF_JITTER = 0.2;

export abstract class Metadata {
  protected readonly run: RunContext;
  protected readonly client: ClientId;
  private readonly refreshBackoff: ExponentialBackoff;
  private readonly metadataExpireMs: number;
  /** Rises with every response. */
  private version = 0;
  /** Rises with every new topic. */
  private requestVersion = 0;
  private lastRefreshMs = 0;
  private lastSuccessfulRefreshMs = 0;
  private attempts = 0;
  private fatalException: JavaException | null = null;
  private invalidTopics: ReadonlySet<string> = new Set();
  private unauthorizedTopics: ReadonlySet<string> = new Set();
  private snapshot = MetadataSnapshot.empty();
  private needFullUpdate = false;
  private needPartialUpdate = false;
  private equivalentResponseCount = 0;
  private closed = false;
  private readonly lastSeenLeaderEpochs = new Map<TopicPartition, number>();
  private bootstrapAddresses: readonly BrokerAddress[] = [];
  private readonly wanted: WriterOf<'metadata.wanted'>;
  private readonly updated: WriterOf<'metadata.updated'>;
  private readonly bootstrapped: WriterOf<'metadata.bootstrapped'>;
  private readonly hinted: WriterOf<'leader.hinted'>;

  constructor(run: RunContext, client: ClientId, random: RandomSources, settings: MetadataSettings) {
    this.run = run;
    this.client = client;
    this.refreshBackoff = new ExponentialBackoff(
      settings.retryBackoffMs,
      RETRY_BACKOFF_EXP_BASE,
      settings.retryBackoffMaxMs,
      RETRY_BACKOFF_JITTER,
      random,
    );
    this.metadataExpireMs = settings.metadataMaxAgeMs;
    this.wanted = run.events.writer('metadata.wanted');
    this.updated = run.events.writer('metadata.updated');
    this.bootstrapped = run.events.writer('metadata.bootstrapped');
    this.hinted = run.events.writer('leader.hinted');
  }

  /** Java's `fetch()` (the Cluster) and `fetchMetadataSnapshot()` in one. */
  fetch(): MetadataSnapshot {
    return this.snapshot;
  }

  fetchMetadataSnapshot(): MetadataSnapshot {
    return this.snapshot;
  }

  /** Remaining ms of both back-offs: of failed attempts, and of answers that brought nothing new (KIP-580). */
  timeToAllowUpdate(nowMs: number): number {
    const backoffForAttempts = Math.max(
      this.lastRefreshMs + this.refreshBackoff.backoff(this.attempts > 0 ? this.attempts - 1 : 0) - nowMs,
      0,
    );
    // A periodic update is no retry.
    if (this.lastSuccessfulRefreshMs + this.metadataExpireMs - nowMs <= 0) this.equivalentResponseCount = 0;
    const equivalent = this.equivalentResponseCount;
    const backoffForEquivalent = Math.max(
      this.lastRefreshMs + (equivalent > 0 ? this.refreshBackoff.backoff(equivalent - 1) : 0) - nowMs,
      0,
    );
    return Math.max(backoffForAttempts, backoffForEquivalent);
  }

  /** Remaining ms until an update is due: wanted or too old, and no longer backing off. */
  timeToNextUpdate(nowMs: number): number {
    const timeToExpire = this.updateRequested()
      ? 0
      : Math.max(this.lastSuccessfulRefreshMs + this.metadataExpireMs - nowMs, 0);
    return Math.max(timeToExpire, this.timeToAllowUpdate(nowMs));
  }

  /**
   * Asks for a full update. `because` is for the log only. Returns the version before it.
   * `resetEquivalentResponseBackoff`: false when an operation is retried.
   */
  requestUpdate(
    resetEquivalentResponseBackoff: boolean,
    because: MetadataWant = resetEquivalentResponseBackoff ? 'start' : 'leader-error',
  ): number {
    const isNew = !this.needFullUpdate;
    this.needFullUpdate = true;
    if (resetEquivalentResponseBackoff) this.equivalentResponseCount = 0;
    if (isNew) this.wanted(this.client, true, because);
    return this.version;
  }

  /** Asks for a partial update at once, without back-off. Returns the version before it. */
  requestUpdateForNewTopics(because: MetadataWant = 'new-topic'): number {
    const isNew = !this.needPartialUpdate;
    this.lastRefreshMs = 0;
    this.needPartialUpdate = true;
    this.equivalentResponseCount = 0;
    this.requestVersion++;
    if (isNew) this.wanted(this.client, false, because);
    return this.version;
  }

  lastSeenLeaderEpoch(tp: TopicPartition): number | null {
    return this.lastSeenLeaderEpochs.get(tp) ?? null;
  }

  updateRequested(): boolean {
    return this.needFullUpdate || this.needPartialUpdate;
  }

  /** null when a newer epoch has been seen than the cached one. */
  partitionMetadataIfCurrent(tp: TopicPartition): PartitionMetadata | null {
    const epoch = this.lastSeenLeaderEpochs.get(tp);
    const cached = this.snapshot.partitionMetadata(tp);
    if (epoch === undefined || cached === null) return cached;
    return (cached.leaderEpoch ?? -1) === epoch ? cached : null;
  }

  /** LeaderAndEpoch; either may be unknown. */
  currentLeader(tp: TopicPartition): {
    readonly leader: BrokerAddress | null;
    readonly epoch: number | null;
  } {
    const current = this.partitionMetadataIfCurrent(tp);
    if (current === null) return { leader: null, epoch: this.lastSeenLeaderEpoch(tp) };
    const leader = current.leader === null ? null : this.snapshot.nodeById(current.leader);
    return { leader, epoch: current.leaderEpoch };
  }

  bootstrap(addresses: readonly BrokerAddress[]): void {
    const isNew = !this.needFullUpdate;
    const isFallback = this.bootstrapAddresses.length > 0;
    const fallsBack = isFallback && !this.snapshot.isBootstrapConfigured;
    this.needFullUpdate = true;
    this.version++;
    this.snapshot = MetadataSnapshot.bootstrap(addresses);
    this.bootstrapAddresses = addresses;
    if (fallsBack) this.bootstrapped(this.client);
    if (isNew) this.wanted(this.client, true, isFallback ? 'rebootstrap' : 'start');
  }

  rebootstrap(): void {
    this.bootstrap(this.bootstrapAddresses);
  }

  updateWithCurrentRequestVersion(response: MetadataResponse, isPartialUpdate: boolean, nowMs: number): void {
    this.update(this.requestVersion, response, isPartialUpdate, nowMs);
  }

  /** Takes a response in. `requestVersion` is that of its request. @throws IllegalStateException after close. */
  update(requestVersion: number, response: MetadataResponse, isPartialUpdate: boolean, nowMs: number): void {
    if (this.isClosed())
      throw new JavaException('IllegalStateException', 'Update requested after metadata close');
    // Topics may have been added since the request.
    this.needPartialUpdate = requestVersion < this.requestVersion;
    this.lastRefreshMs = nowMs;
    this.attempts = 0;
    this.version++;
    if (!isPartialUpdate) {
      this.needFullUpdate = false;
      this.lastSuccessfulRefreshMs = nowMs;
    }
    // Back to 0 below if the response brings anything new.
    this.equivalentResponseCount++;
    this.snapshot = this.handleMetadataResponse(response, isPartialUpdate, nowMs);
    this.invalidTopics = this.snapshot.invalidTopics;
    this.unauthorizedTopics = this.snapshot.unauthorizedTopics;
    for (const tp of this.lastSeenLeaderEpochs.keys())
      if (!this.retainTopic(tp.topic, nowMs)) this.lastSeenLeaderEpochs.delete(tp);
    this.emitUpdated(response, isPartialUpdate);
  }

  private handleMetadataResponse(
    response: MetadataResponse,
    isPartialUpdate: boolean,
    nowMs: number,
  ): MetadataSnapshot {
    const { update, topics } = readMetadataResponse(response, this.run.partitions, this.snapshot, {
      retainTopic: (topic) => this.retainTopic(topic, nowMs),
      latest: (partition, isNewTopicId) => this.updateLatestMetadata(partition, isNewTopicId),
      isStale: () => void this.requestUpdate(false),
    });
    if (!isPartialUpdate) return new MetadataSnapshot({ ...update, isBootstrapConfigured: false });
    return this.snapshot.mergeWith(update, (topic) => !topics.has(topic) && this.retainTopic(topic, nowMs));
  }

  /** The newer of what a response says and what is known of a partition, by leader epoch; null: neither. */
  private updateLatestMetadata(
    partition: PartitionMetadata,
    isNewTopicId: boolean,
  ): PartitionMetadata | null {
    const { tp, leaderEpoch } = partition;
    if (leaderEpoch === null) {
      this.lastSeenLeaderEpochs.delete(tp);
      this.equivalentResponseCount = 0;
      return partition;
    }
    const seen = this.lastSeenLeaderEpochs.get(tp);
    // A topic made anew counts its epochs from the beginning.
    if (seen !== undefined && !isNewTopicId && leaderEpoch < seen) return this.snapshot.partitionMetadata(tp);
    this.lastSeenLeaderEpochs.set(tp, leaderEpoch);
    if (seen === undefined || isNewTopicId || leaderEpoch > seen) this.equivalentResponseCount = 0;
    return partition;
  }

  /**
   * KIP-951: takes over leaders that a produce response named, where they are newer than what is known. Returns the
   * partitions that changed.
   */
  updatePartitionLeadership(
    partitionLeaders: ReadonlyMap<TopicPartition, LeaderHint>,
    leaderNodes: readonly BrokerAddress[],
  ): ReadonlySet<TopicPartition> {
    const nodes = new Map(leaderNodes.map((node) => [node.id, node]));
    for (const id of this.snapshot.nodes()) {
      const known = this.snapshot.nodeById(id);
      if (known !== null && !nodes.has(id)) nodes.set(id, known);
    }
    const changed: PartitionMetadata[] = [];
    for (const [tp, hint] of partitionLeaders) {
      const { epoch } = this.currentLeader(tp);
      if (hint.leader < 0 || hint.leaderEpoch < 0) continue;
      if (epoch !== null && hint.leaderEpoch <= epoch) continue;
      const existing = this.snapshot.partitionMetadata(tp);
      if (!nodes.has(hint.leader) || existing === null) continue;
      changed.push({ ...existing, leader: hint.leader, leaderEpoch: hint.leaderEpoch });
      this.lastSeenLeaderEpochs.set(tp, hint.leaderEpoch);
    }
    if (changed.length === 0) return new Set();
    const { topicIds, controller } = this.snapshot;
    const none: ReadonlySet<string> = new Set();
    this.snapshot = this.snapshot.mergeWith(
      { nodes, partitions: changed, unauthorizedTopics: none, invalidTopics: none, controller, topicIds },
      () => true,
    );
    const byName = changed.toSorted((a, b) => (tpName(a.tp) < tpName(b.tp) ? -1 : 1));
    for (const { tp, leader, leaderEpoch } of byName)
      if (leader !== null && leaderEpoch !== null) this.hinted(this.client, tp.id, leader, leaderEpoch);
    return new Set(changed.map((partition) => partition.tp));
  }

  private emitUpdated(response: MetadataResponse, isPartialUpdate: boolean): void {
    const leaders: Record<string, number[]> = {};
    for (const topic of this.snapshot.topics().toSorted())
      leaders[topic] = this.snapshot
        .partitionsForTopic(topic)
        .toSorted((a, b) => a.tp.partition - b.tp.partition)
        .map((partition) => partition.leader ?? -1);
    const errors: Record<string, string> = {};
    for (const topic of response.topics.toSorted((a, b) => (a.topic < b.topic ? -1 : 1)))
      if (topic.error !== 'NONE') errors[topic.topic] = topic.error;
    this.updated(this.client, this.version, isPartialUpdate, leaders, errors);
  }

  /** @throws the fatal exception, once. */
  maybeThrowFatalException(): void {
    const exception = this.fatalException;
    if (exception === null) return;
    this.fatalException = null;
    throw exception;
  }

  /** @throws a fatal exception, or what forbids this topic; all of them are forgotten with it. */
  maybeThrowExceptionForTopic(topic: string): void {
    const exception = this.fatalException ?? this.recoverableExceptionForTopic(topic);
    this.fatalException = null;
    this.invalidTopics = new Set();
    this.unauthorizedTopics = new Set();
    if (exception !== null) throw exception;
  }

  private recoverableExceptionForTopic(topic: string): JavaException | null {
    if (this.unauthorizedTopics.has(topic))
      return new JavaException('TopicAuthorizationException', `Not authorized to access topics: [${topic}]`);
    if (this.invalidTopics.has(topic))
      return new JavaException('InvalidTopicException', `Invalid topics: [${topic}]`);
    return null;
  }

  /** An attempt failed: the next one backs off. */
  failedUpdate(nowMs: number): void {
    this.lastRefreshMs = nowMs;
    this.attempts++;
    this.equivalentResponseCount = 0;
  }

  fatalError(exception: JavaException): void {
    this.fatalException = exception;
  }

  hasFatalException(): boolean {
    return this.fatalException !== null;
  }

  updateVersion(): number {
    return this.version;
  }

  lastSuccessfulUpdate(): number {
    return this.lastSuccessfulRefreshMs;
  }

  close(): void {
    this.closed = true;
  }

  isClosed(): boolean {
    return this.closed;
  }

  /** What to ask next: only the new topics where that suffices. */
  newMetadataRequestAndVersion(nowMs: number): MetadataRequestAndVersion {
    if (!this.updateRequested()) this.wanted(this.client, true, 'max-age');
    const isPartialUpdate =
      !this.needFullUpdate && this.lastSuccessfulRefreshMs + this.metadataExpireMs > nowMs;
    const topics = isPartialUpdate ? this.newTopicsToRequest() : this.topicsToRequest();
    return { topics, requestVersion: this.requestVersion, isPartialUpdate };
  }

  /** newMetadataRequestBuilder: all topics in use. */
  protected abstract topicsToRequest(): readonly string[];
  /** newMetadataRequestBuilderForNewTopics. */
  protected abstract newTopicsToRequest(): readonly string[];
  /** Whether what a response says of this topic is kept; an unused one is forgotten here. */
  protected abstract retainTopic(topic: string, nowMs: number): boolean;
}
