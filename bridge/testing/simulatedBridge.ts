/** A bridge with a simulated live run and a page of one file, for tests of what comes over its sockets. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import type { Role } from '#wire/messages';
import { LiveRun } from '../LiveRun.ts';
import { startServer, type BridgeServer, type ServerOptions } from '../server.ts';
import { createSimulatedEngine, simulatedScenario } from '../simulatedEngine.ts';
import { processWall } from '../WallClock.ts';
import { welcomeViewer } from '../welcomeViewer.ts';

export interface SimulatedBridge {
  readonly pageFolder: string;
  readonly run: LiveRun;
  readonly server: BridgeServer;
  readonly welcome: (role: Role) => (socket: WebSocket) => void;
  readonly close: () => Promise<void>;
}

/** `more`: what the server offers besides the run. */
export async function startSimulatedBridge(
  port: number,
  more: Partial<ServerOptions> = {},
): Promise<SimulatedBridge> {
  const pageFolder = mkdtempSync(join(tmpdir(), 'linger-page-'));
  writeFileSync(join(pageFolder, 'index.html'), '<html><head></head><body></body></html>');
  const run = new LiveRun({
    wall: processWall,
    engine: (openLog) => createSimulatedEngine(simulatedScenario(1), openLog),
  });
  const welcome = (role: Role) => (socket: WebSocket) => welcomeViewer(socket, run, processWall, role);
  // Not spread: what is offered may change while it runs.
  const options = { port, pageFolder, page: null, live: 'simulated', onViewer: welcome('presenter') };
  const server = await startServer(Object.defineProperties(options, Object.getOwnPropertyDescriptors(more)));
  return {
    pageFolder,
    run,
    server,
    welcome,
    async close() {
      await server.close();
      await run.stop();
      rmSync(pageFolder, { recursive: true });
    },
  };
}
