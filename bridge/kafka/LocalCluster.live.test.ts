/** A real cluster of three: what is done to its brokers, and that nothing of it is left. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KafkaConnection } from '../kafkaBytes/KafkaConnection.ts';
import { API_VERSIONS, METADATA } from '../kafkaBytes/apis/cluster.ts';
import { CREATE_TOPICS } from '../kafkaBytes/apis/topics.ts';
import { describeWithKafka } from '../testing/needs.ts';
import { removeAbandonedClusters } from './clusterFolder.ts';
import { LocalCluster } from './LocalCluster.ts';
import { processName, type ProcessName } from './processes.ts';

const LIMIT_MS = 300_000;
const NODES = [0, 1, 2];
/** A busy machine must not look like a dead broker. */
const PROPERTIES = { 'broker.session.timeout.ms': '4000' };

const open = (cluster: LocalCluster, node: number): Promise<KafkaConnection> =>
  KafkaConnection.open({ host: '127.0.0.1', port: cluster.clientPorts[node] ?? 0 });

/** Leaders of the topic's partitions, as a broker says. */
async function leaders(cluster: LocalCluster, node: number): Promise<readonly number[]> {
  const connection = await open(cluster, node);
  const { topics } = await connection.request(METADATA, 12, { topics: ['t'] });
  connection.close();
  return (topics[0]?.partitions ?? [])
    .toSorted((a, b) => a.partition - b.partition)
    .map(({ leader }) => leader);
}

async function startOwner(): Promise<{ child: ChildProcess; path: string; pid: number }> {
  const script = fileURLToPath(new URL('../testing/clusterOwner.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { path: string; pid: number }) };
}

await describeWithKafka('a local cluster', () => {
  let cluster: LocalCluster;
  const moves: string[] = [];

  beforeAll(async () => {
    cluster = await LocalCluster.start({
      properties: PROPERTIES,
      onMoved: (node, state) => moves.push(`${node} ${state}`),
    });
    const connection = await open(cluster, 0);
    const assignments = NODES.map((first) => NODES.map((i) => (first + i) % NODES.length));
    const topic = { topic: 't', assignments, partitions: -1, replicationFactor: -1, configs: {} };
    await connection.request(CREATE_TOPICS, 7, { topics: [topic], timeoutMs: 30_000 });
    connection.close();
    // It reaches the brokers one after the other.
    for (const node of NODES) {
      for (let all = 0; all < NODES.length;) all = (await leaders(cluster, node)).length;
    }
    await cluster.untilIsrFull();
  }, LIMIT_MS);

  afterAll(() => cluster.stop());

  it('is of the version asked for, with every feature of it', async () => {
    const connection = await open(cluster, 1);
    const { finalizedFeatures, apis } = await connection.request(API_VERSIONS, 3, null);
    connection.close();
    expect(finalizedFeatures.get('transaction.version')).toBe(2);
    expect(apis.find(({ key }) => key === 0)).toEqual({ key: 0, min: 0, max: 13 });
    expect(await leaders(cluster, 2)).toEqual([0, 1, 2]);
  });

  it(
    'loses a broker to kill -9 and gets it back',
    async () => {
      moves.length = 0;
      await cluster.kill(1);
      for (let now = await leaders(cluster, 0); now.includes(1);) now = await leaders(cluster, 0);
      await cluster.restart(1);
      await cluster.untilIsrFull();
      expect(moves).toEqual(['1 down', '1 starting', '1 up']);
      expect(await leaders(cluster, 1)).not.toContain(1);
      await cluster.electPreferredLeaders();
      expect(await leaders(cluster, 1)).toEqual([0, 1, 2]);
    },
    LIMIT_MS,
  );

  it(
    'keeps the connections of a frozen broker, which answers when it thaws',
    async () => {
      const connection = await open(cluster, 2);
      cluster.freeze(2);
      const answer = connection.request(METADATA, 8, { topics: [] });
      const first = await Promise.race([answer, leaders(cluster, 0).then(() => 'another')]);
      expect(first).toBe('another');
      cluster.thaw(2);
      expect((await answer).brokers.length).toBeGreaterThan(0);
      connection.close();
      await cluster.untilIsrFull();
    },
    LIMIT_MS,
  );

  it(
    'shares the machine: other clusters come and go, and the killed owner is cleaned up after',
    async () => {
      const other = await startOwner();
      // Its owner lives: whoever starts now leaves it alone.
      removeAbandonedClusters();
      expect(processName(other.pid)).not.toBeNull();
      expect(existsSync(other.path)).toBe(true);
      other.child.kill('SIGKILL');
      await once(other.child, 'exit');
      expect(processName(other.pid)).not.toBeNull();
      removeAbandonedClusters();
      expect(processName(other.pid)).toBeNull();
      expect(existsSync(other.path)).toBe(false);
      // Ours was not touched.
      expect(await leaders(cluster, 0)).toHaveLength(3);
    },
    LIMIT_MS,
  );

  it(
    'ends with its owner',
    async () => {
      const other = await startOwner();
      other.child.kill('SIGTERM');
      await once(other.child, 'exit');
      expect(processName(other.pid)).toBeNull();
      expect(existsSync(other.path)).toBe(false);
    },
    LIMIT_MS,
  );

  it(
    'leaves no process and no folder',
    async () => {
      const processes = cluster.brokers.map(({ pid }) => processName(pid ?? 0));
      cluster.freeze(0);
      await cluster.stop();
      expect(processes.every((one): one is ProcessName => one !== null)).toBe(true);
      expect(cluster.brokers.map(({ state }) => state)).toEqual(['down', 'down', 'down']);
      expect(processes.map((one) => processName(one?.pid ?? 0))).toEqual([null, null, null]);
      expect(existsSync(cluster.path)).toBe(false);
    },
    LIMIT_MS,
  );
});
