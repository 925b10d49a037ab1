/** The process behind `npm start`: serves the page and the bridge, and ends on a signal with nothing left running. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { parseArguments } from './arguments.ts';
import { pageInDevelopment } from './pageInDevelopment.ts';
import { LiveRun } from './LiveRun.ts';
import { startServer } from './server.ts';
import { createSimulatedEngine, simulatedScenario } from './simulatedEngine.ts';
import { processWall } from './WallClock.ts';
import { welcomeViewer } from './welcomeViewer.ts';

/** Node's own limit for `randomInt` is above it. */
const MAX_SEED = 2 ** 32;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** `root`: the project's folder. */
export async function main(args: readonly string[], root: string): Promise<void> {
  let options;
  try {
    options = parseArguments(args);
  } catch (error) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    return;
  }
  const run = options.simulated
    ? new LiveRun({
        wall: processWall,
        engine: (openLog) => createSimulatedEngine(simulatedScenario(randomInt(MAX_SEED)), openLog),
      })
    : null;
  const server = await startServer({
    port: options.port,
    pageFolder: options.dev ? null : join(root, 'web', 'dist'),
    page: options.dev ? (http) => pageInDevelopment(join(root, 'web'), http) : null,
    live: run === null ? null : 'simulated',
    onViewer: (socket) => welcomeViewer(socket, run, processWall),
  });
  if (server.port !== options.port) print(`Port ${options.port} is busy; using ${server.port} instead.`);
  print(`Linger is at ${server.address}`);
  if (run !== null) print('Live mode runs against the simulated cluster.');
  print('Ctrl-C ends it.');
  const end = (): void => {
    void Promise.allSettled([server.close(), run?.stop()]).finally(() => process.exit(0));
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}
