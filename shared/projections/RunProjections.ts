/**
 * Everything that is derived from one log: the state at the cursor and the indexes, which take each event once, in
 * order, as the log grows.
 */
import { micros } from '#base/time';
import type { PipelineEvent } from '#events/catalogue';
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

/** `base`: the state that the log begins with; what it tells of who is there is not told again by the log. */
function createIndexes(base: PipelineState | null): Indexes {
  const records = new RecordTable();
  const lifelines = new LifelineTables(records);
  const outcomes = new Outcomes(records, lifelines);
  const metrics = new MetricSeries(records, lifelines, base?.at ?? 0);
  const readers = new Readers(lifelines);
  const rest = { marks: new Marks(), tails: new LogTails(), errors: new ErrorTally() };
  const indexes = { records, lifelines, outcomes, metrics, readers, ...rest };
  for (const event of base === null ? [] : whoIsThere(base)) take(indexes, event);
  return indexes;
}

/** In this order: each reads those before it. */
function take(indexes: Indexes, event: PipelineEvent): void {
  const { records, lifelines, outcomes, metrics, marks, tails, readers, errors } = indexes;
  records.add(event);
  lifelines.add(event);
  outcomes.add(event);
  metrics.add(event);
  marks.add(event);
  tails.add(event);
  readers.add(event);
  errors.add(event);
}

/** The events by which producers, partitions and leaders became known, as far as they still hold. */
function whoIsThere({ seq, clients, partitions }: PipelineState): readonly PipelineEvent[] {
  const before = { seq: seq - 1, at: micros(0) };
  return [
    ...[...clients.values()].map(({ id, name, config }): PipelineEvent => {
      return { ...before, type: 'client.started', client: id, name, config };
    }),
    ...[...partitions.values()].flatMap(({ tp, topic, partition, leader, leaderEpoch }): PipelineEvent[] => [
      { ...before, type: 'partition.named', tp, topic, partition },
      { ...before, type: 'leader.elected', tp, leader, leaderEpoch, unclean: false },
    ]),
  ];
}

export class RunProjections {
  private readonly log: EventLogView;
  private readonly projector: Projector<PipelineState>;
  private readonly base: PipelineState | null;
  private indexes: Indexes;
  private indexedSeq: number;

  /** `base`: the state before the first event that is to be taken, when that is not the beginning of the run. */
  constructor(log: EventLogView, base: PipelineState | null = null) {
    this.log = log;
    this.base = base;
    this.projector = new Projector(log, pipelineProjection, base, this.startSeq);
    this.indexes = createIndexes(base);
    this.indexedSeq = this.startSeq;
  }

  /** The first event that is taken in. */
  private get startSeq(): number {
    return this.base?.seq ?? this.log.startSeq;
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
      const reader = this.log.read(this.indexedSeq);
      for (let seq = this.indexedSeq; seq < to; seq++) {
        const event = reader.next();
        take(this.indexes, event);
        if (seq >= this.projector.extendedSeq) this.projector.extend(event);
      }
      this.indexedSeq = to;
    }
    return this.indexedSeq === this.log.endSeq;
  }

  /** State with [0, seq) applied, with the counters that only the outcomes know. */
  moveTo(seq: number): PipelineState {
    return this.counted(this.projector.moveTo(seq), seq);
  }

  /** The same as a copy of its own: what another one can begin with. */
  stateAt(seq: number): PipelineState {
    return this.counted(this.projector.stateAt(seq), seq);
  }

  /** What was found before the log begins stands in the state that it begins with. */
  private counted(state: PipelineState, seq: number): PipelineState {
    const { counters } = state;
    const counts = this.outcomes.counts(seq);
    const before = this.base?.counters;
    counters.recordsDuplicated = (before?.recordsDuplicated ?? 0) + counts.duplicated;
    counters.recordsLostAfterAck = (before?.recordsLostAfterAck ?? 0) + counts['lost-after-ack'];
    counters.recordsFailedYetStored = (before?.recordsFailedYetStored ?? 0) + counts['failed-yet-stored'];
    counters.recordsReordered = (before?.recordsReordered ?? 0) + counts.reordered;
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
    this.indexes = createIndexes(this.base);
    this.indexedSeq = this.startSeq;
  }

  /** Memory of the indexes in bytes, without the checkpoints. */
  get bytesKept(): number {
    return this.records.bytesKept + this.lifelines.bytesKept + this.outcomes.bytesKept + this.tails.bytesKept;
  }

  private get source() {
    return { log: this.log, records: this.records, lifelines: this.lifelines };
  }
}
