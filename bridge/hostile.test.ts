/** A few thousand of what `npm run bench -- hostile` brings by the million. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '#base/random';
import { LiveRun } from './LiveRun.ts';
import { startServer, type BridgeServer } from './server.ts';
import { createSimulatedEngine, simulatedScenario } from './simulatedEngine.ts';
import { Attacker } from './testing/Attacker.ts';
import { processWall } from './WallClock.ts';
import { welcomeViewer } from './welcomeViewer.ts';

let folder: string;
let run: LiveRun;
let server: BridgeServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'linger-page-'));
  writeFileSync(join(folder, 'index.html'), '<html><head></head><body></body></html>');
  run = new LiveRun({
    wall: processWall,
    engine: (openLog) => createSimulatedEngine(simulatedScenario(1), openLog),
  });
  server = await startServer({
    port: 43_370,
    pageFolder: folder,
    page: null,
    live: 'simulated',
    onViewer: (socket) => welcomeViewer(socket, run, processWall, 'presenter'),
  });
});
afterAll(async () => {
  await server.close();
  await run.stop();
  rmSync(folder, { recursive: true });
});

describe('a bridge that is attacked', () => {
  it('lets nobody in who is not its page, bears what its page would never send, and goes on', async () => {
    const attacker = new Attacker(server.address, server.token, createRandom(21));
    await attacker.bringAll({ upgrades: 500, frames: 200, messages: 2000 });
    expect(attacker.letIn).toBe(0);
    expect(run.failure).toBeNull();
    expect((await fetch(server.address)).status).toBe(200);
    await expect.poll(() => run.viewers).toBe(0);
  });
});
