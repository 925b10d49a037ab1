import { expect, it } from 'vitest';
import { nodeId } from '#base/ids';
import { leastLoadedNode } from './leastLoadedNode.ts';

interface Node {
  /** Requests in flight of a node that can take more. */
  readonly ready?: number;
  readonly isConnecting?: boolean;
  /** Client ms of the last attempt, if a new one is allowed. */
  readonly lastAttemptMs?: number;
  /** Ready, but it cannot take a request. */
  readonly isFull?: boolean;
}

function choose(nodes: readonly Node[], offset = 0): readonly [number | null, boolean] {
  const of = (id: number): Node => nodes[id] ?? {};
  const chosen = leastLoadedNode(
    nodes.map((_, id) => nodeId(id)),
    offset,
    {
      isConnectionReady: (node) => of(node).ready !== undefined || of(node).isFull === true,
      canSendRequest: (node) => of(node).ready !== undefined,
      inFlightCount: (node) => of(node).ready ?? 0,
      isPreparingConnection: (node) => of(node).isConnecting === true,
      canConnect: (node) => of(node).lastAttemptMs !== undefined,
      lastConnectAttemptMs: (node) => of(node).lastAttemptMs ?? 0,
    },
  );
  return [chosen.node, chosen.atLeastOneConnectionReady];
}

it.each([
  ['the first idle one from the offset on', [{ ready: 0 }, { ready: 1 }, { ready: 0 }], 1, [2, true]],
  ['else the least busy, the first of equals', [{ ready: 2 }, { ready: 1 }, { ready: 1 }], 0, [1, true]],
  ['before one that is connecting', [{ isConnecting: true }, { ready: 4 }], 0, [1, true]],
  ['else the last that is connecting', [{ isConnecting: true }, { isConnecting: true }, {}], 0, [1, false]],
  ['before one that may connect', [{ lastAttemptMs: 1 }, { isConnecting: true }], 0, [1, false]],
  [
    'else the one tried longest ago',
    [{ lastAttemptMs: 7 }, { lastAttemptMs: 5 }, { lastAttemptMs: 5 }],
    0,
    [1, false],
  ],
  ['none, though a busy connection stands', [{ isFull: true }, {}], 0, [null, true]],
  ['none at all', [{}, {}], 1, [null, false]],
] as const)('%s', (_, nodes, offset, chosen) => {
  expect(choose(nodes, offset)).toEqual(chosen);
});
