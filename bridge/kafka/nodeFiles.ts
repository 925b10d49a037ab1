/** What a node reads when it starts: server.properties, meta.properties, the first checkpoint, the logging's setting. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface NodePorts {
  /** Producers and consumers; a proxy may stand in front of it. */
  readonly client: number;
  /** The other brokers: what is done to the clients' listener does not touch replication. */
  readonly replication: number;
  readonly controller: number;
  /** Where the proxy before `client` listens, if there is one. */
  readonly proxy: number;
  /** By the names of more listeners for clients. */
  readonly more: Readonly<Record<string, number>>;
}

export interface NodeSpec {
  /** Its place among them, from 0. */
  readonly node: number;
  /** node.id of the first. */
  readonly firstId: number;
  /** Of all nodes, by node. */
  readonly ports: readonly NodePorts[];
  /** Where clients are sent: the client port itself, or that of a proxy. */
  readonly advertisedPort: number;
  readonly clusterId: string;
  readonly bootstrapCheckpoint: string;
  readonly usesLog4j2: boolean;
  /** More listeners for clients: name and security protocol. */
  readonly moreListeners: Readonly<Record<string, string>>;
  /** More of Kafka's own settings; they win. */
  readonly properties: Readonly<Record<string, string>>;
}

export type Properties = Readonly<Record<string, string | number | boolean>>;

const HOST = '127.0.0.1';
const LISTENER_PROTOCOLS = 'CLIENT:PLAINTEXT,REPLICATION:PLAINTEXT,CONTROLLER:PLAINTEXT';

/** 16 random bytes in base64url; Kafka refuses an id that begins like an option. */
export function newKafkaId(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

/** As java.util.Properties reads it: a backslash is doubled, a line's end and a first blank are escaped. */
export const propertiesText = (properties: Properties): string =>
  Object.entries(properties)
    .map(([key, value]) => `${key}=${escaped(String(value))}\n`)
    .join('');

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replace(/^ /, '\\ ');

/** One node alone: what StorageTool needs to format a folder. */
export const bootstrapProperties = (dataFolder: string): string =>
  propertiesText({
    'process.roles': 'broker,controller',
    'node.id': 0,
    'log.dirs': dataFolder,
    'controller.quorum.voters': `0@${HOST}:9093`,
    listeners: `PLAINTEXT://${HOST}:9092,CONTROLLER://${HOST}:9093`,
    'controller.listener.names': 'CONTROLLER',
  });

/** Writes everything below `folder`; returns the path of server.properties. */
export function writeNodeFiles(folder: string, spec: NodeSpec): string {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const file = join(folder, 'server.properties');
  writeFileSync(file, propertiesText({ ...serverProperties(spec, data), ...spec.properties }));
  const meta = {
    version: 1,
    'node.id': spec.firstId + spec.node,
    'cluster.id': spec.clusterId,
    'directory.id': newKafkaId(),
  };
  writeFileSync(join(data, 'meta.properties'), propertiesText(meta));
  copyFileSync(spec.bootstrapCheckpoint, join(data, 'bootstrap.checkpoint'));
  writeFileSync(join(folder, 'log4j.properties'), spec.usesLog4j2 ? LOG4J2 : LOG4J1);
  return file;
}

function serverProperties(spec: NodeSpec, data: string): Properties {
  const { node, firstId, ports, advertisedPort, moreListeners } = spec;
  const own = ports[node];
  if (own === undefined) throw new RangeError(`node ${node} has no ports`);
  const factor = ports.length;
  const minIsr = Math.min(2, factor);
  const more = Object.entries(own.more).map(([name, port]) => `,${name}://${HOST}:${port}`);
  const protocols = Object.entries(moreListeners).map(([name, protocol]) => `,${name}:${protocol}`);
  return {
    // Every node is broker and controller: any one of three may die, also the active controller.
    'process.roles': 'broker,controller',
    'node.id': firstId + node,
    'log.dirs': data,
    'controller.quorum.voters': ports
      .map(({ controller }, voter) => `${firstId + voter}@${HOST}:${controller}`)
      .join(','),
    listeners: `CLIENT://${HOST}:${own.client},REPLICATION://${HOST}:${own.replication},CONTROLLER://${HOST}:${own.controller}${more.join('')}`,
    'advertised.listeners': `CLIENT://${HOST}:${advertisedPort},REPLICATION://${HOST}:${own.replication}${more.join('')}`,
    'listener.security.protocol.map': `${LISTENER_PROTOCOLS}${protocols.join('')}`,
    'inter.broker.listener.name': 'REPLICATION',
    'controller.listener.names': 'CONTROLLER',
    'num.partitions': 6,
    'default.replication.factor': factor,
    'min.insync.replicas': minIsr,
    'unclean.leader.election.enable': false,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': factor,
    'offsets.topic.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    'transaction.state.log.replication.factor': factor,
    'transaction.state.log.min.isr': minIsr,
    'transaction.state.log.num.partitions': 1,
    ...TIMES,
    ...SMALL,
  };
}

/** Without a heartbeat for so long, a broker's leaderships go to others. */
export const BROKER_SESSION_TIMEOUT_MS = 1500;

/** A failure and its healing within a few seconds, short enough to watch; Kafka's defaults take up to 30. */
const TIMES: Properties = {
  'broker.session.timeout.ms': BROKER_SESSION_TIMEOUT_MS,
  'broker.heartbeat.interval.ms': 300,
  'replica.lag.time.max.ms': 2000,
  'controller.quorum.election.timeout.ms': 300,
  'controller.quorum.fetch.timeout.ms': 600,
  'controller.quorum.election.backoff.max.ms': 200,
};

/** Few threads, and no log cleaner, whose buffer alone is 128 MB. */
const SMALL: Properties = {
  'num.network.threads': 1,
  'num.io.threads': 2,
  'log.cleaner.enable': false,
};

const LOG4J2 = `status=error
appender.out.type=Console
appender.out.name=OUT
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c)%n
rootLogger.level=info
rootLogger.appenderRef.out.ref=OUT
`;

const LOG4J1 = `log4j.rootLogger=INFO, OUT
log4j.appender.OUT=org.apache.log4j.ConsoleAppender
log4j.appender.OUT.layout=org.apache.log4j.PatternLayout
log4j.appender.OUT.layout.ConversionPattern=[%d] %p %m (%c)%n
`;
