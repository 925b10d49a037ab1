// Child processes: their output is kept and shown when they fail.
import { spawn } from 'node:child_process';

/**
 * Runs a command to its end. Resolves to {code, output}; `live` prints while it runs. Never rejects for an exit
 * code; a command that does not exist gives code 127.
 */
export function run(command, args, { cwd, env, live = false, timeoutMs = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const timer = timeoutMs > 0 ? setTimeout(() => child.kill('SIGKILL'), timeoutMs) : null;
    const take = (chunk) => {
      output += chunk;
      if (live) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', () => resolve({ code: 127, output }));
    child.on('close', (code, signal) => {
      if (timer !== null) clearTimeout(timer);
      resolve({ code: code ?? (signal === null ? 1 : 137), output });
    });
  });
}

/** Whether a command can be started at all. */
export async function exists(command, args = ['--version']) {
  return (await run(command, args, { timeoutMs: 20_000 })).code !== 127;
}

/** The end of an output, for a person. */
export const lastLines = (output, count = 25) => output.trimEnd().split('\n').slice(-count).join('\n');
