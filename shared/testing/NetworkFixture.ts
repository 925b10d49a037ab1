/** A NetworkClient on virtual time and brokers made by hand: everything takes 1 ms. */
import { clientId, nodeId, threadId, type NodeId } from '#base/ids';
import { createRandom } from '#base/random';
import { TopicPartitions } from '#base/TopicPartition';
import { EPOCH_MS, MICROS_PER_MS } from '#base/time';
import { VirtualClock } from '#cluster/VirtualClock';
import type { Brokers, VirtualConnection } from '#cluster/VirtualNetwork';
import { VirtualSelector } from '#cluster/VirtualSelector';
import { ApiVersions, CLIENT_VERSIONS } from '#engine/ApiVersions';
import type { Blocking } from '#engine/Blocking';
import { NetworkClient, type NetworkClientSettings } from '#engine/NetworkClient/NetworkClient';
import { warmStart } from '#engine/NetworkClient/warmStart';
import { ProducerMetadata } from '#engine/ProducerMetadata';
import type {
  ApiName,
  ApiVersionsResponse,
  EndTxnRequest,
  MetadataResponse,
  RequestBody,
  ResponseBody,
} from '#engine/requests';
import { createRunIds, type RandomSources, type RunContext } from '#engine/RunContext';
import type { NetworkSend } from '#engine/Selectable';
import type { PipelineEvent } from '#events/catalogue';
import { ArrayLog } from './ArrayLog.ts';

const SETTINGS: NetworkClientSettings = {
  reconnectBackoffMs: 50,
  reconnectBackoffMaxMs: 1000,
  socketConnectionSetupTimeoutMs: 10_000,
  socketConnectionSetupTimeoutMaxMs: 30_000,
  maxInFlightRequestsPerConnection: 2,
  requestTimeoutMs: 300,
  metadataRecoveryStrategy: 'rebootstrap',
  metadataRecoveryRebootstrapTriggerMs: 300_000,
};
export const METADATA_SETTINGS = {
  retryBackoffMs: 100,
  retryBackoffMaxMs: 1000,
  metadataMaxAgeMs: 300_000,
  metadataMaxIdleMs: 300_000,
};
const RANDOM: RandomSources = { nextSticky: () => 0, backoffFactor: () => 1, leastLoadedOffset: () => 0 };
export const VERSIONS: ApiVersionsResponse = {
  api: 'API_VERSIONS',
  throttleTimeMs: 0,
  error: 'NONE',
  maxVersions: Object.fromEntries(Object.entries(CLIENT_VERSIONS).map(([api, [, latest]]) => [api, latest])),
  transactionVersion: 2,
};
export const END_TXN: EndTxnRequest = {
  api: 'END_TXN',
  transactionalId: 'x',
  producerId: 1,
  producerEpoch: 0,
  committed: true,
};
const brokers = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id: nodeId(id), host: 'localhost', port: 9092 + id }));

const metadataOf = (nodes: number): MetadataResponse => ({
  api: 'METADATA',
  throttleTimeMs: 0,
  brokers: brokers(nodes),
  controller: nodeId(0),
  topics: [],
});

/** null: never answered. */
type Answers = Partial<
  Record<ApiName, (send: NetworkSend, connection: VirtualConnection) => ResponseBody | null>
>;

function handmadeBrokers(clock: VirtualClock, answers: Answers) {
  const refusing = new Set<NodeId>();
  /** Attempts to these have no outcome. */
  const cut = new Set<NodeId>();
  const connections: VirtualConnection[] = [];
  const brokers: Brokers = {
    brokerOf: (_, node) => (node < 0 ? nodeId(-1 - node) : node),
    connectDelayUs: (connection) => {
      connections.push(connection);
      return cut.has(connection.broker) ? Infinity : MICROS_PER_MS;
    },
    accepts: (connection) => !refusing.has(connection.broker),
    handle: (send, connection) => {
      const body = answers[send.api]?.(send, connection) ?? null;
      if (body !== null) connection.answer(send, body, clock.nowUs + MICROS_PER_MS);
    },
  };
  return { refusing, cut, connections, brokers };
}

