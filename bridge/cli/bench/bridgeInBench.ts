/** A bridge of its own for a part of the benchmark, seen from outside: its memory, and whether it is still there. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '#base/assert';
import { startBridge } from '../../testing/startBridge.ts';

const BYTES_PER_MB = 1_000_000;

export interface BenchedBridge {
  readonly address: string;
  readonly token: string;
  /** What the process has in memory now, MB. */
  readonly memoryMb: () => number;
  /** Ended by itself. */
  readonly isGone: () => boolean;
  readonly end: () => Promise<void>;
}

/** Against the simulated cluster. @throws where the system does not tell a process's memory: Linux does. */
export async function startBenchedBridge(...options: readonly string[]): Promise<BenchedBridge> {
  assert(process.platform === 'linux', 'memory of another process is read from /proc: this needs Linux');
  const folder = mkdtempSync(join(tmpdir(), 'linger-bench-'));
  const bridge = await startBridge(folder, ['--simulated', '--port', '4700', ...options]);
  const status = (): string => readFileSync(`/proc/${bridge.pid}/status`, 'utf8');
  const page = await (await fetch(bridge.address)).text();
  const [, token] = /name="linger-token" content="(\w+)"/.exec(page) ?? [];
  assert(token !== undefined, 'a page without a token');
  return {
    address: bridge.address,
    token,
    memoryMb: () => (Number(/VmRSS:\s+(\d+) kB/.exec(status())?.[1]) * 1024) / BYTES_PER_MB,
    isGone() {
      try {
        return /State:\s+Z/.test(status());
      } catch {
        return true;
      }
    },
    async end() {
      await bridge.end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
