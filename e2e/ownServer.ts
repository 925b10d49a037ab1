/** A server of one test alone: `npm start` with its own options, ended with everything that it has started. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface OwnServer {
  readonly address: string;
  readonly end: () => Promise<void>;
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
  const lines: string[] = [];
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const [, found] = /^Linger is at (\S+)$/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`npm start has ended:\n${lines.join('\n')}`)));
  });
  return {
    address,
    async end() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
