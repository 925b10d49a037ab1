/** Brokers, topic and network. What a running cluster can change it changes at once, the rest from the start. */
import {
  DEFAULT_CLUSTER,
  DEFAULT_DELAY,
  DEFAULT_NETWORK,
  DEFAULT_SCENARIO,
  DEFAULT_TOPIC,
} from '#model/defaultScenario';
import {
  CLUSTER_RANGES,
  NETWORK_RANGES,
  DELAY_RANGES,
  SEED_RANGE,
  STARTS,
  TOPIC_RANGES,
} from '#model/ranges';
import type { ClusterSpec, CommandBody, DelaySpec, NetworkSpec, Scenario, TopicSpec } from '#model/Scenario';
import { onlyFromStart, type Control, type ControlGroup } from './Control.ts';
import { withTopic } from './presentScenario.ts';
import { choiceShape, numberShape } from './workloadControls.ts';
import { stopsBetween } from './stops.ts';

const withCluster = (scenario: Scenario, changed: Partial<ClusterSpec>): Scenario => ({
  ...scenario,
  cluster: { ...scenario.cluster, ...changed },
});

type ClusterNumber = keyof typeof CLUSTER_RANGES;

const clusterNumber = (field: ClusterNumber, label: string, isKafkaName: boolean, max?: number): Control => ({
  id: `cluster/${field}`,
  label,
  isKafkaName,
  meaning: CLUSTER_RANGES[field].meaning,
  shape: numberShape(CLUSTER_RANGES[field], max),
  application: null,
  defaultValue: String(DEFAULT_CLUSTER[field]),
  read: ({ cluster }) => String(cluster[field]),
  write: (scenario, value) => withCluster(scenario, { [field]: Number(value) }),
  ...onlyFromStart,
});

/** Network: `network.set` lays over what is there, at any moment. */
function networkControl(
  common: Pick<Control, 'id' | 'label' | 'meaning' | 'shape' | 'defaultValue'>,
  read: (network: NetworkSpec) => string,
  change: (network: NetworkSpec, value: string) => Partial<NetworkSpec>,
): Control {
  return {
    ...common,
    isKafkaName: false,
    application: null,
    read: ({ cluster }) => read(cluster.network),
    write: (scenario, value) =>
      withCluster(scenario, {
        network: { ...scenario.cluster.network, ...change(scenario.cluster.network, value) },
      }),
    command: (present, value) => ({ do: 'network.set', network: change(present.cluster.network, value) }),
    inPast: (command, value) => {
      if (command.do !== 'network.set') return command;
      const gone = Object.keys(change(DEFAULT_NETWORK, value));
      const network = Object.fromEntries(
        Object.entries(command.network).filter(([key]) => !gone.includes(key)),
      );
      return Object.keys(network).length === 0 ? null : { ...command, network };
    },
  };
}

const networkNumber = (field: keyof typeof NETWORK_RANGES, label: string, max?: number): Control =>
  networkControl(
    {
      id: `network/${field}`,
      label,
      meaning: NETWORK_RANGES[field].meaning,
      shape: numberShape(NETWORK_RANGES[field], max),
      defaultValue: String(DEFAULT_NETWORK[field]),
    },
    (network) => String(network[field]),
    (_, value) => ({ [field]: Number(value) }),
  );

/** All quantiles grow together: the shape of the delay stays. */
function stretched(delay: DelaySpec, p50Us: number): DelaySpec {
  const from = delay.p50Us === 0 ? DEFAULT_DELAY : delay;
  const stretch = (us: number): number => Math.round((us * p50Us) / from.p50Us);
  return {
    p0Us: stretch(from.p0Us),
    p50Us,
    p90Us: stretch(from.p90Us),
    p99Us: stretch(from.p99Us),
    p100Us: stretch(from.p100Us),
  };
}

