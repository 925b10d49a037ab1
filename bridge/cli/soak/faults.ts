/** One fault after the other on a local cluster under load, each healed to the full ISR before the next. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '#base/random';
import { known } from '#base/assert';
import type { LocalCluster } from '../../kafka/LocalCluster.ts';

export const FAULTS = ['kill', 'freeze', 'cut', 'restart'] as const;
export type FaultKind = (typeof FAULTS)[number];

const HEALED_WITHIN_MS = 300_000;
const WHOLE = { addedMs: 0, cut: false };

/** Resolves when everything is as it was: the ISR full, and every leader at home, so that each broker leads something. */
export async function strikeOnce(
  cluster: LocalCluster,
  kind: FaultKind,
  node: number,
  holdMs: number,
): Promise<void> {
  const proxies = known(cluster.proxies, 'the proxies of the cluster');
  switch (kind) {
    case 'kill':
      await cluster.kill(node);
      break;
    case 'freeze':
      cluster.freeze(node);
      break;
    case 'cut':
      await proxies.set(node, { addedMs: 0, cut: true });
      break;
    case 'restart':
      await cluster.terminate(node);
      break;
  }
  // A restart does not wait: it is over when the broker is back.
  if (kind !== 'restart') await sleep(holdMs);
  if (kind === 'cut') await proxies.set(node, WHOLE);
  else await cluster.restart(node);
  await cluster.untilIsrFull(HEALED_WITHIN_MS);
  await cluster.electPreferredLeaders();
}

/** Any kind, any broker, for any time of the range. */
export function drawFault(
  random: Random,
  nodes: number,
  [leastMs, mostMs]: readonly [number, number],
): { readonly kind: FaultKind; readonly node: number; readonly holdMs: number } {
  return {
    kind: FAULTS[random.below(FAULTS.length)] ?? 'kill',
    node: random.below(nodes),
    holdMs: leastMs + random.below(mostMs - leastMs + 1),
  };
}