function clientOn(
  clock: VirtualClock,
  log: ArrayLog,
  network: Brokers,
  settings: Partial<NetworkClientSettings>,
) {
  const run: RunContext = {
    clock: clock.clock,
    scheduler: clock,
    events: log,
    ids: createRunIds(),
    partitions: new TopicPartitions(),
    random: createRandom(1),
  };
  const client = clientId(0);
  const selector = new VirtualSelector(client, clock, network, log);
  const metadata = new ProducerMetadata(run, client, RANDOM, METADATA_SETTINGS);
  const throttles: string[] = [];
  const parts = {
    client,
    clientName: 'p',
    metadata,
    apiVersions: new ApiVersions(),
    selector,
    random: RANDOM,
    throttleTimeSensor: {
      record: (valueMs: number, nowMs: number) => void throttles.push(`${nowMs} ${valueMs}`),
    },
  };
  const networkClient = new NetworkClient(run, parts, { ...SETTINGS, ...settings });
  return { selector, metadata, throttles, networkClient };
}

/** One client and brokers that take 1 ms to connect and 1 ms for any answer. */
export function networkStage(
  answers: Answers = {},
  settings: Partial<NetworkClientSettings> = {},
  nodes = 1,
) {
  const clock = new VirtualClock({ networkWaitsForSelect: true });
  const log = new ArrayLog(() => clock.nowUs);
  const all: Answers = { API_VERSIONS: () => VERSIONS, METADATA: () => metadataOf(nodes), ...answers };
  const network = handmadeBrokers(clock, all);
  const clientParts = clientOn(clock, log, network.brokers, settings);
  const { networkClient, metadata, selector } = clientParts;
  const bootstrap = (count = 1): void => metadata.bootstrap(brokers(count));
  const warm = (): void => {
    bootstrap(nodes);
    const readyNodes = brokers(nodes).map(({ id }) => id);
    for (const node of readyNodes) selector.establish(node);
    warmStart(networkClient, metadata, {
      metadata: metadataOf(nodes),
      versions: VERSIONS,
      readyNodes,
      hasProducerId: false,
    });
  };
  const runs = (untilMs: number, body: () => Blocking<void>): void => {
    clock.spawn({ id: threadId(0), name: 'sender', kind: 'sender' }, body());
    clock.runUntil(untilMs * MICROS_PER_MS);
  };
  /** Polls until time `untilMs` is over. */
  function* pollOn(): Blocking<void> {
    for (;;) yield* networkClient.poll(Infinity, clock.clock.milliseconds());
  }
  /** Sends one and returns how it ended: `ms how`. */
  const outcomes: string[] = [];
  const send = (node: NodeId, body: RequestBody = END_TXN): void => {
    const nowMs = clock.clock.milliseconds();
    const request = networkClient.newClientRequest(
      node,
      body,
      nowMs,
      true,
      SETTINGS.requestTimeoutMs,
      function* (response) {
        outcomes.push(`${clock.nowUs / MICROS_PER_MS} ${response.lostBy ?? response.body?.api}`);
        yield* [];
      },
    );
    networkClient.send(request, nowMs);
  };
  const now = (): number => clock.clock.milliseconds();
  return {
    ...network,
    ...clientParts,
    clock,
    bootstrap,
    warm,
    runs,
    pollOn,
    send,
    outcomes,
    now,
    told: (...types: readonly PipelineEvent['type'][]) =>
      log.events.filter((e) => types.includes(e.type)).map(line),
  };
}

function line(event: PipelineEvent): string {
  const at = event.at / MICROS_PER_MS;
  if (event.type === 'connection.moved') {
    const until = event.untilMs === null ? '' : ` until ${event.untilMs - EPOCH_MS}`;
    return `${at} ${event.node} ${event.to}: ${event.because}${until}`;
  }
  if (event.type === 'request.sent') return `${at} ${event.api} v${event.version} to ${event.node}`;
  if (event.type === 'request.lost') return `${at} lost ${event.request}: ${event.by}`;
  if (event.type === 'response.received') return `${at} response ${event.request}`;
  return `${at} ${event.type}`;
}