const roundTrip: Control = networkControl(
  {
    id: 'network/rtt',
    label: 'network RTT',
    meaning: 'Median time there and back between client and brokers. The spread around it grows with it.',
    shape: { kind: 'number', unit: 'us', stops: stopsBetween(0, 500_000, 'us') },
    defaultValue: String(2 * DEFAULT_DELAY.p50Us),
  },
  ({ delay }) => String(2 * delay.p50Us),
  ({ delay }, value) => ({ delay: stretched(delay, Math.round(Number(value) / 2)) }),
);

const delayQuantile = (field: keyof DelaySpec, label: string): Control =>
  networkControl(
    {
      id: `delay/${field}`,
      label,
      meaning: DELAY_RANGES[field].meaning,
      shape: numberShape(DELAY_RANGES[field], 1_000_000),
      defaultValue: String(DEFAULT_DELAY[field]),
    },
    ({ delay }) => String(delay[field]),
    ({ delay }, value) => ({ delay: { ...delay, [field]: Number(value) } }),
  );

/** The topic that the first application writes to. */
const topicOf = (scenario: Scenario): TopicSpec =>
  scenario.cluster.topics.find(({ topic }) => topic === scenario.applications[0]?.workload.topic) ??
  scenario.cluster.topics[0] ??
  DEFAULT_TOPIC;

function topicControl<K extends keyof TopicSpec>(
  field: K,
  common: Pick<Control, 'label' | 'meaning' | 'shape' | 'isKafkaName'>,
  parse: (text: string) => TopicSpec[K],
  command: (topic: TopicSpec, value: TopicSpec[K]) => CommandBody | null,
): Control {
  return {
    ...common,
    id: `topic/${field}`,
    application: null,
    defaultValue: String(DEFAULT_TOPIC[field]),
    read: (scenario) => String(topicOf(scenario)[field]),
    write: (scenario, value) => withTopic(scenario, topicOf(scenario).topic, { [field]: parse(value) }),
    command: (present, value) => command(topicOf(present), parse(value)),
    inPast: (past) => {
      if (past.do === 'topic.addPartitions') return field === 'partitions' ? null : past;
      if (past.do !== 'topic.set') return past;
      const settings = Object.fromEntries(Object.entries(past.settings).filter(([key]) => key !== field));
      return Object.keys(settings).length === 0 ? null : { ...past, settings };
    },
  };
}

const partitions = topicControl(
  'partitions',
  {
    label: 'partitions',
    isKafkaName: false,
    meaning: TOPIC_RANGES.partitions.meaning,
    shape: numberShape(TOPIC_RANGES.partitions, 24),
  },
  Number,
  // Kafka can add partitions to a topic, never take one away.
  ({ topic, partitions: now }, value) =>
    value > now ? { do: 'topic.addPartitions', topic, partitions: value } : null,
);

const replicationFactor = topicControl(
  'replicationFactor',
  {
    label: 'replication factor',
    isKafkaName: false,
    meaning: TOPIC_RANGES.replicationFactor.meaning,
    shape: numberShape(TOPIC_RANGES.replicationFactor, 9),
  },
  Number,
  () => null,
);

const minInsyncReplicas = topicControl(
  'minInsyncReplicas',
  {
    label: 'min.insync.replicas',
    isKafkaName: true,
    meaning: 'So many replicas must be in sync for acks=all, or the broker refuses.',
    shape: numberShape(TOPIC_RANGES.minInsyncReplicas, 9),
  },
  Number,
  ({ topic }, value) => ({ do: 'topic.set', topic, settings: { minInsyncReplicas: value } }),
);

const maxMessageBytes = topicControl(
  'maxMessageBytes',
  {
    label: 'max.message.bytes',
    isKafkaName: true,
    meaning: 'The broker refuses larger batches; the producer then splits them.',
    shape: numberShape(TOPIC_RANGES.maxMessageBytes, 16_777_216),
  },
  Number,
  ({ topic }, value) => ({ do: 'topic.set', topic, settings: { maxMessageBytes: value } }),
);

