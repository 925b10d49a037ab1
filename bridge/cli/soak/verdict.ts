/**
 * Holds what stands in the log against what the producer was told and against what its events explain. A copy is
 * explained when the batch went out so often under a sequence of its own, and a broker may have kept each; a loss when
 * acks allow one and the leader that acknowledged was replaced; a late place when a retry or an epoch bump lies between.
 */
import type { BatchChain, EventChains } from './EventChains.ts';
import type { Recount } from './Recount.ts';

/** The object that `--json` prints. */
export interface SoakCounts {
  readonly records: number;
  readonly acked: number;
  readonly missing: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
  readonly failedButPresent: number;
  readonly unexplained: number;
  readonly faults: number;
}

export interface Verdict {
  readonly counts: Omit<SoakCounts, 'faults'>;
  /** Epoch bumps, by cause. */
  readonly bumps: ReadonlyMap<string, number>;
  /** Records that the producer reported failed, by exception. */
  readonly failures: ReadonlyMap<string, number>;
  /** A sentence for each of the first that nothing explains. */
  readonly riddles: readonly string[];
}

/** What the ledger has counted; any difference is unexplained. */
export interface LedgerAccount {
  readonly acked: number;
  readonly ackedAndMissing: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
  readonly failedButPresent: number;
}

/** How long after an ack a leader that is replaced may take it along, until the producer hears of it. */
const REPLACED_WITHIN_US = 20_000_000;
/** A producer bumps its epoch at the next turn of its sender after the batch has failed. */
const BUMPED_WITHIN_US = 2_000_000;
const MOST_RIDDLES = 10;

interface VerdictParts {
  readonly chains: EventChains;
  readonly recount: Recount;
  readonly ledger: LedgerAccount;
  /** Only without acks=all may a broker lose what it has acknowledged. */
  readonly mayLose: boolean;
  readonly isIdempotent: boolean;
}

export function verdictOf(parts: VerdictParts): Verdict {
  const { chains, recount, ledger } = parts;
  const riddles: string[] = [];
  let unexplained = 0;
  const riddle = (what: string): void => {
    unexplained++;
    if (riddles.length < MOST_RIDDLES) riddles.push(what);
  };
  let missing = 0;
  for (const record of chains.acked) {
    if (recount.copies.has(record)) continue;
    missing++;
    if (!isLossExplained(parts, chains.chain(record)))
      riddle(`record ${record} was acknowledged and is not there: ${chainText(chains.chain(record))}`);
  }
  let duplicated = 0;
  let failedButPresent = 0;
  for (const [record, copies] of recount.copies) {
    duplicated += copies - 1;
    if (chains.failed.has(record)) failedButPresent++;
    const chain = chains.chain(record);
    if (copies > mostCopies(chain))
      riddle(`record ${record} stands there ${copies} times: ${chainText(chain)}`);
  }
  for (const record of recount.overtaken)
    if (!isLateExplained(parts, chains.chain(record)))
      riddle(`record ${record} is out of order: ${chainText(chains.chain(record))}`);
  const counts = {
    acked: chains.acked.size,
    missing,
    duplicated,
    failedButPresent,
    outOfOrder: recount.overtaken.length,
  };
  for (const [name, counted, kept] of [
    ['acked', counts.acked, ledger.acked],
    ['missing', missing, ledger.ackedAndMissing],
    ['duplicated', duplicated, ledger.duplicated],
    ['outOfOrder', counts.outOfOrder, ledger.outOfOrder],
    ['failedButPresent', failedButPresent, ledger.failedButPresent],
  ] as const)
    if (counted !== kept) riddle(`${name}: counted ${counted}, but the ledger says ${kept}`);
  const bumps = new Map<string, number>();
  for (const { because } of chains.bumps) bumps.set(because, (bumps.get(because) ?? 0) + 1);
  return {
    counts: { records: chains.sent.length, ...counts, unexplained },
    bumps,
    failures: chains.failures,
    riddles,
  };
}

/** A broker keeps what has a sequence once for each; without one, every time it comes. */
function mostCopies(chain: BatchChain | null): number {
  const kept = (chain?.sendings ?? []).filter(({ end }) => end !== 'not-stored');
  const stamps = new Set(kept.map(({ stamp }, i) => stamp ?? `sending ${i}`));
  return stamps.size;
}

function isLossExplained({ chains, mayLose }: VerdictParts, chain: BatchChain | null): boolean {
  const ack = chain?.sendings.findLast(({ end }) => end === 'acked');
  if (!mayLose || chain === null || ack === undefined) return false;
  const { endedAt, tp } = chain;
  return chains.wasLedByAnother(tp, ack.node, endedAt, endedAt + REPLACED_WITHIN_US);
}

/** Between the first time it went out and its end something has happened that lets others overtake it. */
function isLateExplained({ chains, isIdempotent }: VerdictParts, chain: BatchChain | null): boolean {
  const first = chain?.sendings[0];
  if (chain === null || first === undefined) return false;
  if (!isIdempotent) return chain.sendings.length > 1 || first.end === 'lost';
  return chains.bumps.some(({ at }) => at >= first.at && at <= chain.endedAt + BUMPED_WITHIN_US);
}

function chainText(chain: BatchChain | null): string {
  if (chain === null) return 'it was never in a batch';
  const sendings = chain.sendings.map(
    ({ at, node, stamp, end }) => `at ${at} µs to node ${node} as ${stamp ?? 'unnumbered'}: ${end}`,
  );
  return `tp ${chain.tp}, ${chain.outcome} at ${chain.endedAt} µs; ${sendings.join('; ')}`;
}
