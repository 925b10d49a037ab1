/**
 * The state at any seq: the nearest checkpoint before it, then the events in between. A checkpoint is a copy, taken
 * when the events since the last one outweigh what a copy costs.
 */
import { assert } from '#base/assert';
import { countBefore } from '#base/countBefore';
import type { PipelineEvent } from '#events/catalogue';
import type { EventLogView } from '#events/EventLogView';

export interface Projection<S> {
  initial(): S;
  apply(state: S, event: PipelineEvent): void;
  clone(state: S): S;
  /** Entities that a copy has to copy. */
  weight(state: S): number;
}

interface Checkpoint<S> {
  readonly seq: number;
  readonly state: S;
}

const LEAST_EVENTS = 8192;
const EVENTS_PER_ENTITY = 1;

export class Projector<S> {
  private readonly log: EventLogView;
  private readonly projection: Projection<S>;
  private readonly checkpoints: Checkpoint<S>[];
  private current: S;
  private currentSeq: number;
  /** The state at the end of what was seen; it makes the checkpoints while the log grows. */
  private head: S;
  private headSeq: number;

  /** `base`: the state before `startSeq`, when that is not the beginning of the run. */
  constructor(
    log: EventLogView,
    projection: Projection<S>,
    base: S | null = null,
    startSeq: number = log.startSeq,
  ) {
    this.log = log;
    this.projection = projection;
    const first = base ?? projection.initial();
    this.checkpoints = [{ seq: startSeq, state: first }];
    this.current = projection.clone(first);
    this.currentSeq = startSeq;
    this.head = projection.clone(first);
    this.headSeq = startSeq;
  }

  /** State with [0, seq) applied. It is changed by the next `moveTo`: keep no parts of it. */
  get state(): S {
    return this.current;
  }

  get seq(): number {
    return this.currentSeq;
  }

  /** Of the state at the end: [0, extendedSeq) was given to `extend`. */
  get extendedSeq(): number {
    return this.headSeq;
  }

  /** The earliest seq that can be moved to. */
  get startSeq(): number {
    return this.checkpoints[0]?.seq ?? 0;
  }

  /** Takes the next event of a log that grows. */
  extend(event: PipelineEvent): void {
    assert(event.seq === this.headSeq, 'an event was left out');
    this.projection.apply(this.head, event);
    this.headSeq++;
    const since = this.headSeq - (this.checkpoints.at(-1)?.seq ?? 0);
    if (since < LEAST_EVENTS || since < EVENTS_PER_ENTITY * this.projection.weight(this.head)) return;
    this.checkpoints.push({ seq: this.headSeq, state: this.projection.clone(this.head) });
  }

  moveTo(seq: number): S {
    assert(seq >= this.startSeq && seq <= this.log.endSeq, `cannot move to ${seq}`);
    const checkpoint = this.checkpointBefore(seq);
    if (seq < this.currentSeq || checkpoint.seq > this.currentSeq) {
      this.current = this.projection.clone(checkpoint.state);
      this.currentSeq = checkpoint.seq;
    }
    if (this.currentSeq === seq) return this.current;
    const reader = this.log.read(this.currentSeq);
    for (; this.currentSeq < seq; this.currentSeq++) this.projection.apply(this.current, reader.next());
    return this.current;
  }

  /** The log was cut: what came after is forgotten. */
  truncate(endSeq: number): void {
    while (this.checkpoints.length > 1 && (this.checkpoints.at(-1)?.seq ?? 0) > endSeq)
      this.checkpoints.pop();
    if (this.headSeq > endSeq) {
      this.head = this.stateAt(endSeq);
      this.headSeq = endSeq;
    }
    if (this.currentSeq > endSeq) this.moveTo(endSeq);
  }

  /** A copy of the state with [0, seq) applied, which nothing changes. */
  stateAt(seq: number): S {
    const checkpoint = this.checkpointBefore(seq);
    const state = this.projection.clone(checkpoint.state);
    const reader = this.log.read(checkpoint.seq);
    while (reader.seq < seq) this.projection.apply(state, reader.next());
    return state;
  }

  private checkpointBefore(seq: number): Checkpoint<S> {
    const { checkpoints } = this;
    const count = countBefore(checkpoints.length, (i) => (checkpoints[i]?.seq ?? 0) <= seq);
    const checkpoint = checkpoints[count - 1];
    assert(checkpoint !== undefined, `no checkpoint before ${seq}`);
    return checkpoint;
  }
}
