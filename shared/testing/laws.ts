/**
 * What Kafka promises, and no more, held against the log of a run while it goes on. The laws read only the log; the
 * outcomes, which count what may go wrong, are held against it as well.
 */
import type { EventLogView } from '#events/EventLogView';
import type { Scenario } from '#model/Scenario';
import { LifelineTables } from '#projections/lifelines/LifelineTables';
import { Outcomes } from '#projections/outcomes';
import { RecordTable } from '#projections/recordTable';
import { BatchBook } from './laws/BatchBook.ts';
import { CopiesLaw } from './laws/copiesLaw.ts';
import { InFlightLaw } from './laws/inFlightLaw.ts';
import type { Law, Violation } from './laws/Law.ts';
import { LossLaw } from './laws/lossLaw.ts';
import { MemoryLaw } from './laws/memoryLaw.ts';
import { OutcomeLaw } from './laws/outcomeLaw.ts';
import { ReadCommittedLaw } from './laws/readCommittedLaw.ts';
import { ReplicaLogs } from './laws/ReplicaLogs.ts';
import { WatermarkLaw } from './laws/watermarkLaw.ts';

export type { Violation } from './laws/Law.ts';

/** One broken law is shown once: what follows from it says nothing new. */
const MOST_VIOLATIONS = 5;

export class Laws {
  readonly violations: Violation[] = [];
  private readonly log: EventLogView;
  private readonly batches = new BatchBook();
  private readonly logs: ReplicaLogs;
  private readonly records = new RecordTable();
  private readonly lifelines: LifelineTables;
  private readonly outcomes: Outcomes;
  private readonly outcomeLaw: OutcomeLaw;
  private readonly readCommitted: ReadCommittedLaw;
  private readonly laws: readonly Law[];
  private recordsBefore = 0;
  private seq = 0;
  private at = 0;

  constructor(scenario: Scenario, log: EventLogView) {
    this.log = log;
    const broken = (law: string, sentence: string): void => this.broken(law, sentence);
    this.logs = new ReplicaLogs(this.batches, broken);
    this.lifelines = new LifelineTables(this.records);
    this.outcomes = new Outcomes(this.records, this.lifelines);
    const context = { batches: this.batches, logs: this.logs, broken };
    this.outcomeLaw = new OutcomeLaw(context);
    this.readCommitted = new ReadCommittedLaw(context, scenario.cluster.transactionVersion);
    this.laws = [
      this.outcomeLaw,
      new MemoryLaw(context),
      new InFlightLaw(context),
      new WatermarkLaw(context),
      new CopiesLaw(context),
      new LossLaw(context, scenario, this.outcomes),
      this.readCommitted,
    ];
  }

  /** Takes in what the log has grown by. */
  look(): void {
    const to = this.log.endSeq;
    if (this.seq >= to) return;
    const reader = this.log.read(this.seq);
    for (; this.seq < to; this.seq++) {
      const event = reader.next();
      this.at = event.at;
      this.records.add(event);
      this.lifelines.add(event);
      this.outcomes.add(event);
      this.batches.add(event);
      this.logs.add(event);
      for (const law of this.laws) law.add(event);
    }
  }

  /** Nothing is open for an application and nothing was sent since the last call; no transaction is open either. */
  isAtRest(): boolean {
    const { length } = this.records;
    const isSending = length > this.recordsBefore;
    this.recordsBefore = length;
    return !isSending && !this.outcomeLaw.hasOpen() && !this.readCommitted.hasOpen();
  }

  /** The run has come to rest. */
  end(): void {
    this.look();
    for (const law of this.laws) law.end();
  }

  private broken(law: string, sentence: string): void {
    if (this.violations.length >= MOST_VIOLATIONS) return;
    this.violations.push({ law, sentence, seq: this.seq, at: this.at });
  }
}
