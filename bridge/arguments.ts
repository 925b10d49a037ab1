/** What the command line may say. Everything that shapes the bridge comes from here, never from the page. */
import type { BrokerEndpoint, WantedTopic } from './kafkajs/topics.ts';

/** What live mode runs against. */
export type LiveTarget =
  | { readonly kind: 'none' | 'simulated' }
  /** Brokers that this bridge starts itself. */
  | { readonly kind: 'kafka'; readonly topic: WantedTopic }
  | {
      readonly kind: 'brokers';
      readonly brokers: readonly BrokerEndpoint[];
      /** A file of client properties, for the way in. */
      readonly config: string | null;
      readonly topic: WantedTopic;
    };

export interface Arguments {
  readonly port: number;
  readonly dev: boolean;
  readonly live: LiveTarget;
}

export const DEFAULT_PORT = 4317;
/** What live mode produces to, unless the command line says otherwise. */
export const DEFAULT_WANTED_TOPIC: WantedTopic = {
  topic: 'orders',
  partitions: 6,
  replicationFactor: null,
  minInsyncReplicas: null,
};
const LARGEST_COUNT = 10_000;
const LEGAL_TOPIC = /^[a-zA-Z0-9._-]{1,249}$/;
/** A name, an IPv4 address, or an IPv6 address in brackets. */
const ENDPOINT = /^(\[[0-9a-fA-F:.]+\]|[^:\s[\]]+):(\d+)$/;

const SWITCHES = ['--dev', '--simulated', '--kafka'];
const VALUES = [
  '--port',
  '--brokers',
  '--config',
  '--topic',
  '--partitions',
  '--replication-factor',
  '--min-insync-replicas',
];
const OF_TOPIC = ['--topic', '--partitions', '--replication-factor', '--min-insync-replicas'];

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
  const lonely = OF_TOPIC.find((name) => values.has(name));
  if (!isReal && lonely !== undefined)
    throw new Error(`${lonely} is for a real cluster: add --kafka or --brokers host:port.`);
  if (!isReal) return { kind: switches.has('--simulated') ? 'simulated' : 'none' };
  const topic = parseTopic(values);
  return brokers === undefined
    ? { kind: 'kafka', topic }
    : { kind: 'brokers', brokers: parseEndpoints(brokers), config, topic };
}

function parseTopic(values: ReadonlyMap<string, string>): WantedTopic {
  const topic = values.get('--topic') ?? DEFAULT_WANTED_TOPIC.topic;
  if (!LEGAL_TOPIC.test(topic))
    throw new Error(`--topic wants a legal name of a topic, not ${topic === '' ? 'nothing' : topic}.`);
  return {
    topic,
    partitions: parseCount(values, '--partitions') ?? DEFAULT_WANTED_TOPIC.partitions,
    replicationFactor: parseCount(values, '--replication-factor'),
    minInsyncReplicas: parseCount(values, '--min-insync-replicas'),
  };
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

function parseCount(values: ReadonlyMap<string, string>, name: string): number | null {
  const text = values.get(name);
  if (text === undefined) return null;
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > LARGEST_COUNT)
    throw new Error(`${name} wants a number from 1 to ${LARGEST_COUNT}, not ${text || 'nothing'}.`);
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
