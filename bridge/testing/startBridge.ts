/** Starts a bridge of its own, as `npm start` does, whose temporary folder is the test's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilAddress } from './untilAddress.ts';

export interface StartedBridge {
  /** Where it serves the page. */
  readonly address: string;
  readonly pid: number;
  /** What it has printed so far. */
  readonly lines: readonly string[];
  /** Resolves when it is gone, to its exit code; null: the signal itself has ended it. */
  readonly end: (how: 'SIGTERM' | 'SIGHUP' | 'SIGKILL') => Promise<number | null>;
}

const SCRIPT = fileURLToPath(new URL('bridgeProcess.ts', import.meta.url));

/** `folder`: for temporary files. @throws Error with what it has printed when it ends instead of starting. */
export async function startBridge(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<StartedBridge> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, ...args], {
    env: { ...process.env, TMPDIR: folder, LINGER_ROOT: mkdtempSync(join(folder, 'root-')), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const lines: string[] = [];
  const address = await untilAddress(child, lines);
  return {
    address,
    pid: child.pid ?? 0,
    lines,
    async end(how) {
      child.kill(how);
      const [code] = await exited;
      return code;
    },
  };
}
