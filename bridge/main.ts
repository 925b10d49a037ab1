/** The process behind `npm start`: serves the page and the bridge, and ends on a signal with nothing left running. */
import { join } from 'node:path';
import { DEFAULT_WANTED_TOPIC, parseArguments } from './arguments.ts';
import { ClusterStarter } from './ClusterStarter.ts';
import { removeAbandonedClusters } from './kafka/clusterFolder.ts';
import { pageInDevelopment } from './pageInDevelopment.ts';
import { startTarget } from './liveTarget.ts';
import { startServer } from './server.ts';
import { processWall } from './WallClock.ts';
import { openViewersDoor, type ViewersDoor } from './viewersDoor.ts';
import { welcomeViewer } from './welcomeViewer.ts';

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
  const end = new Ending();
  // The last one: its terminal has been closed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end.now());
  tidyUp();
  let target;
  try {
    target = await startTarget(options.live, print, options.ceilings);
  } catch (error) {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
  end.add(target.stop);
  // Asked for from the page, a cluster takes the place of no live run.
  let present = target;
  let viewers: ViewersDoor | null = null;
  const starter = new ClusterStarter(async (progress) => {
    const tell = (line: string): void => {
      print(line);
      progress(line);
    };
    const wanted = { kind: 'kafka', topics: [DEFAULT_WANTED_TOPIC], client: 'linger' } as const;
    present = await startTarget(wanted, tell, options.ceilings);
    end.add(present.stop);
    if (present.line !== null) print(present.line);
  });
  const server = await startServer({
    port: options.port,
    pageFolder: options.dev ? null : join(root, 'web', 'dist'),
    page: options.dev ? (http) => pageInDevelopment(join(root, 'web'), http) : null,
    get live() {
      return present.offer;
    },
    get share() {
      return viewers?.link ?? null;
    },
    ...(options.live.kind === 'none' ? { starter } : {}),
    onViewer: (socket) => welcomeViewer(socket, present.run, processWall, 'presenter'),
  });
  end.add(() => server.close());
  if (server.port !== options.port) print(`Port ${options.port} is busy; using ${server.port} instead.`);
  print(`Linger is at ${server.address}`);
  if (target.line !== null) print(target.line);
  if (options.share !== null) {
    try {
      viewers = await openViewersDoor({
        ...options.share,
        port: server.port,
        pageFolder: join(root, 'web', 'dist'),
        live: () => present.offer,
        onViewer: (socket) => welcomeViewer(socket, present.run, processWall, 'viewer'),
      });
    } catch (error) {
      process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
      return end.now();
    }
    const door = viewers;
    end.add(() => door.close());
    for (const line of shareLines(viewers.address)) print(line);
  }
  print('Ctrl-C ends it.');
}

/** What is said when viewers are let in: where, and what they get. */
function shareLines(address: string): readonly string[] {
  return [
    `Shared at ${address}: whoever can reach it gets the page.`,
    "With the viewers' link, which your page shows under Share, they see the live run, its settings and what is in its",
    'records, unencrypted on the way. They can change nothing.',
  ];
}

/** A bridge that was killed could not end its brokers: the next one does. */
function tidyUp(): void {
  const removed = removeAbandonedClusters();
  if (removed > 0)
    print(`Cleaned up after ${removed} local cluster${removed > 1 ? 's' : ''} whose bridge is gone.`);
}

/** Everything that is open outside of this process is closed with it, however far the start has come. */
class Ending {
  private readonly works: (() => Promise<unknown>)[] = [];

  add(work: () => Promise<unknown>): void {
    this.works.push(work);
  }

  now(): void {
    void Promise.allSettled(this.works.map((work) => work())).finally(() => process.exit());
  }
}
