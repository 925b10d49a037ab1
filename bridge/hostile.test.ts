/** A few thousand of what `npm run bench -- hostile` brings by the million. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '#base/random';
import { Attacker } from './testing/Attacker.ts';
import { startSimulatedBridge, type SimulatedBridge } from './testing/simulatedBridge.ts';

let bridge: SimulatedBridge;

beforeAll(async () => {
  bridge = await startSimulatedBridge(43_370);
});
afterAll(async () => {
  await bridge.close();
});

describe('a bridge that is attacked', () => {
  it('lets nobody in who is not its page, bears what its page would never send, and goes on', async () => {
    const { server, run } = bridge;
    const attacker = new Attacker(server.address, server.token, createRandom(21));
    await attacker.bringAll({ upgrades: 500, frames: 200, messages: 2000 });
    expect(attacker.letIn).toBe(0);
    expect(run.failure).toBeNull();
    expect((await fetch(server.address)).status).toBe(200);
    await expect.poll(() => run.viewers).toBe(0);
  });
});
