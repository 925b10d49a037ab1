/** What the command line may say. Everything that shapes the bridge comes from here, never from the page. */
import { isIP } from 'node:net';
import { DEFAULT_CEILINGS, type Ceilings } from './ceilings.ts';
import type { BrokerEndpoint, Topics, WantedTopic } from './kafkajs/topics.ts';

/** Whose producer a live run has: the engine's own, or kafkajs's as it is. */
export const CLIENTS = ['linger', 'kafkajs'] as const;
export type ClientName = (typeof CLIENTS)[number];

/** What live mode runs against. */
export type LiveTarget =
  | { readonly kind: 'none' | 'simulated' }
  /** Brokers that this bridge starts itself. */
  | { readonly kind: 'kafka'; readonly topics: Topics<WantedTopic>; readonly client: ClientName }
  | {
      readonly kind: 'brokers';
      readonly brokers: readonly BrokerEndpoint[];
      /** A file of client properties, for the way in. */
      readonly config: string | null;
      readonly topics: Topics<WantedTopic>;
      readonly client: ClientName;
    };

/** Viewers that may look but not touch. */
export interface Share {
  /** Of this machine. */
  readonly address: string;
  readonly maxViewers: number;
}

export interface Arguments {
  readonly port: number;
  readonly dev: boolean;
  readonly live: LiveTarget;
  /** null: this machine only. */
  readonly share: Share | null;
  /** What the page may ask of the workload at most. */
  readonly ceilings: Ceilings;
}

/** What the presenter's own server listens on. */
const OWN_ADDRESS = '127.0.0.1';
export const DEFAULT_PORT = 4317;
/** What live mode produces to, unless the command line says otherwise. */
export const DEFAULT_WANTED_TOPIC: WantedTopic = {
  topic: 'orders',
  partitions: 6,
  replicationFactor: null,
  minInsyncReplicas: null,
};
const DEFAULT_MAX_VIEWERS = 50;
const LARGEST_COUNT = 10_000;
const LARGEST_RATE = 1_000_000_000;
const LEGAL_TOPIC = /^[a-zA-Z0-9._-]{1,249}$/;
/** A name, an IPv4 address, or an IPv6 address in brackets. */
const ENDPOINT = /^(\[[0-9a-fA-F:.]+\]|[^:\s[\]]+):(\d+)$/;

const MAX_RECORDS = '--max-records-per-second';
const MAX_BYTES = '--max-bytes-per-second';
const MAX_VIEWERS = '--max-viewers';
const SWITCHES = ['--dev', '--simulated', '--kafka'];
const VALUES = [
  '--port',
  '--brokers',
  '--config',
  '--client',
  '--topic',
  '--partitions',
  '--replication-factor',
  '--min-insync-replicas',
  '--share',
  MAX_VIEWERS,
  MAX_RECORDS,
  MAX_BYTES,
];
const OF_CLUSTER = ['--client', '--topic', '--partitions', '--replication-factor', '--min-insync-replicas'];

/** @throws Error whose message is a sentence for the person who typed it. */
export function parseArguments(args: readonly string[]): Arguments {
  const switches = new Set<string>();
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] ?? '';
    const [name = argument, ...rest] = argument.split('=');
    if (SWITCHES.includes(argument)) switches.add(argument);
    else if (!VALUES.includes(name))
      throw new Error(`${argument} is not an option. "npm start -- --help" lists them.`);
    else values.set(name, rest.length > 0 ? rest.join('=') : (args[++i] ?? ''));
  }
  const port = values.get('--port');
  return {
    port: port === undefined ? DEFAULT_PORT : parsePort(port),
    dev: switches.has('--dev'),
    live: parseTarget(switches, values),
    share: parseShare(switches, values),
    ceilings: {
      recordsPerS: parseCount(values, MAX_RECORDS, LARGEST_RATE) ?? DEFAULT_CEILINGS.recordsPerS,
      bytesPerS: parseCount(values, MAX_BYTES, LARGEST_RATE) ?? DEFAULT_CEILINGS.bytesPerS,
    },
  };
}

