/** What a broker answers to everything but Produce: kafka.server.KafkaApis, as far as a producer asks it. */
import type { NodeId } from '#base/ids';
import type { TopicPartition } from '#base/TopicPartition';
import type { NetworkSend } from '#engine/Selectable';
import type {
  ApiName,
  ApiVersionsResponse,
  BrokerAddress,
  MetadataRequest,
  MetadataResponse,
  ResponseBody,
} from '#engine/requests';
import type { ErrorName } from '#record/Errors';
import type { Broker } from './Broker.ts';
import type { ClusterContext } from './ClusterContext.ts';
import type { ProducerIdAnswer } from './TransactionCoordinator.ts';

const FIRST_PORT = 9092;

export const addressOf = (id: NodeId): BrokerAddress => ({ id, host: 'localhost', port: FIRST_PORT + id });

/** The versions of a 4.3 broker that its clients use; Produce 13 names topics by id. */
function maxVersions(transactionVersion: number): Partial<Record<ApiName, number>> {
  return {
    PRODUCE: 13,
    METADATA: 13,
    API_VERSIONS: 4,
    INIT_PRODUCER_ID: 5,
    FIND_COORDINATOR: 6,
    ADD_PARTITIONS_TO_TXN: 5,
    ADD_OFFSETS_TO_TXN: 4,
    TXN_OFFSET_COMMIT: 5,
    END_TXN: transactionVersion >= 2 ? 5 : 4,
  };
}

/** What every broker says of itself. */
export const apiVersions = (transactionVersion: number): ApiVersionsResponse => ({
  api: 'API_VERSIONS',
  throttleTimeMs: 0,
  error: 'NONE',
  maxVersions: maxVersions(transactionVersion),
  transactionVersion,
});

const noId = (error: ErrorName): ProducerIdAnswer => ({ error, producerId: -1, producerEpoch: -1 });

export type Respond = (body: ResponseBody) => void;

/** Answers now, or when the coordinator is ready. */
export function answerOf(cluster: ClusterContext, broker: Broker, send: NetworkSend, respond: Respond): void {
  const { body } = send;
  const { coordinator, settings } = cluster;
  const throttleTimeMs = 0;
  const error = faultOfWhole(cluster, broker, send);
  switch (body.api) {
    case 'API_VERSIONS':
      return respond({ ...apiVersions(settings.transactionVersion), error: error ?? 'NONE' });
    case 'METADATA':
      return respond(metadata(cluster, broker, send, body));
    case 'INIT_PRODUCER_ID':
      if (error !== null) {
        return respond({ api: 'INIT_PRODUCER_ID', throttleTimeMs, error, producerId: -1, producerEpoch: -1 });
      }
      return coordinator.initProducerId(broker, body, (answer) =>
        respond({ api: 'INIT_PRODUCER_ID', throttleTimeMs, ...answer }),
      );
    case 'FIND_COORDINATOR': {
      const node = error === null ? coordinator.nodeOf(body.key) : null;
      const found: ErrorName = node === null ? 'COORDINATOR_NOT_AVAILABLE' : 'NONE';
      return respond({
        api: 'FIND_COORDINATOR',
        throttleTimeMs,
        error: error ?? found,
        errorMessage: null,
        node: node === null ? null : addressOf(node),
      });
    }
    case 'ADD_PARTITIONS_TO_TXN': {
      const errors = faultsOfPartitions(cluster, broker, send, body.partitions, 'OPERATION_NOT_ATTEMPTED');
      if (errors !== null) return respond({ api: 'ADD_PARTITIONS_TO_TXN', throttleTimeMs, errors });
      return coordinator.addPartitions(broker, body, body.partitions, (given) =>
        respond({
          api: 'ADD_PARTITIONS_TO_TXN',
          throttleTimeMs,
          errors: body.partitions.map((tp) => ({ tp, error: given })),
        }),
      );
    }
    case 'ADD_OFFSETS_TO_TXN': {
      const answer = (given: ErrorName): void =>
        respond({ api: 'ADD_OFFSETS_TO_TXN', throttleTimeMs, error: given });
      return error === null ? coordinator.addPartitions(broker, body, [], answer) : answer(error);
    }
    case 'TXN_OFFSET_COMMIT': {
      const tps = body.offsets.map(({ tp }) => tp);
      const errors = faultsOfPartitions(cluster, broker, send, tps, 'NONE');
      if (errors !== null) return respond({ api: 'TXN_OFFSET_COMMIT', throttleTimeMs, errors });
      return coordinator.commitOffsets(body, (given) =>
        respond({
          api: 'TXN_OFFSET_COMMIT',
          throttleTimeMs,
          errors: tps.map((tp) => ({ tp, error: given })),
        }),
      );
    }
    case 'END_TXN':
      if (error !== null) {
        return respond({ api: 'END_TXN', throttleTimeMs, error, producerId: -1, producerEpoch: -1 });
      }
      return coordinator.endTransaction(broker, body, send.version, (answer) =>
        // Before version 5 there is no place for an id: a client that got one would start its sequences anew.
        respond({ api: 'END_TXN', throttleTimeMs, ...(send.version < 5 ? noId(answer.error) : answer) }),
      );
    case 'PRODUCE':
      return;
  }
}

