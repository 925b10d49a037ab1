/**
 * Everything that is derived from one log: the state at the cursor and the indexes, which take each event once, in
 * order, as the log grows.
 */
import type { EventLogView } from '#events/EventLogView';
import { ErrorTally } from './errorTally.ts';
import { LifelineTables } from './lifelines/LifelineTables.ts';
import { journey, type Journey } from './journey.ts';
import { LogTails } from './logTails.ts';
import { Marks } from './marks.ts';
import { MetricSeries } from './metricSeries.ts';
import { Outcomes } from './outcomes.ts';
import { pipelineProjection } from './pipelineProjection.ts';
import type { PipelineState } from './pipelineState.ts';
import { Projector } from './Projector.ts';
import { Readers } from './readers.ts';
import { RecordTable } from './recordTable.ts';
import type { RecordId } from '#base/ids';

interface Indexes {
  readonly records: RecordTable;
  readonly lifelines: LifelineTables;
  readonly outcomes: Outcomes;
  readonly metrics: MetricSeries;
  readonly marks: Marks;
  readonly tails: LogTails;
  readonly readers: Readers;
  readonly errors: ErrorTally;
}

function createIndexes(): Indexes {
  const records = new RecordTable();
  const lifelines = new LifelineTables(records);
  const outcomes = new Outcomes(records, lifelines);
  const metrics = new MetricSeries(records, lifelines);
  const readers = new Readers(lifelines);
  const rest = { marks: new Marks(), tails: new LogTails(), errors: new ErrorTally() };
  return { records, lifelines, outcomes, metrics, readers, ...rest };
}

export class RunProjections {
  private readonly log: EventLogView;
  private readonly projector: Projector<PipelineState>;
  private indexes = createIndexes();
  private indexedSeq: number;

  /** `base`: the state before `log.startSeq`, when the log does not begin with the run. */
  constructor(log: EventLogView, base: PipelineState | null = null) {
    this.log = log;
    this.projector = new Projector(log, pipelineProjection, base);
    this.indexedSeq = log.startSeq;
  }

  get records(): RecordTable {
    return this.indexes.records;
  }
  get lifelines(): LifelineTables {
    return this.indexes.lifelines;
  }
  get outcomes(): Outcomes {
    return this.indexes.outcomes;
  }
  get metrics(): MetricSeries {
    return this.indexes.metrics;
  }
  get marks(): Marks {
    return this.indexes.marks;
  }
  get tails(): LogTails {
    return this.indexes.tails;
  }
  get readers(): Readers {
    return this.indexes.readers;
  }
  get errors(): ErrorTally {
    return this.indexes.errors;
  }

  /** Events [0, extendedSeq) are in the indexes. */
  get extendedSeq(): number {
    return this.indexedSeq;
  }

  /** Takes in what the log has grown by, at most `maxEvents`. Returns whether it is all in. */
  extend(maxEvents = Infinity): boolean {
    const to = Math.min(this.log.endSeq, this.indexedSeq + maxEvents);
    if (this.indexedSeq < to) {
      const { records, lifelines, outcomes, metrics, marks, tails, readers, errors } = this.indexes;
      const reader = this.log.read(this.indexedSeq);
      for (let seq = this.indexedSeq; seq < to; seq++) {
        const event = reader.next();
        // In this order: each reads those before it.
        records.add(event);
        lifelines.add(event);
        outcomes.add(event);
        metrics.add(event);
        marks.add(event);
        tails.add(event);
        readers.add(event);
        errors.add(event);
        if (seq >= this.projector.extendedSeq) this.projector.extend(event);
      }
      this.indexedSeq = to;
    }
    return this.indexedSeq === this.log.endSeq;
  }

  /** State with [0, seq) applied, with the counters that only the outcomes know. */
  moveTo(seq: number): PipelineState {
    const state = this.projector.moveTo(seq);
    const { counters } = state;
    const counts = this.outcomes.counts(seq);
    counters.recordsDuplicated = counts.duplicated;
    counters.recordsLostAfterAck = counts['lost-after-ack'];
    counters.recordsFailedYetStored = counts['failed-yet-stored'];
    counters.recordsReordered = counts.reordered;
    return state;
  }

  journey(record: RecordId, untilUs: number): Journey | null {
    return journey(this.source, record, untilUs);
  }

  /**
   * The log was cut at `endSeq`. The state keeps its checkpoints before; the indexes hold what later events told of
   * earlier rows, so they begin anew: call `extend` until it is all in.
   */
  truncate(endSeq: number): void {
    this.projector.truncate(endSeq);
    if (this.indexedSeq <= endSeq) return;
    this.indexes = createIndexes();
    this.indexedSeq = this.log.startSeq;
  }

  /** The log dropped its beginning. */
  trim(startSeq: number): void {
    this.projector.trim(startSeq);
  }

  /** Memory of the indexes in bytes, without the checkpoints. */
  get bytesKept(): number {
    return this.records.bytesKept + this.lifelines.bytesKept + this.outcomes.bytesKept + this.tails.bytesKept;
  }

  private get source() {
    return { log: this.log, records: this.records, lifelines: this.lifelines };
  }
}
