/** The process behind `npm start`: serves the page and the bridge, and ends on a signal with nothing left running. */
import { join } from 'node:path';
import { parseArguments } from './arguments.ts';
import { pageInDevelopment } from './pageInDevelopment.ts';
import { startServer } from './server.ts';

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
  const server = await startServer({
    port: options.port,
    pageFolder: options.dev ? null : join(root, 'web', 'dist'),
    page: options.dev ? (http) => pageInDevelopment(join(root, 'web'), http) : null,
    onViewer: (socket) => socket.close(1013, 'no live run'),
  });
  if (server.port !== options.port) print(`Port ${options.port} is busy; using ${server.port} instead.`);
  print(`Linger is at ${server.address}`);
  print('Ctrl-C ends it.');
  const end = (): void => {
    void server.close().finally(() => process.exit(0));
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}
