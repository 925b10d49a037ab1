/** What the bridge may do to a cluster that it has started itself, and to nobody else's. */
import { known } from '#base/assert';
import type { CommandBody } from '#model/Scenario';
import type { LocalCluster } from './kafka/LocalCluster.ts';
import { canFreeze } from './kafka/processes.ts';
import type { LinkProxies } from './proxy/LinkProxies.ts';

/** Brokers that this bridge has started itself; nobody else's are touched. */
export interface OwnBrokers {
  readonly kill: (node: number) => Promise<void>;
  /** null: this system cannot. */
  readonly freeze: ((node: number) => void) | null;
  readonly restart: (node: number) => Promise<void>;
  /** The proxies before them; null: there are none. */
  readonly links: OwnLinks | null;
}

export interface OwnLinks {
  readonly set: (node: number, state: { readonly addedMs: number; readonly cut: boolean }) => Promise<void>;
  readonly loseNext: (what: 'request' | 'response', node: number | null, fault: number) => Promise<void>;
}

/** What a page may ask for. */
export const ownCommands = ({ freeze, links }: OwnBrokers): readonly CommandBody['do'][] => [
  'broker.kill',
  'broker.restart',
  ...(freeze === null ? [] : (['broker.freeze'] as const)),
  ...(links === null ? [] : (['link.set', 'next.lose'] as const)),
];

export function ownBrokers(cluster: LocalCluster): OwnBrokers {
  // Whose process has died are others now.
  const proxies = (): LinkProxies => known(cluster.proxies, 'the proxies of the cluster');
  return {
    kill: (node) => cluster.kill(node),
    freeze: canFreeze ? (node) => cluster.freeze(node) : null,
    restart: (node) => cluster.restart(node),
    links:
      cluster.proxies === null
        ? null
        : {
            set: (node, state) => proxies().set(node, state),
            loseNext: (what, node, fault) => proxies().loseNext(what, node, fault),
          },
  };
}
