/** A million hostile upgrades, frames and messages against a bridge that runs: it stays, and its memory stays flat. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '#base/random';
import { Attacker } from '../../testing/Attacker.ts';
import { startBenchedBridge } from './bridgeInBench.ts';
import { measureOf, type Measure } from './Measure.ts';

const SEED = 20_260_101;
export const HOSTILE_INPUTS = 1_000_000;
/** An upgrade or a broken frame costs a connection, a message does not. */
const SHARES = { upgrades: 0.06, frames: 0.04, messages: 0.9 };
/** Memory is looked at after each part: a leak grows with every one. */
const PARTS = 10;
/** The run goes on as it is, whatever the attacker asks of its workload: its own log is no leak. */
const QUIET = ['--max-records-per-second', '200', '--max-bytes-per-second', '100000'];
const REST_MS = 3000;

/** `inputs`: upgrades, frames and messages together. */
export async function hostile(inputs: number): Promise<readonly Measure[]> {
  const bridge = await startBenchedBridge(...QUIET);
  const attacker = new Attacker(bridge.address, bridge.token, createRandom(SEED));
  const grown: number[] = [];
  let crashes = 0;
  await sleep(REST_MS);
  const idleMb = bridge.memoryMb();
  try {
    for (let part = 1; part <= PARTS; part++) {
      const sum = (inputs * part) / PARTS;
      await attacker.bringAll({
        upgrades: sum * SHARES.upgrades,
        frames: sum * SHARES.frames,
        messages: sum * SHARES.messages,
      });
      grown.push(bridge.memoryMb() - idleMb);
    }
    await sleep(REST_MS);
    const page = await fetch(bridge.address);
    if (page.status !== 200) crashes++;
  } catch (error) {
    if (!bridge.isGone()) throw error;
    crashes++;
  } finally {
    if (!bridge.isGone()) await bridge.end();
  }
  const { upgrades, frames, messages, letIn } = attacker;
  const half = PARTS / 2;
  const most = (values: readonly number[]): number => Math.max(...values);
  const one = (measure: string, unit: string, value: number, goal: number | null): Measure =>
    measureOf({ measure: `hostile input, ${measure}`, unit, goal, values: [value] });
  return [
    one('brought', 'inputs', upgrades + frames + messages, HOSTILE_INPUTS),
    one('crashes', 'crashes', crashes, 0),
    one('let in', 'upgrades', letIn, 0),
    one('memory above idle', 'MB', most(grown), 100),
    one(
      'memory, second half above the first',
      'MB',
      most(grown.slice(half)) - most(grown.slice(0, half)),
      10,
    ),
  ];
}
