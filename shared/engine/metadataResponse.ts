/** Metadata.handleMetadataResponse: a Metadata response becomes the content of a snapshot. */
import type { NodeId } from '#base/ids';
import type { TopicPartitions } from '#base/TopicPartition';
import { refreshesMetadata } from '#record/Errors';
import type { MetadataSnapshot, PartitionMetadata, SnapshotUpdate } from './MetadataSnapshot.ts';
import type { BrokerAddress, MetadataResponse } from './requests.ts';

export interface MetadataRules {
  readonly retainTopic: (topic: string) => boolean;
  /** Which of the response and the cache to believe; null: nothing is known of the partition. */
  readonly latest: (partition: PartitionMetadata, isNewTopicId: boolean) => PartitionMetadata | null;
  /** A partition or topic has an error that another update may heal. */
  readonly isStale: () => void;
}

type TopicResponse = MetadataResponse['topics'][number];

/**
 * The id of a topic; null when the response has none, as with an error of the whole topic. A broker that never makes
 * a topic anew need not name ids: the name then stands for it.
 */
export const topicIdOf = (topic: TopicResponse): string | null =>
  topic.error === 'NONE' ? (topic.topicId ?? topic.topic) : null;

/** `topics`: every topic that the response mentions, kept or not. */
export function readMetadataResponse(
  response: MetadataResponse,
  partitionsOfRun: TopicPartitions,
  known: MetadataSnapshot,
  rules: MetadataRules,
): { readonly update: SnapshotUpdate; readonly topics: ReadonlySet<string> } {
  const topics = new Set<string>();
  const topicIds = new Map<string, string>();
  const unauthorizedTopics = new Set<string>();
  const invalidTopics = new Set<string>();
  const partitions: PartitionMetadata[] = [];
  for (const topic of response.topics) {
    topics.add(topic.topic);
    const id = topicIdOf(topic);
    const isNewTopicId = id !== null && id !== known.topicId(topic.topic);
    if (id !== null) topicIds.set(topic.topic, id);
    if (!rules.retainTopic(topic.topic)) continue;
    if (topic.error === 'NONE') {
      for (const said of topic.partitions) {
        // Also with an error: its epoch counts.
        const latest = rules.latest(readPartition(topic.topic, said, partitionsOfRun), isNewTopicId);
        if (latest !== null) partitions.push(latest);
        if (refreshesMetadata(said.error)) rules.isStale();
      }
      continue;
    }
    if (refreshesMetadata(topic.error)) rules.isStale();
    if (topic.error === 'INVALID_TOPIC_EXCEPTION') invalidTopics.add(topic.topic);
    else if (topic.error === 'TOPIC_AUTHORIZATION_FAILED') unauthorizedTopics.add(topic.topic);
  }
  const nodes = new Map<NodeId, BrokerAddress>(response.brokers.map((broker) => [broker.id, broker]));
  const { controller } = response;
  return {
    update: {
      nodes,
      partitions,
      unauthorizedTopics,
      invalidTopics,
      controller: controller !== null && nodes.has(controller) ? controller : null,
      topicIds,
    },
    topics,
  };
}

function readPartition(
  topic: string,
  said: TopicResponse['partitions'][number],
  partitionsOfRun: TopicPartitions,
): PartitionMetadata {
  return {
    tp: partitionsOfRun.get(topic, said.partition),
    error: said.error,
    leader: said.leader !== null && said.leader >= 0 ? said.leader : null,
    leaderEpoch: said.leaderEpoch < 0 ? null : said.leaderEpoch,
    replicas: said.replicas,
    isr: said.isr,
  };
}