function parseTarget(switches: ReadonlySet<string>, values: ReadonlyMap<string, string>): LiveTarget {
  const brokers = values.get('--brokers');
  const chosen = [...switches].filter((name) => name !== '--dev');
  if (brokers !== undefined) chosen.push('--brokers');
  if (chosen.length > 1) throw new Error(`Choose one of ${chosen.join(' and ')}: there is one live run.`);
  const config = values.get('--config') ?? null;
  if (config !== null && brokers === undefined)
    throw new Error('--config says how to get into a cluster that runs: add --brokers host:port.');
  const isReal = brokers !== undefined || switches.has('--kafka');
  const lonely = OF_CLUSTER.find((name) => values.has(name));
  if (!isReal && lonely !== undefined)
    throw new Error(`${lonely} is for a real cluster: add --kafka or --brokers host:port.`);
  if (!isReal) return { kind: switches.has('--simulated') ? 'simulated' : 'none' };
  const topics = parseTopics(values);
  const client = parseClient(values);
  return brokers === undefined
    ? { kind: 'kafka', topics, client }
    : { kind: 'brokers', brokers: parseEndpoints(brokers), config, topics, client };
}

function parseClient(values: ReadonlyMap<string, string>): ClientName {
  const name = values.get('--client') ?? 'linger';
  const client = CLIENTS.find((one) => one === name);
  if (client === undefined)
    throw new Error(`--client wants ${CLIENTS.join(' or ')}, not ${name || 'nothing'}.`);
  return client;
}

function parseTopics(values: ReadonlyMap<string, string>): Topics<WantedTopic> {
  const [first = '', ...others] = (values.get('--topic') ?? DEFAULT_WANTED_TOPIC.topic).split(',');
  const wanted = (topic: string): WantedTopic => {
    if (!LEGAL_TOPIC.test(topic))
      throw new Error(`--topic wants a legal name of a topic, not ${topic === '' ? 'nothing' : topic}.`);
    return {
      topic,
      partitions: parseCount(values, '--partitions') ?? DEFAULT_WANTED_TOPIC.partitions,
      replicationFactor: parseCount(values, '--replication-factor'),
      minInsyncReplicas: parseCount(values, '--min-insync-replicas'),
    };
  };
  const twice = others.find((topic, i) => topic === first || others.indexOf(topic) < i);
  if (twice !== undefined) throw new Error(`--topic names ${twice} twice.`);
  return [wanted(first), ...others.map(wanted)];
}

function parseEndpoints(text: string): readonly BrokerEndpoint[] {
  const wrong = (): Error =>
    new Error(`--brokers wants host:port,host:port, not ${text === '' ? 'nothing' : text}.`);
  return text.split(',').map((one) => {
    const [, host, port] = ENDPOINT.exec(one.trim()) ?? [];
    if (host === undefined || !isPort(Number(port))) throw wrong();
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  });
}

function parseShare(switches: ReadonlySet<string>, values: ReadonlyMap<string, string>): Share | null {
  const address = values.get('--share');
  const maxViewers = parseCount(values, MAX_VIEWERS);
  if (address === undefined) {
    if (maxViewers !== null) throw new Error(`${MAX_VIEWERS} is for viewers: add --share ADDRESS.`);
    return null;
  }
  const wanted = 'an address of this machine, such as 192.168.1.5';
  if (isIP(address) === 0 || address.includes('%'))
    throw new Error(`--share wants ${wanted}, not ${address || 'nothing'}.`);
  if (address === OWN_ADDRESS) throw new Error(`--share wants ${wanted}: ${OWN_ADDRESS} is the presenter's.`);
  if (/^(0\.0\.0\.0|[0:]+)$/.test(address))
    throw new Error(`--share wants ${wanted}: ${address} would be all of them.`);
  if (switches.has('--dev'))
    throw new Error('--share is for the built page: use npm start, not npm run dev.');
  return { address, maxViewers: maxViewers ?? DEFAULT_MAX_VIEWERS };
}

function parseCount(
  values: ReadonlyMap<string, string>,
  name: string,
  largest = LARGEST_COUNT,
): number | null {
  const text = values.get(name);
  if (text === undefined) return null;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > largest)
    throw new Error(`${name} wants a number from 1 to ${largest}, not ${text || 'nothing'}.`);
  return count;
}

const isPort = (port: number): boolean => port >= 1 && port <= 65535;

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || !isPort(port)) {
    throw new Error(
      `--port wants a number from 1 to 65535, not ${text || 'nothing'}: npm start -- --port 5000`,
    );
  }
  return port;
}
