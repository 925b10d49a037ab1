/** Two bridges on one machine: one is killed, and the next start cleans up after it and leaves the other alone. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { isRunning, type ProcessName } from './kafka/processes.ts';
import { describeWithKafka } from './testing/needs.ts';
import { startBridge, type StartedBridge } from './testing/startBridge.ts';

const LIMIT_MS = 300_000;
const BROKERS = 3;
const ANY_PORT = ['--port', '4700'];

interface Cluster {
  readonly path: string;
  /** Three brokers, and their proxies. */
  readonly children: readonly ProcessName[];
}

await describeWithKafka('two bridges', () => {
  const folder = mkdtempSync(join(tmpdir(), 'linger-two-bridges-'));
  const bridges: StartedBridge[] = [];
  const start = async (...args: readonly string[]): Promise<StartedBridge> => {
    const bridge = await startBridge(folder, [...ANY_PORT, ...args]);
    bridges.push(bridge);
    return bridge;
  };
  const clusters = (): readonly Cluster[] =>
    readdirSync(folder)
      .filter((name) => name.startsWith('linger-kafka-'))
      .map((name) => {
        const path = join(folder, name);
        const { children } = JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8')) as Cluster;
        return { path, children };
      });
  const startWithCluster = async (): Promise<{ bridge: StartedBridge; cluster: Cluster }> => {
    const before = clusters().map(({ path }) => path);
    const bridge = await start('--kafka');
    const [cluster] = clusters().filter(({ path }) => !before.includes(path));
    if (cluster === undefined) throw new Error('there is no folder of the cluster');
    return { bridge, cluster };
  };
  const running = ({ children }: Cluster): number => children.filter(isRunning).length;

  afterAll(async () => {
    await Promise.all(bridges.map((bridge) => bridge.end('SIGTERM')));
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'what a killed one leaves is cleaned up by the next start, and the living one is not touched',
    async () => {
      const killed = await startWithCluster();
      const living = await startWithCluster();
      expect(killed.bridge.address).not.toBe(living.bridge.address);
      expect([running(killed.cluster), running(living.cluster)]).toEqual([BROKERS + 1, BROKERS + 1]);

      await killed.bridge.end('SIGKILL');
      // The proxies end with their bridge; brokers know nothing of it.
      await expect.poll(() => running(killed.cluster), { timeout: LIMIT_MS }).toBe(BROKERS);

      const next = await start('--simulated');
      expect(next.lines[0]).toBe('Cleaned up after 1 local cluster whose bridge is gone.');
      expect([running(killed.cluster), existsSync(killed.cluster.path)]).toEqual([0, false]);
      expect([running(living.cluster), existsSync(living.cluster.path)]).toEqual([BROKERS + 1, true]);

      await living.bridge.end('SIGTERM');
      expect([running(living.cluster), existsSync(living.cluster.path)]).toEqual([0, false]);
    },
    LIMIT_MS,
  );
});
