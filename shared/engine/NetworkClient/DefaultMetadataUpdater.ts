/**
 * NetworkClient.DefaultMetadataUpdater: sends metadata requests when they are due, and goes back to the bootstrap
 * addresses when no node is left (KIP-899, KIP-1102).
 */
import type { NodeId } from '#base/ids';
import { known } from '#base/assert';
import type { JavaException } from '#record/exceptions';
import type { Metadata, MetadataRequestAndVersion } from '../Metadata.ts';
import type { MetadataResponse } from '../requests.ts';

/** LeastLoadedNode. */
export interface LeastLoadedNode {
  readonly node: NodeId | null;
  readonly atLeastOneConnectionReady: boolean;
}

/** What the updater uses of its NetworkClient. */
export interface MetadataTransport {
  leastLoaded(nowMs: number): LeastLoadedNode;
  canSendRequest(node: NodeId, nowMs: number): boolean;
  canConnect(node: NodeId, nowMs: number): boolean;
  isConnecting(node: NodeId): boolean;
  initiateConnect(node: NodeId, nowMs: number): void;
  sendMetadataRequest(node: NodeId, request: MetadataRequestAndVersion, nowMs: number): void;
}

export interface MetadataUpdaterSettings {
  readonly requestTimeoutMs: number;
  readonly reconnectBackoffMs: number;
  /** metadata.recovery.strategy=rebootstrap. */
  readonly rebootstraps: boolean;
  readonly rebootstrapTriggerMs: number;
}

/** Long ago on the client's clock: the next look finds the trigger over. */
const AT_ONCE = 0;

export class DefaultMetadataUpdater {
  private readonly metadata: Metadata;
  private readonly transport: MetadataTransport;
  private readonly settings: MetadataUpdaterSettings;
  private inProgress: MetadataRequestAndVersion | null = null;
  /** Client ms since when metadata is wanted without success; null: it is not. */
  private metadataAttemptStartMs: number | null = null;

  constructor(metadata: Metadata, transport: MetadataTransport, settings: MetadataUpdaterSettings) {
    this.metadata = metadata;
    this.transport = transport;
    this.settings = settings;
  }

  fetchNodes(): readonly NodeId[] {
    return this.metadata.fetch().nodes();
  }

  isUpdateDue(nowMs: number): boolean {
    return this.inProgress === null && this.metadata.timeToNextUpdate(nowMs) === 0;
  }

  /** Sends a request or begins a connection for it if an update is due. Returns the ms a poll may last. */
  maybeUpdate(nowMs: number): number {
    const waitForFetchMs = this.inProgress !== null ? this.settings.requestTimeoutMs : 0;
    const metadataTimeoutMs = Math.max(this.metadata.timeToNextUpdate(nowMs), waitForFetchMs);
    if (metadataTimeoutMs > 0) return metadataTimeoutMs;
    this.metadataAttemptStartMs ??= nowMs;
    let least = this.transport.leastLoaded(nowMs);
    if (this.settings.rebootstraps && least.node === null && !least.atLeastOneConnectionReady) {
      this.rebootstrap(nowMs);
      least = this.transport.leastLoaded(nowMs);
    }
    if (least.node === null) return this.settings.reconnectBackoffMs;
    return this.maybeUpdateFrom(least.node, nowMs);
  }

  private maybeUpdateFrom(node: NodeId, nowMs: number): number {
    const { transport, settings } = this;
    if (transport.canSendRequest(node, nowMs)) {
      const request = this.metadata.newMetadataRequestAndVersion(nowMs);
      transport.sendMetadataRequest(node, request, nowMs);
      // Also when the request failed at once for its version: Java sets this last.
      this.inProgress = request;
      return settings.requestTimeoutMs;
    }
    // One connection in the making is enough to wait for.
    if (this.fetchNodes().some((other) => transport.isConnecting(other))) return settings.reconnectBackoffMs;
    if (transport.canConnect(node, nowMs)) {
      transport.initiateConnect(node, nowMs);
      return settings.reconnectBackoffMs;
    }
    return Infinity;
  }

  handleServerDisconnect(nowMs: number): void {
    // An update that was due and found no node counts as failed, so that it backs off.
    if (this.isUpdateDue(nowMs)) this.handleFailedRequest(nowMs, null);
    // Stale metadata may be the reason.
    this.metadata.requestUpdate(false, 'disconnect');
  }

  handleFailedRequest(nowMs: number, fatal: JavaException | null): void {
    if (fatal !== null) this.metadata.fatalError(fatal);
    this.metadata.failedUpdate(nowMs);
    this.inProgress = null;
  }

  handleSuccessfulResponse(nowMs: number, response: MetadataResponse): void {
    if (this.settings.rebootstraps && response.error === 'REBOOTSTRAP_REQUIRED')
      this.metadataAttemptStartMs = AT_ONCE;
    else if (response.brokers.length === 0) this.metadata.failedUpdate(nowMs);
    else {
      const { requestVersion, isPartialUpdate } = known(this.inProgress, 'the metadata request in progress');
      this.metadata.update(requestVersion, response, isPartialUpdate, nowMs);
      this.metadataAttemptStartMs = null;
    }
    this.inProgress = null;
  }

  /** Metadata has been wanted in vain for longer than metadata.recovery.rebootstrap.trigger.ms. */
  needsRebootstrap(nowMs: number): boolean {
    const startMs = this.metadataAttemptStartMs;
    return (
      this.settings.rebootstraps && startMs !== null && nowMs - startMs > this.settings.rebootstrapTriggerMs
    );
  }

  rebootstrap(nowMs: number): void {
    this.metadata.rebootstrap();
    this.metadataAttemptStartMs = nowMs;
  }

  close(): void {
    this.metadata.close();
  }
}
