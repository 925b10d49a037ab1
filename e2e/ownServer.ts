/** A server of one test alone: `npm start` with its own options, ended with everything that it has started. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { untilAddress } from '../bridge/testing/untilAddress.ts';

export interface OwnServer {
  readonly address: string;
  /** SIGSTOP, SIGCONT: it stands still, and goes on. */
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT') => void;
  /** SIGKILL: without a word to those who are connected. */
  readonly end: (how?: 'SIGTERM' | 'SIGKILL') => Promise<void>;
}

const DOOR = fileURLToPath(new URL('../bridge/door/start.mjs', import.meta.url));

/** `env`: in place of what the tests run in. @throws Error with its output when it ends instead of starting. */
export async function startOwnServer(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<OwnServer> {
  const child = spawn(process.execPath, [DOOR, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const address = await untilAddress(child);
  return {
    address,
    signal: (signal) => void child.kill(signal),
    async end(how = 'SIGTERM') {
      child.kill(how);
      await exited;
    },
  };
}