/** An error that a fault puts in place of the answer, where the API has one for the whole request. */
function faultOfWhole(cluster: ClusterContext, broker: Broker, send: NetworkSend): ErrorName | null {
  switch (send.api) {
    case 'PRODUCE':
    case 'METADATA':
    case 'ADD_PARTITIONS_TO_TXN':
    case 'TXN_OFFSET_COMMIT':
      return null;
    default:
      return cluster.faults.answer(send.requestId, send.api, broker.node, null, null)?.error ?? null;
  }
}

/** Of each partition, when a fault strikes any of them; `rest`: what the others are told then. */
function faultsOfPartitions(
  cluster: ClusterContext,
  broker: Broker,
  send: NetworkSend,
  tps: readonly TopicPartition[],
  rest: ErrorName,
): { readonly tp: TopicPartition; readonly error: ErrorName }[] | null {
  const rules = tps.map((tp) => cluster.faults.answer(send.requestId, send.api, broker.node, tp.topic, tp));
  if (rules.every((rule) => rule === null)) return null;
  return tps.map((tp, i) => ({ tp, error: rules[i]?.error ?? rest }));
}

/** What this broker has heard of the cluster, which may be old news. */
function metadata(
  cluster: ClusterContext,
  broker: Broker,
  send: NetworkSend,
  body: MetadataRequest,
): MetadataResponse {
  return {
    api: 'METADATA',
    throttleTimeMs: 0,
    brokers: broker.live.map(addressOf),
    controller: broker.live[0] ?? null,
    topics: body.topics.map((topic) => {
      const rule = cluster.faults.answer(send.requestId, 'METADATA', broker.node, topic, null);
      if (rule !== null) return { topic, error: rule.error, partitions: [] };
      const known = cluster.topics.get(topic)?.partitions.filter((tp) => broker.image.has(tp)) ?? [];
      if (known.length === 0) return { topic, error: 'UNKNOWN_TOPIC_OR_PARTITION', partitions: [] };
      return {
        topic,
        error: 'NONE',
        topicId: cluster.topics.get(topic)?.id ?? topic,
        partitions: known.map((tp) => partitionMetadata(broker, tp)),
      };
    }),
  };
}

function partitionMetadata(
  broker: Broker,
  tp: Parameters<Broker['image']['get']>[0],
): MetadataResponse['topics'][number]['partitions'][number] {
  const state = broker.image.get(tp);
  const leader = state?.leader ?? null;
  // A leader that is not registered any more is none (MetadataCache.getPartitionMetadata).
  const isThere = leader !== null && broker.live.includes(leader);
  return {
    partition: tp.partition,
    error: isThere ? 'NONE' : 'LEADER_NOT_AVAILABLE',
    leader: isThere ? leader : null,
    leaderEpoch: state?.leaderEpoch ?? 0,
    replicas: state?.replicas ?? [],
    isr: state?.isr ?? [],
  };
}