const uncleanLeaderElection = topicControl(
  'uncleanLeaderElection',
  {
    label: 'unclean.leader.election.enable',
    isKafkaName: true,
    meaning: 'A replica that is behind may become leader when no other is left: records are lost.',
    shape: { kind: 'flag' },
  },
  (text) => text === 'true',
  ({ topic }, value) => ({ do: 'topic.set', topic, settings: { uncleanLeaderElection: value } }),
);

const startControl: Control = {
  id: 'cluster/start',
  label: 'start',
  isKafkaName: false,
  meaning: 'warm: connected, metadata and producer id at hand; cold: the producer must get all of it first.',
  shape: choiceShape(STARTS),
  application: null,
  defaultValue: DEFAULT_CLUSTER.start,
  read: ({ cluster }) => cluster.start,
  write: (scenario, value) => withCluster(scenario, { start: value === 'cold' ? 'cold' : 'warm' }),
  ...onlyFromStart,
};

const seedControl: Control = {
  id: 'seed',
  label: 'seed',
  isKafkaName: false,
  meaning: SEED_RANGE.meaning,
  shape: numberShape(SEED_RANGE, 100),
  application: null,
  defaultValue: String(DEFAULT_SCENARIO.seed),
  read: ({ seed }) => String(seed),
  write: (scenario, value) => ({ ...scenario, seed: Number(value) }),
  ...onlyFromStart,
};

/** A quota is changed while the brokers run; what a client has sent lately counts. */
const producerByteRate: Control = {
  ...clusterNumber('producerByteRate', 'producer_byte_rate', true, 104_857_600),
  command: (_, value) => ({ do: 'quota.set', bytesPerS: Number(value) }),
  inPast: (command) => (command.do === 'quota.set' ? null : command),
};

const transactionVersion: Control = {
  id: 'cluster/transactionVersion',
  label: 'transaction.version',
  isKafkaName: true,
  meaning: '2 since Kafka 4.0 (KIP-890): every transaction has an epoch of its own; 1: as before.',
  shape: choiceShape(['1', '2']),
  application: null,
  defaultValue: String(DEFAULT_CLUSTER.transactionVersion),
  read: ({ cluster }) => String(cluster.transactionVersion),
  write: (scenario, value) => withCluster(scenario, { transactionVersion: value === '1' ? 1 : 2 }),
  ...onlyFromStart,
};

export const clusterControls = (): { readonly main: ControlGroup; readonly more: ControlGroup } => ({
  main: {
    id: 'cluster',
    title: 'Cluster',
    controls: [
      roundTrip,
      clusterNumber('brokers', 'brokers', false),
      partitions,
      replicationFactor,
      minInsyncReplicas,
      networkNumber('lossPpm', 'loss per million', 500_000),
    ],
  },
  more: {
    id: 'cluster-more',
    title: 'More of cluster and network',
    controls: [
      networkNumber('bandwidthBytesPerS', 'bandwidth', 1_073_741_824),
      networkNumber('connectUs', 'TCP connect', 1_000_000),
      delayQuantile('p0Us', 'one way, shortest'),
      delayQuantile('p50Us', 'one way, median'),
      delayQuantile('p90Us', 'one way, p90'),
      delayQuantile('p99Us', 'one way, p99'),
      delayQuantile('p100Us', 'one way, longest'),
      clusterNumber('appendUs', 'broker work per request', false, 1_000_000),
      clusterNumber('appendUsPerKiB', 'broker work per KiB', false, 10_000),
      clusterNumber('replicaFetchUs', 'one way between brokers', false, 1_000_000),
      maxMessageBytes,
      uncleanLeaderElection,
      clusterNumber('replicaLagTimeMaxMs', 'replica.lag.time.max.ms', true, 120_000),
      clusterNumber('replicaFetchWaitMaxMs', 'replica.fetch.wait.max.ms', true, 10_000),
      clusterNumber('brokerSessionTimeoutMs', 'broker.session.timeout.ms', true, 60_000),
      clusterNumber('producerIdExpirationMs', 'producer.id.expiration.ms', true),
      producerByteRate,
      transactionVersion,
      startControl,
      seedControl,
    ],
  },
});
