/** Waiting for a cluster to be what one needs: asked of its brokers, never assumed after a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionLost, KafkaConnection, RequestTimedOut } from '../kafkaBytes/KafkaConnection.ts';
import { METADATA, type MetadataResponse } from '../kafkaBytes/apis/cluster.ts';
import { ELECT_LEADERS } from '../kafkaBytes/apis/topics.ts';

const HOST = '127.0.0.1';
const METADATA_VERSION = 8;
const ELECT_VERSION = 1;
const LOOK_MS = 50;
const ANSWER_LIMIT_MS = 3000;

/** Asks the brokers behind `ports` until every one's answer satisfies. @throws Error at the limit. */
export async function untilAllSay(
  ports: readonly number[],
  what: string,
  satisfies: (answer: MetadataResponse) => boolean,
  limitMs: number,
): Promise<void> {
  const end = performance.now() + limitMs;
  for (const port of ports) {
    while (!(await says(port, satisfies))) {
      if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
      await sleep(LOOK_MS);
    }
  }
}

async function says(port: number, satisfies: (answer: MetadataResponse) => boolean): Promise<boolean> {
  const answer = await ask(port, (connection) =>
    connection.request(METADATA, METADATA_VERSION, { topics: null }),
  );
  return answer !== null && satisfies(answer);
}

/** One question on a connection of its own; null: the broker is not there at the moment. */
async function ask<T>(
  port: number,
  question: (connection: KafkaConnection) => Promise<T>,
): Promise<T | null> {
  try {
    const options = {
      host: HOST,
      port,
      requestTimeoutMs: ANSWER_LIMIT_MS,
      connectTimeoutMs: ANSWER_LIMIT_MS,
    };
    const connection = await KafkaConnection.open(options);
    try {
      return await question(connection);
    } finally {
      connection.close();
    }
  } catch (error) {
    if (error instanceof ConnectionLost || error instanceof RequestTimedOut) return null;
    throw error;
  }
}

/** Every broker knows `count` brokers. */
export const registered = (ports: readonly number[], count: number, limitMs: number): Promise<void> =>
  untilAllSay(ports, `${count} brokers are registered`, ({ brokers }) => brokers.length === count, limitMs);

export const fullIsr = (ports: readonly number[], count: number, limitMs: number): Promise<void> =>
  untilAllSay(
    ports,
    'every partition has all its replicas in the ISR',
    ({ brokers, topics }) =>
      brokers.length === count &&
      topics.every(({ partitions }) => partitions.every((one) => one.isr.length === one.replicas.length)),
    limitMs,
  );

/** Has the first replica of every partition elected, and waits until every broker says so. */
export async function preferredLeaders(ports: readonly number[], limitMs: number): Promise<void> {
  const [port] = ports;
  if (port === undefined) throw new Error('no broker is up');
  await ask(port, (connection) =>
    connection.request(ELECT_LEADERS, ELECT_VERSION, {
      type: 'preferred',
      topics: null,
      timeoutMs: ANSWER_LIMIT_MS,
    }),
  );
  await untilAllSay(
    ports,
    'every partition is led by its preferred replica',
    ({ topics }) =>
      topics.every(({ partitions }) => partitions.every((one) => one.leader === one.replicas[0])),
    limitMs,
  );
}
