/** Metadata of a conformance case's cluster (FORMAT.md §5). */
import { nodeId } from '#base/ids';
import type { BrokerAddress, MetadataResponse } from '#engine/requests';
import type { ErrorName } from '#record/Errors';
import type { ClusterState } from './ClusterState.ts';

const HOST = 'localhost';
const FIRST_PORT = 9092;

export const brokerAddress = (broker: number): BrokerAddress => ({
  id: nodeId(broker),
  host: HOST,
  port: FIRST_PORT + broker,
});

type TopicMetadata = MetadataResponse['topics'][number];

/** `fault`: the error that a rule puts in the place of the topic's metadata. */
export function topicMetadata(cluster: ClusterState, topic: string, fault: ErrorName | null): TopicMetadata {
  if (fault !== null) return { topic, error: fault, partitions: [] };
  const state = cluster.topics.get(topic);
  if (state === undefined) return { topic, error: 'UNKNOWN_TOPIC_OR_PARTITION', partitions: [] };
  const replicas = Array.from({ length: cluster.nodes }, (_, id) => nodeId(id));
  return {
    topic,
    error: 'NONE',
    topicId: state.id,
    partitions: state.partitions.map(({ shownLeader, shownEpoch }, partition) => ({
      partition,
      error: shownLeader < 0 ? 'LEADER_NOT_AVAILABLE' : 'NONE',
      leader: shownLeader < 0 ? null : nodeId(shownLeader),
      leaderEpoch: shownEpoch,
      replicas,
      isr: replicas,
    })),
  };
}

export const metadataResponse = (
  cluster: ClusterState,
  topics: readonly TopicMetadata[],
): MetadataResponse => ({
  api: 'METADATA',
  throttleTimeMs: 0,
  brokers: Array.from({ length: cluster.nodes }, (_, id) => brokerAddress(id)),
  controller: nodeId(0),
  topics,
});
