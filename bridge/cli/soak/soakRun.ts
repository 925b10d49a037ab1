/** One run of the soak: a producer under load, faults until it is enough, then every record is accounted for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '#base/random';
import type { LocalCluster } from '../../kafka/LocalCluster.ts';
import { liveOnCluster, type LiveOnCluster } from '../../kafkajs/liveOnCluster.ts';
import { LedgerReader } from '../../reading/LedgerReader.ts';
import { EventChains } from './EventChains.ts';
import { drawFault, strikeOnce, type FaultKind } from './faults.ts';
import { Recount } from './Recount.ts';
import type { SoakRunSpec } from './soakRuns.ts';
import { verdictOf, type Verdict } from './verdict.ts';

export interface SoakRunOptions {
  readonly cluster: LocalCluster;
  readonly spec: SoakRunSpec;
  readonly seed: number;
  readonly recordsPerS: number;
  /** Asked before each fault, with how many there have been. */
  readonly isEnough: (faults: number) => boolean;
  /** In place of any kind. */
  readonly kind?: FaultKind;
  readonly progress: (line: string) => void;
}

export interface SoakRunResult extends Verdict {
  readonly faults: number;
}

const PARTITIONS = 6;
const FOLLOW_MS = 200;
/** Under load before the first fault and between two. */
const CALM_MS = 1000;
const SETTLED_WITHIN_MS = 300_000;
const READ_WITHIN_MS = 300_000;

export async function soakRun(options: SoakRunOptions): Promise<SoakRunResult> {
  const { cluster, spec, seed, recordsPerS } = options;
  const chains = new EventChains();
  const topic = `soak-${spec.name}-${seed}`;
  const one = await liveOnCluster({
    endpoints: cluster.endpoints,
    readAt: cluster.innerEndpoints,
    topic,
    partitions: PARTITIONS,
    ledgerRun: seed,
    workload: { recordsPerS },
    application: { producer: spec.producer },
    watch: (event) => chains.take(event),
  });
  // What the log of the run forgets has been followed by then.
  const following = setInterval(() => one.follow(), FOLLOW_MS);
  try {
    const faults = await strike(options, one, chains);
    one.command({ do: 'workload.set', application: 0, workload: { recordsPerS: 0 } });
    await one.settle(SETTLED_WITHIN_MS);
    const recount = new Recount(seed, (record) => chains.order(record));
    const reader = new LedgerReader({
      bootstrap: cluster.innerEndpoints,
      topics: [topic],
      notes: { take: (_, partition, records) => recount.read(partition, records) },
    });
    try {
      await reader.readToEnd(READ_WITHIN_MS);
    } finally {
      reader.close();
    }
    const { mayLose, isIdempotent } = spec;
    return { ...verdictOf({ chains, recount, ledger: one.ledger.counts, mayLose, isIdempotent }), faults };
  } finally {
    clearInterval(following);
    await one.stop();
  }
}

async function strike(
  { cluster, spec, seed, isEnough, kind, progress }: SoakRunOptions,
  one: LiveOnCluster,
  chains: EventChains,
): Promise<number> {
  const random = createRandom(seed);
  for (let faults = 0; ; faults++) {
    await sleep(CALM_MS);
    if (one.run.failure !== null) throw new Error(one.run.failure);
    if (isEnough(faults)) return faults;
    const drawn = drawFault(random, cluster.brokers.length, spec.holdMs);
    const fault = { ...drawn, kind: kind ?? drawn.kind };
    const start = performance.now();
    await strikeOnce(cluster, fault.kind, fault.node, fault.holdMs);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const { acked } = one.ledger.counts;
    progress(
      `${spec.name} ${faults + 1}: ${fault.kind} broker ${fault.node}, healed after ${seconds} s; ${chains.sent.length} records sent, ${acked} acked`,
    );
  }
}
