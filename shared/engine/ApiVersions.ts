/**
 * org.apache.kafka.clients.ApiVersions and NodeApiVersions: what each broker has said it understands, and the
 * version a request goes out with.
 */
import type { NodeId } from '#base/ids';
import { JavaException } from '#record/exceptions';
import type { ApiName, ApiVersionsResponse, RequestBody } from './requests.ts';

/** ApiKeys of kafka-clients 4.3.1 as a producer uses them: [oldest, latest] version; AddPartitionsToTxn.forClient. */
export const CLIENT_VERSIONS: Readonly<Record<ApiName, readonly [number, number]>> = {
  PRODUCE: [3, 13],
  METADATA: [0, 13],
  API_VERSIONS: [0, 4],
  INIT_PRODUCER_ID: [0, 5],
  FIND_COORDINATOR: [0, 6],
  ADD_PARTITIONS_TO_TXN: [0, 3],
  ADD_OFFSETS_TO_TXN: [0, 4],
  TXN_OFFSET_COMMIT: [0, 5],
  END_TXN: [0, 5],
};

/** The finalized feature that says which transaction protocol the cluster speaks (KIP-890). */
export const TRANSACTION_VERSION = 'transaction.version';

/** Brokers send the epoch of their features; it never changes in a run. */
const FINALIZED_FEATURES_EPOCH = 1;

/** The highest version that this request may have: of the client, or less where its builder says so. */
export function latestAllowedVersion(body: RequestBody): number {
  const [, latest] = CLIENT_VERSIONS[body.api];
  return 'maxVersion' in body && body.maxVersion !== undefined ? Math.min(latest, body.maxVersion) : latest;
}

/** NodeApiVersions. */
export interface NodeApiVersions {
  readonly maxVersions: ApiVersionsResponse['maxVersions'];
  readonly finalizedFeaturesEpoch: number;
  readonly finalizedFeatures: ReadonlyMap<string, number>;
}

export function nodeApiVersions(response: ApiVersionsResponse): NodeApiVersions {
  return {
    maxVersions: response.maxVersions,
    finalizedFeaturesEpoch: FINALIZED_FEATURES_EPOCH,
    finalizedFeatures: new Map([[TRANSACTION_VERSION, response.transactionVersion]]),
  };
}

/**
 * NodeApiVersions.latestUsableVersion: the highest version that both sides know.
 * @throws UnsupportedVersionException when there is none.
 */
export function latestUsableVersion(versions: NodeApiVersions, body: RequestBody): number {
  const { api } = body;
  const [oldest] = CLIENT_VERSIONS[api];
  const latest = latestAllowedVersion(body);
  const offered = versions.maxVersions[api];
  if (offered === undefined)
    throw new JavaException('UnsupportedVersionException', `The node does not support ${api}`);
  if (offered < oldest)
    throw new JavaException(
      'UnsupportedVersionException',
      `The node does not support ${api} with version in range [${oldest},${latest}].` +
        ` The supported range is [0,${offered}].`,
    );
  return Math.min(offered, latest);
}

export interface FinalizedFeaturesInfo {
  /** −1: no broker has named any yet. */
  readonly finalizedFeaturesEpoch: number;
  readonly finalizedFeatures: ReadonlyMap<string, number>;
}

export class ApiVersions {
  private readonly versionsOfNode = new Map<NodeId, NodeApiVersions>();
  private features: FinalizedFeaturesInfo = { finalizedFeaturesEpoch: -1, finalizedFeatures: new Map() };

  update(node: NodeId, versions: NodeApiVersions): void {
    this.versionsOfNode.set(node, versions);
    if (this.features.finalizedFeaturesEpoch < versions.finalizedFeaturesEpoch) this.features = versions;
  }

  remove(node: NodeId): void {
    this.versionsOfNode.delete(node);
  }

  get(node: NodeId): NodeApiVersions | null {
    return this.versionsOfNode.get(node) ?? null;
  }

  /** NodeApiVersions.apiVersion(api).maxVersion; null: unknown node, or it lacks the API. */
  maxVersion(node: NodeId, api: ApiName): number | null {
    return this.versionsOfNode.get(node)?.maxVersions[api] ?? null;
  }

  getMaxFinalizedFeaturesEpoch(): number {
    return this.features.finalizedFeaturesEpoch;
  }

  getFinalizedFeaturesInfo(): FinalizedFeaturesInfo {
    return this.features;
  }
}
