/**
 * Loss. acks=all, `min.insync.replicas` 2 of 3, clean elections and one broker away at a time: no acked record is lost.
 * Otherwise records may be lost and doubled, and the outcomes count each of them with its cause.
 */
import type { NodeId, TpId } from '#base/ids';
import type { PipelineEvent } from '#events/catalogue';
import type { Outcomes, Incident } from '#projections/outcomes';
import type { Scenario } from '#model/Scenario';
import { isUnsafeInVersion1, type BatchFacts } from './BatchBook.ts';
import { overlaps } from './copiesLaw.ts';
import type { Law, LawContext } from './Law.ts';
import type { ReplicaLog } from './ReplicaLogs.ts';

const LAW = 'loss';
const SAFE_REPLICAS = 3;
const SAFE_MIN_ISR = 2;

/** Of commands only those to a broker's replicas matter here. */
interface StallCommand {
  readonly do: string;
  readonly node?: NodeId;
}

export class LossLaw implements Law {
  private readonly context: LawContext;
  private readonly outcomes: Outcomes;
  private readonly transactionVersion: 1 | 2;
  private readonly unsafeTopics: ReadonlySet<string>;
  private readonly away = new Set<NodeId>();
  private hasTwoAway = false;

  constructor(context: LawContext, scenario: Scenario, outcomes: Outcomes) {
    this.context = context;
    this.outcomes = outcomes;
    this.unsafeTopics = unsafeTopicsOf(scenario);
    this.transactionVersion = scenario.cluster.transactionVersion;
  }

  add(event: PipelineEvent): void {
    switch (event.type) {
      case 'broker.moved':
        this.isAway(event.node, event.to !== 'up');
        break;
      case 'command.applied':
        this.commanded(event.command as StallCommand);
        break;
      default:
    }
  }

  /** A follower that is stalled is away as well: it has nothing of what comes now. */
  private commanded(command: StallCommand): void {
    if (command.do === 'replica.stall' && command.node !== undefined) this.isAway(command.node, true);
    if (command.do === 'replica.catchUp' && command.node !== undefined) this.isAway(command.node, false);
  }

  private isAway(node: NodeId, isAway: boolean): void {
    if (isAway) this.away.add(node);
    else this.away.delete(node);
    if (this.away.size > 1) this.hasTwoAway = true;
  }

  end(): void {
    const lost: BatchFacts[] = [];
    for (const batch of this.context.batches.all()) {
      if (batch.end !== 'acked' || this.context.logs.isGone(batch.tp)) continue;
      const log = this.context.logs.leaderLog(batch.tp);
      if (log !== null && !holds(log, batch)) lost.push(batch);
    }
    for (const batch of lost) {
      if (batch.hasOffset && this.isPromised(batch)) {
        this.context.broken(LAW, `batch ${batch.id} was acked and is lost, though nothing allows it`);
      }
    }
    this.compare('lost-after-ack', new Set(lost.map(({ id }) => id)));
    this.compare('duplicated', this.secondCopies());
  }

  /**
   * In a transaction that was not committed an ack promises nothing. The sequences behind a batch that failed are moved
   * up (adjustSequencesDueToFailedBatch), and a broker may take the next batch for one that it has.
   */
  private isVoid(batch: BatchFacts): boolean {
    return batch.transaction > 0 && this.context.batches.endOfTransaction(batch) !== 'committed';
  }

  /** acks=1 is seen by what a topic allows; what an application asked for, by its settings. */
  private isPromised(batch: BatchFacts): boolean {
    return (
      !this.hasTwoAway &&
      !this.unsafeTopics.has(this.context.logs.topic(batch.tp)) &&
      batch.producerId >= 0 &&
      !this.isVoid(batch) &&
      !isUnsafeInVersion1(batch, this.transactionVersion)
    );
  }

  /** Batches that stand in their leader's log with records that stand there before. */
  private secondCopies(): Set<number> {
    const found = new Set<number>();
    for (const tp of this.context.logs.partitions()) {
      if (this.context.logs.isGone(tp)) continue;
      const seen = new Map<number, BatchFacts[]>();
      for (const { batch } of this.context.logs.leaderLog(tp)?.entries ?? []) {
        if (batch === null) continue;
        const before = seen.get(batch.root) ?? [];
        if (before.some((other) => overlaps(other, batch))) found.add(batch.id);
        seen.set(batch.root, [...before, batch]);
      }
    }
    return found;
  }

  private compare(kind: Incident['kind'], expected: ReadonlySet<number>): void {
    const counted = new Map<number, Incident>();
    for (const incident of this.outcomes.incidentsOf(kind, Infinity)) counted.set(incident.batch, incident);
    for (const batch of expected) {
      const incident = counted.get(batch);
      if (incident === undefined || incident.cause === '') {
        this.context.broken(LAW, `batch ${batch} is ${kind}, and that is not counted with its cause`);
        return;
      }
    }
    for (const [batch, { tp }] of counted) {
      if (expected.has(batch) || this.context.logs.isGone(tp as TpId)) continue;
      this.context.broken(LAW, `batch ${batch} is counted as ${kind}, and is not`);
      return;
    }
  }
}

/** As itself, or as a part of the batch that it was split from. */
function holds(log: ReplicaLog, batch: BatchFacts): boolean {
  return log.entries.some(({ batch: stored }) => {
    if (stored === null || stored.root !== batch.root) return false;
    return stored.start <= batch.start && batch.start + batch.records <= stored.start + stored.records;
  });
}

/** Topics for which Kafka promises nothing, at one time of the scenario or another. */
function unsafeTopicsOf(scenario: Scenario): Set<string> {
  const unsafe = new Set<string>();
  for (const { topic, replicationFactor, minInsyncReplicas, uncleanLeaderElection } of scenario.cluster
    .topics) {
    const isSafe =
      replicationFactor >= SAFE_REPLICAS && minInsyncReplicas >= SAFE_MIN_ISR && !uncleanLeaderElection;
    if (!isSafe) unsafe.add(topic);
  }
  for (const command of scenario.commands) {
    if (command.do !== 'topic.set') continue;
    const { minInsyncReplicas = SAFE_MIN_ISR, uncleanLeaderElection = false } = command.settings;
    if (minInsyncReplicas < SAFE_MIN_ISR || uncleanLeaderElection) unsafe.add(command.topic);
  }
  return unsafe;
}
